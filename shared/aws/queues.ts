import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { writeWorkItem, type WorkItem, type WorkQueue } from '../domain/work-item.ts';
import type { RecheckQueue } from '../reconcile/work.ts';
import { call } from './calls.ts';

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
