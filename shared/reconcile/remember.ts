import { governedSides } from '../domain/connection/choice.ts';
import { isSameConsent } from '../domain/connection/consent.ts';
import { CONFIRM_AFTER_MS } from '../domain/connection/guardrail.ts';
import {
  type BlockedStep,
  routeKey,
  type CutRoute,
  type HistoryEntry,
  type LedgerRoute,
  type Memory,
  type MissingRoute,
} from '../domain/memory/memory.ts';
import type { Observed } from '../domain/facts/observed.ts';
import type { StepResult } from '../domain/connection/outcome.ts';
import type { VpcId } from '../domain/facts/ids.ts';
import { ROLES, type Role } from '../domain/facts/peering.ts';
import { claimedBy, plan, stepId, stepKey } from '../domain/connection/plan.ts';
import type { ChangeStep } from '../domain/connection/step.ts';
import type { Verdict } from '../domain/connection/verdict.ts';
import { routesTo } from '../domain/facts/vpc.ts';
import { sortedUnique } from '../domain/policy/language/canonical.ts';
import { titleOf } from '../domain/words/notice.ts';
import { describeStep } from '../domain/words/words.ts';
import type { Applied } from './apply.ts';
import { askedAfter } from './asking.ts';
import { claimedRoutes, claimWords } from './claim.ts';
import type { Decided, Hint } from './decide-on.ts';
import type { LedgerPage } from './ledger.ts';
import type { ReconcileDeps } from './ports.ts';
import type { News, PlannedNews } from './publish.ts';
import type { Reconciled } from './reconciled.ts';

type RememberDeps = Pick<ReconcileDeps, 'policy' | 'clock'>;

/** A look this soon after a route was written may not see it yet. */
export const UNSEEN_MS = 60 * 1000;

/** What the ledger is to know before anything is done: where the sides are, what is planned, and why. */
export function openingOf(decided: Decided, hint: Hint, deps: RememberDeps): LedgerPage {
  const { observed, verdict, judged, plan: steps, memory } = decided;
  const all = steps.stages.flat();
  return {
    sides: memory.sides === undefined ? sidesOf(observed) : undefined,
    consent: newConsent(judged, memory),
    cuts: verdict.kind === 'unsanctioned' ? cutsOf(all, memory, deps.clock.now()) : [],
    dns: all.flatMap((step) => (step.kind === 'enable-dns' ? step.roles : [])),
    entry: { ...entryOf(verdict, hint, deps), planned: all.map(describeStep), changes: [] },
    vpcs: vpcsOf(decided),
  };
}

/** Routes that are about to be taken away, and whose they are now. */
function cutsOf(steps: readonly ChangeStep[], memory: Memory, at: number): readonly CutRoute[] {
  const claimed = new Set(memory.routes.map(routeKey));
  return steps.flatMap((step): readonly CutRoute[] => {
    if (step.kind !== 'delete-route') return [];
    const { at: place, routeTableId, destination } = step;
    return [{ ...place, routeTableId, destination, wasOurs: claimed.has(stepKey(step)), at }];
  });
}

export function newConsent(verdict: Verdict, memory: Memory): LedgerPage['consent'] {
  if (verdict.kind !== 'connect' && verdict.kind !== 'unsanctioned') return undefined;
  const { consent } = verdict;
  return consent === undefined || isSameConsent(memory.consent, consent) ? undefined : consent;
}

interface Closing {
  readonly reconciled: Reconciled;
  readonly applied: Applied;
  readonly decided: Decided;
  readonly news: News | undefined;
  readonly planned: PlannedNews | undefined;
}

