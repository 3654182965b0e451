import type { Deadline } from '../domain/work/deadline.ts';
import {
  CLAIM_HINT,
  MAX_LOOKS,
  SWEEP_HINT,
  type SweepQueue,
  type WorkItem,
} from '../domain/work/work-item.ts';
import type { Observed } from '../domain/facts/observed.ts';
import { ROLES, type Place } from '../domain/facts/peering.ts';
import { placeWords } from '../domain/memory/place-record.ts';
import { lookAtFreed } from './freed.ts';
import type { RecheckQueue, ReconcileDeps } from './ports.ts';
import { isChange } from './publish.ts';
import { reconcile } from './reconcile.ts';
import type { Reconciled } from './reconciled.ts';

export interface WorkDeps extends ReconcileDeps {
  readonly recheck: RecheckQueue;
  readonly sweeps: SweepQueue;
}

const MS_PER_SECOND = 1000;
const FIRST_DELAY_SECONDS = 15;
/** SQS delays a message by 15 minutes at most. */
const MAX_DELAY_SECONDS = 900;

/**
 * Reconciles one item of the queue. What is waiting is put on the recheck queue; what fails, or has no time left, is
 * thrown, so that the queue delivers it again.
 *
 * @param delivery 1 for the first delivery
 * @param deadline of the work; what is done about a failure comes after it
 */
export async function work(
  item: WorkItem,
  delivery: number,
  deps: WorkDeps,
  deadline: Deadline,
): Promise<void> {
  try {
    await deadline.keep(() => workOn(item, delivery, deps));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const name = error instanceof Error ? error.name : typeof error;
    deps.log.write({ code: 'reconcile.failed', peeringId: item.key.peeringId, error: name, reason });
    throw error;
  }
}

async function workOn(item: WorkItem, delivery: number, deps: WorkDeps): Promise<void> {
  const claims = item.hintId.startsWith(CLAIM_HINT);
  const hint = { looks: item.looks, isRedelivery: delivery > 1, by: item.by, claims };
  const reconciled = await reconcile(item.key, hint, deps);
  const { outcome } = reconciled;
  if (isOfSweep(item)) countFound(reconciled, deps);
  await lookAtFreed(reconciled, deps);
  await lookAtRestored(item, reconciled, deps);
  if (outcome.againAfterSeconds !== undefined) {
    await deps.recheck.send(againAs(item, outcome.againAfterSeconds, deps), outcome.againAfterSeconds);
    return;
  }
  if (outcome.kind !== 'waiting') return;
  if (item.looks >= MAX_LOOKS) {
    throw new Error(`still ${outcome.because.code} after ${MAX_LOOKS} looks: ${outcome.because.text}`);
  }
  await deps.recheck.send({ ...item, looks: item.looks + 1 }, delayAfter(item.looks));
}

/**
 * Under a name of its own: the work queue drops what it was sent within the last five minutes. Looks that are due at the
 * same second are one.
 */
function againAs(item: WorkItem, seconds: number, { clock }: Pick<WorkDeps, 'clock'>): WorkItem {
  const dueAt = Math.ceil(clock.now() / MS_PER_SECOND) + seconds;
  const prefix = [SWEEP_HINT, CLAIM_HINT].find((kind) => item.hintId.startsWith(kind)) ?? '';
  return { ...item, hintId: `${prefix}again-${item.key.peeringId}-${dueAt}` };
}

/** Of the hourly sweep: what a change of its place caused is told by whoever did it. */
const isOfSweep = ({ hintId, by }: WorkItem): boolean => by === undefined && hintId.startsWith(SWEEP_HINT);

/**
 * What was done only because a sweep came by: nobody had told of it before. An account that is counted again and again
 * forwards no events.
 */
function countFound({ results }: Reconciled, { metrics }: Pick<WorkDeps, 'metrics'>): void {
  const changed = results.flatMap((result) => (isChange(result) ? [result.step.at.accountId] : []));
  for (const accountId of new Set(changed)) metrics.count('FoundBySweep', { accountId });
  if (changed.length > 0) metrics.count('EventMissed', {});
}

/** Hints of one minute are one look. */
const BURST_MS = 60_000;

/**
 * An account that could not be read tells of a peering, and it can be read: it has enrolled. What else was held for it is
 * looked at now, and not at the next sweep.
 */
async function lookAtRestored(
  { key: { accountId, region } }: WorkItem,
  { observed }: Pick<Reconciled, 'observed'>,
  { places, sweeps, clock }: Pick<WorkDeps, 'places' | 'sweeps' | 'clock'>,
): Promise<void> {
  const place = { accountId, region };
  if (!isReadFrom(place, observed) || !(await places.wasDenied(place))) return;
  const hintId = `restored-${Math.floor(clock.now() / BURST_MS)}`;
  await sweeps.send([{ place, hintId, affectsPeers: false, by: `access to ${placeWords(place)} is back` }]);
}

/** Where the place itself cannot be read, the peering may still have been seen from the other side. */
function isReadFrom(place: Place, observed: Observed): boolean {
  const isHere = ({ accountId, region }: Place): boolean =>
    accountId === place.accountId && region === place.region;
  switch (observed.kind) {
    case 'open':
      return ROLES.some(
        (role) => observed.sides[role].kind === 'governed' && isHere(observed.sides[role].location),
      );
    case 'ended':
      return isHere(observed.seenFrom);
    case 'not-found':
      return true;
    case 'in-transition':
    case 'unseen':
    case 'not-governed':
      return false;
  }
}

const delayAfter = (looks: number): number => Math.min(FIRST_DELAY_SECONDS * 2 ** looks, MAX_DELAY_SECONDS);
