import { readFileSync } from 'node:fs';
import { Metrics } from '@aws-lambda-powertools/metrics';
import * as z from 'zod';
import { PowertoolsCounters } from '../../shared/aws/telemetry.ts';
import type { Counter } from '../../shared/domain/work/log.ts';
import { evaluateStack, type EvaluatedStack } from '../../sim/cloudformation/cloudformation.ts';
import { readPackagedTemplate } from '../../sim/world/packaged-template.ts';
import { AwsError } from '../../sim/types.ts';
import { HUB_ACCOUNT, HUB_REGION } from '../../sim/world/world.ts';
import { APPS_TO_SHARED } from '../support/policy-text.ts';
import { aPair, aWorld, APPS, SANDBOX } from '../support/world.ts';

/*
 * What people see of the hub: every alarm and every widget is over a metric that something counts, with just the dimensions that
 * it is counted with. One letter too many, and an alarm is silent for ever.
 */

const HOUR_MS = 3_600_000;

const stackOf = (parameters: Readonly<Record<string, string>> = {}): EvaluatedStack =>
  evaluateStack({
    template: JSON.parse(readPackagedTemplate()),
    stackName: 'autopeer-prod',
    accountId: HUB_ACCOUNT,
    region: HUB_REGION,
    parameters,
    ssmValue: () => 'o-a1b2c3d4e5',
  });

const stack = stackOf();
const ofType = ({ resources }: EvaluatedStack, type: string) =>
  resources.filter((resource) => resource.type === type).map(({ properties }) => properties);
const alarms = ofType(stack, 'AWS::CloudWatch::Alarm');
const namesOf = (type: string, property: string): readonly string[] =>
  ofType(stack, type).map((properties) => String(properties[property]));

/** `namespace name dimension=value …`, the dimensions in order. */
const textOf = (
  namespace: unknown,
  name: unknown,
  dimensions: readonly (readonly [unknown, unknown])[],
): string =>
  [
    String(namespace),
    String(name),
    ...dimensions
      .map((pair) => pair.map(String).join('='))
      .toSorted((one, other) => one.localeCompare(other)),
  ].join(' ');

/** All that CloudFormation knows of a metric, at whatever depth. */
function metricsIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(metricsIn);
  if (typeof value !== 'object' || value === null) return [];
  const { MetricName, Namespace, Dimensions, ...others } = Object(value);
  if (MetricName === undefined) return Object.values(others).flatMap(metricsIn);
  const dimensions: readonly { readonly Name: string; readonly Value: string }[] = Dimensions;
  return [
    textOf(
      Namespace,
      MetricName,
      dimensions.map(({ Name, Value }) => [Name, Value] as const),
    ),
  ];
}

/** What AWS counts of the resources that the template makes; where its documentation names the dimensions. */
function ofAws(): ReadonlySet<string> {
  // https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
  const functions = namesOf('AWS::Lambda::Function', 'FunctionName').flatMap((name) =>
    ['Errors', 'Throttles', 'Duration', 'RecursiveInvocationsDropped'].map((metric) =>
      textOf('AWS/Lambda', metric, [['FunctionName', name]]),
    ),
  );
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
  const queues = namesOf('AWS::SQS::Queue', 'QueueName').flatMap((name) =>
    ['ApproximateAgeOfOldestMessage', 'ApproximateNumberOfMessagesVisible'].map((metric) =>
      textOf('AWS/SQS', metric, [['QueueName', name]]),
    ),
  );
  // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html: a rule of the default bus has no bus.
  const rules = ofType(stack, 'AWS::Events::Rule').map(({ Name, EventBusName }) =>
    textOf('AWS/Events', 'FailedInvocations', [
      ['RuleName', Name],
      ...(EventBusName === undefined ? [] : [['EventBusName', EventBusName] as const]),
    ]),
  );
  return new Set([...functions, ...queues, ...rules]);
}

const bodySchema = z.object({
  widgets: z.array(
    z.object({
      properties: z.object({
        metrics: z.array(z.array(z.union([z.string(), z.object({ expression: z.string() })]))).optional(),
        alarms: z.array(z.string()).optional(),
      }),
    }),
  ),
});

/** Everything that the hub counts while this happens, as CloudWatch gets it. */
const counted = new Set<string>();
/** The same without values of dimensions, as a search names it. */
const families = new Set<string>();

