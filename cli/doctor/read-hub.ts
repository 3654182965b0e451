import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { DescribeEventBusCommand, EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { ListSubscriptionsByTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { HubFacts } from '../../analysis/doctor/facts.ts';
import { call, collectPages } from '../../shared/aws/calls.ts';
import { partitionOf } from '../../shared/domain/facts/partition.ts';
import { using, type Config } from './clients.ts';
import { known, knownIfThere } from './known.ts';

/** What nothing reads: docs/operations.md, "a failure could not be told". */
const LAST_QUEUES = ['last-work-dead-letters.fifo', 'last-event-dead-letters'];
const PARAMETER_GONE = ['ParameterNotFound'];

/** The hub without its ledger, with the credentials of its account. Everything is read, whatever of it is refused. */
export async function readHub(
  name: string,
  config: Config & { readonly region: string },
): Promise<Omit<HubFacts, 'health'>> {
  const caller = await known(() => using(new STSClient(config), callerOf));
  const account = caller.kind === 'known' ? caller.value : '';
  const topics = `arn:${partitionOf(config.region).id}:sns:${config.region}:${account}:${name}`;
  const subscribed = (topic: string) =>
    known(() => using(new SNSClient(config), (client) => subscriptionsOf(client, `${topics}-${topic}`)));
  const [
    commandsUrl,
    slackWebhook,
    busPolicy,
    rules,
    lastQueues,
    ledger,
    alarms,
    subscriptions,
    alarmSubscriptions,
  ] = await Promise.all([
    parameterDate(`/${name}/commands-url`, config),
    parameterDate(`/${name}/slack-webhook-url`, config),
    known(() => using(new EventBridgeClient(config), (client) => policyOfBus(client, name))),
    known(() => using(new EventBridgeClient(config), (client) => rulesOf(client, name))),
    known(() => using(sqsClient(config), (client) => depths(client, name))),
    known(() => using(new DynamoDBClient(config), (client) => protectionOf(client, `${name}-ledger`))),
    known(() => using(new CloudWatchClient(config), (client) => alarmsOf(client, `${name}-`))),
    subscribed('notices'),
    subscribed('alarms'),
  ]);
  const hasSlackWebhook =
    slackWebhook.kind === 'known'
      ? { ...slackWebhook, value: slackWebhook.value !== undefined }
      : slackWebhook;
  return {
    caller,
    madeAt: commandsUrl,
    hasSlackWebhook,
    busPolicy,
    rules,
    lastQueues,
    ledger,
    alarms,
    subscriptions,
    alarmSubscriptions,
  };
}

async function callerOf(client: STSClient): Promise<string> {
  const answer = await call('GetCallerIdentity', 'your credentials', () =>
    client.send(new GetCallerIdentityCommand({})),
  );
  return answer.Account ?? '';
}

/**
 * When a parameter was written last; `undefined` where it is not there. Its value is not asked for in clear: Slack's address is
 * a secret.
 */
const parameterDate = (Name: string, config: Config) =>
  knownIfThere(
    () =>
      using(new SSMClient(config), async (client) => {
        const command = new GetParameterCommand({ Name });
        const { Parameter } = await call('GetParameter', Name, () => client.send(command));
        return (Parameter?.LastModifiedDate ?? new Date(0)).toISOString();
      }),
    PARAMETER_GONE,
  );

async function policyOfBus(client: EventBridgeClient, Name: string): Promise<string | undefined> {
  const answer = await call('DescribeEventBus', Name, () =>
    client.send(new DescribeEventBusCommand({ Name })),
  );
  return answer.Policy;
}

/** Of the hub's bus, and the schedules, which are on the default bus. */
async function rulesOf(client: EventBridgeClient, name: string) {
  const listed = await Promise.all(
    [name, 'default'].map((EventBusName) =>
      collectPages(async (NextToken) => {
        const command = new ListRulesCommand({ EventBusName, NamePrefix: `${name}-`, NextToken });
        const answer = await call('ListRules', EventBusName, () => client.send(command));
        return { items: answer.Rules ?? [], nextToken: answer.NextToken };
      }),
    ),
  );
  return listed.flatMap((rules, index) =>
    rules.map(({ Name = '', State }) => ({
      name: Name,
      isOnHubBus: index === 0,
      isEnabled: State !== 'DISABLED',
    })),
  );
}

const depths = (client: SQSClient, name: string) =>
  Promise.all(
    LAST_QUEUES.map(async (end) => {
      const queue = `${name}-${end}`;
      return { name: queue, messages: await messagesIn(client, queue) };
    }),
  );

/** At the region's endpoint, and not at that of the queue's address: in a sandbox these are two. */
export const sqsClient = (config: Config): SQSClient =>
  new SQSClient({ ...config, useQueueUrlAsEndpoint: false });

/** How many messages a queue holds, waiting or under way. */
export async function messagesIn(client: SQSClient, QueueName: string): Promise<number> {
  const { QueueUrl } = await call('GetQueueUrl', QueueName, () =>
    client.send(new GetQueueUrlCommand({ QueueName })),
  );
  const command = new GetQueueAttributesCommand({
    QueueUrl,
    AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
  });
  const { Attributes = {} } = await call('GetQueueAttributes', QueueName, () => client.send(command));
  return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
}

async function protectionOf(client: DynamoDBClient, TableName: string) {
  const { Table } = await call('DescribeTable', TableName, () =>
    client.send(new DescribeTableCommand({ TableName })),
  );
  const { ContinuousBackupsDescription: backups } = await call('DescribeContinuousBackups', TableName, () =>
    client.send(new DescribeContinuousBackupsCommand({ TableName })),
  );
  return {
    deletionProtection: Table?.DeletionProtectionEnabled === true,
    pointInTime: backups?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus === 'ENABLED',
  };
}

async function alarmsOf(client: CloudWatchClient, AlarmNamePrefix: string) {
  const alarms = await collectPages(async (NextToken) => {
    const command = new DescribeAlarmsCommand({ AlarmNamePrefix, NextToken });
    const answer = await call('DescribeAlarms', 'the hub', () => client.send(command));
    return { items: answer.MetricAlarms ?? [], nextToken: answer.NextToken };
  });
  return alarms.map(({ AlarmName = '', StateValue = '' }) => ({ name: AlarmName, state: StateValue }));
}

async function subscriptionsOf(client: SNSClient, TopicArn: string): Promise<number> {
  const subscriptions = await collectPages(async (NextToken) => {
    const command = new ListSubscriptionsByTopicCommand({ TopicArn, NextToken });
    const answer = await call('ListSubscriptionsByTopic', TopicArn, () => client.send(command));
    return { items: answer.Subscriptions ?? [], nextToken: answer.NextToken };
  });
  // "PendingConfirmation" stands in the place of an ARN until somebody has confirmed it.
  return subscriptions.filter(({ SubscriptionArn = '' }) => SubscriptionArn.startsWith('arn:')).length;
}
