import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Letter, LetterSource } from '../domain/work/letter.ts';
import type { LetterQueues } from '../letters/ports.ts';
import { call } from './calls.ts';

/** The queues that letters came from, by their URLs. */
export class SqsLetterQueues implements LetterQueues {
  readonly #client: SQSClient;
  readonly #urls: Readonly<Record<Exclude<LetterSource, 'events'>, string>>;

  constructor(client: SQSClient, urls: Readonly<Record<Exclude<LetterSource, 'events'>, string>>) {
    this.#client = client;
    this.#urls = urls;
  }

  /** The same letter twice within five minutes is one, where its queue has groups. */
  async send({ source, body, groupId, messageId }: Letter): Promise<void> {
    if (source === 'events') throw new Error('events have no queue');
    const command = new SendMessageCommand({
      QueueUrl: this.#urls[source],
      MessageBody: body,
      ...(groupId === undefined
        ? {}
        : { MessageGroupId: groupId, MessageDeduplicationId: `retry-${messageId}` }),
    });
    await call('SendMessage', 'the hub', () => this.#client.send(command));
  }
}
