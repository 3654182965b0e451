import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';

import type { SimulatedAws } from '../../../sim/aws.ts';
import { as, HUB, newAws, REGION } from '../world/services-support.ts';
import { deploy, queueOf, testTemplate } from '../world/services-stack-support.ts';

async function publish(aws: SimulatedAws): Promise<void> {
  const Entries = [{ Source: 'test', DetailType: 'x', Detail: '{"n":1}' }];
  await aws.clock.drive(new EventBridgeClient(as(aws, HUB)).send(new PutEventsCommand({ Entries })));
}

describe('a function behind a rule', () => {
  test('gets the event', async () => {
    const aws = newAws();
    const seen: unknown[] = [];
    deploy(aws, testTemplate(), async (event) => seen.push(event));

    await publish(aws);
    await aws.clock.run();

    expect(seen).toMatchObject([{ source: 'test', account: HUB, detail: { n: 1 } }]);
  });

  test('needs a permission for the rule', async () => {
    const aws = newAws();
    const { Permission: _none, ...Resources } = testTemplate().Resources;
    deploy(aws, { Resources }, async () => undefined);

    await publish(aws);
    await aws.clock.run();

    expect(aws.lambda.invocations).toHaveLength(0);
    expect(aws.events.failedInvocations).toMatchObject([{ code: 'NO_PERMISSIONS' }]);
  });

  test('that fails is run again after one minute and after two more', async () => {
    const aws = newAws();
    deploy(aws, testTemplate(), async () => {
      throw new Error('oops');
    });

    await publish(aws);
    await aws.clock.run();

    const [first = 0, ...others] = aws.lambda.invocations.map((invocation) => invocation.startedAtMs);
    expect(others.map((at) => at - first)).toEqual([60_000, 180_000]);
    expect(new Set(aws.lambda.invocations.map((invocation) => invocation.requestId)).size).toBe(1);
  });

  test('that works at the second attempt leaves nothing behind', async () => {
    const aws = newAws();
    let attempts = 0;
    const stack = deploy(aws, testTemplate(), async () => {
      if (attempts++ === 0) throw new Error('oops');
    });

    await publish(aws);
    await aws.clock.run();

    expect(aws.lambda.invocations).toHaveLength(2);
    expect(queueOf(aws, stack, 'Dead').peek()).toHaveLength(0);
    expect(stack.ringing()).toEqual([]);
  });

  test('that never works leaves the record of it, with the reason, and the alarm rings', async () => {
    const aws = newAws();
    const stack = deploy(aws, testTemplate(), async () => {
      throw new RangeError('out of bounds');
    });

    await publish(aws);
    await aws.clock.run();

    const [message] = queueOf(aws, stack, 'Dead').peek();
    expect(JSON.parse(message?.body ?? '')).toMatchObject({
      version: '1.0',
      requestContext: {
        functionArn: `arn:aws:lambda:${REGION}:${HUB}:function:work:$LATEST`,
        condition: 'RetriesExhausted',
        approximateInvokeCount: 3,
      },
      requestPayload: { source: 'test', detail: { n: 1 } },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload: { errorType: 'RangeError', errorMessage: 'out of bounds' },
    });
    expect(stack.ringing()).toEqual(['dead-letters']);
  });

  test('is not run again where its configuration says so', async () => {
    const aws = newAws();
    deploy(aws, testTemplate({ invoke: { MaximumRetryAttempts: 0 } }), async () => {
      throw new Error('oops');
    });

    await publish(aws);
    await aws.clock.run();

    expect(aws.lambda.invocations).toHaveLength(1);
  });

  test('is given up when the event is too old', async () => {
    const aws = newAws();
    const stack = deploy(aws, testTemplate({ invoke: { MaximumEventAgeInSeconds: 90 } }), async () => {
      throw new Error('oops');
    });

    await publish(aws);
    await aws.clock.run();

    const [message] = queueOf(aws, stack, 'Dead').peek();
    expect(JSON.parse(message?.body ?? '')).toMatchObject({
      requestContext: { condition: 'EventAgeExceeded', approximateInvokeCount: 2 },
    });
  });

  test('is killed at its timeout', async () => {
    const aws = newAws();
    deploy(aws, testTemplate({ invoke: { MaximumRetryAttempts: 0 } }), (_event, platform) =>
      platform.clock.sleep(60_000),
    );

    await publish(aws);
    await aws.clock.run();

    const [invocation] = aws.lambda.invocations;
    expect((invocation?.endedAtMs ?? 0) - (invocation?.startedAtMs ?? 0)).toBe(10_000);
    expect(invocation?.result).toMatchObject({
      kind: 'failure',
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringContaining('Task timed out after 10.00 seconds'),
    });
  });

  test('does nothing more once it is killed', async () => {
    const aws = newAws();
    let wentOn = false;
    deploy(aws, testTemplate({ invoke: { MaximumRetryAttempts: 0 } }), async (_event, platform) => {
      await platform.clock.sleep(60_000);
      wentOn = true;
    });

    await publish(aws);
    await aws.clock.run();

    expect(wentOn).toBe(false);
  });
});
