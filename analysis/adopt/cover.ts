import type { PolicySide } from '../../shared/domain/policy/decision/side.ts';
import type { LivePeering } from '../access/live-peerings.ts';
import type { Pick, Picks } from './picks.ts';

/** An active peering, with what is known of its sides. */
export interface Existing {
  readonly peering: LivePeering;
  readonly requester: PolicySide;
  readonly accepter: PolicySide;
}

/** A rule that would allow some of the peerings. */
export interface Proposal {
  readonly one: Pick;
  readonly other: Pick;
  /** Both ways round; else `one` requests and `other` accepts. */
  readonly isBetween: boolean;
  /** Those that no proposal before it covers, in the order of the snapshot. */
  readonly covers: readonly Existing[];
  /** How many pairs of VPCs of the snapshot it would allow, both ways round counted once. */
  readonly pairs: number;
}

interface Candidate {
  readonly one: Pick;
  readonly other: Pick;
  /** In the order of the snapshot, with the ways round in which it fits: both where each side fits both picks. */
  readonly fits: Map<Existing, Set<'forward' | 'backward'>>;
  readonly pairs: number;
}

/**
 * Few rules that cover all of them: always the one that covers most of what is left, and of those that cover as many the
 * narrowest.
 *
 * @param density of the pairs that a rule would allow, at least this share must be peered today; else it opens more than
 *   it describes. Rules that name both VPCs are exempt.
 */
export function propose(existing: readonly Existing[], picks: Picks, density: number): readonly Proposal[] {
  const candidates = candidatesOf(existing, picks).filter(
    ({ one, other, fits, pairs }) =>
      (one.kind === 'vpc' && other.kind === 'vpc') || fits.size / pairs >= density,
  );
  const open = new Set(existing);
  const proposals: Proposal[] = [];
  // By how many they cover. What a candidate covers can only become less, so it moves down.
  const buckets: Candidate[][] = [];
  const put = (candidate: Candidate): void => {
    const left = openOf(candidate, open).length;
    if (left > 0) (buckets[left] ??= []).push(candidate);
  };
  candidates.forEach(put);
  while (open.size > 0 && buckets.length > 0) {
    const top = buckets.length - 1;
    const bucket = buckets.pop() ?? [];
    for (const candidate of bucket.toSorted(narrowestFirst)) {
      if (openOf(candidate, open).length === top) proposals.push(proposalOf(candidate, open));
      else put(candidate);
    }
  }
  return proposals;
}

function candidatesOf(existing: readonly Existing[], picks: Picks): readonly Candidate[] {
  const byKey = new Map<string, Candidate>();
  for (const each of existing) {
    for (const requester of picks.of(each.requester)) {
      for (const accepter of picks.of(each.accepter)) {
        const isForward = requester.key <= accepter.key;
        const [one, other] = isForward ? [requester, accepter] : [accepter, requester];
        const key = `${one.key}\n${other.key}`;
        const known: Candidate = byKey.get(key) ?? {
          one,
          other,
          fits: new Map(),
          pairs: pairsOf(one, other),
        };
        const ways = known.fits.get(each) ?? new Set();
        known.fits.set(each, ways.add(isForward ? 'forward' : 'backward'));
        byKey.set(key, known);
      }
    }
  }
  return [...byKey.values()];
}

/** A VPC outside the organization counts as one: how many there are nobody here knows. */
function pairsOf(one: Pick, other: Pick): number {
  const [few, many] = one.vpcs.size < other.vpcs.size ? [one, other] : [other, one];
  const both = [...few.vpcs].filter((vpcId) => many.vpcs.has(vpcId)).length;
  const all = Math.max(1, few.vpcs.size) * Math.max(1, many.vpcs.size);
  // Pairs within both are counted twice, and no VPC is peered with itself.
  return Math.max(1, all - (both * (both - 1)) / 2 - both);
}

const openOf = ({ fits }: Candidate, open: ReadonlySet<Existing>): readonly Existing[] =>
  [...fits.keys()].filter((each) => open.has(each));

const narrowestFirst = (one: Candidate, other: Candidate): number =>
  one.pairs - other.pairs ||
  one.one.rank + one.other.rank - (other.one.rank + other.other.rank) ||
  (`${one.one.key}\n${one.other.key}` < `${other.one.key}\n${other.other.key}` ? -1 : 1);

function proposalOf(candidate: Candidate, open: Set<Existing>): Proposal {
  const { one, other, fits, pairs } = candidate;
  const covers = openOf(candidate, open);
  for (const each of covers) open.delete(each);
  const isAll = (way: 'forward' | 'backward'): boolean =>
    covers.every((each) => fits.get(each)?.has(way) === true);
  if (isAll('forward')) return { one, other, isBetween: false, covers, pairs };
  if (isAll('backward')) return { one: other, other: one, isBetween: false, covers, pairs };
  return { one, other, isBetween: true, covers, pairs };
}
