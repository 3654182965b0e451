import { lacksOf } from '../convergence.ts';
import type { DeedKind, Step } from '../plan/steps.ts';
import type { Judge } from './judge.ts';
import { lastTold } from './told.ts';

/** What no event tells of, so that only the sweep can find it. */
const UNTOLD: ReadonlySet<DeedKind> = new Set([
  'forget-peering',
  // EC2 deletes its peerings with it. DeleteVpc is not among the calls that the hub's rule lets through.
  'remove-vpc',
  'move-account',
  'suspend-account',
  'reopen-account',
  'break-role',
  'mend-role',
  'modify-list',
  'propagate',
  'change-policy',
  'routes-quota',
]);

const isUntold = (step: Step): boolean =>
  UNTOLD.has(step.kind) || (step.kind === 'delete-peering' && step.isForgotten);

/**
 * **Events suffice**: in a run without faults, in which nothing happened that no event tells of, all is as the policy
 * wants it before any sweep looks after it. What an account does that is outside, or not enrolled, nobody tells. Other
 * tools that fight for a route may have to wait, and so may a request that another peering was in the way of: autopeer's
 * own cleaning is no event.
 */
export function checkEventsSuffice(judge: Judge): void {
  const { faults, steps } = judge.stage.plan;
  if (faults.length > 0 || steps.some(isUntold)) return;
  const mayBeFreed = steps.some(({ kind }) => kind === 'delete-peering');
  for (const { peeringId, text } of lacksOf(judge)) {
    const told = lastTold(judge, peeringId, false);
    const isWaiting =
      told?.detail.reason.code === 'contested' || (mayBeFreed && told?.detailType === 'Peering Held');
    if (hasToldSides(judge, peeringId) && !isWaiting)
      judge.report('events-do-not-suffice', `${peeringId}: ${text}`);
  }
}

function hasToldSides(judge: Judge, peeringId: string): boolean {
  const peering = judge.peering(peeringId);
  return (
    peering !== undefined &&
    [peering.requester, peering.accepter].every(({ ownerId, region }) =>
      judge.journal.mayReadNow(ownerId, region),
    )
  );
}
