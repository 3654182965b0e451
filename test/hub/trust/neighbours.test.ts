import { ModifyVpcPeeringConnectionOptionsCommand } from '@aws-sdk/client-ec2';
import { APPS_TO_SHARED } from '../../support/policy-text.ts';
import {
  aPair,
  APPS,
  aWorld,
  dnsFlags,
  expectConnected,
  pass,
  SANDBOX,
  SHARED,
  subjects,
} from '../../support/world.ts';
import { aConnectedPair, by, callsOf, messages, MINUTE_MS } from './support.ts';

const TGW = 'tgw-0123456789abcdef0';

describe('a greedy peer', () => {
  it.each(['10.50.0.0/16', '140.82.112.0/20'])(
    'who adds %s after the accept does not get the traffic of the other team',
    async (greedy) => {
      const policy = APPS_TO_SHARED.replace(
        'shared: { ous: [ou-ab12-shared01] }',
        'shared: { ous: [ou-ab12-shared01], cidrs: [10.2.0.0/16] }',
      );
      const world = aWorld({ policy });
      const { requester, accepter } = await aPair(world);
      const mine = by(world, requester);
      await mine.route({ DestinationCidrBlock: '10.0.0.0/8', TransitGatewayId: TGW });
      await mine.route({ DestinationCidrBlock: '0.0.0.0/0', TransitGatewayId: TGW });
      const peeringId = await aConnectedPair(world, { requester, accepter });
      const before = await world.routes(requester);
      expect(before).toContain(`${mine.tableId} 10.2.0.0/16 ${peeringId} active`);
      await by(world, accepter).associate(greedy);
      await world.settle();
      await world.sweep();
      expect(await world.routes(requester)).toEqual(before);
      expect(messages(world).at(-1)).toContain(`${greedy}, which ${accepter.vpcId} got after the accept`);
      expect((await world.peering(requester, peeringId))?.Tags).toContainEqual({
        Key: 'autopeer:status',
        Value: 'incomplete',
      });
    },
  );

  it('is told of once, and nothing is written at later sweeps', async () => {
    const world = aWorld();
    const { requester, accepter } = await aPair(world);
    await aConnectedPair(world, { requester, accepter });
    await by(world, accepter).associate('140.82.112.0/20');
    await world.settle();
    await world.sweep();
    const told = messages(world).length;
    const from = world.aws.calls.length;
    await world.sweep();
    await world.sweep();
    expect(messages(world)).toHaveLength(told);
    expect(callsOf(world, ['BatchWriteItem', 'CreateTags'], from)).toEqual([]);
  });

  it('whose secondary CIDR takes nobody’s traffic is routed at once (pain 7)', async () => {
    const world = aWorld();
    const { requester, accepter } = await aPair(world);
    const peeringId = await aConnectedPair(world, { requester, accepter });
    await by(world, accepter).associate('10.50.0.0/16');
    await world.settle();
    expect(await world.routes(requester)).toContain(
      `${requester.tableIds[0]} 10.50.0.0/16 ${peeringId} active`,
    );
  });
});

it('a request that would take traffic of a wider route is held, and accepted when the rule names its CIDRs', async () => {
  const world = aWorld();
  const { requester, accepter } = await aPair(world);
  await by(world, requester).route({ DestinationCidrBlock: '10.0.0.0/8', TransitGatewayId: TGW });
  const peeringId = await aConnectedPair(world, { requester, accepter });
  expect(subjects(world)).toEqual(['Peering Held']);
  expect(messages(world)[0]).toContain('[diverts]');
  world.changePolicy(
    APPS_TO_SHARED.replace('accepter: shared }', 'accepter: { groups: [shared], cidrs: [10.2.0.0/16] } }'),
  );
  await world.sweep();
  expect((await world.peering(requester, peeringId))?.Status?.Code).toBe('active');
  expect(messages(world).at(-1)).toContain(`routes 10.0.0.0/8 to ${TGW}: the route to 10.2.0.0/16`);
});

