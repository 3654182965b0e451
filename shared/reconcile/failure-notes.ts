import type { SQSRecord } from 'aws-lambda';
import { failureNote, notTried, type FailureNote } from '../domain/failure-note.ts';
import type { Log } from '../domain/log.ts';

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

interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** Where a message is returned that was not tried, and none of its group had failed. */
const NO_TIME: FailureNote = { code: 'not-tried', text: 'not tried, because the function had no time left' };

/**
 * Notes of one batch. SQS says of a dead letter nothing but its body, so the function that fails at a message for the last
 * time writes down why, before it returns the message. As well as it can: without a note, the cause reads as no answer.
 */
export class BatchNotes {
  readonly #deps: NotingDeps;
  /** By message. */
  readonly #failures = new Map<string, FailureNote>();
  /** The first failure of each group. */
  readonly #groups = new Map<string, FailureNote>();

  constructor(deps: NotingDeps) {
    this.#deps = deps;
  }

  /** Runs the work on a message. What it throws is noted, and thrown. */
  async around(record: SQSRecord, run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      const note = failureNote(error);
      const { MessageGroupId: group } = record.attributes;
      this.#failures.set(record.messageId, note);
      if (group !== undefined && !this.#groups.has(group)) this.#groups.set(group, note);
      await this.#write(record, note);
      throw error;
    }
  }

  /** Notes what is returned without having been tried: it gets nearer to the dead-letter queue all the same. */
  async rest<Answer extends BatchAnswer>(
    { Records }: { readonly Records: readonly SQSRecord[] },
    working: Promise<Answer>,
  ): Promise<Answer> {
    const answer = await working;
    const returned = new Set(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    for (const record of Records) {
      if (!returned.has(record.messageId) || this.#failures.has(record.messageId)) continue;
      const before = this.#groups.get(record.attributes.MessageGroupId ?? '');
      await this.#write(record, before === undefined ? NO_TIME : notTried(before));
    }
    return answer;
  }

  async #write({ messageId, attributes }: SQSRecord, note: FailureNote): Promise<void> {
    if (Number(attributes.ApproximateReceiveCount) < this.#deps.maxDeliveries) return;
    try {
      await this.#deps.notes.write(messageId, note);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#deps.log.write({ code: 'failure.unnoted', messageId, reason });
    }
  }
}