/** What the ledger is to know after everything was done and told. */
export function closingOf(closing: Closing, hint: Hint, deps: RememberDeps): LedgerPage {
  const { reconciled, applied, decided, news, planned } = closing;
  const { verdict, observed, results, isDryRun } = reconciled;
  const { memory } = decided;
  const claims = hint.claims === true && !isDryRun ? claimedRoutes(observed, verdict, memory) : [];
  const changes = results.flatMap(({ kind, step }) => (kind === 'done' ? [describeStep(step)] : []));
  const told = { told: news?.status, planned: planned?.text };
  const isWorthEntry = changes.length > 0 || claims.length > 0 || news !== undefined;
  const done = [...changes, ...claims.map(claimWords)];
  const entry = isWorthEntry
    ? { ...entryOf(verdict, hint, deps), changes: done, ...endOf(closing) }
    : undefined;
  const vpcs = isWorthEntry ? vpcsOf(decided) : [];
  if (isDryRun) return { ...told, entry, vpcs, sides: newSides(closing) };
  const isRemembering = news !== undefined || (decided.suspicion ?? undefined) !== undefined;
  return {
    ...told,
    entry,
    vpcs,
    claims: claims.map((route) => ({ ...route, at: deps.clock.now() })),
    sides: newSides(closing),
    consent: isRemembering ? newConsent(decided.judged, memory) : undefined,
    suspicion: suspicionAfter(closing, deps.clock.now()),
    blocked: blockedSteps(results, deps.clock.now()),
    unblocked: unblockedSteps(reconciled, decided),
    missing: decided.settling.missing,
    asked: askedAfter(reconciled, memory, deps.policy),
    unmissing: isOver(closing) ? memory.missing : foundRoutes(verdict, decided, results),
    ...(isOver(closing)
      ? { disclaims: memory.routes, uncuts: memory.cuts, undns: memory.dns }
      : {
          disclaims: [
            ...applied.disclaims,
            ...absentClaims(observed, decided, results, deps.clock.now()),
            ...leftClaims(observed, verdict, memory),
          ],
          uncuts: uncutsOf(verdict, results, memory),
          undns: isDnsLeft(verdict) ? memory.dns : endedDns(reconciled, memory),
        }),
  };
}

/**
 * Nothing leads to a peering that is over, so whatever was remembered of its routes is gone. Of one that is only not
 * found, nobody knows: perhaps none of its accounts could be asked.
 */
const isOver = ({ reconciled: { observed, outcome, isDryRun }, applied }: Closing): boolean =>
  observed.kind === 'ended' && applied.failure === undefined && outcome.kind !== 'waiting' && !isDryRun;

const newSides = ({ reconciled, decided, news }: Closing): LedgerPage['sides'] =>
  decided.memory.sides === undefined && news !== undefined ? sidesOf(reconciled.observed) : undefined;

/**
 * Once something was cut, the finding stands confirmed for as long as two looks may be apart: a route that comes back under
 * it goes at once, and what could not be cut this time goes at the next look.
 */
function suspicionAfter({ decided, reconciled }: Closing, now: number): LedgerPage['suspicion'] {
  if (decided.suspicion !== undefined) return decided.suspicion;
  const { verdict, results } = reconciled;
  const { suspicion } = decided.memory;
  if (suspicion === undefined || !results.some(({ kind }) => kind === 'done')) return undefined;
  if (verdict.kind === 'unsanctioned') return { ...suspicion, at: now - CONFIRM_AFTER_MS };
  return verdict.kind === 'connect' && results.some(isRemoval) ? null : undefined;
}

const isRemoval = ({ kind, step }: StepResult): boolean => kind === 'done' && step.kind === 'delete-route';

/** What AWS refuses until a person does something. A table from which this run took a route has room for another now. */
export function blockedSteps(results: readonly StepResult[], at: number): readonly BlockedStep[] {
  const withRoom = new Set(
    results.flatMap(({ kind, step }) =>
      kind === 'done' && step.kind === 'delete-route' ? [step.routeTableId] : [],
    ),
  );
  return results.flatMap((result) => {
    if (result.kind !== 'blocked' || !result.isLasting) return [];
    const { step, problem } = result;
    return step.kind === 'create-route' && withRoom.has(step.routeTableId)
      ? []
      : [{ step: stepId(step), at, problem }];
  });
}