function asCloudWatchGetsIt(
  counts: readonly { counter: Counter; dimensions: Record<string, string> }[],
): void {
  const spy = jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    for (const line of String(chunk).split('\n').filter(Boolean)) take(JSON.parse(line));
    return true;
  });
  const counters = new PowertoolsCounters(new Metrics({ namespace: 'autopeer', serviceName: 'autopeer' }));
  for (const { counter, dimensions } of counts) counters.count(counter, dimensions);
  spy.mockRestore();
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
function take(line: Readonly<Record<string, unknown>>): void {
  const { CloudWatchMetrics: sets }: { readonly CloudWatchMetrics: readonly EmfSet[] } = Object(line['_aws']);
  for (const { Namespace, Dimensions, Metrics: metrics } of sets) {
    for (const { Name } of metrics) {
      for (const keys of Dimensions) {
        counted.add(
          textOf(
            Namespace,
            Name,
            keys.map((key) => [key, line[key]] as const),
          ),
        );
        families.add(`{${[Namespace, ...keys.toSorted()].join(',')}} MetricName="${Name}"`);
      }
    }
  }
}

interface EmfSet {
  readonly Namespace: string;
  readonly Dimensions: readonly (readonly string[])[];
  readonly Metrics: readonly { readonly Name: string }[];
}

beforeAll(async () => {
  const world = aWorld();
  const { requester, accepter } = await aPair(world);
  await world.requestPeering(requester, accepter);
  await world.settle();
  await world.sweep();
  // Waits for people until it nearly expires.
  const other = await world.buildVpc(SANDBOX, 'eu-west-1', '10.3.0.0/16');
  world.changePolicy('version: 1\nregions: [eu-west-1, us-east-1]\n');
  await world.requestPeering(other, requester);
  await world.settle();
  await world.aws.clock.run(world.aws.clock.now() + 130 * HOUR_MS);
  await world.sweep();
  // No event tells of a changed policy.
  world.changePolicy(APPS_TO_SHARED.replace('requester: apps', 'requester: { accounts: ["333333333333"] }'));
  await world.aws.clock.run(world.aws.clock.now() + HOUR_MS);
  await world.sweep();
  world.changePolicy(APPS_TO_SHARED);
  const away = new AwsError('InternalFailure', 'An internal error has occurred', 500);
  world.aws.faults.failSome({ service: 'ec2', action: 'DescribeSubnets', accountId: APPS }, 1, away);
  await world.sweep();
  asCloudWatchGetsIt(world.aws.lambda.counts);
});

