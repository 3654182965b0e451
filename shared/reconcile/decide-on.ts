import { CONTESTED_WINDOW_MS, contestIn, type Contest, type Repair } from '../domain/memory/contested.ts';
import { confirmationOf, suspicionOf } from '../domain/connection/guardrail.ts';
import { losesReach } from '../domain/connection/reach.ts';
import { RESTORE_WITHIN_MS } from '../domain/connection/restore.ts';
import { leaveToOthers, NOTHING_SETTLES, standingWhile, type Settling } from '../domain/connection/settle.ts';
import { NO_MEMORY, type Memory, type Suspicion } from '../domain/memory/memory.ts';
import type { Observed } from '../domain/facts/observed.ts';
import type { PeeringKey } from '../domain/facts/peering.ts';
import { isOnlyWay } from '../domain/connection/only-way.ts';
import { plan, stepId, tagSteps, without, type Plan } from '../domain/connection/plan.ts';
import type { ChangeStep, Step } from '../domain/connection/step.ts';
import { NO_ANSWERS, type Answers } from '../domain/connection/answers.ts';
import type { Wanted } from '../domain/memory/reservations.ts';
import type { Suspension } from '../domain/memory/suspension.ts';
import { judge } from '../domain/connection/judge.ts';
import { holdBecause, verdictWithProblems, type Verdict } from '../domain/connection/verdict.ts';
import { describeStep } from '../domain/words/words.ts';
import type { Approvals } from './approvals.ts';
import { askIn } from './asking.ts';
import { observe } from './observe.ts';
import type { ReconcileDeps } from './ports.ts';

/** What is known about a hint besides its key. */
export interface Hint {
  /** How often this hint has been looked at before, for want of a settled answer. */
  readonly looks: number;
  /** The queue has delivered this before: the last run may have died between its changes and its notice. */
  readonly isRedelivery: boolean;
  /** What caused the hint and who did it, as CloudTrail has it: for people, and not believed. */
  readonly by?: string | undefined;
  /** A person wants the routes to be autopeer's that are there already and that the policy wants. */
  readonly claims?: boolean | undefined;
}

/** What would be done, and why. */
export interface Decided {
  readonly observed: Observed;
  readonly memory: Memory;
  readonly verdict: Verdict;
  /** The same, whatever a fight stops of it: its CIDRs are consented to all the same. */
  readonly judged: Verdict;
  readonly plan: Plan;
  /** Nothing is done; `plan` is what would be. */
  readonly isDryRun: boolean;
  /** People have stopped all writes to EC2. */
  readonly suspension?: Suspension | undefined;
  /** What trial rules would have become of it, where that is something else. */
  readonly trial: Trial | undefined;
  /** What a guardrail's first look is to remember; `null` where a look found otherwise. */
  readonly suspicion: Suspicion | null | undefined;
  /** Whether an earlier look, long ago, found the same: see `confirmationOf`. */
  readonly isStale: boolean;
  /** Somebody fights over a part of it. */
  readonly isContested: boolean;
  /** What takes a way away, and waits for a second look. */
  readonly awaiting: readonly ChangeStep[];
  /** Routes that are left to others for a while. */
  readonly settling: Settling;
  /** What was reserved for the plan, before it is carried out. */
  readonly reserved?: readonly Wanted[];
}

export interface Trial {
  readonly verdict: Verdict;
  readonly plan: Plan;
}

export type DecideDeps = Pick<ReconcileDeps, 'policy' | 'ec2' | 'organization' | 'ledger' | 'clock'> &
  Partial<Pick<ReconcileDeps, 'reservations' | 'places' | 'contests'>> & {
    readonly approvals?: Pick<Approvals, 'givenTo'>;
  };

/** A step that AWS refused is tried again once a day: a person may have given the permission. */
const BLOCKED_FOR_MS = 24 * 60 * 60 * 1000;

