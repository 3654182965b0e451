import * as z from 'zod';
import { readPackagedTemplate } from '../../sim/world/packaged-template.ts';
import type { Invocation } from '../../sim/lambda/function.ts';
import type { BuiltVpc, World } from '../../sim/world/world.ts';
import { aPair, APPS, aWorld, expectConnected, SHARED } from '../support/world.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

/** What autopeer asks EC2 in this account and region is never answered. */
const hang = (world: World, accountId: string, region: string) =>
  world.aws.faults.hang({ service: 'ec2', accountId, region, roleName: 'autopeer-prod-member' });

const runsOf = (world: World, name: string, from = 0): readonly Invocation[] =>
  world.aws.lambda.invocations.slice(from).filter(({ functionName }) => functionName.endsWith(name));

const durationMs = ({ startedAtMs, endedAtMs }: Invocation): number => (endedAtMs ?? Infinity) - startedAtMs;

const parsed = (body: string): unknown => JSON.parse(body);

const eventSchema = z.object({ Records: z.array(z.object({ messageId: z.string(), body: z.string() })) });

/** The bodies of the messages that an invocation gave back. */
function returned({ event, result }: Invocation): readonly unknown[] {
  const payload = result?.kind === 'success' ? JSON.stringify(result.payload) : '';
  const { Records } = eventSchema.parse(event);
  return Records.filter(({ messageId }) => payload.includes(messageId)).map(({ body }) => parsed(body));
}

/** Two regions of each of ten accounts. */
async function anOrganization() {
  const world = aWorld({ latencyMs: 80 });
  const unit = world.aws.organization.addOrganizationalUnit('More').id;
  for (let index = 0; index < 7; index++) world.addMember(String(700_000_000_000 + index), unit);
  await world.settle();
  return world;
}

interface Asked {
  readonly requester: BuiltVpc;
  readonly accepter: BuiltVpc;
  readonly peeringId: string;
}

/** Four requests between VPCs of Ireland, and one whose accepter is in Virginia, of which nobody has told autopeer. */
async function fiveRequests(world: World) {
  world.aws.trail.dropWhere(() => true);
  const ask = async (index: number, region: string): Promise<Asked> => {
    const requester = await world.buildVpc(APPS, 'eu-west-1', `10.${index}.0.0/16`);
    const accepter = await world.buildVpc(SHARED, region, `10.${100 + index}.0.0/16`);
    return { requester, accepter, peeringId: await world.requestPeering(requester, accepter) };
  };
  const near: Asked[] = [];
  for (let index = 0; index < 4; index++) near.push(await ask(index, 'eu-west-1'));
  const far = await ask(4, 'us-east-1');
  // Until EC2 shows all of them as pending.
  await world.aws.clock.run(world.aws.clock.now() + MINUTE_MS);
  return { near, far };
}

/** Hints that come at the same moment, and so in one batch. */
function hintAtOnce(world: World, asked: readonly Asked[]): void {
  for (const [index, { peeringId }] of asked.entries()) {
    const body = {
      version: 1,
      peeringId,
      accountId: APPS,
      region: 'eu-west-1',
      hintId: `h${index}`,
      looks: 0,
    };
    world.aws.sqs.queue(world.hub.arn('WorkQueue'))?.send({
      body: JSON.stringify(body),
      groupId: peeringId,
      deduplicationId: `h${index}`,
      senderId: 'test',
    });
  }
}

