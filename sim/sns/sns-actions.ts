import type {
  ConfirmSubscriptionInput,
  ConfirmSubscriptionResponse,
  CreateTopicInput,
  CreateTopicResponse,
  DeleteTopicInput,
  GetSubscriptionAttributesInput,
  GetSubscriptionAttributesResponse,
  GetTopicAttributesInput,
  GetTopicAttributesResponse,
  ListSubscriptionsByTopicInput,
  ListSubscriptionsByTopicResponse,
  ListSubscriptionsInput,
  ListSubscriptionsResponse,
  ListTopicsInput,
  ListTopicsResponse,
  PublishInput,
  PublishResponse,
  SetSubscriptionAttributesInput,
  SetTopicAttributesInput,
  SubscribeInput,
  SubscribeResponse,
  Subscription as WireSubscription,
  UnsubscribeInput,
} from '@aws-sdk/client-sns';

import { formatArn, requireArn } from '../arn.ts';
import { action, ANONYMOUS, AwsError, type ActionTable, type Call } from '../types.ts';
import { pageOfList } from '../wire/pages.ts';
import { invalidParameter, type Subscription } from './sns-messages.ts';
import type { SimulatedSns } from './sns.ts';

/** @see https://docs.aws.amazon.com/sns/latest/api/API_ListTopics.html */
const PAGE_SIZE = 100;
/** @see https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html */
const TOPIC_NAME = /^[\w-]{1,256}(\.fifo)?$/;

/** The wire actions of SNS. */
export function snsActions(sns: SimulatedSns): ActionTable {
  return { ...topicActions(sns), ...subscriptionActions(sns), ...subscriptionLists(sns) };
}

const onTopic = (_call: unknown, input: { TopicArn?: string | undefined }): readonly string[] => [
  input.TopicArn ?? '*',
];
/** A subscription's permissions are its topic's. */
const onSubscription = (
  _call: unknown,
  input: { SubscriptionArn?: string | undefined },
): readonly string[] => [(input.SubscriptionArn ?? '*').split(':').slice(0, 6).join(':')];

/** What needs no signature asks no policy either: the token, or the ARN that only subscribers were sent, is the permission. */
const unlessUnsigned =
  <Input>(resources: (call: Call, input: Input) => readonly string[]) =>
  (call: Call, input: Input): readonly string[] =>
    call.caller === ANONYMOUS ? [] : resources(call, input);

const unsignedRefusal = (what: string): AwsError =>
  new AwsError('AuthorizationError', `${what} needs a signed request`, 403);

function topicActions(sns: SimulatedSns): ActionTable {
  return {
    Publish: action<PublishInput, PublishResponse>({
      mutates: false, // a data event
      resources: (_call, input) => [input.TopicArn ?? input.TargetArn ?? '*'],
      run: (_call, input) => sns.publishInput(input),
    }),
    CreateTopic: action<CreateTopicInput, CreateTopicResponse>({
      mutates: true,
      resources: (call, input) => [formatArn('sns', call.region, call.caller.accountId, input.Name ?? '')],
      run: (call, { Name: name = '', Attributes = {} }) => {
        if (!TOPIC_NAME.test(name)) throw invalidParameter('Topic Name');
        const TopicArn = sns.createTopic(call.caller.accountId, call.region, name);
        const { attributes } = sns.topic(TopicArn);
        for (const [key, value] of Object.entries(Attributes)) attributes.set(key, value);
        return { TopicArn };
      },
    }),
    DeleteTopic: action<DeleteTopicInput, object>({
      mutates: true,
      resources: onTopic,
      run: (_call, { TopicArn = '' }) => {
        sns.deleteTopic(TopicArn);
        return {};
      },
    }),
    ListTopics: action<ListTopicsInput, ListTopicsResponse>({
      mutates: false,
      run: (call, input) => {
        const { items, next } = page(sns.topicsOf(call.caller.accountId, call.region), input);
        return { Topics: items.map((TopicArn) => ({ TopicArn })), ...next };
      },
    }),
    GetTopicAttributes: action<GetTopicAttributesInput, GetTopicAttributesResponse>({
      mutates: false,
      resources: onTopic,
      run: (_call, { TopicArn = '' }) => ({ Attributes: topicAttributes(sns, TopicArn) }),
    }),
    SetTopicAttributes: action<SetTopicAttributesInput, object>({
      mutates: true,
      resources: onTopic,
      run: (_call, { TopicArn = '', AttributeName = '', AttributeValue = '' }) => {
        sns.topic(TopicArn).attributes.set(AttributeName, AttributeValue);
        return {};
      },
    }),
  };
}

function topicAttributes(sns: SimulatedSns, arn: string): Record<string, string> {
  const { attributes, subscriptions } = sns.topic(arn);
  const all = [...subscriptions.values()];
  const confirmed = all.filter((subscription) => subscription.confirmed).length;
  return {
    TopicArn: arn,
    Owner: requireArn(arn).accountId,
    DisplayName: '',
    SubscriptionsConfirmed: String(confirmed),
    SubscriptionsPending: String(all.length - confirmed),
    SubscriptionsDeleted: '0',
    ...Object.fromEntries(attributes),
  };
}

