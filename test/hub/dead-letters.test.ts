import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { LoadHandler } from '../../sim/lambda/function.ts';
import { AwsError } from '../../sim/types.ts';
import { HUB_ACCOUNT, HUB_REGION, type BuiltVpc, type World } from '../../sim/world/world.ts';
import { sendTo } from '../support/hub-commands.ts';
import { APPS_TO_SHARED } from '../support/policy-text.ts';
import { aPair, APPS, aWorld, expectConnected, SHARED } from '../support/world.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const away = new AwsError('InternalFailure', 'An internal error has occurred', 500);

/** What people were told of dead letters. */
const told = (world: World) =>
  world.aws.sns.published.filter(({ subject }) => subject?.startsWith('autopeer: Work Failed') === true);

/** How often the alarm of new causes had reason to ring. */
const rung = (world: World): number =>
  world.aws.lambda.counts.filter(({ counter }) => counter === 'DeadLetterCause').length;

const answerSchema = z.object({
  result: z.looseObject({
    causes: z.array(z.looseObject({ cause: z.string() })).optional(),
    letters: z.array(z.looseObject({})).optional(),
    body: z.string().optional(),
  }),
});

/** Asks the hub’s function commands. */
async function ask(world: World, verb: string, input: object = {}) {
  const answer = await sendTo(world, HUB_ACCOUNT, { body: { verb: `dead-letters ${verb}`, input } });
  expect(answer.status).toBe(200);
  return answerSchema.parse(answer.read()).result;
}

const causes = async (world: World): Promise<readonly string[]> =>
  ((await ask(world, 'list')).causes ?? []).map(({ cause }) => cause);

/** A peering whose routes EC2 fails to write until the returned function is called. */
async function failing(world: World): Promise<{
  peeringId: string;
  pair: readonly [BuiltVpc, BuiltVpc];
  mend: () => void;
}> {
  const { requester, accepter } = await aPair(world);
  const mend = world.aws.faults.failSome({ service: 'ec2', action: 'CreateRoute' }, 1, away);
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  return { peeringId, pair: [requester, accepter], mend };
}

describe('what fails for good is told with its cause', () => {
  it('a call that AWS refuses: the peering, the call and the code, once', async () => {
    const world = aWorld();
    const { peeringId } = await failing(world);
    expect(told(world)).toHaveLength(1);
    const [{ subject, message } = { subject: '', message: '' }] = told(world);
    expect(subject).toBe('autopeer: Work Failed, 1 dead letter of work-createroute-internalfailure');
    expect(message).toContain(`- peering ${peeringId}, hint from account `);
    expect(message).toMatch(/Reason: CreateRoute in account \d{12}, eu-west-1 failed: InternalFailure/);
    expect(message).toContain('autopeer dead-letters retry work-createroute-internalfailure');
    expect(world.slack.at(-1)).toContain('work-createroute-internalfailure');
  });

  it('a sweep names its place, and calls it no peering', async () => {
    const world = aWorld();
    world.aws.faults.failSome(
      { service: 'ec2', action: 'DescribeSubnets', accountId: APPS, region: 'us-east-1' },
      1,
      away,
    );
    await world.sweep();
    expect(told(world)).toHaveLength(1);
    expect(told(world)[0]?.message).toContain(`- account ${APPS}, us-east-1\n`);
    expect(told(world)[0]?.message).not.toMatch(/peering/i);
  });

  it('an event names the call that it was about', async () => {
    const world = aWorld();
    const { requester, accepter } = await aPair(world);
    const mend = world.aws.faults.deny('sqs', 'SendMessage');
    await world.requestPeering(requester, accepter);
    await world.settle();
    mend();
    await world.settle();
    expect(told(world).map(({ subject }) => subject)).toEqual([
      'autopeer: Work Failed, 1 dead letter of intake-sendmessage-in-the-hub-failed-accessdenied',
    ]);
    expect(told(world)[0]?.message).toContain(
      `- event CreateVpcPeeringConnection of account ${APPS} eu-west-1`,
    );
    expect(told(world)[0]?.message).toContain('SendMessage in the hub failed: AccessDenied');
  });

  it('a notice that reaches nobody is told once a channel works again', async () => {
    const world = aWorld();
    const { requester, accepter } = await aPair(world);
    world.slackStatus = () => 503;
    const peeringId = await world.requestPeering(requester, accepter);
    await world.settle();
    expect(told(world).at(0)?.message).toContain(`- notice Peering Connected of ${peeringId}`);
  });
});

