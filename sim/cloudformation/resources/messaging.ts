import { formatArn } from '../../arn.ts';
import type { NewQueue } from '../../sqs/sqs.ts';
import { AwsError } from '../../types.ts';
import type { Create, ResourceContext } from './context.ts';
import type { Properties } from './properties.ts';

export const createQueue: Create = (properties, context, resource) => {
  const name = resource.identity.attributes['QueueName'] ?? '';
  const redrive = redrivePolicy(properties, name);
  const seconds = (property: string, setting: keyof NewQueue): NewQueue => {
    const value = properties.optionalNumber(property);
    return value === undefined ? {} : { [setting]: value };
  };
  const scope = properties.optionalText('DeduplicationScope') ?? 'queue';
  if (scope !== 'queue' && scope !== 'messageGroup') throw new Error(`${name}: DeduplicationScope ${scope}`);
  context.services.sqs.createQueue(context.accountId, context.region, name, {
    contentBasedDeduplication: properties.flag('ContentBasedDeduplication', false),
    deduplicationScope: scope,
    ...seconds('DelaySeconds', 'delaySeconds'),
    ...seconds('VisibilityTimeout', 'visibilityTimeoutSeconds'),
    ...seconds('MessageRetentionPeriod', 'retentionSeconds'),
    ...seconds('ReceiveMessageWaitTimeSeconds', 'receiveWaitSeconds'),
    ...(redrive === undefined ? {} : { redrive }),
  });
  properties.ignore('QueueName', 'FifoQueue', 'FifoThroughputLimit', 'Tags');
  properties.ignore('SqsManagedSseEnabled', 'KmsMasterKeyId', 'KmsDataKeyReusePeriodSeconds');
};

function redrivePolicy(properties: Properties, queueName: string): NewQueue['redrive'] {
  if (!properties.has('RedrivePolicy')) return undefined;
  const policy = properties.object('RedrivePolicy');
  const deadLetterTargetArn = policy.text('deadLetterTargetArn');
  if (deadLetterTargetArn.endsWith('.fifo') !== queueName.endsWith('.fifo')) {
    throw new AwsError(
      'InvalidParameterValue',
      'Dead-letter queue must be same type of queue as the source.',
    );
  }
  return { deadLetterTargetArn, maxReceiveCount: policy.optionalNumber('maxReceiveCount') ?? 1 };
}

export const createQueuePolicy: Create = (properties, context) => {
  const document = properties.any('PolicyDocument');
  for (const url of properties.texts('Queues')) {
    const [accountId = '', name = ''] = url.split('/').slice(-2);
    context.services.iam.putResourcePolicy(formatArn('sqs', context.region, accountId, name), document);
  }
};

export const createTopic: Create = (properties, context, resource) => {
  const name = resource.identity.attributes['TopicName'] ?? '';
  const arn = context.services.sns.createTopic(context.accountId, context.region, name);
  for (const subscription of properties.objects('Subscription')) {
    subscribe(context, arn, subscription);
    subscription.done();
  }
  properties.ignore('TopicName', 'DisplayName', 'KmsMasterKeyId', 'Tags');
};

export const createSubscription: Create = (properties, context) => {
  subscribe(context, properties.text('TopicArn'), properties);
};

export const createTopicPolicy: Create = (properties, context) => {
  const document = properties.any('PolicyDocument');
  for (const arn of properties.texts('Topics')) context.services.iam.putResourcePolicy(arn, document);
};

/** Queues and functions get the message, web sites where the simulation can send; people are what `published` is for. */
function subscribe(context: ResourceContext, topicArn: string, properties: Properties): void {
  const protocol = properties.text('Protocol');
  const endpoint = properties.text('Endpoint');
  const raw = properties.flag('RawMessageDelivery', false);
  context.services.sns.subscribeEndpoint(topicArn, { protocol, endpoint, raw, ownerId: context.accountId });
}

export const createParameter: Create = (properties, context, resource) => {
  const type = properties.text('Type');
  // CloudFormation cannot make a SecureString.
  if (type !== 'String' && type !== 'StringList') throw new Error(`${resource.logicalId}: the type ${type}`);
  context.services.ssm.put(
    context.accountId,
    context.region,
    resource.identity.ref,
    properties.text('Value'),
    type,
  );
  properties.ignore('Name', 'Description', 'Tier', 'Tags', 'DataType', 'AllowedPattern');
};