function subscriptionActions(sns: SimulatedSns): ActionTable {
  return {
    Subscribe: action<SubscribeInput, SubscribeResponse>({
      mutates: true,
      resources: onTopic,
      run: (call, input) => {
        const { TopicArn = '', Protocol = '', Endpoint = '', ReturnSubscriptionArn } = input;
        const subscription = sns.subscribeEndpoint(TopicArn, {
          protocol: Protocol,
          endpoint: Endpoint,
          ownerId: call.caller.accountId,
          raw: input.Attributes?.['RawMessageDelivery'] === 'true',
        });
        const isTold = subscription.confirmed || ReturnSubscriptionArn === true;
        return { SubscriptionArn: isTold ? subscription.arn : 'pending confirmation' };
      },
    }),
    ConfirmSubscription: action<ConfirmSubscriptionInput, ConfirmSubscriptionResponse>({
      mutates: true,
      resources: unlessUnsigned(onTopic),
      run: ({ caller }, { TopicArn = '', Token = '', AuthenticateOnUnsubscribe }) => {
        const endsSigned = AuthenticateOnUnsubscribe === 'true';
        if (endsSigned && caller === ANONYMOUS) throw unsignedRefusal('AuthenticateOnUnsubscribe');
        const subscription = sns.confirm(TopicArn, Token);
        subscription.endsSigned ||= endsSigned;
        return { SubscriptionArn: subscription.arn };
      },
    }),
    Unsubscribe: action<UnsubscribeInput, object>({
      mutates: true,
      resources: unlessUnsigned(onSubscription),
      run: ({ caller }, { SubscriptionArn = '' }) => {
        if (caller === ANONYMOUS && sns.mustEndSigned(SubscriptionArn)) throw unsignedRefusal('Unsubscribe');
        sns.unsubscribe(SubscriptionArn);
        return {};
      },
    }),
    GetSubscriptionAttributes: action<GetSubscriptionAttributesInput, GetSubscriptionAttributesResponse>({
      mutates: false,
      resources: onSubscription,
      run: (_call, { SubscriptionArn = '' }) => {
        const subscription = sns.subscription(SubscriptionArn);
        return {
          Attributes: {
            SubscriptionArn: subscription.arn,
            TopicArn: subscription.topicArn,
            Owner: subscription.ownerId,
            Protocol: subscription.protocol,
            Endpoint: subscription.endpoint,
            PendingConfirmation: String(!subscription.confirmed),
            RawMessageDelivery: String(subscription.raw),
          },
        };
      },
    }),
    SetSubscriptionAttributes: action<SetSubscriptionAttributesInput, object>({
      mutates: true,
      resources: onSubscription,
      run: (_call, { SubscriptionArn = '', AttributeName, AttributeValue }) => {
        if (AttributeName !== 'RawMessageDelivery') {
          throw invalidParameter(`AttributeName: the simulation does not model ${AttributeName}`);
        }
        sns.subscription(SubscriptionArn).raw = AttributeValue === 'true';
        return {};
      },
    }),
  };
}

function subscriptionLists(sns: SimulatedSns): ActionTable {
  return {
    ListSubscriptions: action<ListSubscriptionsInput, ListSubscriptionsResponse>({
      mutates: false,
      run: (call, input) => {
        const all = sns
          .topicsOf(call.caller.accountId, call.region)
          .flatMap((arn) => [...sns.topic(arn).subscriptions.values()]);
        const { items, next } = page(all, input);
        return { Subscriptions: items.map(wireSubscription), ...next };
      },
    }),
    ListSubscriptionsByTopic: action<ListSubscriptionsByTopicInput, ListSubscriptionsByTopicResponse>({
      mutates: false,
      resources: onTopic,
      run: (_call, input) => {
        const all = [...sns.topic(input.TopicArn ?? '').subscriptions.values()];
        const { items, next } = page(all, input);
        return { Subscriptions: items.map(wireSubscription), ...next };
      },
    }),
  };
}

const wireSubscription = (subscription: Subscription): WireSubscription => ({
  SubscriptionArn: subscription.confirmed ? subscription.arn : 'PendingConfirmation',
  Owner: subscription.ownerId,
  Protocol: subscription.protocol,
  Endpoint: subscription.endpoint,
  TopicArn: subscription.topicArn,
});

const page = <Item>(
  items: readonly Item[],
  { NextToken }: { readonly NextToken?: string | undefined },
): { items: Item[]; next: { NextToken?: string } } =>
  pageOfList(items, PAGE_SIZE, NextToken, () => {
    throw new AwsError('InvalidParameter', 'Invalid parameter: NextToken');
  });
