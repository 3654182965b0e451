import {
  BatchProcessor,
  EventType,
  processPartialResponse,
  SqsFifoPartialProcessorAsync,
} from '@aws-lambda-powertools/batch';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { readSweepItem, readWorkItem, type WorkItem, type WorkQueue } from '../domain/work-item.ts';
import { BatchNotes, type NotingDeps } from './failure-notes.ts';
import { SharedReads } from './shared-reads.ts';
import { sweep, type SweepDeps } from './sweep.ts';
import { work, type WorkDeps } from './work.ts';

/** What Lambda reads back: the messages that the queue is to deliver again. */
interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/**
 * Works on a batch of the FIFO queue, in order. A message that fails is reported, and so are the later ones of
 * its peering, which must not overtake it; other peerings go on.
 */
export function workBatch(event: unknown, deps: WorkDeps): Promise<BatchAnswer> {
  const ec2 = new SharedReads(deps.ec2, deps.clock);
  const notes = new BatchNotes(deps);
  const handle = (record: SQSRecord): Promise<void> =>
    notes.around(record, async () => {
      ec2.next();
      const delivery = Number(record.attributes.ApproximateReceiveCount);
      await work(readLogged(record, deps), delivery, { ...deps, ec2 });
    });
  const batch = asSqsEvent(event);
  const working = processPartialResponse(batch, handle, new SqsFifoPartialProcessorAsync(), {
    skipGroupOnError: true,
    throwOnFullBatchFailure: false,
  });
  return notes.rest(batch, working);
}

export interface RecheckDeps extends NotingDeps {
  readonly queue: WorkQueue;
}

/** Sends what was held back to the work queue again. */
export function recheckBatch(event: unknown, deps: RecheckDeps): Promise<BatchAnswer> {
  const { queue, log } = deps;
  const notes = new BatchNotes(deps);
  const handle = async (record: SQSRecord): Promise<void> => {
    try {
      await queue.send(readWorkItem(record.body));
    } catch (error) {
      log.write({ code: 'recheck.failed', messageId: record.messageId, reason: errorText(error) });
      throw error;
    }
  };
  const noted = (record: SQSRecord): Promise<void> => notes.around(record, () => handle(record));
  const batch = asSqsEvent(event);
  const working = processPartialResponse(batch, noted, new BatchProcessor(EventType.SQS), {
    throwOnFullBatchFailure: false,
  });
  return notes.rest(batch, working);
}

/** Sweeps the places of a batch, one after the other; one that fails does not keep the others from it. */
export function sweepBatch(event: unknown, deps: SweepDeps & NotingDeps): Promise<BatchAnswer> {
  const notes = new BatchNotes(deps);
  const handle = async (record: SQSRecord): Promise<void> => {
    try {
      await sweep(readSweepItem(record.body), deps);
    } catch (error) {
      deps.log.write({ code: 'sweep.failed', messageId: record.messageId, reason: errorText(error) });
      throw error;
    }
  };
  const noted = (record: SQSRecord): Promise<void> => notes.around(record, () => handle(record));
  const batch = asSqsEvent(event);
  const working = processPartialResponse(batch, noted, new SqsFifoPartialProcessorAsync(), {
    skipGroupOnError: true,
    throwOnFullBatchFailure: false,
  });
  return notes.rest(batch, working);
}

/** Powertools keeps the failures of a batch to itself: say why before it does. */
function readLogged(record: SQSRecord, { log }: WorkDeps): WorkItem {
  try {
    return readWorkItem(record.body);
  } catch (error) {
    log.write({ code: 'queue.malformed', messageId: record.messageId, reason: errorText(error) });
    throw error;
  }
}

const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Lambda itself writes these events; one without records is not from a queue. */
function asSqsEvent(event: unknown): SQSEvent {
  if (isSqsEvent(event)) return event;
  throw new TypeError('not an event from SQS');
}

const isSqsEvent = (event: unknown): event is SQSEvent =>
  typeof event === 'object' && event !== null && 'Records' in event && Array.isArray(event.Records);
