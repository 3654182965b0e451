import { createHash } from 'node:crypto';

import type { PublishInput, PublishResponse } from '@aws-sdk/client-sns';

import { formatArn, parseArn } from '../arn.ts';
import type { VirtualClock } from '../clock.ts';
import type { SeededRandom } from '../random.ts';
import { AwsError } from '../types.ts';
import { SnsHttp, type Delivery, type SendHttp } from './sns-http.ts';
import { invalidParameter, type Publication, type SnsAddress, type Subscription } from './sns-messages.ts';

export type Subscriber = (publication: Publication) => void;

interface Topic {
  readonly arn: string;
  readonly attributes: Map<string, string>;
  readonly subscribers: Set<Subscriber>;
  readonly subscriptions: Map<string, Subscription>;
}

/** @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const MESSAGE_BYTES_LIMIT = 262_144;
const SUBJECT_LIMIT = 100;
/** Those that need nobody's consent: within AWS the endpoint's policy says what it takes. */
const CONFIRMED_PROTOCOLS = new Set(['sqs', 'lambda', 'firehose']);
const PROTOCOLS = new Set([
  ...CONFIRMED_PROTOCOLS,
  'email',
  'email-json',
  'http',
  'https',
  'sms',
  'application',
]);

/** Simulated SNS. Web sites get messages where the simulation was given a way to send; people never do. */
export class SimulatedSns {
  /** Everything that was published, in order. */
  readonly published: Publication[] = [];
  /** Every attempt to reach a web site, in the order of their ends. */
  readonly deliveries: Delivery[] = [];
  readonly addressOf: SnsAddress;
  readonly #clock: VirtualClock;
  readonly #random: SeededRandom;
  readonly #deliver: (subscription: Subscription, publication: Publication) => void;
  readonly #http: SnsHttp | undefined;
  readonly #topics = new Map<string, Topic>();

  constructor(deps: {
    clock: VirtualClock;
    random: SeededRandom;
    /** Hands a publication to a queue or a function. */
    deliver: (subscription: Subscription, publication: Publication) => void;
    /** Sends to web sites; without it subscriptions of web sites stay unconfirmed. */
    sendHttp?: SendHttp | undefined;
    /** The simulation's own address, once it has one; AWS's without it. */
    publicUrl?: (() => string | undefined) | undefined;
  }) {
    this.#clock = deps.clock;
    this.#random = deps.random;
    this.#deliver = deps.deliver;
    this.addressOf = (region) => deps.publicUrl?.() ?? `https://sns.${region}.amazonaws.com`;
    const { sendHttp: send, clock } = deps;
    this.#http =
      send &&
      new SnsHttp({ clock, send, addressOf: this.addressOf, tell: (one) => this.deliveries.push(one) });
  }

