import {
  ChangeMessageVisibilityBatchCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import {
  writeSweepItem,
  writeWorkItem,
  type SweepItem,
  type SweepQueue,
  type WorkItem,
  type WorkQueue,
} from '../domain/work/work-item.ts';
import type { Returns } from '../reconcile/batch.ts';
import type { RecheckQueue } from '../reconcile/ports.ts';
import { mapBounded } from '../reconcile/bounded.ts';
import { call } from './calls.ts';

/** SQS takes at most ten messages a call. */
const ENTRIES_PER_BATCH = 10;
/** 10,000 accounts in 4 regions are 4,000 calls. */
const BATCHES_AT_ONCE = 20;

/** The FIFO queue in front of `reconcile-peering`. The group is the peering, so its items never overlap. */
export class SqsWorkQueue implements WorkQueue {
  readonly #client: SQSClient;
  readonly #url: string;

  constructor(client: SQSClient, url: string) {
    this.#client = client;
    this.#url = url;
  }

  async send(item: WorkItem): Promise<void> {
    const command = new SendMessageCommand({
      QueueUrl: this.#url,
      MessageBody: writeWorkItem(item),
      MessageGroupId: item.key.peeringId,
      MessageDeduplicationId: `${item.hintId}.${item.looks}`,
    });
    await call('SendMessage', 'the hub', () => this.#client.send(command));
  }
}

/** The FIFO queue of places to sweep. The group is the place, so one is not looked through twice at once. */
export class SqsSweepQueue implements SweepQueue {
  readonly #client: SQSClient;
  readonly #url: string;

  constructor(client: SQSClient, url: string) {
    this.#client = client;
    this.#url = url;
  }

  /** @throws Error when SQS refuses any of them: it answers 200 even then */
  async send(items: readonly SweepItem[]): Promise<void> {
    const batches = Array.from({ length: Math.ceil(items.length / ENTRIES_PER_BATCH) }, (_, index) =>
      items.slice(index * ENTRIES_PER_BATCH, (index + 1) * ENTRIES_PER_BATCH),
    );
    const results = await mapBounded(batches, BATCHES_AT_ONCE, (batch) => this.#sendBatch(batch));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  async #sendBatch(items: readonly SweepItem[]): Promise<void> {
    const Entries = items.map((item, index) => {
      const group = `${item.place.accountId}.${item.place.region}`;
      return {
        Id: String(index),
        MessageBody: writeSweepItem(item),
        MessageGroupId: group,
        MessageDeduplicationId: `${group}.${item.hintId}`,
      };
    });
    const command = new SendMessageBatchCommand({ QueueUrl: this.#url, Entries });
    const answer = await call('SendMessageBatch', 'the hub', () => this.#client.send(command));
    const [refused] = answer.Failed ?? [];
    if (refused !== undefined) throw new Error(`the sweep queue refused a message: ${refused.Code}`);
  }
}

/** A standard queue: FIFO queues cannot delay a single message. */
export class SqsRecheckQueue implements RecheckQueue {
  readonly #client: SQSClient;
  readonly #url: string;

  constructor(client: SQSClient, url: string) {
    this.#client = client;
    this.#url = url;
  }

  async send(item: WorkItem, delaySeconds: number): Promise<void> {
    const command = new SendMessageCommand({
      QueueUrl: this.#url,
      MessageBody: writeWorkItem(item),
      DelaySeconds: delaySeconds,
    });
    await call('SendMessage', 'the hub', () => this.#client.send(command));
  }
}

/** The next delivery after a failure: what fails for a moment is well again, and five of them are a quarter of an hour. */
const RETURN_AFTER_SECONDS = 180;

/** Shortens the visibility timeout of messages that failed, which is meant for those whose function died. */
export class SqsReturns implements Returns {
  readonly #client: SQSClient;
  readonly #url: string;

  constructor(client: SQSClient, url: string) {
    this.#client = client;
    this.#url = url;
  }

  async soon(receiptHandles: readonly string[]): Promise<void> {
    const Entries = receiptHandles.slice(0, ENTRIES_PER_BATCH).map((ReceiptHandle, index) => ({
      Id: String(index),
      ReceiptHandle,
      VisibilityTimeout: RETURN_AFTER_SECONDS,
    }));
    const command = new ChangeMessageVisibilityBatchCommand({ QueueUrl: this.#url, Entries });
    try {
      await this.#client.send(command);
    } catch {
      // They come again when the queue's visibility timeout is over.
    }
  }
}