describe('one endpoint that hangs', () => {
  it('does not take its nine innocent neighbours of the batch into the dead-letter queue', async () => {
    const world = await anOrganization();
    hang(world, SHARED, 'us-east-1');
    await world.sweep();
    expect(world.deadLetters().map(parsed)).toEqual([
      expect.objectContaining({ accountId: SHARED, region: 'us-east-1' }),
    ]);
  });

  it('gives its batch back to the others within 15 seconds', async () => {
    const world = await anOrganization();
    await world.sweep();
    const alone = Math.max(...runsOf(world, 'sweepAccount').map(durationMs));
    world.aws.lambda.recycle();
    hang(world, SHARED, 'us-east-1');
    const from = world.aws.lambda.invocations.length;
    await world.sweep();
    const runs = runsOf(world, 'sweepAccount', from);
    expect(runs.flatMap(returned)).toContainEqual(expect.objectContaining({ accountId: SHARED }));
    for (const run of runs) {
      expect(run.result?.kind).toBe('success');
      expect(durationMs(run)).toBeLessThanOrEqual(alone + 15 * SECOND_MS);
    }
  });

  it('keeps no other peering of its batch waiting', async () => {
    const alone = aWorld({ latencyMs: 80 });
    hintAtOnce(alone, (await fiveRequests(alone)).near);
    await alone.settle();
    const aloneMs = Math.max(...runsOf(alone, 'reconcilePeering').map(durationMs));

    const world = aWorld({ latencyMs: 80 });
    const { near, far } = await fiveRequests(world);
    hang(world, SHARED, 'us-east-1');
    hintAtOnce(world, [far, ...near]);
    await world.aws.clock.run(world.aws.clock.now() + aloneMs + 15 * SECOND_MS);
    const [run] = runsOf(world, 'reconcilePeering');
    expect(run?.result?.kind).toBe('success');
    expect(run === undefined ? [] : returned(run)).toEqual([
      expect.objectContaining({ peeringId: far.peeringId }),
    ]);
    for (const { requester, accepter, peeringId } of near) {
      await expectConnected(world, requester, accepter, peeringId);
    }
  });

  it('is well again: what it held up is done at the next delivery, three minutes later', async () => {
    const world = aWorld({ latencyMs: 80 });
    const { near, far } = await fiveRequests(world);
    const end = hang(world, SHARED, 'us-east-1');
    const startedAtMs = world.aws.clock.now();
    hintAtOnce(world, [far, ...near]);
    await world.aws.clock.run(startedAtMs + MINUTE_MS);
    end();
    await world.aws.clock.run(startedAtMs + 4 * MINUTE_MS);
    await expectConnected(world, far.requester, far.accepter, far.peeringId);
  });

  it('returns the later hints of its peering too, in their order', async () => {
    const world = aWorld({ latencyMs: 80 });
    const { near, far } = await fiveRequests(world);
    hang(world, SHARED, 'us-east-1');
    hintAtOnce(world, [far, ...near.slice(0, 2), far]);
    await world.aws.clock.run(world.aws.clock.now() + MINUTE_MS);
    const [run] = runsOf(world, 'reconcilePeering');
    expect(run === undefined ? [] : returned(run)).toEqual([
      expect.objectContaining({ peeringId: far.peeringId, hintId: 'h0' }),
      expect.objectContaining({ peeringId: far.peeringId, hintId: 'h3' }),
    ]);
  });

  it('of Slack keeps nobody from the mail, and Slack hears of it later', async () => {
    const world = aWorld();
    const { requester, accepter } = await aPair(world);
    world.slackStatus = () => undefined;
    await world.requestPeering(requester, accepter);
    await world.aws.clock.run(world.aws.clock.now() + MINUTE_MS);
    expect(world.aws.sns.published.map(({ subject }) => subject)).toContainEqual(
      expect.stringContaining('Connected'),
    );
    expect(runsOf(world, 'tellSlack').map(returned)).toContainEqual([
      expect.objectContaining({ 'detail-type': 'Peering Connected' }),
    ]);
    expect(runsOf(world, 'notify').map(({ result }) => result?.kind)).not.toContain('failure');
    world.slackStatus = () => 200;
    await world.settle();
    expect(world.slack).toContainEqual(expect.stringContaining('Connected'));
  });
});

