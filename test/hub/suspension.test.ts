import { DeleteRouteCommand } from '@aws-sdk/client-ec2';
import { AwsError } from '../../sim/types.ts';
import { HUB_ACCOUNT, type BuiltVpc, type World } from '../../sim/world/world.ts';
import { sendTo } from '../support/hub-commands.ts';
import {
  aPair,
  APPS,
  aWorld,
  expectConnected,
  pass,
  SHARED,
  subjects,
  toldBesidesPlaces,
} from '../support/world.ts';

const ADMIN = `arn:aws:iam::${HUB_ACCOUNT}:user/administrator`;
const MINUTE_MS = 60_000;

const send = async (world: World, verb: string, input?: object) => {
  const answer = await sendTo(world, HUB_ACCOUNT, {
    body: input === undefined ? { verb } : { verb, input },
  });
  expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
  return answer.read();
};

/** What autopeer changed in EC2. */
const writes = (world: World): readonly string[] =>
  world.aws.calls
    .filter(
      ({ service, action, caller }) => service === 'ec2' && !action.startsWith('Describe') && caller.roleArn,
    )
    .map(({ action }) => action);
const messages = (world: World): string =>
  toldBesidesPlaces(world)
    .map(({ message }) => message)
    .join('\n');
const reads = (world: World): number =>
  world.aws.calls.filter(
    ({ service, action, input, caller }) =>
      service === 'dynamodb' &&
      action === 'GetItem' &&
      caller.roleArn?.endsWith('-reconcile') &&
      JSON.stringify(input).includes('"suspension"'),
  ).length;

async function connected() {
  const world = aWorld();
  const { requester, accepter } = await aPair(world);
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  await expectConnected(world, requester, accepter, peeringId);
  return { world, requester, accepter, peeringId };
}

const takeRoute = (world: World, vpc: BuiltVpc, to: BuiltVpc) =>
  world.aws.clock.drive(
    world
      .ec2(vpc.accountId, vpc.region)
      .send(new DeleteRouteCommand({ RouteTableId: vpc.tableIds[0], DestinationCidrBlock: to.cidr })),
  );

describe('while autopeer is suspended', () => {
  it('a request is decided and told, and nothing is written; resume has it done at once', async () => {
    const world = aWorld();
    const { requester, accepter } = await aPair(world);
    await send(world, 'suspend', { reason: 'change 4711' });
    const peeringId = await world.requestPeering(requester, accepter);
    await world.settle();
    await world.sweep();
    expect(writes(world)).toEqual([]);
    expect((await world.peering(requester, peeringId))?.Status?.Code).toBe('pending-acceptance');
    expect(subjects(world)).toEqual(['Autopeer Suspended', 'Peering Planned']);
    expect(messages(world)).toContain(`${ADMIN} suspended autopeer until somebody resumes: change 4711`);
    expect(messages(world)).toContain('+ accept the peering');
    expect(messages(world)).toContain(`- nothing was done: ${ADMIN} suspended autopeer`);

    await send(world, 'resume');
    await world.settle();
    await expectConnected(world, requester, accepter, peeringId);
    expect(subjects(world).slice(2)).toEqual(['Autopeer Resumed', 'Peering Connected']);
    expect(world.deadLetters()).toEqual([]);
  });

  it('a route that is missing stays missing, a denied request is not rejected, and no tag is written', async () => {
    const { world, requester, accepter, peeringId } = await connected();
    await send(world, 'suspend', {});
    const before = writes(world).length;
    await takeRoute(world, requester, accepter);
    const denied = await world.requestPeering(
      await world.buildVpc(SHARED, 'eu-west-1', '10.8.0.0/16'),
      await world.buildVpc(APPS, 'eu-west-1', '10.9.0.0/16'),
    );
    await world.settle();
    expect(writes(world)).toHaveLength(before);
    expect(subjects(world)).toContain('Peering Held');
    expect((await world.peering(requester, peeringId))?.Status?.Code).toBe('active');
    await send(world, 'resume');
    await world.settle();
    await expectConnected(world, requester, accepter, peeringId);
    expect((await world.peering(requester, denied))?.Tags).toContainEqual(
      expect.objectContaining({ Key: 'autopeer:status' }),
    );
  });

  it('what ended is cleaned up after it', async () => {
    const { world, requester, peeringId } = await connected();
    await send(world, 'suspend', {});
    await world.deletePeering(requester, peeringId);
    await world.settle();
    expect(await world.routes(requester)).not.toEqual([]);
    await send(world, 'resume');
    await world.settle();
    expect(await world.routes(requester)).toEqual([]);
  });
});

