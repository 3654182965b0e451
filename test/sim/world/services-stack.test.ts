import { DescribeVpcsCommand, EC2Client, ModifyVpcAttributeCommand } from '@aws-sdk/client-ec2';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';

import type { SimulatedAws } from '../../../sim/aws.ts';
import { as, HUB, newAws, REGION } from './services-support.ts';
import { deploy, testTemplate, type TestHandler } from './services-stack-support.ts';

const nothing: TestHandler = async () => undefined;

function remainingMs(context: unknown): number {
  const ask: unknown =
    typeof context === 'object' && context !== null
      ? Reflect.get(context, 'getRemainingTimeInMillis')
      : undefined;
  if (!isFunction(ask)) throw new Error('the context does not tell the time that is left');
  return Number(ask());
}

const isFunction = (value: unknown): value is () => unknown => typeof value === 'function';

/** Runs one event through the function of the test's stack. */
async function runOnce(aws: SimulatedAws, handle: TestHandler): Promise<void> {
  deploy(aws, testTemplate({ invoke: { MaximumRetryAttempts: 0 } }), handle);
  const Entries = [{ Source: 'test', DetailType: 'x', Detail: '{}' }];
  await aws.clock.drive(new EventBridgeClient(as(aws, HUB)).send(new PutEventsCommand({ Entries })));
  await aws.clock.run();
}

describe('the platform that a function finds', () => {
  test('has the environment of the template and what Lambda adds to it', async () => {
    const aws = newAws();
    let env: unknown;
    await runOnce(aws, async (_event, platform) => {
      env = platform.env;
    });

    expect(env).toMatchObject({
      QUEUE_URL: `https://sqs.${REGION}.amazonaws.com/${HUB}/work`,
      AWS_REGION: REGION,
      AWS_LAMBDA_FUNCTION_NAME: 'work',
    });
  });

  test('has the rights of the execution role and no others', async () => {
    const aws = newAws();
    await runOnce(aws, async (_event, platform) => {
      const client = new EC2Client({ region: REGION, ...platform.transport });
      await client.send(new DescribeVpcsCommand({}));
      await client.send(new ModifyVpcAttributeCommand({ VpcId: 'vpc-1', EnableDnsSupport: { Value: true } }));
    });

    expect(aws.calls.slice(-2)).toMatchObject([
      { action: 'DescribeVpcs', caller: { arn: `arn:aws:sts::${HUB}:assumed-role/work/work` } },
      { action: 'ModifyVpcAttribute', errorCode: 'UnauthorizedOperation' },
    ]);
  });

  test('reads the files of the package', async () => {
    const aws = newAws();
    let policy = '';
    await runOnce(aws, async (_event, platform) => {
      policy = platform.readFile('policy.yaml');
    });

    expect(policy).toBe('content of policy.yaml');
  });

  test('keeps what the function logs and counts', async () => {
    const aws = newAws();
    await runOnce(aws, async (_event, { log, metrics }) => {
      log.write({ code: 'intake.ignored', reason: 'read-only', eventName: 'DescribeVpcs' });
      metrics.count('IntakeIgnored', { reason: 'read-only' });
    });

    expect(aws.lambda.logs).toMatchObject([{ functionName: 'work', entry: { code: 'intake.ignored' } }]);
    expect(aws.lambda.counts).toMatchObject([{ functionName: 'work', counter: 'IntakeIgnored' }]);
  });

  test('tells how much time is left', async () => {
    const aws = newAws();
    let leftMs = 0;
    await runOnce(aws, async (_event, platform, context) => {
      await platform.clock.sleep(4_000);
      leftMs = remainingMs(context);
    });

    expect(leftMs).toBe(6_000);
  });
});

describe('a template does not deploy', () => {
  const change = (logicalId: string, resource: object) => ({
    Resources: { ...testTemplate().Resources, [logicalId]: resource },
  });

  test.each<[string, object, string]>([
    [
      'with an unknown resource type',
      change('Vpc', { Type: 'AWS::EC2::VPC' }),
      'AWS::EC2::VPC is not modelled',
    ],
    [
      'with a property that the simulation would ignore',
      testTemplate({ queue: { MaximumMessageSize: 1024 } }),
      'the property MaximumMessageSize is not modelled',
    ],
    [
      'with a queue whose messages come back while they are worked on',
      testTemplate({ queue: { VisibilityTimeout: 5 } }),
      'Queue visibility timeout: 5 seconds is less than Function timeout: 10 seconds',
    ],
    [
      'with a FIFO queue whose dead-letter queue is none',
      testTemplate({ queue: { QueueName: 'work.fifo', FifoQueue: true } }),
      'Dead-letter queue must be same type of queue as the source.',
    ],
    ['with too large a batch', testTemplate({ mapping: { BatchSize: 11 } }), 'Maximum batch window'],
    [
      'with a role that Lambda may not assume',
      change('Role', {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: 'work',
          AssumeRolePolicyDocument: {
            Statement: [
              { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sts:AssumeRole' },
            ],
          },
        },
      }),
      'cannot be assumed by Lambda',
    ],
    [
      'with a role that may not read the queue',
      change('Role', {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: 'work',
          AssumeRolePolicyDocument: {
            Statement: [
              { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
            ],
          },
          Policies: [
            {
              PolicyName: 'p',
              PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*' }] },
            },
          ],
        },
      }),
      'does not have permissions to call ReceiveMessage on SQS',
    ],
    [
      'with a wrong event pattern',
      change('Wrong', {
        Type: 'AWS::Events::Rule',
        Properties: { EventPattern: { source: 'test' }, Targets: [] },
      }),
      'Event pattern is not valid',
    ],
  ])('%s', (_what, template, message) => {
    expect(() => deploy(newAws(), template, nothing)).toThrow(message);
  });

  test('a second time with the same role', () => {
    const aws = newAws();
    deploy(aws, testTemplate(), nothing);

    expect(() => deploy(aws, testTemplate(), nothing)).toThrow('Role with name work already exists');
  });

  test('with functions where it comes without their code', () => {
    const deployment = { template: testTemplate(), accountId: HUB, region: REGION };

    expect(() => newAws().deployMember(deployment)).toThrow('deployed without the code');
  });
});
