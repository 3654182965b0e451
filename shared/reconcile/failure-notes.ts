import type { SQSRecord } from 'aws-lambda';
import { failureNote, notTried, type FailureNote } from '../domain/work/failure-note.ts';
import type { Log } from '../domain/work/log.ts';

/** Where a failing function writes down why, for whoever reads its message from the dead-letter queue. */
export interface FailureNotes {
  write(messageId: string, note: FailureNote): Promise<void>;
}

export interface NotingDeps {
  readonly notes: FailureNotes;
  /** After so many deliveries the queue gives a message to the dead-letter queue. */
  readonly maxDeliveries: number;
  readonly log: Log;
}

/** A message that is to come again, and why. */
export interface Returned {
  readonly record: SQSRecord;
  readonly note: FailureNote;
}

/** Where a message is returned that was not tried, and none of its group had failed. */
const NO_TIME: FailureNote = { code: 'not-tried', text: 'not tried, because the function had no time left' };

/** @param group from the message that failed on; the others were not tried */
export function returnedFailed(group: readonly SQSRecord[], error: unknown): readonly Returned[] {
  const note = failureNote(error);
  return group.map((record, index) => ({ record, note: index === 0 ? note : notTried(note) }));
}

export const returnedUntried = (group: readonly SQSRecord[]): readonly Returned[] =>
  group.map((record) => ({ record, note: NO_TIME }));

/**
 * Writes down why messages are returned. SQS says of a dead letter nothing but its body, so the function that returns a
 * message for the last time says why before, also of one that was not tried: it gets nearer to the dead-letter queue all
 * the same. As well as it can: without a note, the cause reads as no answer. Never fails.
 */
export async function writeNotes(returned: readonly Returned[], deps: NotingDeps): Promise<void> {
  const last = returned.filter(
    ({ record }) => Number(record.attributes.ApproximateReceiveCount) >= deps.maxDeliveries,
  );
  // At once: there is little time left.
  await Promise.all(last.map(async (each) => writeNote(each, deps)));
}

async function writeNote({ record: { messageId }, note }: Returned, deps: NotingDeps): Promise<void> {
  try {
    await deps.notes.write(messageId, note);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    deps.log.write({ code: 'failure.unnoted', messageId, reason });
  }
}
