import { requireArn } from '../arn.ts';
import { AwsError } from '../types.ts';

/** What subscribers of a topic got. */
export interface Publication {
  readonly atMs: number;
  readonly topicArn: string;
  readonly messageId: string;
  readonly message: string;
  /** Another text for subscribers of some protocols, where the publisher sent several. */
  readonly byProtocol?: Readonly<Record<string, string>>;
  readonly subject?: string;
  /** String and number attributes, by name. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** A subscriber that is no function of the simulation's own. */
export interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly ownerId: string;
  readonly protocol: string;
  readonly endpoint: string;
  /** What the endpoint must show to confirm that it wants the messages. */
  readonly token: string;
  confirmed: boolean;
  /** Whether only signed requests may end it. */
  endsSigned: boolean;
  raw: boolean;
}

/** Where clients reach SNS in a region. */
export type SnsAddress = (region: string) => string;

/** The text for subscribers of this protocol. */
export const messageFor = (publication: Publication, protocol: string): string =>
  publication.byProtocol?.[protocol] ?? publication.message;

/** Nobody can check it: the simulation has no certificate. */
const SIGNATURE = {
  SignatureVersion: '1',
  Signature: 'c2ltdWxhdGVk',
  SigningCertURL: 'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0000000000000000.pem',
};

/**
 * The JSON that SNS sends to subscribed queues, functions and web sites when raw delivery is off.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
 */
export function notificationBody(
  publication: Publication,
  subscription: Subscription,
  addressOf: SnsAddress,
): string {
  const { region } = requireArn(publication.topicArn);
  const attributes = Object.entries(publication.attributes).map(
    ([name, Value]) => [name, { Type: 'String', Value }] as const,
  );
  const unsubscribe = new URLSearchParams({ Action: 'Unsubscribe', SubscriptionArn: subscription.arn });
  return JSON.stringify({
    Type: 'Notification',
    MessageId: publication.messageId,
    TopicArn: publication.topicArn,
    ...(publication.subject === undefined ? {} : { Subject: publication.subject }),
    Message: messageFor(publication, subscription.protocol),
    Timestamp: new Date(publication.atMs).toISOString(),
    ...SIGNATURE,
    UnsubscribeURL: `${addressOf(region)}/?${unsubscribe.toString()}`,
    ...(attributes.length === 0 ? {} : { MessageAttributes: Object.fromEntries(attributes) }),
  });
}

/** The JSON that asks a web site whether it wants the messages. */
export function confirmationBody(
  { topicArn, token }: Subscription,
  { messageId, atMs }: { readonly messageId: string; readonly atMs: number },
  addressOf: SnsAddress,
): string {
  const { region } = requireArn(topicArn);
  const query = new URLSearchParams({ Action: 'ConfirmSubscription', TopicArn: topicArn, Token: token });
  return JSON.stringify({
    Type: 'SubscriptionConfirmation',
    MessageId: messageId,
    Token: token,
    TopicArn: topicArn,
    Message: `You have chosen to subscribe to the topic ${topicArn}.\nTo confirm the subscription, visit the SubscribeURL included in this message.`,
    SubscribeURL: `${addressOf(region)}/?${query.toString()}`,
    Timestamp: new Date(atMs).toISOString(),
    ...SIGNATURE,
  });
}

export const invalidParameter = (what: string): AwsError =>
  new AwsError('InvalidParameter', `Invalid parameter: ${what}`);
