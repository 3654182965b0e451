import type { CompiledPolicy } from '../../shared/domain/policy/decision/compile.ts';
import { decide, isGoverned } from '../../shared/domain/policy/decision/decide.ts';
import type { Unsanctioned } from '../../shared/domain/policy/language/guardrails.ts';
import type { PolicySide } from '../../shared/domain/policy/decision/side.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { both, type Growth } from './growth.ts';
import { isLive } from './live.ts';
import { changeOf, type OutcomeChange } from './outcome-change.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import { seenUnder, type SnapshotIndex } from './snapshot-index.ts';

export type LivePeering = Snapshot['peerings'][number];

/** What the deploy of a policy does to a peering that is there already. */
export type Effect =
  /** Accepted if it is pending, and kept connected. */
  | 'connected'
  /** Goes on only with an approval that was given under this very policy. */
  | 'needs-approval'
  | 'held'
  | 'rejected'
  | 'ignored'
  /** Active, and no rule allows it: what the guardrails say happens to it. */
  | `unsanctioned-${Unsanctioned}`;

export interface LiveState {
  readonly outcome: Outcome;
  readonly effect: Effect;
}

/** A peering that another policy would decide otherwise. */
export interface LiveChange {
  readonly peering: LivePeering;
  readonly before: LiveState;
  readonly after: LiveState;
  readonly change: OutcomeChange;
  /** Rests on an approval, which covers the policy that it was given under, and so must be given anew. */
  readonly isApprovalVoid: boolean;
}

/** Every peering that is not over, in the order of the snapshot. */
export function liveChanges(
  before: CompiledPolicy,
  after: CompiledPolicy,
  index: SnapshotIndex,
): { readonly changes: readonly LiveChange[]; readonly total: number } {
  const live = index.snapshot.peerings.filter(isLive);
  return {
    changes: live.flatMap((peering) => changeOfOne(peering, before, after, index) ?? []),
    total: live.length,
  };
}

function changeOfOne(
  peering: LivePeering,
  before: CompiledPolicy,
  after: CompiledPolicy,
  index: SnapshotIndex,
): LiveChange | undefined {
  const [was, willBe] = [stateUnder(before, peering, index), stateUnder(after, peering, index)];
  const change = changeOf(was.outcome, willBe.outcome);
  const isApprovalVoid =
    before.liveVersion !== after.liveVersion &&
    was.effect === 'needs-approval' &&
    willBe.effect === 'needs-approval';
  if (change === undefined && was.effect === willBe.effect && !isApprovalVoid) return undefined;
  const { growth = 'same', facets = [], options = [] } = change ?? {};
  const ofEffect = isApprovalVoid ? 'shrank' : leniencyGrowth(was.effect, willBe.effect);
  return {
    peering,
    before: was,
    after: willBe,
    change: { growth: both(growth, ofEffect), facets, options },
    isApprovalVoid,
  };
}

function stateUnder(policy: CompiledPolicy, peering: LivePeering, index: SnapshotIndex): LiveState {
  const regions = new Set(policy.regions);
  const side = (of: LivePeering['requester']): PolicySide => seenUnder(regions, sideOf(of, index));
  const [requester, accepter] = [side(peering.requester), side(peering.accepter)];
  const outcome = outcomeOf(decide(policy, { requester, accepter }));
  const effect =
    peering.state === 'active'
      ? activeEffect(outcome, policy.guardrails.unsanctioned)
      : pendingEffect(outcome, isGoverned(policy, accepter));
  return { outcome, effect };
}

/** Of a VPC that the snapshot does not have, only what the peering shows. */
/** All that the snapshot knows of a side of one of its peerings. */
export function sideOf(side: LivePeering['requester'], index: SnapshotIndex): PolicySide {
  const { accountId, region, vpcId, cidrs = [] } = side;
  return (
    index.find(side) ?? {
      accountId,
      region,
      vpcId,
      membership: index.membershipOf(accountId),
      cidrs: cidrs.length > 0 ? cidrs : 'unknown',
      tags: 'unknown',
    }
  );
}

function activeEffect({ kind, access }: Outcome, unsanctioned: Unsanctioned): Effect {
  if (access === 'open') return 'connected';
  if (access === 'approval') return 'needs-approval';
  // Nothing is called unsanctioned on a guess.
  if (access === 'unknown') return 'held';
  return kind === 'ignore' ? 'ignored' : `unsanctioned-${unsanctioned}`;
}

/** Only the accepter's owner can answer a request. */
function pendingEffect({ kind, access }: Outcome, isAccepterGoverned: boolean): Effect {
  if (access === 'approval') return 'needs-approval';
  if (kind === 'hold') return 'held';
  if (kind === 'ignore' || !isAccepterGoverned) return 'ignored';
  return kind === 'accept' ? 'connected' : 'rejected';
}

/** A peering that no rule allows lives on under a milder guardrail: `report` is milder than `delete`. */
const LENIENCY: Readonly<Partial<Record<Effect, number>>> = {
  'unsanctioned-delete': 0,
  'unsanctioned-quarantine': 1,
  'unsanctioned-report': 2,
  ignored: 3,
};

function leniencyGrowth(before: Effect, after: Effect): Growth {
  const [from, to] = [LENIENCY[before], LENIENCY[after]];
  if (from === undefined || to === undefined || from === to) return 'same';
  return to > from ? 'grew' : 'shrank';
}
