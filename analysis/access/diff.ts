import type { CompiledPolicy } from '../../shared/domain/policy/decision/compile.ts';
import type { Guardrails } from '../../shared/domain/policy/language/guardrails.ts';
import type { PolicySide } from '../../shared/domain/policy/decision/side.ts';
import { trialRules } from '../../shared/domain/policy/language/trial.ts';
import type { Role } from '../../shared/domain/facts/peering.ts';
import { changesAcross, changesWithin, type ChangedPairs } from './changed-pairs.ts';
import { SideClassifier } from './classes.ts';
import type { Growth } from './growth.ts';
import type { OutcomeChange } from './outcome-change.ts';
import { leftOutOf, type LeftOut } from './left-out.ts';
import { liveChanges, type LiveChange } from './live-peerings.ts';
import type { Outcome } from './outcome.ts';
import type { SnapshotIndex } from './snapshot-index.ts';
import { strangersTo, type Strangers, telltaleCidrs } from './strangers.ts';

/** What deploying one policy in the place of another changes. */
export interface PolicyDiff {
  /** `grew` or `unclear` if any part of it is. */
  readonly growth: Growth;
  /** Live peerings, which the deploy reaches at once. */
  readonly peerings: { readonly total: number; readonly changes: readonly LiveChange[] };
  /** Ordered pairs of VPCs of the snapshot. */
  readonly pairs: PairTotals & { readonly groups: readonly PairGroup[] };
  /** Pairs with a VPC outside the organization as it could be. Not countable: no snapshot lists these. */
  readonly outside: { readonly groups: readonly PairGroup[]; readonly strangers: Strangers };
  readonly guardrails: Readonly<Partial<Record<keyof Guardrails, GuardrailChange>>>;
  readonly leftOut: LeftOut;
  /** What the trial rules of the policy that shall be would change besides: no part of `growth`. */
  readonly trial: TrialDiff | undefined;
}

export interface TrialDiff {
  /** The names of the trial rules. */
  readonly rules: readonly string[];
  readonly diff: Omit<PolicyDiff, 'trial'>;
}

interface PairTotals {
  readonly total: number;
  readonly changed: number;
  readonly byGrowth: Readonly<Record<Growth, number>>;
}

export interface PairGroup {
  readonly before: Outcome;
  readonly after: Outcome;
  readonly change: OutcomeChange;
  readonly pairs: number;
  readonly examples: readonly Readonly<Record<Role, PolicySide>>[];
}

export interface GuardrailChange {
  readonly before: string;
  readonly after: string;
  readonly growth: Growth;
}

/**
 * Compares two policies on every ordered pair of VPCs of a snapshot and on its live peerings. Exact for these: a
 * property test holds it against deciding each pair by itself. For VPCs outside the organization, which no snapshot
 * lists, it tries each account, region and CIDR that one of the policies names, and one that none names.
 *
 * @example
 * ```ts
 * const diff = diffPolicies(before, after, indexSnapshot(snapshot));
 * if (diff.growth === 'grew' || diff.growth === 'unclear') askSecurity(diff);
 * ```
 */
export function diffPolicies(
  before: CompiledPolicy,
  after: CompiledPolicy,
  index: SnapshotIndex,
): PolicyDiff {
  const live = diffRules(before, after, index, before.liveVersion === after.liveVersion);
  if (after.trial === undefined) return { ...live, trial: undefined };
  const rules = [...trialRules(after.model)];
  return { ...live, trial: { rules, diff: diffRules(after, after.trial, index, false) } };
}

function diffRules(
  before: CompiledPolicy,
  after: CompiledPolicy,
  index: SnapshotIndex,
  isSame: boolean,
): Omit<PolicyDiff, 'trial'> {
  const policies = [before, after];
  const { vpcs } = index;
  const peerings = liveChanges(before, after, index);
  const strangers = strangersTo(policies, index, { cidrs: ['unknown', ...telltaleCidrs(policies)] });
  const classifier = new SideClassifier(policies);
  const pairs = isSame ? [] : grouped(changesWithin(vpcs, classifier), vpcs, vpcs);
  const outside = isSame ? [] : outsideGroups(vpcs, strangers.sides, classifier);
  const guardrails = guardrailChanges(before.guardrails, after.guardrails);
  const growths = [
    ...peerings.changes.map(({ change }) => change.growth),
    ...[...pairs, ...outside].map(({ change }) => change.growth),
    ...Object.values(guardrails).map(({ growth }) => growth),
  ];
  const total = vpcs.length * (vpcs.length - 1);
  return {
    growth: worstOf(growths),
    peerings,
    pairs: { ...totalsOf(pairs, Math.max(0, total)), groups: pairs },
    outside: { groups: outside, strangers },
    guardrails,
    leftOut: leftOutOf(policies, index),
  };
}

function outsideGroups(
  vpcs: readonly PolicySide[],
  strangers: readonly PolicySide[],
  classifier: SideClassifier,
): readonly PairGroup[] {
  const { out, in: into } = changesAcross(vpcs, strangers, classifier);
  return byWeight([...grouped(out, vpcs, strangers), ...grouped(into, strangers, vpcs)]);
}

function grouped(
  changes: readonly ChangedPairs[],
  requesters: readonly PolicySide[],
  accepters: readonly PolicySide[],
): readonly PairGroup[] {
  const groups = changes.map(({ before, after, change, pairs, examples }) => ({
    before,
    after,
    change,
    pairs,
    examples: examples.flatMap((places) => {
      const [requester, accepter] = [requesters[places.requester], accepters[places.accepter]];
      return requester && accepter ? [{ requester, accepter }] : [];
    }),
  }));
  return byWeight(groups);
}

/** What grew first: that is what people must look at. */
const ORDER: readonly Growth[] = ['grew', 'unclear', 'shrank', 'same'];

const byWeight = (groups: readonly PairGroup[]): readonly PairGroup[] =>
  groups.toSorted(
    (one, other) =>
      ORDER.indexOf(one.change.growth) - ORDER.indexOf(other.change.growth) || other.pairs - one.pairs,
  );

const worstOf = (growths: readonly Growth[]): Growth =>
  ORDER.find((growth) => growths.includes(growth)) ?? 'same';

function totalsOf(groups: readonly PairGroup[], total: number): PairTotals {
  const byGrowth = { same: 0, shrank: 0, unclear: 0, grew: 0 };
  for (const { change, pairs } of groups) byGrowth[change.growth] += pairs;
  return { total, changed: groups.reduce((sum, { pairs }) => sum + pairs, 0), byGrowth };
}

/** From strict to mild. */
const STRICTNESS = ['delete', 'quarantine', 'report'];

function guardrailChanges(before: Guardrails, after: Guardrails): PolicyDiff['guardrails'] {
  const measure = (name: 'unsanctioned' | 'unapproved'): PolicyDiff['guardrails'] => {
    const [was, willBe] = [before[name], after[name]];
    if (was === willBe) return {};
    const growth = STRICTNESS.indexOf(willBe) > STRICTNESS.indexOf(was) ? 'grew' : 'shrank';
    return { [name]: { before: was, after: willBe, growth } };
  };
  const [was, willBe] = [before.atMost, after.atMost];
  // It says how fast access is taken away, not who has it.
  const brake = { before: String(was), after: String(willBe), growth: 'same' } as const;
  return {
    ...measure('unsanctioned'),
    ...measure('unapproved'),
    ...(was === willBe ? {} : { atMost: brake }),
  };
}