describe('a deserter', () => {
  it('who takes his member role away is rejected all the same', async () => {
    const world = aWorld();
    const requester = await world.buildVpc(SANDBOX, 'eu-west-1', '10.9.0.0/16');
    const accepter = await world.buildVpc(APPS, 'eu-west-1', '10.1.0.0/16');
    await world.settle();
    world.aws.faults.denyRole(SANDBOX, 'autopeer-prod-member');
    const peeringId = await world.requestPeering(requester, accepter);
    await world.settle();
    await world.sweep();
    expect((await world.peering(accepter, peeringId))?.Status?.Code).toBe('rejected');
    expect(messages(world).at(-1)).toContain('PCI scope');
  });

  it('whose own account is the accepter’s: the request is held as denied, and told once', async () => {
    const world = aWorld();
    const requester = await world.buildVpc(APPS, 'eu-west-1', '10.1.0.0/16');
    const accepter = await world.buildVpc(SANDBOX, 'eu-west-1', '10.9.0.0/16');
    await world.settle();
    world.aws.faults.denyRole(SANDBOX, 'autopeer-prod-member');
    const peeringId = await world.requestPeering(requester, accepter);
    await world.settle();
    await world.sweep();
    await world.sweep();
    expect((await world.peering(requester, peeringId))?.Status?.Code).toBe('pending-acceptance');
    expect(subjects(world)).toEqual(['Peering Held']);
    expect(messages(world)[0]).toContain('[denied]');
    expect(world.deadLetters()).toEqual([]);
  });

  it('and it is taken back where the requester’s member stack may delete', async () => {
    const world = aWorld({ memberParameters: { MayDeletePeerings: 'true' } });
    const requester = await world.buildVpc(APPS, 'eu-west-1', '10.1.0.0/16');
    const accepter = await world.buildVpc(SANDBOX, 'eu-west-1', '10.9.0.0/16');
    await world.settle();
    world.aws.faults.denyRole(SANDBOX, 'autopeer-prod-member');
    const peeringId = await world.requestPeering(requester, accepter);
    await world.settle();
    expect((await world.peering(requester, peeringId))?.Status?.Code).toBe('deleted');
  });

  it('loses an active peering’s routes on the side that can be written', async () => {
    const policy = `${APPS_TO_SHARED}guardrails: { unsanctioned: quarantine }\n`;
    const world = aWorld({ policy });
    const { requester, accepter } = await aPair(world);
    await aConnectedPair(world, { requester, accepter });
    world.aws.faults.denyRole(SHARED, 'autopeer-prod-member');
    world.changePolicy(policy.replace('between: [apps, sandbox]', 'between: [apps, shared]'));
    await pass(world, 16 * MINUTE_MS);
    await world.sweep();
    expect(await world.routes(requester)).toEqual([]);
    expect(await world.routes(accepter)).toHaveLength(1);
    expect(world.deadLetters()).toEqual([]);
  });
});

describe('an accept by hand is no approval', () => {
  const policy = APPS_TO_SHARED.replace('accepter: shared }', 'accepter: shared, approval: required }');

  it('it is told when it becomes active, and its guardrail acts', async () => {
    const world = aWorld({ policy: `${policy}guardrails: { unapproved: quarantine }\n` });
    const { requester, accepter } = await aPair(world);
    const peeringId = await aConnectedPair(world, { requester, accepter });
    expect(subjects(world)).toEqual(['Peering Held']);
    await by(world, accepter).accept(peeringId);
    await by(world, requester).route({
      DestinationCidrBlock: '10.2.0.0/16',
      VpcPeeringConnectionId: peeringId,
    });
    await pass(world, 5 * MINUTE_MS);
    expect(subjects(world).slice(1)).toEqual(['Peering Unapproved']);
    await world.settle();
    expect(await world.routes(requester)).toEqual([]);
  });

  it('without one it is reported only, and nothing is touched', async () => {
    const world = aWorld({ policy: `${policy}guardrails: { unsanctioned: delete }\n` });
    const { requester, accepter } = await aPair(world);
    const peeringId = await aConnectedPair(world, { requester, accepter });
    await by(world, accepter).accept(peeringId);
    await by(world, requester).route({
      DestinationCidrBlock: '10.2.0.0/16',
      VpcPeeringConnectionId: peeringId,
    });
    await world.sweep();
    expect(await world.routes(requester)).toHaveLength(1);
    expect((await world.peering(requester, peeringId))?.Status?.Code).toBe('active');
    expect(subjects(world)).toEqual(['Peering Held', 'Peering Unapproved']);
  });
});