describe('what ends without an answer is told as such, with the query of its log', () => {
  const expectNoAnswer = (world: World, functionName: string, cause: string): void => {
    expect(told(world).map(({ subject }) => subject)).toEqual([
      `autopeer: Work Failed, 1 dead letter of ${cause}`,
    ]);
    const { message = '' } = told(world)[0] ?? {};
    expect(message).toContain('Reason: ended without an answer: time-out, memory or a crash at start');
    expect(message).toContain(`/aws/lambda/autopeer-prod-${functionName}`);
    expect(message).toContain('filter @message like');
  };

  /** Every function but one starts; that one hangs in its own code, where no deadline helps, until Lambda ends it. */
  const hanging =
    (stuck: string): LoadHandler =>
    (path) => {
      const source = `../../${path}.ts`;
      return path === stuck ? new Promise(() => undefined) : import(source);
    };

  it('a time-out', async () => {
    const world = aWorld({ loadHandler: hanging('handlers/reconcile-peering') });
    const { requester, accepter } = await aPair(world);
    const peeringId = await world.requestPeering(requester, accepter);
    await world.settle();
    expectNoAnswer(world, 'reconcilePeering', 'work-no-answer');
    expect(told(world)[0]?.message).toContain(`- peering ${peeringId}`);
  });

  it('out of memory', async () => {
    const world = aWorld();
    const { requester, accepter } = await aPair(world);
    world.aws.lambda.leaveTo({
      dies: (name, moment) => name.endsWith('-reconcilePeering') && moment === 'after-call',
      skewMs: () => 0,
    });
    await world.requestPeering(requester, accepter);
    await world.settle();
    expectNoAnswer(world, 'reconcilePeering', 'work-no-answer');
  });

  it('a crash at start, of a function that reads a queue', async () => {
    const world = aWorld({ policy: 'version: 2\n' });
    const { requester, accepter } = await aPair(world);
    await world.requestPeering(requester, accepter);
    await world.settle();
    const subjects = told(world).map(({ subject }) => subject);
    expect(subjects).toContain('autopeer: Work Failed, 1 dead letter of work-no-answer');
    expect(subjects.some((subject) => subject?.includes('sweep-no-answer'))).toBe(true);
  });

  it('a time-out of a function that takes events', async () => {
    const world = aWorld({ loadHandler: hanging('handlers/start-sweep') });
    await world.sweep();
    expectNoAnswer(world, 'startSweep', 'startsweep-no-answer');
    expect(told(world)[0]?.message).toMatch(/Task timed out after \d+\.00 seconds/);
  });
});

describe('one cause', () => {
  /** Accounts whose places fail at a sweep. */
  function broken(world: World, accounts: number): void {
    for (let index = 0; index < accounts; index++) {
      world.aws.organization.addAccount(String(600_000_000_000 + index), { parentId: 'ou-ab12-apps0001' });
      world.deployMember(String(600_000_000_000 + index));
    }
    world.aws.faults.failSome({ service: 'ec2', action: 'DescribeSubnets', region: 'us-east-1' }, 1, away);
  }

  it('at 300 places is one notice with a count', async () => {
    const policy = APPS_TO_SHARED.replace('[eu-west-1, us-east-1]', '[us-east-1]');
    const world = aWorld({ policy });
    broken(world, 297);
    await world.sweep();
    expect(told(world).map(({ subject }) => subject)).toEqual([
      'autopeer: Work Failed, 300 dead letters of sweep-describesubnets-internalfailure',
    ]);
    expect(told(world)[0]?.message).toContain('- and 280 more');
    expect(world.deadLetters()).toHaveLength(300);
    expect(rung(world)).toBe(1);
  });

  it('that each sweep finds again is told once, and is one letter a place', async () => {
    const world = aWorld();
    broken(world, 0);
    for (let hour = 0; hour < 4; hour++) {
      await world.sweep();
      await world.aws.clock.run(world.aws.clock.now() + HOUR_MS);
    }
    expect(told(world)).toHaveLength(1);
    expect(rung(world)).toBe(1);
    expect(world.hub.ringing()).toEqual([]);
    expect(world.deadLetters()).toHaveLength(3);
    const [cause] = (await ask(world, 'list')).causes ?? [];
    expect(cause).toMatchObject({ letters: 3, told: expect.any(String) });
    const { letters } = await ask(world, 'show', { cause: cause?.cause ?? '' });
    expect(letters?.[0]).toMatchObject({ times: 4 });
  });

  it('that spreads tenfold is told again, and another one at once', async () => {
    const world = aWorld();
    const stop = world.aws.faults.failSome(
      { service: 'ec2', action: 'DescribeSubnets', accountId: APPS, region: 'us-east-1' },
      1,
      away,
    );
    await world.sweep();
    stop();
    await world.aws.clock.run(world.aws.clock.now() + HOUR_MS);
    broken(world, 20);
    world.aws.faults.failSome(
      { service: 'ec2', action: 'DescribeVpcs', accountId: SHARED, region: 'eu-west-1' },
      1,
      away,
    );
    await world.sweep();
    expect(
      told(world)
        .map(({ subject = '' }) => subject)
        .toSorted((one, other) => one.localeCompare(other)),
    ).toEqual([
      'autopeer: Work Failed, 1 dead letter of sweep-describesubnets-internalfailure',
      'autopeer: Work Failed, 1 dead letter of sweep-describevpcs-internalfailure',
      'autopeer: Work Failed, 23 dead letters of sweep-describesubnets-internalfailure',
    ]);
  });
});

