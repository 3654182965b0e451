import { atMost } from '../domain/at-most.ts';
import { contestedChange } from '../domain/contested.ts';
import type { HistoryEntry, Memory } from '../domain/memory.ts';
import type { Outcome, StepResult } from '../domain/outcome.ts';
import type { PeeringKey } from '../domain/peering.ts';
import { MAX_SENTENCES } from '../domain/obstacles.ts';
import { plan, tagSteps, type Plan } from '../domain/plan.ts';
import { isDryRun } from '../domain/policy/dry-run.ts';
import { holdBecause, judge, type Verdict } from '../domain/verdict.ts';
import type { Observed } from '../domain/observed.ts';
import { apply, applyTags, isBlockedAccept, type Applied } from './apply.ts';
import type { LedgerPage } from './ledger.ts';
import { observe } from './observe.ts';
import type { ReconcileDeps } from './ports.ts';
import { describeStep, newsOf } from './publish.ts';

/** What is known about a hint besides its key. */
export interface Hint {
  /** How often this hint has been looked at before, for want of a settled answer. */
  readonly looks: number;
  /** The queue has delivered this before: the last run may have died between its changes and its notice. */
  readonly isRedelivery: boolean;
  /** What caused the hint and who did it, as CloudTrail has it: for people, and not believed. */
  readonly by?: string | undefined;
}

/** One reconcile, whole: what was seen, what was decided, what was done, and how it ended. */
export interface Reconciled {
  readonly observed: Observed;
  readonly verdict: Verdict;
  readonly plan: Plan;
  /** Nothing was done; `plan` is what would have been. */
  readonly isDryRun: boolean;
  readonly results: readonly StepResult[];
  readonly outcome: Outcome;
}

/** What would be done, and why. */
export type Decided = Pick<Reconciled, 'observed' | 'verdict' | 'plan' | 'isDryRun'> & {
  readonly memory: Memory;
};

/**
 * The one path for events, sweeps, approvals and the command line: observe ▶ decide ▶ plan ▶ apply ▶ publish.
 * Running it again when nothing has changed does nothing.
 *
 * @throws RoleNotAssumable, or an AwsFailure that a retry or a person must deal with
 */
export async function reconcile(key: PeeringKey, hint: Hint, deps: ReconcileDeps): Promise<Reconciled> {
  const first = await decideOn(key, hint, deps);
  // What was read for another peering of the batch serves to see that nothing is to do, not to do something.
  const isOld = first.plan.stages.length > 0 && deps.ec2.renew?.() === true;
  const decided = isOld ? await decideOn(key, hint, deps) : first;
  const applied = decided.isDryRun
    ? { results: [], disclaims: [], failure: undefined }
    : await apply(decided.plan, decided.memory, openingOf(decided, hint, deps), deps);
  const verdict = verdictAfter(decided.verdict, applied.results);
  const reconciled: Reconciled = {
    observed: decided.observed,
    verdict,
    plan: { ...decided.plan, tags: tagSteps(decided.observed, verdict) },
    isDryRun: decided.isDryRun,
    results: applied.results,
    outcome: conclude(verdict, applied.results),
  };
  await close(reconciled, applied, decided.memory, hint, deps);
  return reconciled;
}

/** Observes, decides and plans, and changes nothing. */
export async function decideOn(
  key: PeeringKey,
  hint: Pick<Hint, 'looks' | 'by'>,
  deps: Pick<ReconcileDeps, 'policy' | 'ec2' | 'organization' | 'ledger' | 'clock'>,
): Promise<Decided> {
  const remembered = deps.ledger.read(key.peeringId);
  // Awaited below; a failure of what comes first must not leave this one unhandled.
  remembered.catch(() => undefined);
  const observed = await observe(key, deps, remembered);
  const memory = await remembered;
  const verdict = judge(observed, deps.policy, hint.looks);
  const steps = plan(observed, verdict, memory);
  const isDry = isDryRun(deps.policy, verdict);
  const contested = isDry ? undefined : await contestedIn(steps, memory, hint, deps);
  const settled =
    contested === undefined
      ? { verdict, plan: steps }
      : { verdict: contested, plan: { ...plan(observed, contested, memory), stages: removalsOf(steps) } };
  return { observed, memory, ...settled, isDryRun: isDry };
}

