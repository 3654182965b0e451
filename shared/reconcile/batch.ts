import type { SQSEvent, SQSRecord } from 'aws-lambda';
import type { Deadline } from '../domain/work/deadline.ts';
import { mapBounded } from './bounded.ts';
import {
  returnedFailed,
  returnedUntried,
  writeNotes,
  type NotingDeps,
  type Returned,
} from './failure-notes.ts';

/** What Lambda reads back: the messages that the queue is to deliver again. */
export interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** As many as SQS gives in a batch of a FIFO queue: none waits for another one that hangs. */
const GROUPS_AT_ONCE = 10;

/** Lets messages that failed come again soon, and not only when the queue's visibility timeout is over. */
export interface Returns {
  /** Of messages of one batch. Never fails: then they come again later. */
  soon(receiptHandles: readonly string[]): Promise<void>;
}

interface BatchDeps {
  readonly deadline: Deadline;
  readonly returns?: Returns;
  /** Where it is written down why messages are returned for the last time. */
  readonly noting?: NotingDeps;
}

/**
 * Works on the message groups of a batch at the same time, and within a group in order. After a failure the rest of
 * its group is returned, because a later message must not overtake; so is what has no time left. The others are done.
 *
 * @param handle rejects for a message that is to come again, and has said why in the log
 * @throws TypeError where the event is not from a queue
 */
export async function handleBatch(
  event: unknown,
  { deadline, returns, noting }: BatchDeps,
  handle: (record: SQSRecord) => Promise<void>,
): Promise<BatchAnswer> {
  if (!isSqsEvent(event)) throw new TypeError('not an event from SQS');
  // A message of a standard queue has no group: it is one of its own.
  const groups = [
    ...Map.groupBy(
      event.Records,
      ({ attributes, messageId }) => attributes.MessageGroupId ?? messageId,
    ).values(),
  ];
  const returned: SQSRecord[] = [];
  await mapBounded(groups, GROUPS_AT_ONCE, async (group) => {
    const rest = await returnedOf(group, deadline, handle);
    returned.push(...rest.map(({ record }) => record));
    // Before they are given back: then they may be in the dead-letter queue at once.
    if (noting !== undefined) await writeNotes(rest, noting);
  });
  if (returned.length > 0) await returns?.soon(returned.map(({ receiptHandle }) => receiptHandle));
  return { batchItemFailures: returned.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

/** @returns the messages of a group from the first that failed on, or that had no time left */
async function returnedOf(
  group: readonly SQSRecord[],
  deadline: Deadline,
  handle: (record: SQSRecord) => Promise<void>,
): Promise<readonly Returned[]> {
  for (const [index, record] of group.entries()) {
    if (deadline.isOver()) return returnedUntried(group.slice(index));
    try {
      await handle(record);
    } catch (error) {
      return returnedFailed(group.slice(index), error);
    }
  }
  return [];
}

/** Lambda itself writes these events; one without records is not from a queue. */
const isSqsEvent = (event: unknown): event is SQSEvent =>
  typeof event === 'object' && event !== null && 'Records' in event && Array.isArray(event.Records);
