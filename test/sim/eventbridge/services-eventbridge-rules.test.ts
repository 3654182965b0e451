import { EventBridge } from '@aws-sdk/client-eventbridge';
import { as, failureOf, HUB, MEMBER, newAws } from '../world/services-support.ts';

const PATTERN = '{"source":["autopeer"]}';
const QUEUE = `arn:aws:sqs:eu-west-1:${MEMBER}:queue`;

function setUp() {
  const aws = newAws();
  const events = new EventBridge(as(aws, MEMBER));
  const get = <T>(work: Promise<T>): Promise<T> => aws.clock.drive(work);
  const refusal = (work: Promise<unknown>) => failureOf(aws, work);
  return { aws, events, get, refusal };
}

describe('rules', () => {
  it('are described as they were put', async () => {
    const { events, get } = setUp();
    const rule = {
      Name: 'calls',
      EventPattern: PATTERN,
      Description: 'what we send',
      State: 'DISABLED' as const,
    };
    const { RuleArn } = await get(events.putRule(rule));
    expect(RuleArn).toBe(`arn:aws:events:eu-west-1:${MEMBER}:rule/calls`);
    expect(await get(events.describeRule({ Name: 'calls' }))).toMatchObject({
      ...rule,
      Arn: RuleArn,
      EventBusName: 'default',
    });
  });

  it('are enabled and disabled, and a disabled one hands on nothing', async () => {
    const { aws, events, get } = setUp();
    const queue = aws.sqs.createQueue(MEMBER, 'eu-west-1', 'queue');
    aws.iam.putResourcePolicy(queue.settings.arn, {
      Statement: {
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: queue.settings.arn,
      },
    });
    await get(events.putRule({ Name: 'calls', EventPattern: PATTERN }));
    await get(events.putTargets({ Rule: 'calls', Targets: [{ Id: 'queue', Arn: QUEUE }] }));
    const send = async () => {
      await get(events.putEvents({ Entries: [{ Source: 'autopeer', DetailType: 'x', Detail: '{}' }] }));
      await aws.clock.run();
      return queue.receive(10).length;
    };
    expect(await send()).toBe(1);
    await get(events.disableRule({ Name: 'calls' }));
    expect(await send()).toBe(0);
    await get(events.enableRule({ Name: 'calls' }));
    expect(await send()).toBe(1);
  });

  it('are listed by prefix and in pages', async () => {
    const { events, get, refusal } = setUp();
    for (const Name of ['a-1', 'a-2', 'b-1']) await get(events.putRule({ Name, EventPattern: PATTERN }));
    const first = await get(events.listRules({ NamePrefix: 'a-', Limit: 1 }));
    const second = await get(events.listRules({ NamePrefix: 'a-', Limit: 1, NextToken: first.NextToken }));
    expect([...(first.Rules ?? []), ...(second.Rules ?? [])].map(({ Name }) => Name)).toEqual(['a-1', 'a-2']);
    expect(second.NextToken).toBeUndefined();
    expect((await refusal(events.listRules({ Limit: 101 }))).name).toBe('ValidationException');
  });

  it('stay while they have targets', async () => {
    const { events, get, refusal } = setUp();
    await get(events.putRule({ Name: 'calls', EventPattern: PATTERN }));
    await get(events.putTargets({ Rule: 'calls', Targets: [{ Id: 'queue', Arn: QUEUE, Input: '{"a":1}' }] }));
    const { Targets } = await get(events.listTargetsByRule({ Rule: 'calls' }));
    expect(Targets).toEqual([{ Id: 'queue', Arn: QUEUE, Input: '{"a":1}' }]);
    const { RuleNames } = await get(events.listRuleNamesByTarget({ TargetArn: QUEUE }));
    expect(RuleNames).toEqual(['calls']);
    expect(await refusal(events.deleteRule({ Name: 'calls' }))).toMatchObject({
      name: 'ValidationException',
      message: "Rule can't be deleted since it has targets.",
    });
    await get(events.removeTargets({ Rule: 'calls', Ids: ['queue'] }));
    await get(events.deleteRule({ Name: 'calls' }));
    expect(await refusal(events.describeRule({ Name: 'calls' }))).toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Rule calls does not exist on EventBus default.',
    });
    await get(events.deleteRule({ Name: 'calls' })); // once more is no error
  });

  it.each([
    ['a name with a blank', { Name: 'a b', EventPattern: PATTERN }, 'ValidationException'],
    ['neither pattern nor schedule', { Name: 'a' }, 'ValidationException'],
    [
      'a bus that is not there',
      { Name: 'a', EventPattern: PATTERN, EventBusName: 'x' },
      'ResourceNotFoundException',
    ],
  ])('are refused with %s', async (_, input, code) => {
    const { events, refusal } = setUp();
    expect((await refusal(events.putRule(input))).name).toBe(code);
  });
});

describe('buses', () => {
  it('are the default one and those that somebody created', async () => {
    const { events, get, refusal } = setUp();
    await get(events.createEventBus({ Name: 'hub' }));
    expect((await refusal(events.createEventBus({ Name: 'hub' }))).name).toBe(
      'ResourceAlreadyExistsException',
    );
    const { EventBuses } = await get(events.listEventBuses({}));
    expect(EventBuses?.map(({ Name }) => Name)).toEqual(['default', 'hub']);
    expect((await get(events.describeEventBus({ Name: 'hub' }))).Arn).toBe(
      `arn:aws:events:eu-west-1:${MEMBER}:event-bus/hub`,
    );
    await get(events.deleteEventBus({ Name: 'hub' }));
    expect((await refusal(events.describeEventBus({ Name: 'hub' }))).name).toBe('ResourceNotFoundException');
  });

  it('are each account’s own', async () => {
    const { aws, events, get } = setUp();
    await get(events.createEventBus({ Name: 'hub' }));
    const { EventBuses } = await get(new EventBridge(as(aws, HUB)).listEventBuses({}));
    expect(EventBuses?.map(({ Name }) => Name)).toEqual(['default']);
  });
});