describe('ours means ours', () => {
  it('a route that a person writes by hand where ours was is never deleted', async () => {
    const world = aWorld();
    const { requester, accepter } = await aPair(world);
    const peeringId = await aConnectedPair(world, { requester, accepter });
    const mine = by(world, requester);
    // A rule that wants it no longer; the person deletes it first, and writes it again for himself later.
    world.changePolicy(
      APPS_TO_SHARED.replace(
        'accepter: shared }',
        'accepter: shared, connect: { routes: { tables: main } } }',
      ),
    );
    await mine.deleteRoute('10.2.0.0/16');
    await pass(world, 10 * MINUTE_MS);
    await world.settle();
    await mine.route({ DestinationCidrBlock: '10.2.0.0/16', VpcPeeringConnectionId: peeringId });
    await world.settle();
    await world.sweep();
    expect(await world.routes(requester)).toContain(`${mine.tableId} 10.2.0.0/16 ${peeringId} active`);
  });

  it('a route that another tool writes after a fight is never deleted', async () => {
    const world = aWorld();
    const { requester, accepter } = await aPair(world);
    const peeringId = await aConnectedPair(world, { requester, accepter });
    const mine = by(world, requester);
    for (let round = 0; round < 4; round++) {
      await pass(world, 10 * MINUTE_MS);
      const there = await world.routes(requester);
      if (there.length > 0) await mine.deleteRoute('10.2.0.0/16');
      await world.settle();
    }
    expect(subjects(world)).toContain('Peering Contested');
    await mine.route({ DestinationCidrBlock: '10.2.0.0/16', VpcPeeringConnectionId: peeringId });
    await world.settle();
    world.changePolicy(
      APPS_TO_SHARED.replace(
        'accepter: shared }',
        'accepter: shared, connect: { routes: { tables: main } } }',
      ),
    );
    await world.sweep();
    expect(await world.routes(requester)).toContain(`${mine.tableId} 10.2.0.0/16 ${peeringId} active`);
  });

  it('a DNS flag that a rule no longer wants is turned off where autopeer had turned it on', async () => {
    const world = aWorld();
    const { requester, accepter } = await aPair(world);
    const peeringId = await aConnectedPair(world, { requester, accepter });
    await expectConnected(world, requester, accepter, peeringId);
    const noDns = APPS_TO_SHARED.replace('accepter: shared }', 'accepter: shared, connect: { dns: false } }');
    world.changePolicy(noDns);
    await world.sweep();
    expect(await dnsFlags(world, requester, accepter, peeringId)).toEqual([false, false]);
    const ec2 = world.ec2(requester.accountId, requester.region);
    const command = new ModifyVpcPeeringConnectionOptionsCommand({
      VpcPeeringConnectionId: peeringId,
      RequesterPeeringConnectionOptions: { AllowDnsResolutionFromRemoteVpc: true },
    });
    await world.aws.clock.drive(ec2.send(command));
    await world.settle();
    await world.sweep();
    expect(await dnsFlags(world, requester, accepter, peeringId)).toEqual([true, false]);
    expect(messages(world).at(-1)).toContain('autopeer did not turn it on');
  });
});

describe('a suspended account', () => {
  it('loses nothing, is told of, and goes on when it is open again', async () => {
    const policy = `${APPS_TO_SHARED}guardrails: { unsanctioned: delete }\n`;
    const world = aWorld({ policy, memberParameters: { MayDeletePeerings: 'true' } });
    const { requester, accepter } = await aPair(world);
    const peeringId = await aConnectedPair(world, { requester, accepter });
    world.aws.organization.suspendAccount(SHARED);
    await pass(world, 6 * MINUTE_MS);
    await world.sweep();
    await world.sweep();
    expect((await world.peering(requester, peeringId))?.Status?.Code).toBe('active');
    expect(await world.routes(requester)).toHaveLength(1);
    expect(subjects(world)).toEqual(['Peering Connected', 'Account Suspended']);
    expect(messages(world)[1]).toContain('[suspended]');
    const account = world.aws.organization.accounts.get(SHARED);
    if (account !== undefined) account.status = 'ACTIVE';
    await pass(world, 6 * MINUTE_MS);
    await world.sweep();
    expect(subjects(world).slice(2)).toEqual(['Peering Connected']);
  });
});

it('two overlapping requests that are decided at the same moment are not both accepted', async () => {
  const world = aWorld();
  const hub = await world.buildVpc(APPS, 'eu-west-1', '10.1.0.0/16');
  const one = await world.buildVpc(SHARED, 'eu-west-1', '10.2.0.0/16');
  const other = await world.buildVpc(SHARED, 'eu-west-1', '10.2.0.0/16');
  await world.settle();
  const ids = [await world.requestPeering(hub, one), await world.requestPeering(hub, other)];
  await world.settle();
  await world.sweep();
  const states = await Promise.all(ids.map(async (id) => (await world.peering(hub, id))?.Status?.Code));
  expect(new Set(states)).toEqual(new Set(['active', 'pending-acceptance']));
  expect(world.deadLetters()).toEqual([]);
});

it('pain 36: the same pair asked from both ends: the second is told by which peering it is served', async () => {
  const world = aWorld({
    policy: APPS_TO_SHARED.replace('requester: apps, accepter: shared', 'between: [apps, shared]'),
  });
  const { requester, accepter } = await aPair(world);
  const peeringId = await aConnectedPair(world, { requester, accepter });
  await aConnectedPair(world, { requester: accepter, accepter: requester });
  expect(messages(world).at(-1)).toContain(`already peered by ${peeringId}`);
  expect(messages(world).at(-1)).not.toContain('remove');
  await expectConnected(world, requester, accepter, peeringId);
});
