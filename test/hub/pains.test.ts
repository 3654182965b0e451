import { CreateRouteCommand, CreateSubnetCommand, ModifyVpcAttributeCommand } from '@aws-sdk/client-ec2';
import { AwsError } from '../../sim/types.ts';
import type { World } from '../../sim/world/world.ts';
import { aPair, APPS, aWorld, expectConnected, SANDBOX, SHARED } from '../support/world.ts';

/** Calls that changed something in EC2, as `account region Action`. */
const writes = (world: World): readonly string[] =>
  world.aws.calls
    .filter(
      ({ service, action, caller }) => service === 'ec2' && !action.startsWith('Describe') && caller.roleArn,
    )
    .map(({ caller, region, action }) => `${caller.accountId} ${region} ${action}`);

const outcomes = (world: World): readonly string[] =>
  world.aws.lambda.logs.flatMap(({ entry }) => (entry.code === 'reconcile.outcome' ? [entry.reason] : []));

describe('pain 3: the handler crashes between the accept and the routes', () => {
  it('is repaired by the queue’s next delivery', async () => {
    const world = aWorld();
    const { requester, accepter } = await aPair(world);
    // The first CreateRoute never comes back: Lambda kills the function at its timeout.
    const heal = world.aws.faults.latency({ service: 'ec2', action: 'CreateRoute' }, 3_600_000);
    const peeringId = await world.requestPeering(requester, accepter);
    await world.aws.clock.run(world.aws.clock.now() + 60_000);
    expect((await world.peering(requester, peeringId))?.Status?.Code).toBe('active');
    expect(await world.routes(requester)).toEqual([]);
    heal();
    await world.settle();
    await expectConnected(world, requester, accepter, peeringId);
    expect(world.aws.sns.published.map(({ subject }) => subject)).toContain(
      `autopeer: Peering Connected, ${peeringId}`,
    );
  });

  it.each(['AcceptVpcPeeringConnection', 'CreateRoute', 'ModifyVpcPeeringConnectionOptions'])(
    'is repaired when the answer to %s is lost',
    async (action) => {
      const world = aWorld();
      const { requester, accepter } = await aPair(world);
      world.aws.faults.loseAnswer('ec2', action, 6);
      const peeringId = await world.requestPeering(requester, accepter);
      await world.settle();
      await expectConnected(world, requester, accepter, peeringId);
    },
  );
});

it('pain 3 again: a function that dies between its changes and its notice is told of by the next delivery', async () => {
  const world = aWorld();
  const { requester, accepter } = await aPair(world);
  const heal = world.aws.faults.latency({ service: 'events', action: 'PutEvents' }, 3_600_000);
  const peeringId = await world.requestPeering(requester, accepter);
  await world.aws.clock.run(world.aws.clock.now() + 60_000);
  expect((await world.peering(requester, peeringId))?.Status?.Code).toBe('active');
  expect(world.aws.sns.published).toEqual([]);
  heal();
  // The first function's call would still come through after an hour; the second delivery does not wait for it.
  await world.aws.clock.run(world.aws.clock.now() + 10 * 60_000);
  expect(world.aws.sns.published.map(({ subject }) => subject)).toEqual([
    `autopeer: Peering Connected, ${peeringId}`,
  ]);
});

describe('pain 4: the requester’s identity is taken from text that a caller supplies', () => {
  it('an event that claims an allowed pair accepts nothing for another one', async () => {
    const world = aWorld();
    const requester = await world.buildVpc(SANDBOX, 'eu-west-1', '10.3.0.0/16');
    const accepter = await world.buildVpc(SHARED, 'eu-west-1', '10.2.0.0/16');
    const peeringId = await world.requestPeering(requester, accepter);
    await world.settle();
    const delivered = world.aws.trail.delivered.find(({ event }) =>
      JSON.stringify(event).includes(peeringId),
    );
    if (delivered === undefined) throw new Error('the request made no event');
    const forged: unknown = JSON.parse(
      JSON.stringify(delivered.event.detail).replaceAll(`"ownerId":"${SANDBOX}"`, `"ownerId":"${APPS}"`),
    );
    world.aws.trail.redeliver({ ...delivered.event, detail: forged });
    await world.settle();
    expect((await world.peering(requester, peeringId))?.Status?.Code).not.toBe('active');
    expect(writes(world)).not.toContain(`${SHARED} eu-west-1 AcceptVpcPeeringConnection`);
  });
});

