import { AwsFailure, type FailureClass } from '../domain/work/failure.ts';
import { routeKey, type LedgerRoute, type Memory } from '../domain/memory/memory.ts';
import type { StepResult } from '../domain/connection/outcome.ts';
import type { PeeringId, RouteTableId } from '../domain/facts/ids.ts';
import { isOnlyWay } from '../domain/connection/only-way.ts';
import { claimedBy, type Plan } from '../domain/connection/plan.ts';
import type { DeleteRoute, Step } from '../domain/connection/step.ts';
import type { PeeringState, Place } from '../domain/facts/peering.ts';
import { isPrefixList, routesTo, type Destination, type RouteTable } from '../domain/facts/vpc.ts';
import { explained } from '../domain/words/error-advice.ts';
import type { LedgerPage } from './ledger.ts';
import type { Ec2, ReconcileDeps } from './ports.ts';

type Writes = Pick<ReconcileDeps, 'ec2' | 'clock' | 'ledger'>;

/** Steps of one account and region that run at once: under the 50 calls of one kind that EC2 lets it burst. */
const STEPS_AT_ONCE = 32;
/** Provisioning takes a few seconds; what takes longer is looked at again later, not waited for here. */
const ACTIVE_POLLS_MS = [500, 1000, 1500, 2000, 3000] as const;

/** What a plan came to. */
export interface Applied {
  readonly results: readonly StepResult[];
  /** Claims that the ledger is to give up: the route is gone, was never tried, or is somebody else's. */
  readonly disclaims: readonly LedgerRoute[];
  /** The first failure of all, where one stopped it. */
  readonly failure: { readonly error: unknown } | undefined;
}

/**
 * Runs the stages of a plan, one after the other. The steps of a stage all run, even when one of them fails: what could
 * be done is done, and the next run finds only the rest.
 *
 * Routes are claimed in the ledger before they are created, and what is planned is written there before it is done. A
 * run that dies in between leaves a claim on a route that may not be there, which does no harm; never a route of ours
 * that nobody knows. Only an accept, which creates no route, does not wait for the ledger.
 *
 * @param memory what the ledger knew before
 * @param opening what the ledger is to know besides the claims, before anything is done
 */
export async function apply(
  plan: Plan,
  memory: Memory,
  opening: LedgerPage,
  writes: Writes,
): Promise<Applied> {
  if (plan.stages.length === 0) return { results: [], disclaims: [], failure: undefined };
  const known = new Set(memory.routes.map(routeKey));
  const isNew = (route: LedgerRoute): boolean => !known.has(routeKey(route));
  // A known claim is made anew with its time: a look soon after may not see the route yet.
  const at = writes.clock.now();
  const claims = plan.stages
    .flat()
    .flatMap(claimedBy)
    .map((route): LedgerRoute => ({ ...route, at }));
  const opened = writes.ledger.write(plan.peeringId, { ...opening, claims });
  // Awaited before the first step that needs it.
  opened.catch(() => undefined);

  const results: StepResult[] = [];
  let failure: Applied['failure'];
  let reached = 0;
  try {
    for (const stage of plan.stages) {
      if (!stage.every(({ kind }) => kind === 'accept')) await opened;
      reached += 1;
      const unwritten = results.flatMap(({ kind, step }) => (kind === 'blocked' ? [step] : []));
      const steps = stage.filter((step) => !isOnlyWay(step, unwritten));
      const settled = await runSteps(steps, plan.peeringId, writes);
      results.push(...settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])));
      const failed = settled.find((result) => result.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
      if (results.some((result) => result.kind === 'stale' || isBlockedAccept(result))) break;
    }
    await opened;
  } catch (error) {
    failure = { error };
  }
  const untried = plan.stages.slice(reached).flat().flatMap(claimedBy).filter(isNew);
  return { results, disclaims: [...untried, ...disclaimsAfter(results, isNew)], failure };
}

/**
 * Sets the status tags. What is refused for good is a result; a member stack from before the tags lacks the permission,
 * and that must not undo what was done.
 *
 * @throws the failure of the first step that failed, after all were tried
 */
