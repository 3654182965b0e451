import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { HubEvent } from '../domain/words/hub-event.ts';
import type { Channel } from '../notices/notify.ts';
import { plainText, subjectOf } from '../notices/text.ts';
import { call } from './calls.ts';

/** Notices as an SNS message, for e-mail and whatever else people subscribe. */
export class SnsChannel implements Channel {
  readonly name = 'sns';
  readonly #client: SNSClient;
  readonly #topicArn: string;

  constructor(client: SNSClient, topicArn: string) {
    this.#client = client;
    this.#topicArn = topicArn;
  }

  async send(event: HubEvent): Promise<void> {
    const command = new PublishCommand({
      TopicArn: this.#topicArn,
      Subject: subjectOf(event),
      Message: plainText(event),
      MessageAttributes: { detailType: { DataType: 'String', StringValue: event.detailType } },
    });
    await call('Publish', 'the hub', () => this.#client.send(command));
  }
}