describe('an alarm', () => {
  it.each(alarms.map((alarm) => [String(alarm['AlarmName']), alarm] as const))(
    '%s is over metrics that something counts',
    (_name, alarm) => {
      const known = new Set([...ofAws(), ...counted]);
      const metrics = metricsIn(alarm);
      expect(metrics.length).toBeGreaterThan(0);
      expect(metrics.filter((metric) => !known.has(metric))).toEqual([]);
    },
  );

  it('acts on the topic of alarms alone, when it begins to ring and when it ends', () => {
    const topic = `arn:aws:sns:${HUB_REGION}:${HUB_ACCOUNT}:autopeer-prod-alarms`;
    for (const { AlarmActions, OKActions } of alarms) {
      expect({ AlarmActions, OKActions }).toEqual({ AlarmActions: [topic], OKActions: [topic] });
    }
    expect(stack.outputs['AlarmTopicArn']).toBe(topic);
  });

  it('has a section of its own in the runbook, to which its description leads, and no section is left over', () => {
    const runbook = readFileSync('docs/runbook.md', 'utf8');
    const sections = [...runbook.matchAll(/^## (.*)$/gm)].map(([, name = '']) => name);
    const names = alarms.map(({ AlarmName }) => String(AlarmName).replace('autopeer-prod-', ''));
    expect(sections.toSorted()).toEqual(names.toSorted());
    for (const [index, { AlarmDescription }] of alarms.entries()) {
      expect(AlarmDescription).toContain(`docs/runbook.md#${names[index]}`);
    }
  });

  it('has each queue with a function, each function, and each rule of the hub among its metrics', () => {
    const watched = new Set(alarms.flatMap(metricsIn));
    const all = [...ofAws()].filter(
      (metric) => !/Duration|RecursiveInvocationsDropped|AWS\/SQS/.test(metric),
    );
    expect(all.filter((metric) => !watched.has(metric))).toEqual([]);
  });
});

it('no sweep for two hours rings, and a sweep ends it', async () => {
  const world = aWorld();
  const rings = (): boolean => world.hub.ringing().includes('autopeer-prod-sweep-overdue');
  await world.sweep();
  await world.aws.clock.run(world.aws.clock.now() + 1.9 * HOUR_MS);
  expect(rings()).toBe(false);
  await world.aws.clock.run(world.aws.clock.now() + 0.2 * HOUR_MS);
  expect(rings()).toBe(true);
  // That looks for requests, and is no sweep.
  await world.lookForRequests();
  expect(rings()).toBe(true);
  await world.sweep();
  expect(rings()).toBe(false);
});

it('a request near its expiry rings', async () => {
  const world = aWorld({ policy: 'version: 1\nregions: [eu-west-1]\n' });
  const { requester, accepter } = await aPair(world);
  await world.requestPeering(requester, accepter);
  await world.settle();
  expect(world.hub.ringing()).toEqual([]);
  await world.aws.clock.run(world.aws.clock.now() + 130 * HOUR_MS);
  world.startSweep();
  await world.aws.clock.run(world.aws.clock.now() + 4 * 60_000);
  expect(world.hub.ringing()).toContain('autopeer-prod-requests-expiring');
});

describe('the dashboard', () => {
  const [{ DashboardBody } = {}] = ofType(stack, 'AWS::CloudWatch::Dashboard');
  const { widgets } = bodySchema.parse(JSON.parse(String(DashboardBody)));

  it('shows metrics that something counts', () => {
    const known = new Set([...ofAws(), ...counted]);
    const shown = widgets.flatMap(({ properties }) => properties.metrics ?? []);
    const unknown = shown.filter((metric) => {
      const [first = '', name, ...rest] = metric;
      if (typeof first !== 'string') {
        return !families.has(/SEARCH\('(\{.*\} MetricName="\w+")'/.exec(first.expression)?.[1] ?? '');
      }
      const pairs = Array.from(
        { length: rest.length / 2 },
        (_, at) => [rest[2 * at], rest[2 * at + 1]] as const,
      );
      return !known.has(textOf(first, name, pairs));
    });
    expect(unknown).toEqual([]);
    expect(shown.length).toBeGreaterThan(30);
  });

  it('shows every alarm', () => {
    const shown = widgets.flatMap(({ properties }) => properties.alarms ?? []);
    expect(new Set(shown.map((arn) => arn.split(':alarm:')[1]))).toEqual(
      new Set(namesOf('AWS::CloudWatch::Alarm', 'AlarmName')),
    );
  });
});

describe('settings', () => {
  it('logs are kept as long as the parameter says', () => {
    const kept = (days: string): readonly unknown[] =>
      ofType(stackOf({ LogRetentionDays: days }), 'AWS::Logs::LogGroup').map(
        ({ RetentionInDays }) => RetentionInDays,
      );
    expect(new Set(kept('30').map(String))).toEqual(new Set(['30']));
    expect(() => kept('31')).toThrow('LogRetentionDays');
  });

  it('tracing is off, and on for every function and its role where the parameter says so', () => {
    const modes = (tracing: string) =>
      ofType(stackOf({ Tracing: tracing }), 'AWS::Lambda::Function').map(
        ({ TracingConfig }) => TracingConfig,
      );
    expect(modes('off')).toEqual(modes('off').map(() => ({ Mode: 'PassThrough' })));
    expect(modes('on')).toEqual(modes('on').map(() => ({ Mode: 'Active' })));
    // CloudFormation attaches the policy to the roles that it lists.
    const may = (tracing: string): number =>
      ofType(stackOf({ Tracing: tracing }), 'AWS::IAM::Policy')
        .filter(({ PolicyDocument }) => JSON.stringify(PolicyDocument).includes('xray:PutTraceSegments'))
        .flatMap(({ Roles }) => Roles).length;
    expect([may('off'), may('on')]).toEqual([0, modes('on').length]);
  });
});