export async function applyTags(
  { peeringId, tags }: Pick<Plan, 'peeringId' | 'tags'>,
  writes: Writes,
): Promise<readonly StepResult[]> {
  const settled = await runSteps(tags, peeringId, writes);
  return settled.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

/** What failed keeps its claim, since the call may have taken effect all the same. */
function disclaimsAfter(
  results: readonly StepResult[],
  isNew: (route: LedgerRoute) => boolean,
): readonly LedgerRoute[] {
  return results.flatMap((result) => {
    const { kind, step } = result;
    const isGone = kind === 'done' || kind === 'unneeded';
    const isRefused = kind === 'blocked' || (kind === 'stale' && result.isCertain);
    return [
      ...(isGone ? deletedRoute(step).filter((route) => !isNew(route)) : []),
      ...(isRefused ? claimedBy(step).filter(isNew) : []),
    ];
  });
}

const deletedRoute = (step: Step): readonly LedgerRoute[] =>
  step.kind === 'delete-route' && !isPrefixList(step.destination)
    ? [{ ...step.at, routeTableId: step.routeTableId, destination: step.destination }]
    : [];

export const isBlockedAccept = (result: StepResult): boolean =>
  result.kind === 'blocked' && result.step.kind === 'accept';

/**
 * Account and region do not wait for each other; within one of them the steps run some at a time.
 *
 * @returns in the order of the steps
 */
async function runSteps(
  steps: readonly Step[],
  peeringId: PeeringId,
  writes: Writes,
): Promise<readonly PromiseSettledResult<StepResult>[]> {
  const settled = new Map<Step, PromiseSettledResult<StepResult>>();
  const byPlace = Map.groupBy(steps, ({ at }) => `${at.accountId}/${at.region}`);
  const runAll = async (here: readonly Step[]): Promise<void> => {
    for (let from = 0; from < here.length; from += STEPS_AT_ONCE) {
      const chunk = await runChunk(here.slice(from, from + STEPS_AT_ONCE), peeringId, writes);
      for (const [step, result] of chunk) settled.set(step, result);
    }
  };
  await Promise.all([...byPlace.values()].map(runAll));
  return steps.flatMap((step) => settled.get(step) ?? []);
}

/** Steps of one account and region, at once. */
async function runChunk(
  steps: readonly Step[],
  peeringId: PeeringId,
  writes: Writes,
): Promise<readonly (readonly [Step, PromiseSettledResult<StepResult>])[]> {
  const [first] = steps;
  if (first === undefined) return [];
  const ec2 = writes.ec2.in(first.at.accountId, first.at.region);
  const deletes = steps.filter((step) => step.kind === 'delete-route');
  const present = deletes.length > 0 ? presentAmong(deletes, peeringId, ec2) : Promise.resolve([]);
  // Each delete reports its failure; without this it would also count as nobody's.
  present.catch(() => undefined);
  const at = (place: Place): Ec2 => writes.ec2.in(place.accountId, place.region);
  const site: Site = { peeringId, ec2, at, present, clock: writes.clock };
  return Promise.all(
    steps.map(async (step) => {
      const [result] = await Promise.allSettled([runStep(step, site)]);
      return [step, result] as const;
    }),
  );
}

/**
 * Those of the routes that still point at the peering. DeleteRoute takes no condition and removes whatever has the
 * destination, so the tables are read again right before: somebody may have replaced a route since the plan was made.
 */
async function presentAmong(
  deletes: readonly DeleteRoute[],
  peeringId: PeeringId,
  ec2: Ec2,
): Promise<readonly DeleteRoute[]> {
  const tables = await ec2.listRouteTablesTo(peeringId);
  return deletes.filter((step) => leadsTo(peeringId, step, tables));
}

/** What the steps of one chunk share. */
interface Site {
  readonly peeringId: PeeringId;
  readonly ec2: Ec2;
  /** EC2 in another account or region. */
  readonly at: (place: Place) => Ec2;
  /** The deletes whose route is still there. */
  readonly present: Promise<readonly DeleteRoute[]>;
  readonly clock: Writes['clock'];
}

async function runStep(step: Step, site: Site): Promise<StepResult> {
  try {
    return await act(step, site);
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error;
    const answer = answerTo(step, error);
    const isPerhapsDone = error.attempts > 1 && answer.kind !== 'done';
    return isPerhapsDone && (await isDone(step, site)) ? { kind: 'done', step } : answer;
  }
}

/**
 * Whether all is as a step wants it. At a later attempt of the SDK that can only be because an earlier one did it and
 * its answer was lost (or because somebody did the very same within those milliseconds): nobody else would write it
 * into the history, or tell it.
 */
async function isDone(step: Step, { peeringId, ec2 }: Site): Promise<boolean> {
  const isIn = async (...states: readonly PeeringState[]): Promise<boolean> => {
    const peering = await ec2.findPeering(peeringId);
    return peering !== undefined && states.includes(peering.state);
  };
  switch (step.kind) {
    case 'accept':
      return isIn('provisioning', 'active');
    case 'reject':
      return isIn('rejected');
    case 'delete-peering':
      return isIn('deleting', 'deleted');
    case 'create-route':
      return leadsTo(peeringId, step, await ec2.listRouteTablesTo(peeringId));
    // Sent once only.
    case 'delete-route':
    case 'await-active':
    case 'enable-dns':
    case 'disable-dns':
    case 'tag':
      return false;
  }
}

const leadsTo = (
  peeringId: PeeringId,
  route: { readonly routeTableId: RouteTableId; readonly destination: Destination },
  tables: readonly RouteTable[],
): boolean =>
  tables
    .filter(({ id }) => id === route.routeTableId)
    .some((table) => routesTo(peeringId, table).some(({ destination }) => destination === route.destination));

async function act(step: Step, site: Site): Promise<StepResult> {
  const { peeringId, ec2 } = site;
  switch (step.kind) {
    case 'accept':
      await ec2.acceptPeering(peeringId);
      return { kind: 'done', step };
    case 'reject':
      await ec2.rejectPeering(peeringId);
      return { kind: 'done', step };
    case 'delete-peering':
      return deletePeering(step, site);
    case 'await-active':
      return awaitActive(step, site);
    case 'create-route':
      await ec2.createRoute({ ...step, peeringId });
      return { kind: 'done', step };
    case 'delete-route': {
      const present = await site.present;
      if (!present.includes(step)) return { kind: 'unneeded', step };
      await ec2.deleteRoute(step);
      return { kind: 'done', step };
    }
    case 'enable-dns':
    case 'disable-dns':
      await ec2.setDns(peeringId, step.roles, step.kind === 'enable-dns');
      return { kind: 'done', step };
    case 'tag':
      await ec2.tagPeering(peeringId, { ...step.tags });
      return { kind: 'done', step };
  }
}

/** From the first side that may. */
async function deletePeering(
  step: Extract<Step, { kind: 'delete-peering' }>,
  { peeringId, at }: Site,
): Promise<StepResult> {
  let denial: AwsFailure | undefined;
  for (const place of [step.at, ...step.orElse]) {
    try {
      await at(place).deletePeering(peeringId);
      return { kind: 'done', step: { ...step, at: place } };
    } catch (error) {
      if (!(error instanceof AwsFailure) || error.failureClass !== 'denied') throw error;
      denial = error;
    }
  }
  const problem = denial === undefined ? 'no side may delete the peering' : explained(denial);
  return { kind: 'blocked', step, problem, isLasting: true };
}

async function awaitActive(step: Step, { peeringId, ec2, clock }: Site): Promise<StepResult> {
  for (const pollMs of ACTIVE_POLLS_MS) {
    const state = (await ec2.findPeering(peeringId))?.state;
    if (state === 'active') return { kind: 'done', step };
    if (state !== undefined && state !== 'provisioning' && state !== 'pending-acceptance') {
      const because = { code: state, text: `the peering became ${state}` };
      return { kind: 'stale', step, because, isCertain: true };
    }
    await clock.sleep(pollMs);
  }
  return {
    kind: 'stale',
    step,
    because: { code: 'provisioning', text: 'the peering is still provisioning' },
    isCertain: true,
  };
}

/** What EC2's refusal means for a step. What is not answered here is a failure: it is thrown and retried. */
function answerTo(step: Step, failure: AwsFailure): StepResult {
  const answer = ANSWERS[step.kind][failure.failureClass];
  if (answer === undefined) throw failure;
  switch (answer) {
    case 'unneeded':
      return { kind: 'unneeded', step };
    case 'blocked':
      return { kind: 'blocked', step, problem: explained(failure), isLasting: isLasting(step, failure) };
    case 'stale':
      return {
        kind: 'stale',
        step,
        because: { code: 'moved-on', text: failure.message },
        isCertain: failure.attempts === 1,
      };
  }
}

/** What a person must mend, or somebody who leaves: trying at each look would cost calls and a write, and change nothing. */
const isLasting = ({ kind }: Step, { failureClass }: AwsFailure): boolean =>
  kind === 'tag' || failureClass === 'denied' || failureClass === 'vpc-dns' || failureClass === 'limit';

const ANSWERS: Readonly<
  Record<Step['kind'], Partial<Record<FailureClass, 'unneeded' | 'blocked' | 'stale'>>>
> = {
  accept: { denied: 'blocked', stale: 'stale', 'not-found': 'stale', exists: 'blocked', limit: 'blocked' },
  reject: { denied: 'blocked', stale: 'stale', 'not-found': 'stale' },
  'delete-peering': { stale: 'stale', 'not-found': 'stale' },
  'await-active': {},
  // A route that appeared meanwhile says nothing about its target: observe again.
  'create-route': { denied: 'blocked', exists: 'stale', 'not-found': 'stale', limit: 'blocked' },
  // Not tried again on what was read before: the next look reads it anew.
  'delete-route': { denied: 'blocked', 'not-found': 'unneeded', throttled: 'stale', transient: 'stale' },
  'enable-dns': { denied: 'blocked', 'not-found': 'stale', stale: 'stale', 'vpc-dns': 'blocked' },
  'disable-dns': { denied: 'blocked', 'not-found': 'stale', stale: 'stale' },
  tag: { denied: 'blocked', limit: 'blocked', 'not-found': 'unneeded' },
};
