import { AwsFailure, type FailureClass } from '../domain/failure.ts';
import type { StepResult } from '../domain/outcome.ts';
import type { Plan, Step } from '../domain/plan.ts';
import type { PeeringId } from '../domain/ids.ts';
import type { PeeringState } from '../domain/peering.ts';
import { routeKey, type LedgerRoute, type Memory } from '../domain/memory.ts';
import { mapBounded } from './bounded.ts';
import type { Ledger } from './ledger.ts';
import type { Ec2, ReconcileDeps } from './ports.ts';

type Writes = Pick<ReconcileDeps, 'ec2' | 'clock' | 'ledger'>;

/** Steps of one stage that run at once: well under the 50 writes that EC2 lets an account and region burst. */
const STEPS_AT_ONCE = 16;
/** Provisioning takes a few seconds; what takes longer is looked at again later, not waited for here. */
const ACTIVE_POLLS_MS = [500, 1000, 1500, 2000, 3000] as const;

/** What came of a plan. */
export interface Applied {
  /** Of every step that was tried and did not fail. */
  readonly results: readonly StepResult[];
  /** The first failure, of a step or of the ledger; nothing after its stage was tried. */
  readonly failure: { readonly reason: unknown } | undefined;
}

/**
 * Runs a plan, stage by stage. The steps of a stage all run, even when one of them fails: what could be done
 * is done and told of, and the next run finds only the rest.
 *
 * Routes are claimed in the ledger before they are created. A run that dies in between leaves a claim on a route that
 * may not be there, which does no harm; never a route of ours that nobody knows.
 *
 * @param memory what the ledger knew before
 */
export async function apply(plan: Plan, memory: Memory, writes: Writes): Promise<Applied> {
  const results: StepResult[] = [];
  for (const stage of plan.stages) {
    const staged = await applyStage(stage, plan.peeringId, memory, writes);
    results.push(...staged.results);
    if (staged.failure !== undefined) return { results, failure: staged.failure };
    if (results.some((result) => result.kind === 'stale' || isBlockedAccept(result))) break;
  }
  return { results, failure: undefined };
}

async function applyStage(
  stage: Plan['stages'][number],
  peeringId: PeeringId,
  memory: Memory,
  writes: Writes,
): Promise<Applied> {
  const results: StepResult[] = [];
  try {
    const claims = stage.flatMap(createdRoute);
    if (claims.length > 0) await writes.ledger.intend(peeringId, claims);
    const settled = await mapBounded(stage, STEPS_AT_ONCE, (step) => runStep(step, peeringId, writes));
    results.push(...settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])));
    await settleClaims(peeringId, results, memory, writes.ledger);
    const failed = settled.find((result) => result.status === 'rejected');
    return { results, failure: failed === undefined ? undefined : { reason: failed.reason } };
  } catch (reason) {
    return { results, failure: { reason } };
  }
}

/** What failed stays claimed as it was: the call may have taken effect all the same. */
async function settleClaims(
  peeringId: PeeringId,
  results: readonly StepResult[],
  memory: Memory,
  ledger: Ledger,
): Promise<void> {
  const known = new Set(memory.routes.map(routeKey));
  const written = results.flatMap(({ kind, step }) => (kind === 'done' ? createdRoute(step) : []));
  const gone = results.flatMap(({ kind, step }) =>
    kind === 'done' || kind === 'unneeded' ? deletedRoute(step) : [],
  );
  const neverOurs = results.flatMap((result) => {
    const isRefused = result.kind === 'blocked' || (result.kind === 'stale' && result.isCertain);
    return isRefused ? createdRoute(result.step).filter((route) => !known.has(routeKey(route))) : [];
  });
  if (written.length > 0) await ledger.confirm(peeringId, written);
  const disclaimed = [...gone.filter((route) => known.has(routeKey(route))), ...neverOurs];
  if (disclaimed.length > 0) await ledger.disclaim(peeringId, disclaimed);
}

const createdRoute = (step: Step): readonly LedgerRoute[] =>
  step.kind === 'create-route' ? [routeOf(step)] : [];
const deletedRoute = (step: Step): readonly LedgerRoute[] =>
  step.kind === 'delete-route' ? [routeOf(step)] : [];

const routeOf = ({
  at,
  routeTableId,
  destination,
}: Extract<Step, { kind: 'create-route' | 'delete-route' }>): LedgerRoute => ({
  ...at,
  routeTableId,
  destination,
});

const isBlockedAccept = (result: StepResult): boolean =>
  result.kind === 'blocked' && result.step.kind === 'accept';

async function runStep(step: Step, peeringId: PeeringId, writes: Writes): Promise<StepResult> {
  const ec2 = writes.ec2.in(step.at.accountId, step.at.region);
  try {
    return await act(step, peeringId, ec2, writes);
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error;
    const answer = answerTo(step, error);
    const isPerhapsDone = error.attempts > 1 && (answer.kind === 'stale' || answer.kind === 'unneeded');
    return isPerhapsDone && (await isDone(step, peeringId, ec2)) ? { kind: 'done', step } : answer;
  }
}

