import type { CompiledPolicy } from '../../shared/domain/policy/decision/compile.ts';
import { decide } from '../../shared/domain/policy/decision/decide.ts';
import type { PolicySide } from '../../shared/domain/policy/decision/side.ts';
import type { Evidence } from '../../shared/domain/policy/decision/trace.ts';
import type { Role } from '../../shared/domain/facts/peering.ts';
import { SideFolder, type Who } from './fold.ts';
import { findJoins, type Join } from './joins.ts';
import { leftOutOf, type LeftOut } from './left-out.ts';
import type { Access, Outcome } from './outcome.ts';
import type { SideQuery } from './side-query.ts';
import { seenUnder, type SnapshotIndex } from './snapshot-index.ts';
import { strangersTo } from './strangers.ts';

/** Who can be joined with what. */
export interface Question {
  readonly subject: SideQuery;
  /** The subject's. */
  readonly role: Role;
  /** Which others are of interest; all of them where left out. */
  readonly others?: SideQuery | undefined;
}

export interface WhoCan {
  /** What is open first, then what needs an approval, then what is not known. */
  readonly rows: readonly WhoCanRow[];
  readonly subjects: Meant;
  readonly others: Meant;
  readonly leftOut: LeftOut;
}

/** How many VPCs of the snapshot a selector means. */
interface Meant {
  readonly vpcs: number;
  /** Whether it takes in VPCs outside the organization, as they could be. */
  readonly strangers: boolean;
}

/** Others that can be joined with the subject in the same way. */
export interface WhoCanRow {
  /** Of a request by the requester's side. */
  readonly outcome: Outcome;
  /** What the same request the other way round comes to. */
  readonly reverse: Access;
  readonly who: readonly Who[];
  /** How many VPCs of the snapshot these are. */
  readonly vpcs: number;
  /** With every VPC of the subject, or with some. */
  readonly reach: { readonly kind: 'all' } | { readonly kind: 'some'; readonly subjects: readonly Who[] };
  /** Where the decision waits for facts: those that the rule asks for, of one of the pairs. */
  readonly unknown: readonly Pick<Evidence, 'field' | 'wanted' | 'wantedCount'>[];
}

/**
 * Which VPCs could be joined with the subject. Exact over the VPCs of the snapshot, as if each pair had been decided
 * by itself. Accounts outside the organization stand for all their VPCs, whose CIDRs and tags are unknown.
 *
 * It is the policy's answer: whether the CIDRs of two VPCs overlap, so that EC2 refuses to join them, is not asked.
 */
export function whoCan(policy: CompiledPolicy, index: SnapshotIndex, question: Question): WhoCan {
  const { subject, role, others } = question;
  const accounts = [...subject.accounts, ...(others?.accounts ?? [])];
  // Each selector has outsiders of its own, with the CIDRs that it names.
  const [theirs, ours] = [others, subject].map((query) => {
    const cidrs = query?.cidrs ?? [];
    return strangersTo([policy], index, cidrs.length > 0 ? { accounts, cidrs } : { accounts });
  });
  if (theirs === undefined || ours === undefined) throw new Error('two selectors have two lists');
  const listed = index.vpcs.length;
  const sides = [...index.vpcs, ...theirs.sides, ...ours.sides];
  const strangers = { ...ours, sides: sides.slice(listed) };
  const isOurs = (place: number): boolean => place >= listed + theirs.sides.length;
  // Who asks about a region or a CIDR does not ask about outsiders that could be there.
  const subjects = meantBy(
    subject,
    sides,
    (place) => place < listed || (subject.namesOwner && isOurs(place)),
  );
  const counterparts = meantBy(others, sides, (place) => !isOurs(place));
  const asked = { subjects, others: counterparts, role };
  // The one VPC of a subject cannot be joined with itself, which takes nothing from its account.
  const neutral = new Set(subjects.length === 1 ? subjects : []);
  const folder = new SideFolder(index, strangers);
  const rowOf = (join: Join): WhoCanRow => ({
    outcome: join.outcome,
    reverse: join.reverse,
    who: folder.fold(new Set(join.places), neutral),
    vpcs: join.places.filter((place) => place < listed).length,
    reach: join.isAll ? { kind: 'all' } : { kind: 'some', subjects: folder.fold(join.reached) },
    unknown: join.outcome.access === 'unknown' ? unknownIn(policy, sides, join) : [],
  });
  return {
    rows: findJoins(policy, sides, asked).map(rowOf).toSorted(byAccess),
    subjects: counted(subjects, listed),
    others: counted(counterparts, listed),
    leftOut: leftOutOf([policy], index),
  };
}

const meantBy = (
  query: SideQuery | undefined,
  sides: readonly PolicySide[],
  isOpen: (place: number) => boolean,
): readonly number[] =>
  [...sides.entries()]
    .filter(([place, side]) => isOpen(place) && (query?.matches(side) ?? true))
    .map(([place]) => place);

const counted = (places: readonly number[], listed: number): Meant => ({
  vpcs: places.filter((place) => place < listed).length,
  strangers: places.some((place) => place >= listed),
});

const ORDER: readonly Access[] = ['open', 'approval', 'unknown', 'closed'];

const byAccess = (one: WhoCanRow, other: WhoCanRow): number =>
  ORDER.indexOf(one.outcome.access) - ORDER.indexOf(other.outcome.access) || other.vpcs - one.vpcs;

function unknownIn(
  policy: CompiledPolicy,
  sides: readonly PolicySide[],
  { example }: Join,
): WhoCanRow['unknown'] {
  const regions = new Set(policy.regions);
  const [requester, accepter] = [sides[example.requester], sides[example.accepter]];
  if (requester === undefined || accepter === undefined) throw new Error('every place has a side');
  const asked = { requester: seenUnder(regions, requester), accepter: seenUnder(regions, accepter) };
  return decide(policy, asked)
    .reason.trace.flatMap(({ evidence }) => evidence)
    .filter(({ outcome }) => outcome === 'unknown')
    .map(({ field, wanted, wantedCount }) => ({ field, wanted, wantedCount }));
}