/** Refused steps that were done after all, or that the verdict no longer wants. */
function unblockedSteps(
  { results, observed, verdict }: Reconciled,
  { memory, judged, isDryRun }: Decided,
): readonly BlockedStep[] {
  if (memory.blocked.length === 0 || isDryRun || observed.kind !== 'open' || verdict.kind === 'wait')
    return [];
  const again = new Set(results.flatMap(({ kind, step }) => (kind === 'blocked' ? [stepId(step)] : [])));
  // A refused answer makes a verdict to hold of it, which wants nothing; the tags are those of that one.
  const wanted = plan(observed, judged, { ...memory, blocked: [] });
  const { tags } = plan(observed, verdict, { ...memory, blocked: [] });
  const open = new Set([...wanted.stages.flat(), ...tags].map(stepId));
  const done = new Set(results.flatMap(({ kind, step }) => (kind === 'done' ? [stepId(step)] : [])));
  return memory.blocked.filter(({ step }) => !again.has(step) && (done.has(step) || !open.has(step)));
}

/**
 * Claims on routes that are not there, and are not being written anew: whoever writes such a route from now on, it is
 * theirs.
 */
function absentClaims(
  observed: Observed,
  { memory, plan: steps, isContested }: Decided,
  results: readonly StepResult[],
  now: number,
): readonly LedgerRoute[] {
  if (observed.kind !== 'open') return [];
  const refused = new Set(
    results
      .filter(isRefusal)
      .flatMap(({ step }) => claimedBy(step))
      .map(routeKey),
  );
  const renewed = new Set(steps.stages.flat().flatMap(claimedBy).map(routeKey));
  const present = new Set(
    governedSides(observed).flatMap(([, { location, network }]) =>
      network.routeTables.flatMap((table) =>
        routesTo(observed.peering.id, table).map(({ destination }) =>
          routeKey({ ...location, routeTableId: table.id, destination }),
        ),
      ),
    ),
  );
  const places = governedSides(observed).map(([, { location }]) => location);
  return memory.routes.filter((route) => {
    const key = routeKey(route);
    const wasLookedAt = places.some(
      ({ accountId, region }) => accountId === route.accountId && region === route.region,
    );
    // Who undoes our routes writes his own next.
    const isOld = isContested || route.at === undefined || now - route.at >= UNSEEN_MS;
    const isRenewed = renewed.has(key) && !refused.has(key);
    return wasLookedAt && isOld && !present.has(key) && !isRenewed;
  });
}

/** Routes that were missing, and that are there now, or that no rule wants any more. */
function foundRoutes(
  verdict: Verdict,
  { memory, settling }: Pick<Decided, 'memory' | 'settling'>,
  results: readonly StepResult[],
): readonly MissingRoute[] {
  if (verdict.kind === 'unsanctioned' || verdict.kind === 'reject') return memory.missing;
  const written = new Set(
    results.flatMap(({ kind, step }) =>
      kind === 'done' && step.kind === 'create-route' ? [stepKey(step)] : [],
    ),
  );
  return [...settling.unmissing, ...memory.missing.filter((route) => written.has(routeKey(route)))];
}

/** Claims on routes of a side whose rule now leaves them to others: from now on they are theirs, and stay. */
function leftClaims(observed: Observed, verdict: Verdict, memory: Memory): readonly LedgerRoute[] {
  if (observed.kind !== 'open' || verdict.kind !== 'connect') return [];
  const { writing } = verdict.picture;
  const left = new Set(
    governedSides(observed).flatMap(([role, { network }]) =>
      writing[role]?.kind === 'never' ? network.routeTables.map(({ id }) => id) : [],
    ),
  );
  return memory.routes.filter(({ routeTableId }) => left.has(routeTableId));
}

const isDnsLeft = (verdict: Verdict): boolean =>
  verdict.kind === 'connect' && verdict.connect.dns === 'leave';

/** EC2 answered at its only attempt that it wrote nothing. */
const isRefusal = (result: StepResult): boolean =>
  result.kind === 'blocked' || (result.kind === 'stale' && result.isCertain);

