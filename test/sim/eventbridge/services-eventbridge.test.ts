import {
  EventBridgeClient,
  ListRulesCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  TestEventPatternCommand,
  type PutEventsRequestEntry,
} from '@aws-sdk/client-eventbridge';

import type { SimulatedAws } from '../../../sim/aws.ts';
import { as, failureOf, HUB, MEMBER, newAws, REGION, STRANGER } from '../world/services-support.ts';

const event = (overrides: Partial<PutEventsRequestEntry> = {}): PutEventsRequestEntry => ({
  Source: 'autopeer',
  DetailType: 'Peering Connected',
  Detail: '{"peeringId":"pcx-1"}',
  ...overrides,
});

const put = (aws: SimulatedAws, accountId: string, ...Entries: PutEventsRequestEntry[]) =>
  aws.clock.drive(new EventBridgeClient(as(aws, accountId)).send(new PutEventsCommand({ Entries })));

/** A bus whose policy lets every account of the organization put events. */
function hubBus(aws: SimulatedAws, statement: object = {}): string {
  const bus = aws.events.createBus(HUB, REGION, 'hub');
  aws.iam.addResourceStatements(bus, {
    Statement: {
      Effect: 'Allow',
      Principal: '*',
      Action: 'events:PutEvents',
      Resource: bus,
      Condition: { StringEquals: { 'aws:PrincipalOrgID': aws.organization.id } },
      ...statement,
    },
  });
  return bus;
}

/** A queue that a bus's rule sends everything to. */
function everythingTo(aws: SimulatedAws, bus: string, accountId: string) {
  const queue = aws.sqs.createQueue(accountId, REGION, `seen-${accountId}`);
  aws.iam.putResourcePolicy(queue.settings.arn, {
    Statement: {
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: queue.settings.arn,
    },
  });
  aws.events.putRule(bus, { name: 'all', pattern: '{"source":[{"exists":true}]}' });
  aws.events.putTargets(bus, 'all', [{ id: 'queue', arn: queue.settings.arn }]);
  return {
    queue,
    events: (): unknown[] => queue.peek().map((message) => JSON.parse(message.body) as unknown),
  };
}

