import type { PolicySide } from '../../shared/domain/policy/decision/side.ts';
import type { Role } from '../../shared/domain/facts/peering.ts';
import type { Partition, SideClass, SideClassifier } from './classes.ts';
import { changeOf, type OutcomeChange } from './outcome-change.ts';
import type { Outcome } from './outcome.ts';

/** All pairs whose decision changed in the same way. */
export interface ChangedPairs {
  readonly before: Outcome;
  readonly after: Outcome;
  readonly change: OutcomeChange;
  /** How many ordered pairs. */
  readonly pairs: number;
  /** The first few of them, as places in the two lists. */
  readonly examples: readonly PairPlaces[];
}

type PairPlaces = Readonly<Record<Role, number>>;

/** Enough to see what kind of pairs they are. */
const EXAMPLES_MAX = 3;

/** Policy 0 is what was, policy 1 what will be. */
const BEFORE = 0;
const AFTER = 1;

/** Compares the two policies on every pair of different VPCs of one list, in both directions. */
export function changesWithin(
  sides: readonly PolicySide[],
  classifier: SideClassifier,
): readonly ChangedPairs[] {
  const { requester, accepter } = classifier.classify(sides);
  return collect(requester, accepter, classifier, true);
}

/** Compares the two policies on every pair of one VPC of each list, in both directions. */
export function changesAcross(
  sides: readonly PolicySide[],
  others: readonly PolicySide[],
  classifier: SideClassifier,
): { readonly out: readonly ChangedPairs[]; readonly in: readonly ChangedPairs[] } {
  const [these, those] = [classifier.classify(sides), classifier.classify(others)];
  return {
    out: collect(these.requester, those.accepter, classifier, false),
    in: collect(those.requester, these.accepter, classifier, false),
  };
}

function collect(
  requesters: Partition,
  accepters: Partition,
  classifier: SideClassifier,
  isOneList: boolean,
): readonly ChangedPairs[] {
  // A VPC is not joined with itself.
  const selves = isOneList ? countSelves(requesters, accepters) : undefined;
  const groups = new Map<Outcome, Map<Outcome, GrowingGroup | undefined>>();
  for (const requester of requesters.classes) {
    for (const accepter of accepters.classes) {
      const before = classifier.decide(requester, accepter, BEFORE);
      const after = classifier.decide(requester, accepter, AFTER);
      const group = groupOf(groups, before, after);
      if (group === undefined) continue;
      const self = selves?.get(requester.id * accepters.classes.length + accepter.id) ?? 0;
      const pairs = requester.members.length * accepter.members.length - self;
      group.pairs += pairs;
      if (pairs > 0) addExamples(group.examples, requester, accepter, isOneList);
    }
  }
  return [...groups.values()]
    .flatMap((byAfter) => [...byAfter.values()])
    .flatMap((group) => (group !== undefined && group.pairs > 0 ? [group] : []));
}

interface GrowingGroup extends ChangedPairs {
  pairs: number;
  readonly examples: PairPlaces[];
}

/** How many VPCs are in a requesters' class and in an accepters' class both: so many pairs are no pairs. */
function countSelves(requesters: Partition, accepters: Partition): ReadonlyMap<number, number> {
  const selves = new Map<number, number>();
  for (const [place, requester] of requesters.classOf.entries()) {
    const accepter = accepters.classOf[place];
    if (accepter === undefined) throw new Error('every side has its classes');
    const key = requester.id * accepters.classes.length + accepter.id;
    selves.set(key, (selves.get(key) ?? 0) + 1);
  }
  return selves;
}

function groupOf(
  groups: Map<Outcome, Map<Outcome, GrowingGroup | undefined>>,
  before: Outcome,
  after: Outcome,
): GrowingGroup | undefined {
  let byAfter = groups.get(before);
  if (byAfter === undefined) {
    byAfter = new Map();
    groups.set(before, byAfter);
  }
  if (byAfter.has(after)) return byAfter.get(after);
  const change = changeOf(before, after);
  const group = change && { before, after, change, pairs: 0, examples: [] };
  byAfter.set(after, group);
  return group;
}

function addExamples(
  examples: PairPlaces[],
  requesters: SideClass,
  accepters: SideClass,
  isOneList: boolean,
): void {
  for (const requester of requesters.members) {
    for (const accepter of accepters.members) {
      if (examples.length >= EXAMPLES_MAX) return;
      if (!isOneList || requester !== accepter) examples.push({ requester, accepter });
    }
  }
}