describe('a function whose time runs out', () => {
  /** Each call to Virginia takes three seconds, and the function has fifteen for its work. */
  async function slowVirginia() {
    const template = readPackagedTemplate().replaceAll('"Timeout": 120', '"Timeout": 20');
    const world = aWorld({ latencyMs: 80, template });
    const { near, far } = await fiveRequests(world);
    const filter = { service: 'ec2', region: 'us-east-1', roleName: 'autopeer-prod-member' };
    world.aws.faults.latency(filter, 3 * SECOND_MS);
    hintAtOnce(world, [far, ...near]);
    return { world, near, far };
  }

  it('answers before, returns what it could not finish, and has done the others', async () => {
    const { world, near, far } = await slowVirginia();
    await world.aws.clock.run(world.aws.clock.now() + MINUTE_MS);
    const [run] = runsOf(world, 'reconcilePeering');
    expect(run?.result?.kind).toBe('success');
    expect(run === undefined ? [] : returned(run)).toEqual([
      expect.objectContaining({ peeringId: far.peeringId }),
    ]);
    for (const { requester, accepter, peeringId } of near) {
      await expectConnected(world, requester, accepter, peeringId);
    }
  });

  it('goes on where it was, and calls nothing behind the back of the next one', async () => {
    const { world, far } = await slowVirginia();
    await world.settle();
    await expectConnected(world, far.requester, far.accepter, far.peeringId);
    expect(world.deadLetters()).toEqual([]);
    for (const { requestId, endedAtMs = 0 } of runsOf(world, 'reconcilePeering')) {
      const late = world.aws.calls.filter(({ traceId, atMs }) => traceId === requestId && atMs > endedAtMs);
      expect(late).toEqual([]);
    }
  });

  it('of any kind answers all the same when nothing in AWS does', async () => {
    const world = aWorld();
    const { requester, accepter } = await aPair(world);
    await world.requestPeering(requester, accepter);
    await world.hint(requester, 'pcx-0123456789abcdef0');
    const end = world.aws.faults.hang({});
    world.hub.fireSchedules();
    await world.aws.clock.run(world.aws.clock.now() + 20 * MINUTE_MS);
    const runs = world.aws.lambda.invocations;
    expect(new Set(runs.map(({ functionName }) => functionName.replace('autopeer-prod-', '')))).toEqual(
      new Set(['intake', 'onDeadLetter', 'reconcilePeering', 'startSweep', 'sweepAccount']),
    );
    expect(runs.filter(({ result }) => JSON.stringify(result)?.includes('Timedout'))).toEqual([]);
    end();
  });

  it('answers although nobody takes down why its messages fail for the last time, or gives them back', async () => {
    const template = readPackagedTemplate().replaceAll('"Timeout": 120', '"Timeout": 24');
    const world = aWorld({ latencyMs: 80, template });
    const { far } = await fiveRequests(world);
    hang(world, SHARED, 'us-east-1');
    world.aws.faults.hang({ service: 'dynamodb', action: 'PutItem' });
    world.aws.faults.hang({ service: 'sqs', action: 'ChangeMessageVisibilityBatch' });
    hintAtOnce(world, [far, far]);
    // Five deliveries, as long as a visibility timeout apart.
    await world.aws.clock.run(world.aws.clock.now() + 61 * MINUTE_MS);
    const runs = runsOf(world, 'reconcilePeering');
    expect(runs.map((run) => returned(run).length)).toEqual([2, 2, 2, 2, 2]);
    expect(runs.map(({ result }) => result?.kind)).toEqual(runs.map(() => 'success'));
  });

  it('that crashes has its messages come again after twelve minutes: six times its time', async () => {
    const world = aWorld();
    const { near } = await fiveRequests(world);
    world.aws.faults.crashAfterCall(8);
    hintAtOnce(world, near.slice(0, 1));
    await world.settle();
    const [first, second] = runsOf(world, 'reconcilePeering');
    expect(first?.result).toMatchObject({ errorType: 'Runtime.ExitError' });
    expect((second?.startedAtMs ?? 0) - (first?.startedAtMs ?? 0)).toBe(12 * MINUTE_MS);
  });
});