/**
 * Whether all is as a step wants it. At a later attempt of the SDK that can only be because an earlier one did it and
 * its answer was lost (or because somebody did the very same within those milliseconds): nobody else would write it
 * into the history, or tell it.
 */
async function isDone(step: Step, peeringId: PeeringId, ec2: Ec2): Promise<boolean> {
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
      return leadsTo(step, peeringId, ec2);
    case 'delete-route':
      return !(await leadsTo(step, peeringId, ec2));
    case 'await-active':
    case 'enable-dns':
    case 'tag':
      return false;
  }
}

async function act(step: Step, peeringId: PeeringId, ec2: Ec2, writes: Writes): Promise<StepResult> {
  switch (step.kind) {
    case 'accept':
      await ec2.acceptPeering(peeringId);
      return { kind: 'done', step };
    case 'reject':
      await ec2.rejectPeering(peeringId);
      return { kind: 'done', step };
    case 'delete-peering':
      await ec2.deletePeering(peeringId);
      return { kind: 'done', step };
    case 'await-active':
      return awaitActive(step, peeringId, ec2, writes);
    case 'create-route':
      await ec2.createRoute({ ...step, peeringId });
      return { kind: 'done', step };
    case 'delete-route':
      return deleteRoute(step, peeringId, ec2);
    case 'enable-dns':
      await ec2.enableDns(peeringId, step.roles);
      return { kind: 'done', step };
    case 'tag':
      await ec2.tagPeering(peeringId, { ...step.tags });
      return { kind: 'done', step };
  }
}

async function awaitActive(step: Step, peeringId: PeeringId, ec2: Ec2, writes: Writes): Promise<StepResult> {
  for (const pollMs of ACTIVE_POLLS_MS) {
    const state = (await ec2.findPeering(peeringId))?.state;
    if (state === 'active') return { kind: 'done', step };
    if (state !== undefined && state !== 'provisioning' && state !== 'pending-acceptance') {
      const because = { code: state, text: `the peering became ${state}` };
      return { kind: 'stale', step, because, isCertain: true };
    }
    await writes.clock.sleep(pollMs);
  }
  return {
    kind: 'stale',
    step,
    because: { code: 'provisioning', text: 'the peering is still provisioning' },
    isCertain: true,
  };
}

/**
 * Deletes a route only if it still points at the peering. DeleteRoute takes no condition and removes whatever
 * has the destination, so the table is read again right before: somebody may have replaced the route since the
 * plan was made.
 */
async function deleteRoute(
  step: Extract<Step, { kind: 'delete-route' }>,
  peeringId: PeeringId,
  ec2: Ec2,
): Promise<StepResult> {
  if (!(await leadsTo(step, peeringId, ec2))) return { kind: 'unneeded', step };
  await ec2.deleteRoute(step);
  return { kind: 'done', step };
}

async function leadsTo(
  { routeTableId, destination }: Extract<Step, { kind: 'create-route' | 'delete-route' }>,
  peeringId: PeeringId,
  ec2: Ec2,
): Promise<boolean> {
  const tables = await ec2.listRouteTablesTo(peeringId);
  const routes = tables.find((table) => table.id === routeTableId)?.routes ?? [];
  return routes.some(
    (route) =>
      route.destination === destination &&
      route.target.kind === 'peering' &&
      route.target.peeringId === peeringId,
  );
}

/** What EC2's refusal means for a step. What is not answered here is a failure: it is thrown and retried. */
function answerTo(step: Step, failure: AwsFailure): StepResult {
  const answer = ANSWERS[step.kind][failure.failureClass];
  if (answer === undefined) throw failure;
  switch (answer) {
    case 'unneeded':
      return { kind: 'unneeded', step };
    case 'blocked':
      return { kind: 'blocked', step, problem: failure.message };
    case 'stale':
      return {
        kind: 'stale',
        step,
        because: { code: 'moved-on', text: failure.message },
        isCertain: failure.attempts === 1,
      };
  }
}

const ANSWERS: Readonly<
  Record<Step['kind'], Partial<Record<FailureClass, 'unneeded' | 'blocked' | 'stale'>>>
> = {
  accept: { stale: 'stale', 'not-found': 'stale', exists: 'blocked', limit: 'blocked' },
  reject: { stale: 'stale', 'not-found': 'stale' },
  'delete-peering': { denied: 'blocked', stale: 'stale', 'not-found': 'stale' },
  'await-active': {},
  // A route that appeared meanwhile says nothing about its target: observe again.
  'create-route': { exists: 'stale', 'not-found': 'stale', limit: 'blocked' },
  'delete-route': { 'not-found': 'unneeded' },
  'enable-dns': { 'not-found': 'stale', stale: 'stale', 'vpc-dns': 'blocked' },
  // A member stack from before the tags lacks the permission: that must not undo what was done.
  tag: { denied: 'blocked', 'not-found': 'unneeded' },
};