/** A rule of the member's default bus that forwards everything to another bus, with a role for it. */
function forwardTo(aws: SimulatedAws, from: { accountId: string; bus: string }, to: string): void {
  const role = aws.iam.createRole(from.accountId, 'forward', {
    Statement: { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sts:AssumeRole' },
  });
  aws.iam.putRolePolicy(role.arn, 'forward', {
    Statement: { Effect: 'Allow', Action: 'events:PutEvents', Resource: to },
  });
  aws.events.putRule(from.bus, { name: 'forward', pattern: '{"source":[{"exists":true}]}' });
  aws.events.putTargets(from.bus, 'forward', [{ id: 'bus', arn: to, roleArn: role.arn }]);
}

const defaultBus = (accountId: string): string => `arn:aws:events:${REGION}:${accountId}:event-bus/default`;

describe('PutEvents', () => {
  test('gives the bus an envelope with the account and the region of the caller', async () => {
    const aws = newAws();

    await put(aws, MEMBER, event({ Resources: ['arn:aws:ec2:::pcx-1'] }));

    expect(aws.events.delivered.map((delivery) => delivery.event)).toMatchObject([
      {
        version: '0',
        account: MEMBER,
        region: REGION,
        source: 'autopeer',
        'detail-type': 'Peering Connected',
        time: '2026-01-01T00:00:00Z',
        resources: ['arn:aws:ec2:::pcx-1'],
        detail: { peeringId: 'pcx-1' },
      },
    ]);
  });

  test.each([
    ['a source of AWS', event({ Source: 'aws.ec2' }), 'NotAuthorizedForSourceException'],
    ['a detail that is no JSON', event({ Detail: '{' }), 'MalformedDetail'],
    ['a detail that is no object', event({ Detail: '[]' }), 'MalformedDetail'],
    ['no detail', { Source: 'a', DetailType: 'b' }, 'InvalidArgument'],
    ['no source', { DetailType: 'b', Detail: '{}' }, 'InvalidArgument'],
  ])('refuses an entry with %s and takes the others', async (_what, bad, code) => {
    const aws = newAws();

    const answer = await put(aws, MEMBER, bad, event());

    expect(answer).toMatchObject({ FailedEntryCount: 1, Entries: [{ ErrorCode: code }, {}] });
    expect(aws.events.delivered).toHaveLength(1);
  });

  test('says nothing of a bus that does not exist', async () => {
    const aws = newAws();

    expect(await put(aws, MEMBER, event({ EventBusName: 'none' }))).toMatchObject({ FailedEntryCount: 0 });
    expect(aws.events.lost).toHaveLength(1);
  });

  test('refuses more than ten entries', async () => {
    const aws = newAws();
    const client = new EventBridgeClient(as(aws, MEMBER));
    const Entries = Array.from({ length: 11 }, () => event());

    expect((await failureOf(aws, client.send(new PutEventsCommand({ Entries })))).name).toBe(
      'ValidationException',
    );
  });

  test('to the bus of another account needs that bus to let the caller in', async () => {
    const aws = newAws();
    aws.organization.addAccount(MEMBER);
    const EventBusName = hubBus(aws);
    const send = (accountId: string) =>
      new EventBridgeClient(as(aws, accountId)).send(
        new PutEventsCommand({ Entries: [event({ EventBusName })] }),
      );

    await aws.clock.drive(send(MEMBER));

    expect(await failureOf(aws, send(STRANGER))).toMatchObject({ name: 'AccessDeniedException' });
    expect(aws.events.delivered).toMatchObject([{ busArn: EventBusName, event: { account: MEMBER } }]);
  });
});

describe('a rule', () => {
  test('sends the events that match to its targets', async () => {
    const aws = newAws();
    const { queue } = everythingTo(aws, defaultBus(MEMBER), MEMBER);
    aws.events.putRule(defaultBus(MEMBER), { name: 'all', pattern: '{"source":["other"]}' });

    await put(aws, MEMBER, event(), event({ Source: 'other' }));
    await aws.clock.run();

    expect(queue.peek()).toHaveLength(1);
  });

  test('forwards to the bus of another account, and the event keeps where it came from', async () => {
    const aws = newAws();
    aws.organization.addAccount(MEMBER);
    const bus = hubBus(aws);
    const { events } = everythingTo(aws, bus, HUB);
    forwardTo(aws, { accountId: MEMBER, bus: defaultBus(MEMBER) }, bus);

    await put(aws, MEMBER, event());
    await aws.clock.run();

    expect(events()).toMatchObject([{ account: MEMBER, region: REGION }]);
  });

  test('of an account outside the organization reaches no bus that asks for the organization', async () => {
    const aws = newAws();
    const bus = hubBus(aws);
    forwardTo(aws, { accountId: STRANGER, bus: defaultBus(STRANGER) }, bus);

    await put(aws, STRANGER, event());
    await aws.clock.run();

    expect(aws.events.failedInvocations).toMatchObject([{ code: 'NO_PERMISSIONS', targetArn: bus }]);
  });

  test('does not forward an event that was forwarded before', async () => {
    const aws = newAws();
    aws.organization.addAccount(MEMBER);
    aws.organization.addAccount(HUB);
    const hub = hubBus(aws);
    const third = aws.events.createBus(STRANGER, REGION, 'third');
    forwardTo(aws, { accountId: MEMBER, bus: defaultBus(MEMBER) }, hub);
    forwardTo(aws, { accountId: HUB, bus: hub }, third);

    await put(aws, MEMBER, event());
    await aws.clock.run();

    expect(aws.events.delivered.map((delivery) => delivery.busArn)).toEqual([defaultBus(MEMBER), hub]);
  });

  test('cannot forward to another account without a role', () => {
    const aws = newAws();
    aws.events.putRule(defaultBus(MEMBER), { name: 'r', pattern: '{"source":["a"]}' });

    expect(() => aws.events.putTargets(defaultBus(MEMBER), 'r', [{ id: 'bus', arn: hubBus(aws) }])).toThrow(
      'RoleArn is required',
    );
  });

  test('puts what it could not hand over into the dead-letter queue, with the reason', async () => {
    const aws = newAws();
    const { queue } = everythingTo(aws, defaultBus(MEMBER), MEMBER);
    const locked = aws.sqs.createQueue(MEMBER, REGION, 'locked');
    aws.events.putTargets(defaultBus(MEMBER), 'all', [
      { id: 'queue', arn: locked.settings.arn, deadLetterArn: queue.settings.arn },
    ]);

    await put(aws, MEMBER, event());
    await aws.clock.run();

    expect(queue.peek()).toMatchObject([
      {
        attributes: {
          ERROR_CODE: { StringValue: 'NO_PERMISSIONS' },
          TARGET_ARN: { StringValue: locked.settings.arn },
        },
      },
    ]);
  });

  test('fires its schedule only when told to', async () => {
    const aws = newAws();
    const { events } = everythingTo(aws, defaultBus(MEMBER), MEMBER);
    const rule = aws.events.putRule(defaultBus(MEMBER), { name: 'all', schedule: 'rate(5 minutes)' });

    await aws.clock.run();
    expect(events()).toHaveLength(0);
    aws.events.fireSchedule(rule);
    await aws.clock.run();
    expect(events()).toMatchObject([
      { 'detail-type': 'Scheduled Event', source: 'aws.events', resources: [rule.arn] },
    ]);
  });

  test('has five targets at most', () => {
    const aws = newAws();
    aws.events.putRule(defaultBus(MEMBER), { name: 'r', pattern: '{"source":["a"]}' });
    const targets = Array.from({ length: 6 }, (_none, index) => ({
      id: String(index),
      arn: `arn:aws:sqs:${REGION}:${MEMBER}:q`,
    }));

    expect(() => aws.events.putTargets(defaultBus(MEMBER), 'r', targets)).toThrow('maximum number');
  });
});

describe('rules over the API', () => {
  test('are made and listed', async () => {
    const aws = newAws();
    const client = new EventBridgeClient(as(aws, MEMBER));
    await aws.clock.drive(
      client.send(new PutRuleCommand({ Name: 'mine', EventPattern: '{"source":["a"]}' })),
    );
    await aws.clock.drive(
      client.send(
        new PutTargetsCommand({
          Rule: 'mine',
          Targets: [{ Id: '1', Arn: `arn:aws:sqs:${REGION}:${MEMBER}:q` }],
        }),
      ),
    );

    const { Rules } = await aws.clock.drive(client.send(new ListRulesCommand({})));

    expect(Rules).toMatchObject([
      {
        Name: 'mine',
        Arn: `arn:aws:events:${REGION}:${MEMBER}:rule/mine`,
        State: 'ENABLED',
        EventBusName: 'default',
      },
    ]);
  });

  test('with a wrong pattern are refused with the reason', async () => {
    const aws = newAws();
    const client = new EventBridgeClient(as(aws, MEMBER));

    const failure = await failureOf(
      aws,
      client.send(new PutRuleCommand({ Name: 'r', EventPattern: '{"source":"a"}' })),
    );

    expect(failure).toMatchObject({
      name: 'InvalidEventPatternException',
      message: expect.stringContaining(
        'Event pattern is not valid. Reason: "source" must be an object or an array',
      ),
    });
  });

  test('can be tried out', async () => {
    const aws = newAws();
    const client = new EventBridgeClient(as(aws, MEMBER));
    const Event = JSON.stringify({
      id: '1',
      account: MEMBER,
      source: 'aws.ec2',
      time: '2026-01-01T00:00:00Z',
      region: REGION,
      resources: [],
      'detail-type': 'x',
    });
    const tryOut = (EventPattern: string) =>
      aws.clock.drive(client.send(new TestEventPatternCommand({ EventPattern, Event })));

    expect((await tryOut('{"source":["aws.ec2"]}')).Result).toBe(true);
    expect((await tryOut('{"source":["aws.s3"]}')).Result).toBe(false);
  });

  const ENVELOPE = {
    id: '1',
    'detail-type': 'x',
    source: 'x',
    account: 'x',
    time: '2026-11-02T10:00:00Z',
    region: 'x',
  };

  test('of what is no event are refused', async () => {
    const aws = newAws();
    const client = new EventBridgeClient(as(aws, HUB));
    const EventPattern = '{"source":["x"]}';
    const test = (event: unknown) =>
      client.send(new TestEventPatternCommand({ EventPattern, Event: JSON.stringify(event) }));
    for (const event of ['text', [], null, { ...ENVELOPE, region: undefined }]) {
      expect(await failureOf(aws, test(event))).toMatchObject({
        name: 'ValidationException',
        message: 'Parameter Event is not valid.',
      });
    }
    expect(await failureOf(aws, test({ ...ENVELOPE, time: 'soon' }))).toMatchObject({
      message: 'Parameter Event is not valid. Reason: Invalid time.',
    });
    expect((await aws.clock.drive(test(ENVELOPE))).Result).toBe(true);
  });
});
