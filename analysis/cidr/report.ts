import { overlaps, type Cidr } from '../../shared/domain/facts/cidr.ts';
import type { VpcId } from '../../shared/domain/facts/ids.ts';
import type { CompiledPolicy } from '../../shared/domain/policy/decision/compile.ts';
import type { PolicySide } from '../../shared/domain/policy/decision/side.ts';
import { SideClassifier } from '../access/classes.ts';
import type { Outcome } from '../access/outcome.ts';
import { sideOf, type LivePeering } from '../access/live-peerings.ts';
import type { SnapshotIndex } from '../access/snapshot-index.ts';
import { eachOverlap, type Overlap } from './overlaps.ts';

/** Two VPCs that EC2 refuses to peer, with blocks of theirs that overlap. */
export interface Impossible {
  readonly one: PolicySide;
  readonly other: PolicySide;
  readonly oneBlock: Cidr;
  readonly otherBlock: Cidr;
}

/** Somebody asked for it: a request that is not active. */
export interface AskedPair extends Impossible {
  readonly peering: LivePeering;
}

/** Pairs that a rule of the policy would allow, if EC2 did. */
export interface AllowedPairs {
  readonly rule: string;
  readonly needsApproval: boolean;
  readonly pairs: number;
  /** The first of them. */
  readonly examples: readonly Impossible[];
}

/** What overlaps within one block. */
export interface Crowd {
  /** The largest block: all others lie within it. */
  readonly block: Cidr;
  readonly pairs: number;
  readonly vpcs: readonly PolicySide[];
}

export interface CidrReport {
  readonly vpcs: number;
  /** Pairs of VPCs that can never be peered. */
  readonly pairs: number;
  readonly asked: readonly AskedPair[];
  /** Empty without a policy. */
  readonly allowed: readonly AllowedPairs[];
  /** The one with the most pairs first. */
  readonly crowds: readonly Crowd[];
  /** Of each VPC that overlaps another: how many VPCs it can never be peered with; the most first. */
  readonly counts: readonly { readonly vpc: PolicySide; readonly others: number }[];
}

const EXAMPLES_MAX = 3;

/**
 * Which VPCs of the organization can never be peered: EC2 refuses a peering between VPCs of which any CIDRs overlap, also where
 * others of theirs do not.
 *
 * @param only where it is given, pairs that one of these is in
 * @see https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html#vpc-peering-limitations
 */
export function cidrReport(
  index: SnapshotIndex,
  policy: CompiledPolicy | undefined,
  only: ReadonlySet<VpcId> | undefined,
): CidrReport {
  const { vpcs } = index;
  const isMeant = (one: PolicySide, other: PolicySide): boolean =>
    only === undefined || only.has(one.vpcId) || only.has(other.vpcId);
  const crowds = new Map<Cidr, { pairs: number; readonly places: Set<number> }>();
  const counts = new Int32Array(vpcs.length);
  // There may be millions of pairs in one block: a place is added to it once for each run of its pairs.
  const lastCrowd: (object | undefined)[] = [];
  const allowed = new AllowedTable(vpcs, policy);
  let pairs = 0;
  eachOverlap(
    vpcs.map(({ cidrs }) => (cidrs === 'unknown' ? [] : cidrs)),
    (overlap) => {
      const [one, other] = [vpcs[overlap.one], vpcs[overlap.other]];
      if (one === undefined || other === undefined || !isMeant(one, other)) return;
      pairs += 1;
      const crowd = crowds.get(overlap.root) ?? { pairs: 0, places: new Set<number>() };
      crowds.set(overlap.root, crowd);
      crowd.pairs += 1;
      for (const place of [overlap.one, overlap.other]) {
        if (lastCrowd[place] !== crowd) crowd.places.add(place);
        lastCrowd[place] = crowd;
        counts[place] = (counts[place] ?? 0) + 1;
      }
      allowed.add(overlap);
    },
  );
  return {
    vpcs: vpcs.length,
    pairs,
    asked: askedPairs(index).filter(({ one, other }) => isMeant(one, other)),
    allowed: allowed.list(),
    crowds: [...crowds]
      .map(([block, crowd]) => ({
        block,
        pairs: crowd.pairs,
        vpcs: [...crowd.places].toSorted((one, other) => one - other).flatMap((place) => vpcs[place] ?? []),
      }))
      .toSorted((one, other) => other.pairs - one.pairs),
    counts: vpcs
      .map((vpc, place) => ({ vpc, others: counts[place] ?? 0 }))
      .filter(({ others }) => others > 0)
      .toSorted((one, other) => other.others - one.others),
  };
}

