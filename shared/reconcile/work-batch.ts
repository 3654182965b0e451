import {
  BatchProcessor,
  EventType,
  processPartialResponse,
  SqsFifoPartialProcessorAsync,
} from '@aws-lambda-powertools/batch';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import type { Log } from '../domain/log.ts';
import { readSweepItem, readWorkItem, type WorkItem, type WorkQueue } from '../domain/work-item.ts';
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
  const handle = (record: SQSRecord): Promise<void> => {
    ec2.next();
    const delivery = Number(record.attributes.ApproximateReceiveCount);
    return work(readLogged(record, deps), delivery, { ...deps, ec2 });
  };
  return processPartialResponse(asSqsEvent(event), handle, new SqsFifoPartialProcessorAsync(), {
    skipGroupOnError: true,
    throwOnFullBatchFailure: false,
  });
}

export interface RecheckDeps {
  readonly queue: WorkQueue;
  readonly log: Log;
}

/** Sends what was held back to the work queue again. */
export function recheckBatch(event: unknown, { queue, log }: RecheckDeps): Promise<BatchAnswer> {
  const handle = async (record: SQSRecord): Promise<void> => {
    try {
      await queue.send(readWorkItem(record.body));
    } catch (error) {
      log.write({ code: 'recheck.failed', messageId: record.messageId, reason: errorText(error) });
      throw error;
    }
  };
  return processPartialResponse(asSqsEvent(event), handle, new BatchProcessor(EventType.SQS), {
    throwOnFullBatchFailure: false,
  });
}

/** Sweeps the places of a batch, one after the other; one that fails does not keep the others from it. */
export function sweepBatch(event: unknown, deps: SweepDeps): Promise<BatchAnswer> {
  const handle = async (record: SQSRecord): Promise<void> => {
    try {
      await sweep(readSweepItem(record.body), deps);
    } catch (error) {
      deps.log.write({ code: 'sweep.failed', messageId: record.messageId, reason: errorText(error) });
      throw error;
    }
  };
  return processPartialResponse(asSqsEvent(event), handle, new SqsFifoPartialProcessorAsync(), {
    skipGroupOnError: true,
    throwOnFullBatchFailure: false,
  });
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