/** Observes, decides and plans, and changes nothing. */
export async function decideOn(
  key: PeeringKey,
  hint: Pick<Hint, 'looks' | 'by'>,
  deps: DecideDeps,
): Promise<Decided> {
  const decided = await decideWithTags(key, hint, deps);
  return deps.policy.statusTags ? decided : { ...decided, plan: { ...decided.plan, tags: [] } };
}

async function decideWithTags(
  key: PeeringKey,
  hint: Pick<Hint, 'looks' | 'by'>,
  deps: DecideDeps,
): Promise<Decided> {
  const remembered = deps.ledger.read(key.peeringId);
  // Awaited below; a failure of what comes first must not leave this one unhandled.
  remembered.catch(() => undefined);
  const observed = await observe(key, deps, remembered);
  const now = deps.clock.now();
  const memory = recent(await remembered, now);
  const { judged, answers } = await judgeWithPeople(observed, hint, memory, now, deps);
  const whole = plan(observed, judged, memory);
  const trial = trialOf(observed, { verdict: judged, plan: whole, answers }, hint, memory, deps);
  const isDryRun = deps.policy.dryRun.all;
  if (isDryRun) {
    const nothing = { suspicion: undefined, isStale: false, isContested: false, awaiting: [] };
    const settling = NOTHING_SETTLES;
    return { observed, memory, verdict: judged, judged, plan: whole, isDryRun, trial, settling, ...nothing };
  }
  const { verdict, plan: steps, settling } = settle(observed, judged, whole, memory, now);
  const decided = { observed, memory, verdict, judged, plan: steps, isDryRun, trial, settling };
  const contest = await contestAmong(steps, memory, hint, deps);
  if (contest !== undefined) {
    const held = holdBecause(contest.because);
    const stages = uncontested(steps, contest.changes);
    const rest = withoutBlocked({ ...decided, plan: { ...steps, stages } }, hint);
    // What a fight does not stop is judged like any other plan of the same verdict; people are told of the fight.
    const confirmed = confirm(rest, deps.policy.liveVersion, now);
    const { tags } = plan(observed, held, memory);
    return { ...rest, ...confirmed, verdict: held, plan: { ...confirmed.plan, tags }, isContested: true };
  }
  const allowed = withoutBlocked(decided, hint);
  return { ...allowed, ...confirm(allowed, deps.policy.liveVersion, now), isContested: false };
}

/** What people said is read only where something waits for them, which is rare. */
async function judgeWithPeople(
  observed: Observed,
  { looks }: Pick<Hint, 'looks'>,
  memory: Memory,
  now: number,
  { policy, approvals }: Pick<DecideDeps, 'policy' | 'approvals'>,
): Promise<{ readonly judged: Verdict; readonly answers: Answers }> {
  const alone = judge(observed, policy, looks, memory);
  if (askIn(alone) === undefined || approvals === undefined || observed.kind !== 'open') {
    return { judged: alone, answers: NO_ANSWERS };
  }
  const answers = { given: await approvals.givenTo(observed.peering.id), now };
  return { judged: judge(observed, policy, looks, memory, answers), answers };
}

/** Without the routes that somebody else may still write. */
function settle(
  observed: Observed,
  verdict: Verdict,
  whole: Plan,
  memory: Memory,
  now: number,
): Pick<Decided, 'verdict' | 'plan' | 'settling'> {
  if (verdict.kind !== 'connect' || observed.kind !== 'open') {
    return { verdict, plan: whole, settling: NOTHING_SETTLES };
  }
  const { plan: steps, ...settling } = leaveToOthers(observed, verdict, whole, memory, now);
  const standing = standingWhile(verdict, settling, memory);
  return { verdict: standing, plan: { ...steps, tags: tagSteps(observed, standing) }, settling };
}

/**
 * Without the steps that AWS refused a short while ago: trying them again at each look would cost calls and a write, and
 * change nothing. They are tried when something has changed there, as CloudTrail's event says, and once a day.
 */