describe('pain 9: EC2 is eventually consistent', () => {
  it.each([5_000, 60_000])(
    'a request that EC2 does not find for %d ms is connected all the same',
    async (readLagMs) => {
      const world = aWorld({ events: { delayMs: [1_000, 1_000] } });
      const { requester, accepter } = await aPair(world);
      world.aws.ec2.configure({ readLagMs });
      const peeringId = await world.requestPeering(requester, accepter);
      await world.settle();
      // What was written last must become visible to us, too.
      await world.aws.clock.run(world.aws.clock.now() + readLagMs);
      await expectConnected(world, requester, accepter, peeringId);
      expect(outcomes(world)).toContain('not-found-yet');
      expect(world.deadLetters()).toEqual([]);
    },
  );

  it('a peering that takes minutes to become active is waited for, not failed', async () => {
    const world = aWorld({ ec2: { provisioningMs: 120_000 } });
    const { requester, accepter } = await aPair(world);
    const peeringId = await world.requestPeering(requester, accepter);
    await world.settle();
    await expectConnected(world, requester, accepter, peeringId);
    expect(world.deadLetters()).toEqual([]);
  });
});

it('pain 13: a subnet that falls back to the main table gets its route there', async () => {
  const world = aWorld();
  const { requester, accepter } = await aPair(world);
  const command = new CreateSubnetCommand({ VpcId: requester.vpcId, CidrBlock: '10.1.200.0/24' });
  await world.aws.clock.drive(world.ec2(APPS, 'eu-west-1').send(command));
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  expect(await world.routes(requester)).toContain(`${requester.mainTableId} 10.2.0.0/16 ${peeringId} active`);
});

it('pain 14: an inter-region peering is accepted in the accepter’s account and region', async () => {
  const world = aWorld();
  const { requester, accepter } = await aPair(world, 'eu-west-1', 'us-east-1');
  await world.requestPeering(requester, accepter);
  await world.settle();
  expect(writes(world).filter((write) => write.includes('Accept'))).toEqual([
    `${SHARED} us-east-1 AcceptVpcPeeringConnection`,
  ]);
});

it('pain 15: each side’s DNS flag is set once, with its own credentials, when the peering is active', async () => {
  const world = aWorld();
  const { requester, accepter } = await aPair(world, 'eu-west-1', 'us-east-1');
  await world.requestPeering(requester, accepter);
  await world.settle();
  const options = world.aws.calls.filter(({ action }) => action === 'ModifyVpcPeeringConnectionOptions');
  expect(options.map(({ caller, region, errorCode }) => [caller.accountId, region, errorCode])).toEqual([
    [APPS, 'eu-west-1', undefined],
    [SHARED, 'us-east-1', undefined],
  ]);
});

it('pain 15 again: a VPC without DNS hostnames is connected, and people are told what to turn on', async () => {
  const world = aWorld();
  const { requester, accepter } = await aPair(world);
  const off = new ModifyVpcAttributeCommand({ VpcId: accepter.vpcId, EnableDnsHostnames: { Value: false } });
  await world.aws.clock.drive(world.ec2(SHARED, 'eu-west-1').send(off));
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  expect(await world.routes(requester)).toEqual([`${requester.tableIds[0]} 10.2.0.0/16 ${peeringId} active`]);
  const [publication] = world.aws.sns.published;
  expect(publication?.subject).toContain('Peering Incomplete');
  expect(publication?.message).toContain('DnsHostnamesDisabled');
  expect(world.deadLetters()).toEqual([]);
});

