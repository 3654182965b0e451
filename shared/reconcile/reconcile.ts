import { CONFIRM_AFTER_MS } from '../domain/connection/guardrail.ts';
import type { Memory } from '../domain/memory/memory.ts';
import type { Outcome, StepResult } from '../domain/connection/outcome.ts';
import type { PeeringKey } from '../domain/facts/peering.ts';
import { plan, stepId, tagSteps, type Plan } from '../domain/connection/plan.ts';
import { verdictWithProblems, type Verdict } from '../domain/connection/verdict.ts';
import type { PeeringId } from '../domain/facts/ids.ts';
import { apply, applyTags, type Applied } from './apply.ts';
import { askedOf } from './asking.ts';
import { decideOn, type Decided, type Hint } from './decide-on.ts';
import { withFailedCause } from './failed-cause.ts';
import { withAccountNames } from './names.ts';
import { notesOfRule } from '../domain/policy/language/notes.ts';
import type { DomainEvent } from '../domain/words/notice.ts';
import { gate, suspend } from './gate.ts';
import { blockedSteps, closingOf, isEmpty, openingOf } from './remember.ts';
import type { LedgerPage } from './ledger.ts';
import type { ReconcileDeps } from './ports.ts';
import type { Reconciled } from './reconciled.ts';
import { endReservations } from './reserve.ts';
import { newsOf, plannedNewsOf } from './publish.ts';

/**
 * The one path for events, sweeps, approvals and the command line: observe ▶ decide ▶ compare ▶ judge ▶ plan ▶ apply ▶
 * publish. Running it again when nothing has changed does nothing.
 *
 * @throws RoleNotAssumable, or an AwsFailure that a retry or a person must deal with
 */
export async function reconcile(key: PeeringKey, hint: Hint, deps: ReconcileDeps): Promise<Reconciled> {
  const decided = await gate(await decideUnlessSuspended(key, hint, deps), deps);
  const applied = decided.isDryRun ? NOTHING : await carryOut(decided, hint, deps);
  const verdict = verdictAfter(decided, applied.results);
  const tags = deps.policy.statusTags ? tagsAfter(decided, verdict) : [];
  const reconciled: Reconciled = {
    observed: decided.observed,
    verdict,
    plan: { ...decided.plan, tags },
    isDryRun: decided.isDryRun,
    suspension: decided.suspension,
    trial: decided.trial,
    results: applied.results,
    outcome: conclude(verdict, applied.results, decided, hint),
  };
  await close(reconciled, applied, decided, hint, deps);
  return reconciled;
}

/** The plan, and whether people have suspended writes: read meanwhile, so that nobody waits for it. */
async function decideUnlessSuspended(key: PeeringKey, hint: Hint, deps: ReconcileDeps): Promise<Decided> {
  if (deps.policy.dryRun.all) return decideFreshly(key, hint, deps);
  const [decided, suspension] = await Promise.all([
    decideFreshly(key, hint, deps),
    deps.suspensions.current(),
  ]);
  return suspend(decided, suspension);
}

/** Tags that were refused a short while ago are not tried again; a tag is a write, too. */
const tagsAfter = ({ observed, memory, suspension }: Decided, verdict: Verdict): Plan['tags'] =>
  (suspension === undefined ? tagSteps(observed, verdict) : []).filter(
    (tag) => !memory.blocked.some(({ step }) => step === stepId(tag)),
  );

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
    blocked: blockedSteps(applied.results, deps.clock.now()),
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

function verdictAfter({ verdict, observed }: Decided, results: readonly StepResult[]): Verdict {
  const blocked = results.flatMap((result) => (result.kind === 'blocked' ? [result] : []));
  return verdictWithProblems(
    verdict,
    blocked.map(({ problem }) => problem),
    blocked.map(({ step }) => step),
    observed,
  );
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
    remember(peeringId, page, reconciled, deps),
    isUnsettled || isDry ? undefined : setTags(steps, deps),
    events.length === 0 ? undefined : tell(events, reconciled, deps),
    endReservations(peeringId, decided.reserved ?? [], applied, deps),
  ]);
  if (failure !== undefined) throw failure.error;
  if (news?.event.detailType === 'Peering Expiring') deps.metrics.count('RequestExpiring', {});
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

/** What people may approve is written first: a crash in between writes it again. */
async function remember(
  peeringId: PeeringId,
  page: LedgerPage,
  reconciled: Reconciled,
  { approvals, ledger, policy }: ReconcileDeps,
): Promise<void> {
  const asked = page.asked === undefined ? undefined : askedOf(reconciled, policy);
  if (asked !== undefined) await approvals.ask(asked);
  else if (page.asked === null) await approvals.unask(peeringId);
  if (!isEmpty(page)) await ledger.write(peeringId, page);
}

/** What people are told, with what only they need to know: the accounts' names, and why a peering failed. */
async function tell(
  events: readonly DomainEvent[],
  reconciled: Reconciled,
  deps: ReconcileDeps,
): Promise<void> {
  const explained = await Promise.all(
    events.map((event) => withFailedCause(withRuleNotes(event, deps), reconciled, deps)),
  );
  await deps.bus.publish(await withAccountNames(explained, deps.organization));
}

/** Who answers for the rule, where the policy says so. */
const withRuleNotes = (event: DomainEvent, { policy }: ReconcileDeps): DomainEvent => ({
  ...event,
  detail: { ...event.detail, ...notesOfRule(policy.model, event.detail.rule) },
});

/** Tags that are refused for good are remembered like any other step, so that they are not tried at each look. */
async function setTags(steps: Plan, deps: ReconcileDeps): Promise<void> {
  const { peeringId } = steps;
  const results = await applyTags(steps, deps);
  for (const result of results) {
    if (result.kind !== 'blocked') continue;
    deps.log.write({ code: 'reconcile.untagged', peeringId, reason: result.problem });
  }
  const blocked = blockedSteps(results, deps.clock.now());
  if (blocked.length > 0) await deps.ledger.write(peeringId, { blocked });
}

function conclude(
  verdict: Verdict,
  results: readonly StepResult[],
  decided: Decided,
  { isRedelivery }: Hint,
): Outcome {
  const answer = answerOf(verdict, results);
  // A look that is delivered again may have died before the second one was asked for.
  const isEarly = isRedelivery && verdict.kind === 'unsanctioned' && verdict.withheld === 'unconfirmed';
  const isFirst = decided.suspicion !== undefined && decided.suspicion !== null;
  const confirmIn = isFirst || isEarly ? CONFIRM_AFTER_MS / 1000 : undefined;
  // What waits for EC2 is looked at again soon, and then says anew when its routes are due.
  const settleIn = answer.kind === 'waiting' ? undefined : decided.settling.dueInSeconds;
  if (confirmIn === undefined && settleIn === undefined) return answer;
  // One look for both: a second look that comes too early would confirm nothing.
  return { ...answer, againAfterSeconds: Math.max(confirmIn ?? 0, settleIn ?? 0) };
}

function answerOf(verdict: Verdict, results: readonly StepResult[]): Outcome {
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