function withoutBlocked<Some extends Pick<Decided, 'verdict' | 'plan' | 'memory' | 'observed'>>(
  decided: Some,
  { by }: Pick<Hint, 'by'>,
): Some {
  const { observed, verdict, plan: steps, memory } = decided;
  const blocked = new Map(memory.blocked.map(({ step, problem }) => [step, problem]));
  const isBlocked = (step: Step): boolean => blocked.has(stepId(step));
  const all = [...steps.stages.flat(), ...steps.tags];
  if (by !== undefined || !all.some(isBlocked)) return decided;
  const problems = steps.stages.flat().flatMap((step) => blocked.get(stepId(step)) ?? []);
  const refused = steps.stages.flat().filter(isBlocked);
  const stages = steps.stages.map((stage) =>
    stage.filter((step) => !isBlocked(step) && !isOnlyWay(step, refused)),
  );
  const tags = steps.tags.filter((step) => !isBlocked(step));
  // What comes after a step that everything waits for waits too.
  const cut = stages.findIndex((stage, place) => stage.length === 0 && isGate(steps.stages[place]));
  const left = (cut === -1 ? stages : stages.slice(0, cut)).filter((stage) => stage.length > 0);
  return {
    ...decided,
    verdict: verdictWithProblems(verdict, problems, refused, observed),
    plan: { ...steps, stages: left, tags },
  };
}

const isGate = (stage: readonly Step[] | undefined): boolean =>
  stage?.some(({ kind }) => kind === 'accept' || kind === 'await-active') ?? false;

/** What is still worth something of what the ledger knows. */
const recent = (memory: Memory, now: number): Memory => ({
  ...memory,
  cuts: memory.cuts.filter(({ at }) => now - at < RESTORE_WITHIN_MS),
  blocked: memory.blocked.filter(({ at }) => now - at < BLOCKED_FOR_MS),
});

/**
 * What takes a way away is done only when a second look, some time after the first, finds the same: a guardrail, and
 * routes that the rule no longer wants. An account that is moved passes through OUs with other rules.
 */
function confirm(
  { observed, verdict, plan: steps, memory }: Pick<Decided, 'observed' | 'verdict' | 'plan' | 'memory'>,
  liveVersion: string,
  now: number,
): Pick<Decided, 'verdict' | 'plan' | 'suspicion' | 'isStale' | 'awaiting'> {
  const all = steps.stages.flat();
  const picture = verdict.kind === 'connect' ? verdict.picture : undefined;
  const cuts =
    verdict.kind === 'unsanctioned' ? all : all.filter((step) => losesReach(observed, step, picture));
  if (verdict.kind !== 'unsanctioned' && verdict.kind !== 'connect') {
    // What is not settled, or was not seen, says nothing.
    const isFinding = observed.kind === 'open' && verdict.kind !== 'wait';
    const left = without(steps, cuts);
    return { verdict, plan: left, awaiting: [], ...(isFinding ? cleared(memory) : cleared(NO_MEMORY)) };
  }
  const found = suspicionOf(verdict, liveVersion, now);
  const confirmation = confirmationOf(found, memory.suspicion);
  if (cuts.length === 0) {
    // Nothing is left to cut: a route that comes back under the same finding goes at once.
    const isSame = verdict.kind === 'unsanctioned' && confirmation !== 'first';
    return { verdict, plan: steps, awaiting: [], ...(isSame ? cleared(NO_MEMORY) : cleared(memory)) };
  }
  if (confirmation === 'confirmed') {
    return { verdict, plan: steps, suspicion: undefined, isStale: false, awaiting: [] };
  }
  const rest = {
    suspicion: confirmation === 'early' ? undefined : found,
    isStale: confirmation === 'stale',
    awaiting: cuts,
  };
  if (verdict.kind === 'connect') return { verdict, plan: without(steps, cuts), ...rest };
  const withheld: Verdict = { ...verdict, withheld: 'unconfirmed' };
  return { verdict: withheld, plan: plan(observed, withheld, memory), ...rest };
}

