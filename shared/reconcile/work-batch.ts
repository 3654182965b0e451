import type { Deadline } from '../domain/work/deadline.ts';
import { readSweepItem, readWorkItem, type WorkItem, type WorkQueue } from '../domain/work/work-item.ts';
import { handleBatch, type BatchAnswer, type Returns } from './batch.ts';
import type { NotingDeps } from './failure-notes.ts';
import { SharedReads } from './shared-reads.ts';
import { sweep, type SweepDeps } from './sweep.ts';
import { work, type WorkDeps } from './work.ts';

export interface WorkBatchDeps extends WorkDeps, NotingDeps {
  readonly returns: Returns;
}

/** Works on a batch of the FIFO queue: its peerings side by side, and the messages of one peering in order. */
export function workBatch(event: unknown, deps: WorkBatchDeps, deadline: Deadline): Promise<BatchAnswer> {
  const reads = new SharedReads(deps.ec2, deps.clock);
  return handleBatch(
    event,
    { deadline, returns: deps.returns, noting: deps },
    async ({ attributes, ...record }) => {
      const item = readLogged(record, deps);
      const delivery = Number(attributes.ApproximateReceiveCount);
      await work(item, delivery, { ...deps, ec2: reads.view() }, deadline);
    },
  );
}

export interface RecheckDeps extends NotingDeps {
  readonly queue: WorkQueue;
}

/** Sends what was held back to the work queue again. */
export function recheckBatch(event: unknown, deps: RecheckDeps, deadline: Deadline): Promise<BatchAnswer> {
  const { queue, log } = deps;
  return handleBatch(event, { deadline, noting: deps }, async ({ body, messageId }) => {
    try {
      await deadline.keep(() => queue.send(readWorkItem(body)));
    } catch (error) {
      log.write({ code: 'recheck.failed', messageId, reason: errorText(error) });
      throw error;
    }
  });
}

export interface SweepBatchDeps extends SweepDeps, NotingDeps {
  readonly returns: Returns;
}

/** Sweeps the places of a batch side by side. */
export function sweepBatch(event: unknown, deps: SweepBatchDeps, deadline: Deadline): Promise<BatchAnswer> {
  return handleBatch(
    event,
    { deadline, returns: deps.returns, noting: deps },
    async ({ body, messageId }) => {
      try {
        await deadline.keep(() => sweep(readSweepItem(body), deps));
      } catch (error) {
        deps.log.write({ code: 'sweep.failed', messageId, reason: errorText(error) });
        throw error;
      }
    },
  );
}

function readLogged(
  { body, messageId }: { readonly body: string; readonly messageId: string },
  { log }: WorkDeps,
): WorkItem {
  try {
    return readWorkItem(body);
  } catch (error) {
    log.write({ code: 'queue.malformed', messageId, reason: errorText(error) });
    throw error;
  }
}

const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error));