/** Cut routes that are there again, or that nobody will put back. */
function uncutsOf(verdict: Verdict, results: readonly StepResult[], memory: Memory): readonly CutRoute[] {
  const back = new Set(
    results.flatMap(({ kind, step }) =>
      kind === 'done' && step.kind === 'create-route' ? [stepKey(step)] : [],
    ),
  );
  const settled = verdict.kind === 'connect' ? verdict.restoration.settled : [];
  return memory.cuts.filter((cut) => back.has(routeKey(cut)) || settled.includes(cut));
}

/** Flags of ours that are off: turned off by us or by somebody else, or never turned on. */
function endedDns({ observed, results, plan: steps }: Reconciled, memory: Memory): readonly Role[] {
  // Before a peering is active nobody has turned anything on: a look that sees it pending still sees what was before.
  if (observed.kind !== 'open' || observed.peering.state !== 'active') return [];
  const turnedOff = results.flatMap(({ kind, step }) =>
    kind === 'done' && step.kind === 'disable-dns' ? step.roles : [],
  );
  // Also where a step before it stopped the plan: what was seen may be from before our own change.
  const enabling = new Set(
    steps.stages.flat().flatMap((step) => (step.kind === 'enable-dns' ? step.roles : [])),
  );
  const refused = results.flatMap(({ kind, step }) =>
    kind === 'blocked' && step.kind === 'enable-dns' ? step.roles : [],
  );
  const off = governedSides(observed)
    .filter(([role, side]) => side.dnsFromRemote === false && memory.dns.includes(role))
    .map(([role]) => role)
    .filter((role) => !enabling.has(role));
  return [...new Set([...turnedOff, ...off, ...refused])];
}

function sidesOf(observed: Observed): LedgerPage['sides'] {
  if (observed.kind !== 'open') return undefined;
  const { requester, accepter } = observed.sides;
  return { requester: requester.location, accepter: accepter.location };
}

const entryOf = (
  verdict: Verdict,
  { by }: Hint,
  { policy, clock }: RememberDeps,
): Omit<HistoryEntry, 'changes'> => {
  const approval = verdict.kind === 'connect' ? verdict.consent.approval : undefined;
  return {
    at: clock.now(),
    verdict: verdict.kind,
    rule: 'rule' in verdict ? verdict.rule : undefined,
    reason: { code: verdict.because.code, text: verdict.because.text },
    policyVersion: policy.version,
    by,
    ...(approval === undefined ? {} : { approval }),
  };
};

/** How the look ended, and what people were told of it. */
function endOf({ reconciled, applied, news, planned }: Closing): Partial<HistoryEntry> {
  const { verdict, results, outcome, isDryRun } = reconciled;
  const { failure } = applied;
  const refused = results.flatMap((result) => (result.kind === 'blocked' ? [result.problem] : []));
  const standing = verdict.kind === 'connect' ? verdict.problems : [];
  const problems = sortedUnique([
    ...standing,
    ...refused,
    ...(failure === undefined ? [] : [failureText(failure)]),
  ]);
  const notices = [news?.event, planned?.event].flatMap((event) =>
    event === undefined ? [] : [titleOf(event)],
  );
  return {
    outcome: failure === undefined ? outcome.kind : 'failed',
    ...(isDryRun ? { isDryRun } : {}),
    ...(problems.length === 0 ? {} : { problems }),
    ...(notices.length === 0 ? {} : { notices }),
  };
}

const failureText = ({ error }: NonNullable<Applied['failure']>): string =>
  error instanceof Error ? error.message : 'it failed for an unknown reason';

/** Both VPCs, as far as they are known. */
function vpcsOf({ observed, memory }: Pick<Decided, 'observed' | 'memory'>): readonly VpcId[] {
  const sides = sidesOf(observed) ?? memory.sides;
  return sides === undefined ? [] : ROLES.map((role) => sides[role].vpcId);
}

export const isEmpty = (page: LedgerPage): boolean =>
  Object.values(page).every((value) => value === undefined || (Array.isArray(value) && value.length === 0));