/** Each pair once, however often and from whichever end it was asked for; the newest look at it is the last of the snapshot. */
export function askedPairs(index: SnapshotIndex): readonly AskedPair[] {
  const pairs = new Map<string, AskedPair>();
  for (const peering of index.snapshot.peerings) {
    if (peering.state === 'active') continue;
    const [one, other] = [sideOf(peering.requester, index), sideOf(peering.accepter, index)];
    if (one.vpcId === other.vpcId || one.cidrs === 'unknown' || other.cidrs === 'unknown') continue;
    const theirs = other.cidrs;
    const met = one.cidrs.flatMap((oneBlock) =>
      theirs.filter((block) => overlaps(oneBlock, block)).map((otherBlock) => ({ oneBlock, otherBlock })),
    );
    const [first] = met;
    if (first === undefined) continue;
    pairs.set([one.vpcId, other.vpcId].toSorted().join(), { ...first, one, other, peering });
  }
  return [...pairs.values()];
}

/** Pairs by the rule that allows them, in either direction. */
class AllowedTable {
  readonly #vpcs: readonly PolicySide[];
  readonly #outcomeOf: ((requester: number, accepter: number) => Outcome) | undefined;
  /** The same outcome is always the same object. */
  readonly #rows = new Map<Outcome, { pairs: number; readonly examples: Impossible[] }>();

  constructor(vpcs: readonly PolicySide[], policy: CompiledPolicy | undefined) {
    this.#vpcs = vpcs;
    this.#outcomeOf = policy && decider(vpcs, policy);
  }

  add({ one, other, oneBlock, otherBlock }: Overlap): void {
    if (this.#outcomeOf === undefined) return;
    const there = this.#outcomeOf(one, other);
    const way = there.access === 'open' ? there : milder(there, this.#outcomeOf(other, one));
    const [first, second] = [this.#vpcs[one], this.#vpcs[other]];
    if (way === undefined || first === undefined || second === undefined) return;
    const known = this.#rows.get(way) ?? { pairs: 0, examples: [] };
    this.#rows.set(way, known);
    known.pairs += 1;
    if (known.examples.length < EXAMPLES_MAX) {
      known.examples.push({ one: first, other: second, oneBlock, otherBlock });
    }
  }

  list(): readonly AllowedPairs[] {
    return [...this.#rows]
      .map(([{ rule = '', access }, row]) => ({ rule, needsApproval: access === 'approval', ...row }))
      .toSorted((one, other) => other.pairs - one.pairs);
  }
}

/** Of what the policy says to either direction, what it takes the least for; nothing where it allows neither. */
function milder(there: Outcome, back: Outcome): Outcome | undefined {
  if (back.access === 'open') return back;
  return [there, back].find(({ access }) => access === 'approval');
}

/** VPCs in which the policy sees the same are asked about once. */
function decider(vpcs: readonly PolicySide[], policy: CompiledPolicy) {
  const classifier = new SideClassifier([policy]);
  const { requester, accepter } = classifier.classify(vpcs);
  const known: Outcome[][] = [];
  return (from: number, to: number): Outcome => {
    const [one, other] = [requester.classOf[from], accepter.classOf[to]];
    if (one === undefined || other === undefined) throw new Error('every VPC has its classes');
    const row = (known[one.id] ??= []);
    return (row[other.id] ??= classifier.decide(one, other, 0));
  };
}
