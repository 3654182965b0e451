import { atMost } from '../domain/at-most.ts';
import { CONFIRM_AFTER_MS } from '../domain/connection/guardrail.ts';
import { MAX_SENTENCES } from '../domain/connection/obstacles.ts';
import type { Memory } from '../domain/memory.ts';
import type { Outcome, StepResult } from '../domain/outcome.ts';
import type { PeeringId } from '../domain/ids.ts';
import { ROLES, type PeeringKey } from '../domain/peering.ts';
import type { VpcReservations } from '../domain/reservations.ts';
import { plan, tagSteps, type Plan } from '../domain/plan.ts';
import { holdBecause, type Verdict } from '../domain/verdict.ts';
import type { Observed } from '../domain/observed.ts';
import { apply, applyTags, isBlockedAccept, type Applied } from './apply.ts';
import { decideOn, type Decided, type Hint, type Trial } from './decide-on.ts';
import { gate } from './gate.ts';
import { closingOf, isEmpty, openingOf } from './remember.ts';
import type { ReconcileDeps } from './ports.ts';
import { newsOf, plannedNewsOf } from './publish.ts';

/** One reconcile, whole: what was seen, what was decided, what was done, and how it ended. */
export interface Reconciled {
  readonly observed: Observed;
  readonly verdict: Verdict;
  readonly plan: Plan;
  /** Nothing was done; `plan` is what would have been. */
  readonly isDryRun: boolean;
  /** What trial rules would have become of it, where that is something else. */
  readonly trial: Trial | undefined;
  readonly results: readonly StepResult[];
  readonly outcome: Outcome;
}

/**
 * The one path for events, sweeps, approvals and the command line: observe ▶ decide ▶ compare ▶ judge ▶ plan ▶ apply ▶
 * publish. Running it again when nothing has changed does nothing.
 *
 * @throws RoleNotAssumable, or an AwsFailure that a retry or a person must deal with
 */
export async function reconcile(key: PeeringKey, hint: Hint, deps: ReconcileDeps): Promise<Reconciled> {
  const decided = await gate(await decideFreshly(key, hint, deps), deps);
  const applied = decided.isDryRun ? NOTHING : await carryOut(decided, hint, deps);
  const verdict = verdictAfter(decided.verdict, applied.results);
  const reconciled: Reconciled = {
    observed: decided.observed,
    verdict,
    plan: { ...decided.plan, tags: tagSteps(decided.observed, verdict) },
    isDryRun: decided.isDryRun,
    trial: decided.trial,
    results: applied.results,
    outcome: conclude(verdict, applied.results, decided, hint),
  };
  await close(reconciled, applied, decided, hint, deps);
  return reconciled;
}

const NOTHING: Applied = { results: [], disclaims: [], failure: undefined };

/**
 * What was read for another peering of the batch serves to see that nothing is to do, not to do something. What takes a
 * way away rests on facts that were read right now, those of Organizations too.
 */
async function decideFreshly(key: PeeringKey, hint: Hint, deps: ReconcileDeps): Promise<Decided> {
  const first = await decideOn(key, hint, deps);
  if (first.plan.stages.length === 0) return first;
  const isOld = deps.ec2.renew?.() === true;
  const isCutting = first.verdict.kind === 'unsanctioned';
  if (isCutting) deps.organization.renew?.();
  return isOld || isCutting ? decideOn(key, hint, deps) : first;
}

/** Runs the plan, and where no side may delete an unsanctioned peering, takes its routes away instead. */
async function carryOut(decided: Decided, hint: Hint, deps: ReconcileDeps): Promise<Applied> {
  const applied = await apply(decided.plan, decided.memory, openingOf(decided, hint, deps), deps);
  const isUndeleted = applied.results.some(isBlockedDelete);
  if (!isUndeleted || decided.verdict.kind !== 'unsanctioned' || applied.failure !== undefined)
    return applied;
  const memory: Memory = {
    ...decided.memory,
    blocked: [{ step: 'delete-peering', at: deps.clock.now() }],
  };
  const instead = { ...decided, plan: plan(decided.observed, decided.verdict, memory) };
  const more = await apply(instead.plan, memory, openingOf(instead, hint, deps), deps);
  return {
    results: [...applied.results, ...more.results],
    disclaims: [...applied.disclaims, ...more.disclaims],
    failure: more.failure,
  };
}

const isBlockedDelete = ({ kind, step }: StepResult): boolean =>
  kind === 'blocked' && step.kind === 'delete-peering';