const cleared = ({ suspicion }: Memory): Pick<Decided, 'suspicion' | 'isStale'> => ({
  suspicion: suspicion === undefined ? undefined : null,
  isStale: false,
});

/** The verdict with trial rules, where it differs from the live one. Reads nothing. */
function trialOf(
  observed: Observed,
  live: Trial & { readonly answers: Answers },
  { looks }: Pick<Hint, 'looks'>,
  memory: Memory,
  { policy }: Pick<DecideDeps, 'policy'>,
): Trial | undefined {
  if (policy.trial === undefined || live.verdict.kind === 'wait') return undefined;
  const verdict = judge(observed, policy.trial, looks, memory, live.answers);
  const trial = { verdict, plan: plan(observed, verdict, memory) };
  return effectOf(trial) === effectOf(live) ? undefined : trial;
}

/** What people would notice. */
const effectOf = ({ verdict, plan: { stages } }: Trial): string =>
  [verdict.kind, ...new Set(stages.flat().map(describeStep).toSorted())].join('|');

/**
 * What a fight does not stop: repairs that nobody undoes, on the other side for one, and routes that the rule no longer
 * gives. Where a route is still to be written, the old one stays: it may be the only way.
 */
function uncontested({ stages }: Plan, contested: ReadonlySet<string>): Plan['stages'] {
  const isContested = (step: ChangeStep): boolean => contested.has(describeStep(step));
  const unfinished = new Set(
    stages
      .flat()
      .filter(isContested)
      .flatMap((step) => (step.kind === 'create-route' ? [step.routeTableId] : [])),
  );
  return stages
    .map((stage) =>
      stage.filter(
        (step) => !isContested(step) && !(step.kind === 'delete-route' && unfinished.has(step.routeTableId)),
      ),
    )
    .filter((stage) => stage.length > 0);
}

const REPAIRS: readonly string[] = ['create-route', 'enable-dns', 'disable-dns'];

/** What it is called in the history, and what undoing it ourselves is called there. */
const repairOf = (step: ChangeStep): Repair => ({
  change: describeStep(step),
  undone: describeStep(undoing(step)),
});

function undoing(step: ChangeStep): ChangeStep {
  switch (step.kind) {
    case 'create-route':
      return {
        kind: 'delete-route',
        at: step.at,
        routeTableId: step.routeTableId,
        destination: step.destination,
      };
    case 'enable-dns':
      return { ...step, kind: 'disable-dns' };
    case 'disable-dns':
      return { ...step, kind: 'enable-dns' };
    case 'accept':
    case 'reject':
    case 'delete-peering':
    case 'await-active':
    case 'delete-route':
      return step;
  }
}

/** Those repairs of a plan that would only go on with a fight against another tool. */
async function contestAmong(
  { peeringId, stages }: Plan,
  memory: Memory,
  { by }: Pick<Hint, 'by'>,
  { ledger, clock, contests }: Pick<DecideDeps, 'ledger' | 'clock' | 'contests'>,
): Promise<Contest | undefined> {
  const repairs = stages.flat().filter(({ kind }) => REPAIRS.includes(kind));
  // Who has written nothing here yet cannot have been undone.
  if (repairs.length === 0 || memory.sides === undefined) return undefined;
  const now = clock.now();
  const history = await ledger.history(peeringId, now - CONTESTED_WINDOW_MS);
  const contest = contestIn(repairs.map(repairOf), history, now, by);
  if (contest === undefined) return undefined;
  // Only where there is a fight, which is rare, it is asked whether somebody has ended it.
  const released = await contests?.releaseOf(peeringId);
  if (released === undefined) return contest;
  const since = history.filter(({ at }) => at > released.at);
  return contestIn(repairs.map(repairOf), since, now, by);
}