/**
 * What a fight does not stop: whoever undoes routes in one table must not keep those that the rule no longer gives in
 * others. Where a route is still to be written, the old one stays: it may be the only way.
 */
function removalsOf({ stages }: Plan): Plan['stages'] {
  const steps = stages.flat();
  const unfinished = new Set(
    steps.flatMap((step) => (step.kind === 'create-route' ? [step.routeTableId] : [])),
  );
  const removals = steps.filter((step) => step.kind === 'delete-route' && !unfinished.has(step.routeTableId));
  return removals.length > 0 ? [removals] : [];
}

/** A verdict to hold, where the plan would only go on with a fight against another tool. */
async function contestedIn(
  { peeringId, stages }: Plan,
  memory: Memory,
  { by }: Pick<Hint, 'by'>,
  { ledger, clock }: Pick<ReconcileDeps, 'ledger' | 'clock'>,
): Promise<Verdict | undefined> {
  const repairs = stages.flat().filter(({ kind }) => kind === 'create-route' || kind === 'enable-dns');
  // Who has written nothing here yet cannot have been undone.
  if (repairs.length === 0 || memory.sides === undefined) return undefined;
  const history = await ledger.history(peeringId);
  const because = contestedChange(repairs.map(describeStep), history, clock.now(), by);
  return because === undefined ? undefined : holdBecause(because);
}

/** What the ledger is to know before anything is done: where the sides are, what is planned, and why. */
function openingOf(
  { observed, verdict, plan: steps, memory }: Decided,
  hint: Hint,
  deps: ReconcileDeps,
): LedgerPage {
  const planned = steps.stages.flat().map(describeStep);
  return {
    sides: memory.sides === undefined ? sidesOf(observed) : undefined,
    entry: { ...entryOf(verdict, hint, deps), planned, changes: [] },
  };
}

function sidesOf(observed: Observed): LedgerPage['sides'] {
  if (observed.kind !== 'open') return undefined;
  const { requester, accepter } = observed.sides;
  return { requester: requester.location, accepter: accepter.location };
}

const entryOf = (
  verdict: Verdict,
  { by }: Hint,
  { policy, clock }: ReconcileDeps,
): Omit<HistoryEntry, 'changes'> => ({
  at: clock.now(),
  verdict: verdict.kind,
  rule: 'rule' in verdict ? verdict.rule : undefined,
  reason: { code: verdict.because.code, text: verdict.because.text },
  policyVersion: policy.version,
  by,
});

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
  { disclaims, failure }: Applied,
  memory: Memory,
  hint: Hint,
  deps: ReconcileDeps,
): Promise<void> {
  const { plan: steps, verdict, isDryRun: isDry, results, outcome } = reconciled;
  const { peeringId } = steps;
  const isUnsettled = failure !== undefined || outcome.kind === 'waiting';
  const news = failure === undefined ? newsOf(reconciled, memory, hint) : undefined;
  const changes = results.flatMap(({ kind, step }) => (kind === 'done' ? [describeStep(step)] : []));
  const isOver = reconciled.observed.kind === 'ended' && !isUnsettled && !isDry;
  const page: LedgerPage = {
    // Nothing leads to a peering that is over, so whatever was claimed of it is gone. Of one that is only not found,
    // nobody knows: perhaps none of its accounts could be asked.
    disclaims: isOver ? memory.routes : disclaims,
    told: news?.status,
    entry:
      changes.length > 0 || news?.status !== undefined
        ? { ...entryOf(verdict, hint, deps), changes }
        : undefined,
    sides: memory.sides === undefined && news !== undefined ? sidesOf(reconciled.observed) : undefined,
  };
  const settled = await Promise.allSettled([
    isEmpty(page) ? undefined : deps.ledger.write(peeringId, page),
    isUnsettled || isDry ? undefined : setTags(steps, deps),
    news?.event === undefined ? undefined : deps.bus.publish([news.event]),
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

const isEmpty = ({ disclaims = [], told, entry, sides }: LedgerPage): boolean =>
  disclaims.length === 0 && told === undefined && entry === undefined && sides === undefined;

async function setTags(steps: Plan, deps: ReconcileDeps): Promise<void> {
  for (const result of await applyTags(steps, deps)) {
    if (result.kind !== 'blocked') continue;
    deps.log.write({ code: 'reconcile.untagged', peeringId: steps.peeringId, reason: result.problem });
  }
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