describe('a suspension with a time', () => {
  it('ends by itself; the next sweep tells it, once, and does what was held', async () => {
    const world = aWorld();
    const { requester, accepter } = await aPair(world);
    await send(world, 'suspend', { minutes: 60 });
    const peeringId = await world.requestPeering(requester, accepter);
    await pass(world, 61 * MINUTE_MS);
    expect(subjects(world)).toEqual(['Autopeer Suspended', 'Peering Planned']);
    await world.sweep();
    await world.sweep();
    await expectConnected(world, requester, accepter, peeringId);
    expect(subjects(world).filter((subject) => subject === 'Autopeer Resumed')).toHaveLength(1);
    expect(messages(world)).toContain('the time of the suspension is over');
    expect(await send(world, 'status')).toEqual({
      result: {
        suspended: null,
        past: [expect.objectContaining({ by: ADMIN, ended: expect.objectContaining({ kind: 'expired' }) })],
      },
    });
  });

  it('is over for a request that comes then, before any sweep', async () => {
    const world = aWorld();
    const { requester, accepter } = await aPair(world);
    await send(world, 'suspend', { minutes: 60 });
    await pass(world, 61 * MINUTE_MS);
    const peeringId = await world.requestPeering(requester, accepter);
    await world.settle();
    await expectConnected(world, requester, accepter, peeringId);
  });

  it('is replaced by a second one', async () => {
    const world = aWorld();
    await send(world, 'suspend', { minutes: 60 });
    const answer = await send(world, 'suspend', { reason: 'longer' });
    expect(answer).toMatchObject({
      result: { suspended: { by: ADMIN, reason: 'longer' }, past: [{ ended: { kind: 'replaced' } }] },
    });
    await pass(world, 120 * MINUTE_MS);
    expect(await send(world, 'status')).toMatchObject({ result: { suspended: { reason: 'longer' } } });
  });
});

it('it is told although the bus failed at first', async () => {
  const world = aWorld();
  world.aws.faults.failNext('events', 'PutEvents', new AwsError('AccessDeniedException', 'no'));
  const answer = await sendTo(world, HUB_ACCOUNT, { body: { verb: 'suspend', input: {} } });
  expect(answer.status).toBe(502);
  await world.sweep();
  expect(subjects(world)).toEqual(['Autopeer Suspended']);
});

it('resume where nothing is suspended tells nobody', async () => {
  const world = aWorld();
  expect(await send(world, 'resume')).toEqual({ result: { suspended: null, past: [] } });
  await world.settle();
  expect(subjects(world)).toEqual([]);
});

it('a connect reads it once', async () => {
  const { world } = await connected();
  const { length } = world.aws.lambda.logs.filter(({ entry }) => entry.code === 'reconcile.outcome');
  expect(reads(world)).toBeGreaterThan(0);
  expect(reads(world)).toBeLessThanOrEqual(length);
});

it('where it cannot be read, nothing is written, and it is tried again', async () => {
  const { world, requester, accepter, peeringId } = await connected();
  const before = writes(world).length;
  await pass(world, MINUTE_MS);
  const heal = world.aws.faults.deny('dynamodb', 'GetItem');
  await takeRoute(world, requester, accepter);
  await world.hint(requester, peeringId);
  await pass(world, MINUTE_MS);
  expect(writes(world)).toHaveLength(before);
  heal();
  await world.settle();
  await expectConnected(world, requester, accepter, peeringId);
});

describe('a peering over which another tool fights', () => {
  it('goes on after release', async () => {
    const { world, requester, accepter, peeringId } = await connected();
    for (let round = 0; round < 3; round++) {
      await takeRoute(world, requester, accepter);
      await world.settle();
    }
    expect(subjects(world).at(-1)).toBe('Peering Contested');
    const left = await world.routes(requester);
    expect(await send(world, 'release', { peering: peeringId })).toMatchObject({
      result: { peering: peeringId, released: true, by: ADMIN },
    });
    await world.settle();
    expect((await world.routes(requester)).length).toBeGreaterThan(left.length);
    await expectConnected(world, requester, accepter, peeringId);
    await takeRoute(world, requester, accepter);
    await world.settle();
    await expectConnected(world, requester, accepter, peeringId);
  });

  it('of which nothing is remembered is nothing to release', async () => {
    const world = aWorld();
    expect(await send(world, 'release', { peering: 'pcx-11111111' })).toEqual({
      result: { peering: 'pcx-11111111', released: false },
    });
  });
});
