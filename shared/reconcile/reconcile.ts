import { contestedChange } from '../domain/contested.ts';
import type { Memory } from '../domain/memory.ts';
import type { Outcome, StepResult } from '../domain/outcome.ts';
import type { PeeringKey } from '../domain/peering.ts';
import { plan, type Plan } from '../domain/plan.ts';
import { judge, type Verdict } from '../domain/verdict.ts';
import type { Observed } from '../domain/observed.ts';
import { apply } from './apply.ts';
import { observe } from './observe.ts';
import type { ReconcileDeps } from './ports.ts';
import { describeStep, publish } from './publish.ts';

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
  const remembered = deps.ledger.read(key.peeringId);
  // Awaited below; a failure of what comes first must not leave this one unhandled.
  remembered.catch(() => undefined);
  const observed = await observe(key, deps, remembered);
  const memory = await remembered;
  const { verdict, steps } = await decideUncontested(observed, memory, hint, deps);
  const { results, failure } = await apply(steps, memory, deps);
  const outcome = conclude(verdict, results);
  const reconciled = { observed, verdict, plan: steps, results, outcome };
  await memorize(reconciled, memory, deps);
  if (failure !== undefined) throw failure.reason;
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

/** The verdict and its plan; where the plan would only go on with a fight against another tool, a verdict to hold. */
async function decideUncontested(
  observed: Observed,
  memory: Memory,
  hint: Hint,
  { policy, ledger, clock }: ReconcileDeps,
): Promise<{ readonly verdict: Verdict; readonly steps: Plan }> {
  const verdict = judge(observed, policy, hint.looks);
  const steps = plan(observed, verdict, memory);
  const repairs = steps.stages.flat().filter(({ kind }) => kind === 'create-route' || kind === 'enable-dns');
  // Who has written nothing here yet cannot have been undone.
  if (repairs.length === 0 || memory.sides === undefined) return { verdict, steps };
  const history = await ledger.history(steps.peeringId);
  const because = contestedChange(repairs.map(describeStep), history, clock.now());
  if (because === undefined) return { verdict, steps };
  const held: Verdict = { kind: 'hold', because };
  return { verdict: held, steps: plan(observed, held, memory) };
}

/**
 * Where the sides are, and what was done and why. After the changes, those too that came before a failure, and before
 * anybody is told of them.
 */
async function memorize(
  { observed, verdict, plan: { peeringId }, results }: Reconciled,
  memory: Memory,
  { ledger, policy, clock }: ReconcileDeps,
): Promise<void> {
  if (observed.kind === 'open' && memory.sides === undefined) {
    const { requester, accepter } = observed.sides;
    await ledger.remember(peeringId, { requester: requester.location, accepter: accepter.location });
  }
  const changes = results.flatMap(({ kind, step }) => (kind === 'done' ? [describeStep(step)] : []));
  if (changes.length === 0) return;
  await ledger.append(peeringId, {
    at: clock.now(),
    verdict: verdict.kind,
    rule: 'rule' in verdict ? verdict.rule : undefined,
    reason: { code: verdict.because.code, text: verdict.because.text },
    policyVersion: policy.version,
    changes,
  });
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