  /** Creates a topic; one of the same name stays as it is, as on AWS. */
  createTopic(accountId: string, region: string, name: string): string {
    const arn = formatArn('sns', region, accountId, name);
    if (!this.#topics.has(arn)) {
      this.#topics.set(arn, {
        arn,
        attributes: new Map(),
        subscribers: new Set(),
        subscriptions: new Map(),
      });
    }
    return arn;
  }

  hasTopic(arn: string): boolean {
    return this.#topics.has(arn);
  }

  /** The topics of an account in a region. */
  topicsOf(accountId: string, region: string): readonly string[] {
    const prefix = formatArn('sns', region, accountId, '');
    return [...this.#topics.keys()].filter((arn) => arn.startsWith(prefix));
  }

  deleteTopic(arn: string): void {
    this.#topics.delete(arn);
  }

  /** A topic that must exist. */
  topic(arn: string): Topic {
    const topic = this.#topics.get(arn);
    if (topic === undefined) throw new AwsError('NotFound', 'Topic does not exist', 404);
    return topic;
  }

  /** Calls `subscriber` with each message; gives the function that unsubscribes it. */
  subscribe(topicArn: string, subscriber: Subscriber): () => void {
    const { subscribers } = this.topic(topicArn);
    subscribers.add(subscriber);
    return () => subscribers.delete(subscriber);
  }

  /**
   * Subscribes an endpoint, as `Subscribe` does. The same endpoint once more is the same subscription; a web site that
   * has not confirmed is asked again.
   */
  subscribeEndpoint(
    topicArn: string,
    wanted: { protocol: string; endpoint: string; ownerId: string; raw?: boolean },
  ): Subscription {
    const { subscriptions } = this.topic(topicArn);
    const { protocol, endpoint, ownerId, raw = false } = wanted;
    if (!PROTOCOLS.has(protocol)) {
      throw invalidParameter(`Does not support this protocol string: ${protocol}`);
    }
    assertEndpoint(protocol, endpoint);
    const present = [...subscriptions.values()].find(
      (other) => other.protocol === protocol && other.endpoint === endpoint,
    );
    const subscription: Subscription = present ?? {
      arn: `${topicArn}:${uuidOf(`${topicArn} ${protocol} ${endpoint}`)}`,
      topicArn,
      ownerId,
      protocol,
      endpoint,
      token: digestOf(`token ${topicArn} ${protocol} ${endpoint}`),
      confirmed: CONFIRMED_PROTOCOLS.has(protocol),
      endsSigned: false,
      raw,
    };
    subscriptions.set(subscription.arn, subscription);
    if (isWebSite(protocol) && !subscription.confirmed) this.#http?.askFor(subscription, this.#random.uuid());
    return subscription;
  }

  /** The endpoint wants the messages; what it was sent as `SubscribeURL` leads here. */
  confirm(topicArn: string, token: string): Subscription {
    const found = [...this.topic(topicArn).subscriptions.values()].find((one) => one.token === token);
    if (found === undefined) throw invalidParameter('Token');
    found.confirmed = true;
    return found;
  }

  /** Whether only a signed request may end the subscription; not so where there is none. */
  mustEndSigned(subscriptionArn: string): boolean {
    return this.#topicOf(subscriptionArn)?.subscriptions.get(subscriptionArn)?.endsSigned === true;
  }

  unsubscribe(subscriptionArn: string): void {
    this.#topicOf(subscriptionArn)?.subscriptions.delete(subscriptionArn);
  }

  /** A subscription that must exist. */
  subscription(arn: string): Subscription {
    const found = this.#topicOf(arn)?.subscriptions.get(arn);
    if (found === undefined) throw new AwsError('NotFound', 'Subscription does not exist', 404);
    return found;
  }

  /** Publishes as an AWS service does, without IAM. */
  publish(topicArn: string, message: string): void {
    this.publishInput({ TopicArn: topicArn, Message: message });
  }

  publishInput(input: PublishInput): PublishResponse {
    const topic = this.topic(input.TopicArn ?? input.TargetArn ?? '');
    assertMessage(input);
    const attributes = Object.entries(input.MessageAttributes ?? {}).map(
      ([name, value]): [string, string] => [name, value.StringValue ?? ''],
    );
    const publication: Publication = {
      atMs: this.#clock.now(),
      topicArn: topic.arn,
      messageId: this.#random.uuid(),
      ...messagesOf(input),
      ...(input.Subject === undefined ? {} : { subject: input.Subject }),
      attributes: Object.fromEntries(attributes),
    };
    this.published.push(publication);
    for (const subscriber of topic.subscribers) this.#clock.schedule(0, () => subscriber(publication));
    for (const subscription of topic.subscriptions.values()) {
      if (subscription.confirmed) this.#clock.schedule(0, () => this.#hand(subscription, publication));
    }
    return { MessageId: publication.messageId };
  }

  #hand(subscription: Subscription, publication: Publication): void {
    if (isWebSite(subscription.protocol)) this.#http?.notify(subscription, publication);
    else this.#deliver(subscription, publication);
  }

  #topicOf(subscriptionArn: string): Topic | undefined {
    return this.#topics.get(subscriptionArn.slice(0, subscriptionArn.lastIndexOf(':')));
  }
}

const isWebSite = (protocol: string): boolean => protocol === 'http' || protocol === 'https';

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The same for the same subscription, so that deploying a template draws no chance. */
function uuidOf(text: string): string {
  const digits = digestOf(text);
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(12, 15)}-a${digits.slice(15, 18)}-${digits.slice(18, 30)}`;
}

function assertEndpoint(protocol: string, endpoint: string): void {
  if (isWebSite(protocol) && !endpoint.startsWith(`${protocol}://`)) {
    throw invalidParameter('Endpoint must match the specified protocol');
  }
  if ((protocol === 'sqs' || protocol === 'lambda') && parseArn(endpoint)?.service !== protocol) {
    throw invalidParameter(protocol === 'sqs' ? 'SQS endpoint ARN' : 'Lambda endpoint ARN');
  }
}

/** With the structure `json` the message is an object: a text for each protocol, and one for all others. */
function messagesOf({
  Message = '',
  MessageStructure,
}: PublishInput): Pick<Publication, 'message' | 'byProtocol'> {
  if (MessageStructure !== 'json') return { message: Message };
  const texts = parsedTexts(Message);
  const byDefault = texts?.['default'];
  if (texts === undefined) throw invalidParameter('Message Structure - JSON message body failed to parse');
  if (byDefault === undefined) {
    throw invalidParameter('Message Structure - No default entry in JSON message body');
  }
  return { message: byDefault, byProtocol: texts };
}

function parsedTexts(text: string): Record<string, string> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const entries = Object.entries(value).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    );
    return Object.fromEntries(entries);
  } catch {
    return undefined;
  }
}

function assertMessage(input: PublishInput): void {
  const { Message = '', Subject } = input;
  if (Message === '') throw invalidParameter('Empty message');
  if (Buffer.byteLength(Message, 'utf8') > MESSAGE_BYTES_LIMIT) throw invalidParameter('Message too long');
  if (Subject === undefined) return;
  // ASCII, no line breaks, starts with a letter, number or punctuation mark
  if (Subject === '' || Subject.length >= SUBJECT_LIMIT || !/^[\x21-\x7e][\x20-\x7e]*$/.test(Subject)) {
    throw invalidParameter('Subject');
  }
}