describe('pain 17: leftover routes after a deletion', () => {
  it('are removed, those that somebody else wrote too', async () => {
    const world = aWorld();
    const { requester, accepter } = await aPair(world);
    const peeringId = await world.requestPeering(requester, accepter);
    await world.settle();
    const command = new CreateRouteCommand({
      RouteTableId: requester.mainTableId,
      DestinationCidrBlock: '10.2.9.0/24',
      VpcPeeringConnectionId: peeringId,
    });
    await world.aws.clock.drive(world.ec2(APPS, 'eu-west-1').send(command));
    await world.deletePeering(accepter, peeringId);
    await world.settle();
    expect(await world.routes(requester)).toEqual([]);
    expect(await world.routes(accepter)).toEqual([]);
  });

  it('a route that was pointed elsewhere meanwhile stays', async () => {
    const world = aWorld();
    const { requester, accepter } = await aPair(world);
    const first = await world.requestPeering(requester, accepter);
    await world.settle();
    const others = await world.buildVpc(SHARED, 'eu-west-1', '10.9.0.0/16');
    const second = await world.requestPeering(requester, others);
    await world.settle();
    await world.deletePeering(requester, first);
    await world.settle();
    expect(await world.routes(requester)).toEqual([`${requester.tableIds[0]} 10.9.0.0/16 ${second} active`]);
  });
});

it('pain 18: a deleted peering that comes back with empty CIDRs is cleaned up all the same', async () => {
  const world = aWorld({ ec2: { deletedCidrsKeptMs: 0 } });
  const { requester, accepter } = await aPair(world);
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  await world.deletePeering(requester, peeringId);
  await world.settle();
  expect((await world.peering(requester, peeringId))?.AccepterVpcInfo?.CidrBlock).toBeUndefined();
  expect(await world.routes(requester)).toEqual([]);
  expect(await world.routes(accepter)).toEqual([]);
});

describe('pain 24: a handler that catches and logs', () => {
  it('does not: what keeps failing is retried, then kept as a dead letter and told, and the alarm rings', async () => {
    const world = aWorld();
    const { requester, accepter } = await aPair(world);
    const stillBroken = new AwsError('SomethingNew', 'It is broken.', 400);
    world.aws.faults.failSome({ service: 'ec2', action: 'CreateRoute' }, 1, stillBroken);
    const peeringId = await world.requestPeering(requester, accepter);
    await world.settle();
    expect(world.deadLetters().some((body) => body.includes(peeringId))).toBe(true);
    expect(world.hub.ringing()).toEqual(['autopeer-prod-dead-letter-cause']);
    const told = world.aws.sns.published.find(({ subject }) => subject?.includes('Work Failed'));
    expect(told?.message).toContain('CreateRoute in account');
  });

  it('a denial that no retry mends is told with the peering instead, and fails nothing', async () => {
    const world = aWorld();
    const { requester, accepter } = await aPair(world);
    world.aws.faults.deny('ec2', 'CreateRoute', APPS);
    await world.requestPeering(requester, accepter);
    await world.settle();
    await world.sweep();
    expect(world.deadLetters()).toEqual([]);
    const [told, ...more] = world.aws.sns.published;
    expect(more).toEqual([]);
    expect(told?.message).toContain(
      `CreateRoute in account ${APPS}, eu-west-1 failed: UnauthorizedOperation`,
    );
    const from = world.aws.calls.length;
    await world.sweep();
    const writes = world.aws.calls.slice(from).map(({ action }) => action);
    expect(writes.filter((action) => ['CreateRoute', 'BatchWriteItem'].includes(action))).toEqual([]);
  });
});

it('pain 25: no credential is ever logged', async () => {
  const world = aWorld();
  const { requester, accepter } = await aPair(world);
  await world.requestPeering(requester, accepter);
  await world.settle();
  const logged = JSON.stringify(world.aws.lambda.logs);
  expect(logged.length).toBeGreaterThan(0);
  expect(logged).not.toMatch(/ASIA|AKIA|SessionToken|hooks\.slack/);
});
