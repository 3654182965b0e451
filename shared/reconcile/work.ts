import type { Deadline } from '../domain/deadline.ts';
import { MAX_LOOKS, SWEEP_HINT, type WorkItem } from '../domain/work-item.ts';
import { lookAtFreed } from './freed.ts';
import type { ReconcileDeps } from './ports.ts';
import { isChange } from './publish.ts';
import { reconcile, type Reconciled } from './reconcile.ts';

/** Holds an item back for a while; `handlers/recheck.ts` then sends it to the work queue. */
export interface RecheckQueue {
  send(item: WorkItem, delaySeconds: number): Promise<void>;
}

export interface WorkDeps extends ReconcileDeps {
  readonly recheck: RecheckQueue;
}

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
  const hint = { looks: item.looks, isRedelivery: delivery > 1, by: item.by };
  const reconciled = await reconcile(item.key, hint, deps);
  const { outcome } = reconciled;
  if (isOfSweep(item)) countFound(reconciled, deps);
  await lookAtFreed(reconciled, deps);
  if (outcome.againAfterSeconds !== undefined) {
    await deps.recheck.send(item, outcome.againAfterSeconds);
    return;
  }
  if (outcome.kind !== 'waiting') return;
  if (item.looks >= MAX_LOOKS) {
    throw new Error(`still ${outcome.because.code} after ${MAX_LOOKS} looks: ${outcome.because.text}`);
  }
  await deps.recheck.send({ ...item, looks: item.looks + 1 }, delayAfter(item.looks));
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
}

const delayAfter = (looks: number): number => Math.min(FIRST_DELAY_SECONDS * 2 ** looks, MAX_DELAY_SECONDS);