describe('commands', () => {
  it('retry sends the stored body again, and the letter is gone', async () => {
    const world = aWorld();
    const { peeringId, pair, mend } = await failing(world);
    const [body] = world.deadLetters();
    const [cause = ''] = await causes(world);
    mend();
    const sent: unknown[] = [];
    world.aws.watch({
      after: ({ action, caller }, input) => {
        if (action === 'SendMessage' && caller.roleArn?.endsWith('-commands') === true) sent.push(input);
      },
    });
    expect(await ask(world, 'retry', { cause })).toEqual({ sent: 1, kept: [], left: 0 });
    expect(sent).toEqual([
      expect.objectContaining({
        MessageBody: body,
        QueueUrl: world.hub.ref('WorkQueue'),
        MessageGroupId: peeringId,
      }),
    ]);
    expect(world.deadLetters()).toEqual([]);
    expect(await causes(world)).toEqual([]);
    await world.settle();
    await expectConnected(world, ...pair, peeringId);
  });

  it('what fails again after a retry is a new cause: it is told, and rings', async () => {
    const world = aWorld();
    await failing(world);
    const [cause = ''] = await causes(world);
    await ask(world, 'retry', { cause });
    await world.settle();
    expect(told(world)).toHaveLength(2);
    expect(world.hub.ringing()).toEqual(['autopeer-prod-dead-letter-cause']);
    expect(await causes(world)).toEqual([cause]);
  });

  it('retry of a place, an event and a notice', async () => {
    const world = aWorld();
    const { requester, accepter } = await aPair(world);
    const endDeny = world.aws.faults.deny('sqs', 'SendMessage');
    const stop = world.aws.faults.failSome(
      { service: 'ec2', action: 'DescribeSubnets', accountId: APPS, region: 'us-east-1' },
      1,
      away,
    );
    const peeringId = await world.requestPeering(requester, accepter);
    await world.sweep();
    endDeny();
    stop();
    world.slackStatus = () => 503;
    for (const cause of await causes(world)) await ask(world, 'retry', { cause });
    await world.settle();
    await expectConnected(world, requester, accepter, peeringId);
    world.slackStatus = () => 200;
    const notice = (await causes(world)).find((cause) => cause.startsWith('slack')) ?? '';
    const before = world.slack.length;
    expect(await ask(world, 'retry', { cause: notice })).toMatchObject({ kept: [], left: 0 });
    await world.settle();
    expect(world.slack.slice(before).some((text) => text.includes(peeringId))).toBe(true);
    expect(world.deadLetters()).toEqual([]);
  });

  it('what cannot be sent again stays, with the reason', async () => {
    const world = aWorld();
    const { requester, accepter } = await aPair(world);
    await world.requestPeering(requester, accepter);
    await world.settle();
    const sample = world.aws.trail.delivered.find(({ event }) =>
      JSON.stringify(event.detail).includes('"eventName":"CreateVpcPeeringConnection"'),
    );
    if (sample === undefined) throw new Error('the request made no event');
    world.aws.trail.redeliver({
      ...sample.event,
      detail: { ...Object(sample.event.detail), responseElements: {} },
    });
    await world.settle();
    const answer = await ask(world, 'retry', { cause: 'intake-malformedevent' });
    expect(answer).toMatchObject({
      sent: 0,
      left: 1,
      kept: [{ why: expect.stringContaining('malformed event: ') }],
    });
    expect(world.deadLetters()).toHaveLength(1);
  });

  it('show gives one letter with its body; drop forgets', async () => {
    const world = aWorld();
    const { peeringId } = await failing(world);
    const [cause = ''] = await causes(world);
    const { letters, body } = await ask(world, 'show', { cause, letter: peeringId });
    expect(letters).toEqual([expect.objectContaining({ letter: peeringId, times: 1 })]);
    expect(JSON.parse(body ?? '')).toMatchObject({ peeringId });
    expect(await ask(world, 'drop', { cause })).toEqual({ dropped: 1, left: 0 });
    expect(await causes(world)).toEqual([]);
    expect(world.deadLetters()).toEqual([]);
    expect((await ask(world, 'show', { cause })).letters).toEqual([]);
  });
});