/** What EC2 refused for good is part of how the peering stands. */
function verdictAfter(verdict: Verdict, results: readonly StepResult[]): Verdict {
  if (verdict.kind !== 'connect') return verdict;
  const refused = results.flatMap((result) => (result.kind === 'blocked' ? [result.problem] : []));
  const [first] = refused;
  if (first === undefined) return verdict;
  if (results.some(isBlockedAccept)) return holdBecause({ code: 'accept-blocked', text: first });
  return { ...verdict, problems: atMost([...refused, ...verdict.problems], MAX_SENTENCES) };
}

/**
 * Records what was done, sets the status tags and tells people, at once: a run that dies here is delivered again, and
 * tells again.
 *
 * @throws what stopped the plan, or else the first failure in here; everything is tried before
 */
async function close(
  reconciled: Reconciled,
  applied: Applied,
  decided: Decided,
  hint: Hint,
  deps: ReconcileDeps,
): Promise<void> {
  const { plan: steps, isDryRun: isDry, results, outcome } = reconciled;
  const { peeringId } = steps;
  const { failure } = applied;
  const isUnsettled = failure !== undefined || outcome.kind === 'waiting';
  const news = failure === undefined ? newsOf(reconciled, decided.memory, hint) : undefined;
  const planned = failure === undefined ? plannedNewsOf(reconciled, decided.memory) : undefined;
  const page = closingOf({ reconciled, applied, decided, news, planned }, hint, deps);
  const events = [news?.event, planned?.event].filter((event) => event !== undefined);
  const settled = await Promise.allSettled([
    isEmpty(page) ? undefined : deps.ledger.write(peeringId, page),
    isUnsettled || isDry ? undefined : setTags(steps, deps),
    events.length === 0 ? undefined : deps.bus.publish(events),
    endReservations(reconciled, deps),
  ]);
  if (failure !== undefined) throw failure.error;
  const failed = settled.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  deps.log.write({
    code: 'reconcile.outcome',
    peeringId,
    outcome: outcome.kind,
    reason: outcome.because.code,
    steps: results.length,
    dryRun: isDry,
  });
  deps.metrics.count('ReconcileOutcome', { outcome: outcome.kind, reason: outcome.because.code });
}

/** What was reserved for the accept is there now, or will not come. After a crash it ends by itself. */
async function endReservations({ observed, results }: Reconciled, deps: ReconcileDeps): Promise<void> {
  const wasTried = results.some(({ step }) => step.kind === 'accept');
  const isUnsettled = results.some(({ kind }) => kind === 'stale');
  if (!wasTried || isUnsettled || observed.kind !== 'open') return;
  const { id: peeringId } = observed.peering;
  const held = ROLES.flatMap((role) => {
    const side = observed.sides[role];
    return side.kind === 'governed' && side.reserved !== undefined
      ? [withReservation(side.reserved, peeringId)]
      : [];
  });
  await deps.reservations.end(peeringId, held);
}

/** As our own reservation has left it, so that it need not be read again. */
const withReservation = (before: VpcReservations, peeringId: PeeringId): VpcReservations => ({
  ...before,
  version: before.version + 1,
  reservations: [
    ...before.reservations.filter((one) => one.peeringId !== peeringId),
    { peeringId, cidrs: [], until: Number.MAX_SAFE_INTEGER },
  ],
});

async function setTags(steps: Plan, deps: ReconcileDeps): Promise<void> {
  for (const result of await applyTags(steps, deps)) {
    if (result.kind !== 'blocked') continue;
    deps.log.write({ code: 'reconcile.untagged', peeringId: steps.peeringId, reason: result.problem });
  }
}

function conclude(
  verdict: Verdict,
  results: readonly StepResult[],
  decided: Decided,
  { isRedelivery }: Hint,
): Outcome {
  for (const result of results) {
    if (result.kind === 'stale') return { kind: 'waiting', because: result.because };
    if (result.kind === 'done' && result.step.kind === 'delete-peering') {
      // Its routes are cleaned up when it is gone.
      return { kind: 'waiting', because: { code: 'deleting', text: 'the peering is being deleted' } };
    }
    if (result.kind === 'blocked') {
      return { kind: 'held', because: { code: `${result.step.kind}-blocked`, text: result.problem } };
    }
  }
  const { because } = verdict;
  switch (verdict.kind) {
    case 'connect':
    case 'ignore':
    case 'clean-up':
      return { kind: 'settled', because };
    case 'unsanctioned': {
      // A look that is delivered again may have died before the second one was asked for.
      const isFirstLook = isRedelivery || (decided.suspicion ?? undefined) !== undefined;
      if (verdict.withheld !== 'unconfirmed' || !isFirstLook) return { kind: 'settled', because };
      return { kind: 'waiting', because, againAfterSeconds: CONFIRM_AFTER_MS / 1000 };
    }
    case 'wait':
      return { kind: 'waiting', because };
    case 'hold':
      return { kind: 'held', because };
    case 'reject':
      return { kind: 'refused', because };
  }
}
