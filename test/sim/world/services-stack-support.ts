import type { SimulatedAws } from '../../../sim/aws.ts';
import type { DeployedStack } from '../../../sim/cloudformation/stack.ts';
import type { CreateHandler, Platform } from '../../../shared/platform.ts';
import { HUB, REGION } from './services-support.ts';

/** A function of a test: what it does with an event. */
export type TestHandler = (event: unknown, platform: Platform, context: unknown) => Promise<unknown>;

const LAMBDA_TRUST = {
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

/** A stack with one function, `handlers/work`, on a bus and on a queue, with a dead-letter queue for each. */
export function testTemplate(
  overrides: { queue?: object; mapping?: object; invoke?: object; fn?: object } = {},
) {
  const dead = { 'Fn::GetAtt': ['Dead', 'Arn'] };
  return {
    Resources: {
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: 'work',
          AssumeRolePolicyDocument: LAMBDA_TRUST,
          Policies: [
            {
              PolicyName: 'work',
              PolicyDocument: {
                Statement: [{ Effect: 'Allow', Action: ['sqs:*', 'ec2:DescribeVpcs'], Resource: '*' }],
              },
            },
          ],
        },
      },
      Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead' } },
      FifoDead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead.fifo', FifoQueue: true } },
      Queue: {
        Type: 'AWS::SQS::Queue',
        Properties: {
          QueueName: 'work',
          VisibilityTimeout: 30,
          RedrivePolicy: { deadLetterTargetArn: dead, maxReceiveCount: 2 },
          ...overrides.queue,
        },
      },
      Work: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          FunctionName: 'work',
          Handler: 'handlers/work.handler',
          Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
          Timeout: 10,
          Environment: { Variables: { QUEUE_URL: { Ref: 'Queue' } } },
          ...overrides.fn,
        },
      },
      Mapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
          FunctionName: { 'Fn::GetAtt': ['Work', 'Arn'] },
          BatchSize: 10,
          FunctionResponseTypes: ['ReportBatchItemFailures'],
          ...overrides.mapping,
        },
      },
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: {
          EventPattern: { source: ['test'] },
          Targets: [{ Id: 'work', Arn: { 'Fn::GetAtt': ['Work', 'Arn'] } }],
        },
      },
      Permission: {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          Action: 'lambda:InvokeFunction',
          FunctionName: { 'Fn::GetAtt': ['Work', 'Arn'] },
          Principal: 'events.amazonaws.com',
          SourceArn: { 'Fn::GetAtt': ['Rule', 'Arn'] },
        },
      },
      Invoke: {
        Type: 'AWS::Lambda::EventInvokeConfig',
        Properties: {
          FunctionName: { Ref: 'Work' },
          Qualifier: '$LATEST',
          MaximumRetryAttempts: 2,
          DestinationConfig: { OnFailure: { Destination: dead } },
          ...overrides.invoke,
        },
      },
      Alarm: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          AlarmName: 'dead-letters',
          Namespace: 'AWS/SQS',
          MetricName: 'ApproximateNumberOfMessagesVisible',
          Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': ['Dead', 'QueueName'] } }],
          Threshold: 0,
          ComparisonOperator: 'GreaterThanThreshold',
        },
      },
    },
  };
}

export function deploy(aws: SimulatedAws, template: object, handle: TestHandler): DeployedStack {
  const createHandler: CreateHandler = (platform) => (event, context) => handle(event, platform, context);
  return aws.deployHub({
    template,
    accountId: HUB,
    region: REGION,
    loadHandler: async (path) => {
      if (path !== 'handlers/work') throw new Error(`no such file: ${path}`);
      return { createHandler };
    },
    readFile: (path) => `content of ${path}`,
    fetch: () => Promise.reject(new Error('no network')),
  });
}

/** The queue of a stack, with what is in it. */
export function queueOf(aws: SimulatedAws, stack: DeployedStack, logicalId: string) {
  const queue = aws.sqs.queue(stack.arn(logicalId));
  if (queue === undefined) throw new Error(`no queue ${logicalId}`);
  return queue;
}

export interface SqsRecord {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** The records of an SQS event. */
export function recordsOf(event: unknown): readonly SqsRecord[] {
  const records: unknown =
    typeof event === 'object' && event !== null ? Reflect.get(event, 'Records') : undefined;
  if (!isList(records)) throw new Error('not an SQS event');
  return records.filter(isRecord);
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

const isRecord = (value: unknown): value is SqsRecord =>
  typeof value === 'object' && value !== null && 'messageId' in value && 'body' in value;
