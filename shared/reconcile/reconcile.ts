import type { Outcome, StepResult } from '../domain/outcome.ts';
import type { PeeringKey } from '../domain/peering.ts';
import { plan, type Plan } from '../domain/plan.ts';
import { judge, type Verdict } from '../domain/verdict.ts';
import type { Observed } from '../domain/observed.ts';
import { apply } from './apply.ts';
import { observe } from './observe.ts';
import type { ReconcileDeps } from './ports.ts';
import { publish } from './publish.ts';

/** What is known about a hint besides its key. */
export interface Hint {
  /** How often this hint has been looked at before, for want of a settled answer. */
  readonly looks: number;
  /** The queue has delivered this before: the last run may have died between its changes and its notice. */
  readonly isRedelivery: boolean;
}

/** One reconcile, whole: what was seen, what was decided, what was done, and how it ended. */
export interface Reconciled {
  readonly observed: Observed;
  readonly verdict: Verdict;
  readonly plan: Plan;
  readonly results: readonly StepResult[];
  readonly outcome: Outcome;
}

/**
 * The one path for events, sweeps, approvals and the command line: observe ▶ decide ▶ plan ▶ apply ▶ publish.
 * Running it again when nothing has changed does nothing.
 *
 * @throws RoleNotAssumable, or an AwsFailure that a retry or a person must deal with
 */
export async function reconcile(key: PeeringKey, hint: Hint, deps: ReconcileDeps): Promise<Reconciled> {
  const observed = await observe(key, deps);
  const verdict = judge(observed, deps.policy, hint.looks);
  const steps = plan(observed, verdict);
  const results = await apply(steps, deps);
  const outcome = conclude(verdict, results);
  const reconciled = { observed, verdict, plan: steps, results, outcome };
  await publish(reconciled, hint, deps.bus);
  deps.log.write({
    code: 'reconcile.outcome',
    peeringId: key.peeringId,
    outcome: outcome.kind,
    reason: outcome.because.code,
    steps: results.length,
  });
  deps.metrics.count('ReconcileOutcome', { outcome: outcome.kind, reason: outcome.because.code });
  return reconciled;
}

function conclude(verdict: Verdict, results: readonly StepResult[]): Outcome {
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
    case 'unsanctioned':
      return { kind: 'settled', because };
    case 'wait':
      return { kind: 'waiting', because };
    case 'hold':
      return { kind: 'held', because };
    case 'reject':
      return { kind: 'refused', because };
  }
}