describe('nothing is lost', () => {
  it('a letter that cannot be kept goes to the last queue, whose alarm rings', async () => {
    const world = aWorld();
    world.aws.faults.failSome({ service: 'dynamodb', roleName: 'autopeer-prod-on-dead-letter' }, 1, away);
    const { peeringId } = await failing(world);
    expect(told(world)).toEqual([]);
    const last = world.aws.sqs.queue(world.hub.arn('LastWorkDeadLetters'))?.peek() ?? [];
    expect(last.map(({ body }) => body)).toEqual([expect.stringContaining(peeringId)]);
    expect(world.hub.ringing()).toEqual(['autopeer-prod-last-work-dead-letters']);
  });

  it('a letter that cannot be told is not let go', async () => {
    const world = aWorld();
    world.aws.faults.failSome({ service: 'events', roleName: 'autopeer-prod-on-dead-letter' }, 1, away);
    await failing(world);
    expect(world.aws.sqs.queue(world.hub.arn('LastWorkDeadLetters'))?.peek()).toHaveLength(1);
    expect(world.deadLetters()).toHaveLength(1);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])(
    'a function that dies after its call %i is repeated',
    async (calls) => {
      const world = aWorld();
      let deaths = 0;
      world.aws.lambda.leaveTo({
        dies: (name, moment) => {
          if (!name.endsWith('-onDeadLetter') || moment !== 'after-call') return false;
          deaths++;
          return deaths === calls;
        },
        skewMs: () => 0,
      });
      await failing(world);
      expect(told(world).length).toBeGreaterThanOrEqual(1);
      expect(told(world).length).toBeLessThanOrEqual(2);
      expect(await causes(world)).toHaveLength(1);
      expect(world.deadLetters()).toHaveLength(1);
      expect(world.aws.sqs.queue(world.hub.arn('WorkDeadLetters'))?.peek()).toEqual([]);
    },
  );

  it('an old letter expires', async () => {
    const world = aWorld({ wire: 'http' });
    await failing(world);
    const dynamoDb = new DynamoDBClient({ region: HUB_REGION, ...world.aws.client(HUB_ACCOUNT) });
    const query = new QueryCommand({
      TableName: world.hub.ref('Ledger'),
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: 'dead-letters' } },
    });
    const { Items = [] } = await world.aws.clock.drive(dynamoDb.send(query));
    const days = (Date.UTC(2026, 0, 1) + 91 * DAY_MS) / 1000;
    expect(Items).toHaveLength(3);
    for (const { expiresAt } of Items) expect(Number(expiresAt?.N)).toBeLessThan(days);
    // DynamoDB deletes late: what has expired and is there still is not shown.
    await world.aws.clock.run(world.aws.clock.now() + 91 * DAY_MS);
    expect(await causes(world)).toEqual([]);
    expect(world.deadLetters()).toEqual([]);
  });

  it('without a note, for want of the ledger, it is told all the same', async () => {
    const world = aWorld();
    world.aws.faults.failSome(
      { service: 'dynamodb', action: 'PutItem', roleName: 'autopeer-prod-reconcile' },
      1,
      away,
    );
    await failing(world);
    expect(told(world)).toHaveLength(1);
  });
});

it('a message that was not tried, because one before it failed, has that one’s cause', async () => {
  const world = aWorld();
  const { requester, accepter } = await aPair(world);
  const mend = world.aws.faults.failSome(
    { service: 'ec2', action: 'DescribeVpcPeeringConnections' },
    1,
    away,
  );
  const id = 'pcx-0123456789abcdef0';
  await Promise.all([world.hint(requester, id), world.hint(accepter, id)]);
  await world.settle();
  mend();
  expect(await causes(world)).toEqual(['work-describevpcpeeringconnections-internalfailure']);
});
