import type { Organization } from '../snapshot/organization.ts';
import type { AccountId, OuId } from '../../shared/domain/facts/ids.ts';
import { leftOutOf } from '../access/left-out.ts';
import type { CompiledPolicy } from '../../shared/domain/policy/decision/compile.ts';
import { type SideView, viewOf, YES } from '../../shared/domain/policy/decision/conditions.ts';
import { isGoverned } from '../../shared/domain/policy/decision/decide.ts';
import { Judgement } from '../../shared/domain/policy/decision/judgement.ts';
import type { PolicySide } from '../../shared/domain/policy/decision/side.ts';
import type { RuleFinding } from './overlaps.ts';
import { contradictionOf, type Term, termsOf } from './terms.ts';
import { canBeGoverned } from './ways.ts';

/** What a side of a rule can mean in this organization. */
interface Reach {
  /** Of the sides of the snapshot, by their place; those that surely match, for of an outsider any tag is possible. */
  readonly vpcs: readonly number[];
  /** An account of the organization, whatever VPC it makes; only of selectors that are not about single VPCs. */
  readonly member: boolean;
  readonly governedMember: boolean;
  /** Somebody outside the organization, of whom the snapshot cannot know. */
  readonly outsider: boolean;
}

/** Whether the snapshot has all that autopeer governs; what could not be read may be just what a rule is for. */
export function isWhole(policy: CompiledPolicy, organization: Organization): boolean {
  const { unread, regions } = leftOutOf([policy], organization);
  return unread.length === 0 && regions.length === 0;
}

interface Known {
  readonly policy: CompiledPolicy;
  readonly organization: Organization;
  readonly sides: readonly PolicySide[];
  readonly views: readonly SideView[];
}

/** The deny rules that stop no pair of VPCs of the snapshot, nor of accounts. */
/** @param trials the names of the trial rules among them */
export function findIdleDenies(
  policy: CompiledPolicy,
  organization: Organization,
  trials: ReadonlySet<string> = new Set(),
): readonly RuleFinding[] {
  if (!isWhole(policy, organization)) return [];
  // With all that the snapshot has of them, also where autopeer reads no tags.
  const sides = [...organization.vpcById.values()];
  const known: Known = { policy, organization, sides, views: sides.map(viewOf) };
  const reaches = new Map<number, Reach>();
  const reachOf = (node: number): Reach => {
    const reach = reaches.get(node) ?? reachOfNode(known, node);
    reaches.set(node, reach);
    return reach;
  };
  return policy.deny.rules
    .filter(
      ({ ends }) =>
        !ends.some(({ requester, accepter }) => canMeet(known, reachOf(requester), reachOf(accepter))),
    )
    .map(({ rule: { name } }) => ({
      code: 'deny-hits-nothing',
      rule: name,
      by: [],
      message: `${trials.has(name) ? 'trial ' : ''}deny rule ${name} rejects nothing of what the snapshot has: no two of its VPCs or accounts match. Correct the ids, tags or CIDRs of its selectors, or take it out`,
    }));
}

function reachOfNode({ policy, organization, views }: Known, node: number): Reach {
  const { nodes } = policy.selectors;
  const vpcs = views.flatMap((view, place) => (new Judgement(nodes, view).of(node) === YES ? [place] : []));
  const terms = termsOf(nodes, node)?.filter((term) => contradictionOf(term) === undefined);
  // Too many terms to look at: then it is taken to reach everybody, and nothing is said of the rule.
  if (terms === undefined) return { vpcs, member: true, governedMember: true, outsider: true };
  const members = terms.filter((term) => admitsMember(term, organization));
  return {
    vpcs,
    member: members.length > 0,
    governedMember: members.some((term) => canBeGoverned(term, policy.regions)),
    outsider: terms.some((term) => admitsOutsider(term, organization)),
  };
}

const isAboutVpcs = ({ vpcs, defaultVpc, tags, within, touching }: Term): boolean =>
  vpcs !== undefined ||
  defaultVpc !== undefined ||
  tags.size > 0 ||
  within !== undefined ||
  touching.length > 0;

function admitsMember(term: Term, organization: Organization): boolean {
  if (term.external === true || isAboutVpcs(term)) return false;
  return organization.snapshot.accounts.some(({ id }) => {
    if (term.accounts?.has(id) === false) return false;
    const ous: ReadonlySet<string> = new Set<string>(ousOf(organization.membershipOf(id)));
    return term.ous.every((wanted) => !wanted.isDisjointFrom(ous));
  });
}

const ousOf = (membership: ReturnType<Organization['membershipOf']>): readonly OuId[] =>
  membership.kind === 'member' ? membership.ous : [];

/**
 * Outsiders are not in a snapshot. A selector reaches them where it says so, or where it asks for nothing that the
 * snapshot could lack.
 */
function admitsOutsider(term: Term, { accounts }: Organization): boolean {
  if (term.external === true) {
    const members: ReadonlySet<string> = new Set<AccountId>(accounts.keys());
    return term.accounts === undefined || !term.accounts.isSubsetOf(members);
  }
  return (
    term.external === undefined && term.accounts === undefined && term.ous.length === 0 && !isAboutVpcs(term)
  );
}

function canMeet({ policy, sides }: Known, one: Reach, other: Reach): boolean {
  const isSomebody = ({ vpcs, member, outsider }: Reach): boolean => vpcs.length > 0 || member || outsider;
  if (one.governedMember && isSomebody(other)) return true;
  if (other.governedMember && isSomebody(one)) return true;
  const governs = (place: number): boolean => {
    const side = sides[place];
    return side !== undefined && isGoverned(policy, side);
  };
  const meets = (reach: Reach, against: Reach): boolean =>
    reach.vpcs.some(
      (place) =>
        governs(place) &&
        (against.member || against.outsider || against.vpcs.some((partner) => partner !== place)),
    );
  return meets(one, other) || meets(other, one);
}
