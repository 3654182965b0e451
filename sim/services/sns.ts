import type {
  CreateTopicInput,
  CreateTopicResponse,
  PublishInput,
  PublishResponse,
} from '@aws-sdk/client-sns';

import { formatArn, requireArn } from '../arn.ts';
import type { VirtualClock } from '../clock.ts';
import type { SeededRandom } from '../random.ts';
import { action, AwsError, type ActionTable } from '../types.ts';

/** What subscribers of a topic got. */
export interface Publication {
  readonly atMs: number;
  readonly topicArn: string;
  readonly messageId: string;
  readonly message: string;
  readonly subject?: string;
  /** String and number attributes, by name. */
  readonly attributes: Readonly<Record<string, string>>;
}

export type Subscriber = (publication: Publication) => void;

/** @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const MESSAGE_BYTES_LIMIT = 262_144;
const SUBJECT_LIMIT = 100;

/** Simulated SNS. */
export class SimulatedSns {
  readonly actions: ActionTable;
  /** Everything that was published, in order. */
  readonly published: Publication[] = [];
  readonly #clock: VirtualClock;
  readonly #random: SeededRandom;
  readonly #topics = new Map<string, Set<Subscriber>>();

  constructor(deps: { clock: VirtualClock; random: SeededRandom }) {
    this.#clock = deps.clock;
    this.#random = deps.random;
    this.actions = {
      Publish: action<PublishInput, PublishResponse>({
        mutates: false, // a data event
        resources: (_call, input) => [input.TopicArn ?? input.TargetArn ?? '*'],
        run: (_call, input) => this.#publish(input),
      }),
      CreateTopic: action<CreateTopicInput, CreateTopicResponse>({
        mutates: true,
        resources: (call, input) => [formatArn('sns', call.region, call.caller.accountId, input.Name ?? '')],
        run: (call, input) => ({
          TopicArn: this.createTopic(call.caller.accountId, call.region, input.Name ?? ''),
        }),
      }),
    };
  }

  /** Creates a topic; one of the same name stays as it is, as on AWS. */
  createTopic(accountId: string, region: string, name: string): string {
    const arn = formatArn('sns', region, accountId, name);
    if (!this.#topics.has(arn)) this.#topics.set(arn, new Set());
    return arn;
  }

  hasTopic(arn: string): boolean {
    return this.#topics.has(arn);
  }

  /** Calls `subscriber` with each message; gives the function that unsubscribes it. */
  subscribe(topicArn: string, subscriber: Subscriber): () => void {
    const subscribers = this.#require(topicArn);
    subscribers.add(subscriber);
    return () => subscribers.delete(subscriber);
  }

  /** Publishes as an AWS service does, without IAM. */
  publish(topicArn: string, message: string): void {
    this.#publish({ TopicArn: topicArn, Message: message });
  }

  #publish(input: PublishInput): PublishResponse {
    const topicArn = input.TopicArn ?? input.TargetArn ?? '';
    const subscribers = this.#require(topicArn);
    assertMessage(input);
    const attributes = Object.entries(input.MessageAttributes ?? {}).map(
      ([name, value]): [string, string] => [name, value.StringValue ?? ''],
    );
    const publication: Publication = {
      atMs: this.#clock.now(),
      topicArn,
      messageId: this.#random.uuid(),
      message: input.Message ?? '',
      ...(input.Subject === undefined ? {} : { subject: input.Subject }),
      attributes: Object.fromEntries(attributes),
    };
    this.published.push(publication);
    for (const subscriber of subscribers) this.#clock.schedule(0, () => subscriber(publication));
    return { MessageId: publication.messageId };
  }

  #require(topicArn: string): Set<Subscriber> {
    const subscribers = this.#topics.get(topicArn);
    if (subscribers === undefined) throw new AwsError('NotFound', 'Topic does not exist', 404);
    return subscribers;
  }
}

function assertMessage(input: PublishInput): void {
  const { Message = '', Subject } = input;
  if (Message === '') throw new AwsError('InvalidParameter', 'Invalid parameter: Empty message');
  if (Buffer.byteLength(Message, 'utf8') > MESSAGE_BYTES_LIMIT) {
    throw new AwsError('InvalidParameter', 'Invalid parameter: Message too long');
  }
  if (input.MessageStructure === 'json') throw new Error('the message structure json is not modelled');
  if (Subject === undefined) return;
  // ASCII, no line breaks, starts with a letter, number or punctuation mark
  if (Subject === '' || Subject.length >= SUBJECT_LIMIT || !/^[\x21-\x7e][\x20-\x7e]*$/.test(Subject)) {
    throw new AwsError('InvalidParameter', 'Invalid parameter: Subject');
  }
}

/** The JSON that SNS sends to subscribed queues when raw delivery is off. */
export function notificationBody(publication: Publication): string {
  const { region } = requireArn(publication.topicArn);
  const attributes = Object.entries(publication.attributes).map(
    ([name, Value]) => [name, { Type: 'String', Value }] as const,
  );
  return JSON.stringify({
    Type: 'Notification',
    MessageId: publication.messageId,
    TopicArn: publication.topicArn,
    ...(publication.subject === undefined ? {} : { Subject: publication.subject }),
    Message: publication.message,
    Timestamp: new Date(publication.atMs).toISOString(),
    SignatureVersion: '1',
    UnsubscribeURL: `https://sns.${region}.amazonaws.com/?Action=Unsubscribe`,
    ...(attributes.length === 0 ? {} : { MessageAttributes: Object.fromEntries(attributes) }),
  });
}
