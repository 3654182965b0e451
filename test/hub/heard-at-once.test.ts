import { given } from '../simulation/invariants/read.ts';
import type { World } from '../../sim/world/world.ts';
import { APPS_TO_SHARED } from '../support/policy-text.ts';
import { aPair, APPS, aWorld, expectConnected, SHARED } from '../support/world.ts';

const MINUTE_MS = 60_000;
const TGW = 'tgw-0123456789abcdef0';
const HOME = 'eu-west-1';

const TO_SUBNETS = APPS_TO_SHARED.replace(
  'accepter: shared }',
  'accepter: shared, connect: { routes: { destinations: subnet-cidrs } } }',
);

type Input = Readonly<Record<string, unknown>>;
type Reply = Promise<unknown>;

/** The administrator of an account, in one region. */
const as =
  (world: World, accountId: string, region = HOME) =>
  (action: string, input: Input = {}): Reply =>
    world.aws.clock.drive(world.aws.act(accountId, region, action, input));

/** Nothing but this action is heard of, until the returned function is called. */
const hearOnly = (world: World, action: string): (() => void) =>
  world.aws.trail.dropWhere(({ detail }) => Reflect.get(Object(detail), 'eventName') !== action);

/** Does it, lets everything happen that comes of it, and expects that to take minutes, not until the next sweep. */
async function heardOf(world: World, action: string, does: () => Reply): Promise<void> {
  const hearAgain = hearOnly(world, action);
  const at = world.aws.clock.now();
  await does();
  await world.settle();
  expect(world.aws.clock.now() - at).toBeLessThan(5 * MINUTE_MS);
  hearAgain();
}

async function connected(policy = APPS_TO_SHARED, accepterRegion = HOME) {
  const world = aWorld({ policy });
  const pair = await aPair(world, HOME, accepterRegion);
  const peeringId = await world.requestPeering(pair.requester, pair.accepter);
  await world.settle();
  return { world, ...pair, peeringId };
}

describe('a VPC is deleted, and its peering with it', () => {
  it.each(['requester', 'accepter'] as const)('the %s’s: the other side is cleaned up', async (role) => {
    const { world, requester, accepter, peeringId } = await connected(APPS_TO_SHARED, 'us-east-1');
    await expectConnected(world, requester, accepter, peeringId);
    const [gone, other] = role === 'requester' ? [requester, accepter] : [accepter, requester];
    const owner = as(world, gone.accountId, gone.region);
    hearOnly(world, 'DeleteVpc');
    const filters = { Filters: [{ Name: 'vpc-id', Values: [gone.vpcId] }] };
    const subnets = await owner('DescribeSubnets', filters);
    await owner('DeleteSubnet', { SubnetId: given(subnets, 'Subnets', '0', 'SubnetId') });
    await owner('DeleteRouteTable', { RouteTableId: gone.tableIds[0] });
    await heardOf(world, 'DeleteVpc', () => owner('DeleteVpc', { VpcId: gone.vpcId }));
    expect((await world.peering(other, peeringId))?.Status?.Code).toBe('deleted');
    expect(await world.routes(other)).toEqual([]);
  });
});

describe('a request that is held is accepted when the obstacle is gone', () => {
  it('with a route table', async () => {
    const everyTable = APPS_TO_SHARED.replace(
      'accepter: shared }',
      'accepter: shared, connect: { routes: { tables: all } } }',
    );
    const world = aWorld({ policy: everyTable });
    const { requester, accepter } = await aPair(world);
    const owner = as(world, APPS);
    const table = await owner('CreateRouteTable', { VpcId: requester.vpcId });
    const RouteTableId = given(table, 'RouteTable', 'RouteTableId');
    await owner('CreateRoute', { RouteTableId, DestinationCidrBlock: accepter.cidr, TransitGatewayId: TGW });
    const peeringId = await world.requestPeering(requester, accepter);
    await world.settle();
    expect((await world.peering(requester, peeringId))?.Status?.Code).toBe('pending-acceptance');
    await heardOf(world, 'DeleteRouteTable', () => owner('DeleteRouteTable', { RouteTableId }));
    expect((await world.peering(requester, peeringId))?.Status?.Code).toBe('active');
  });

  it('with the propagation of a VPN’s routes', async () => {
    const world = aWorld();
    const { requester, accepter } = await aPair(world);
    const owner = as(world, APPS);
    const gateway = await owner('CreateVpnGateway', { Type: 'ipsec.1' });
    const VpnGatewayId = given(gateway, 'VpnGateway', 'VpnGatewayId');
    await owner('AttachVpnGateway', { VpnGatewayId, VpcId: requester.vpcId });
    world.aws.ec2.propagate(VpnGatewayId, ['10.2.0.0/17']);
    const propagation = { RouteTableId: requester.tableIds[0], GatewayId: VpnGatewayId };
    await owner('EnableVgwRoutePropagation', propagation);
    const peeringId = await world.requestPeering(requester, accepter);
    await world.settle();
    expect((await world.peering(requester, peeringId))?.Status?.Code).toBe('pending-acceptance');
    await heardOf(world, 'DisableVgwRoutePropagation', () =>
      owner('DisableVgwRoutePropagation', propagation),
    );
    expect((await world.peering(requester, peeringId))?.Status?.Code).toBe('active');
  });

  /** A request that waits: a prefix list with the other side's addresses leads elsewhere. */
  async function heldByList(fill: 'at first' | 'later') {
    const world = aWorld();
    const { requester, accepter } = await aPair(world);
    const owner = as(world, APPS);
    const entries = [{ Cidr: '10.0.0.0/8' }];
    const list = await owner('CreateManagedPrefixList', {
      PrefixListName: 'networks',
      AddressFamily: 'IPv4',
      MaxEntries: 5,
      ...(fill === 'at first' ? { Entries: entries } : {}),
    });
    const PrefixListId = given(list, 'PrefixList', 'PrefixListId');
    await world.settle();
    if (fill === 'later') {
      await owner('ModifyManagedPrefixList', { PrefixListId, AddEntries: entries });
      await world.settle();
    }
    await owner('CreateRoute', {
      RouteTableId: requester.tableIds[0],
      DestinationPrefixListId: PrefixListId,
      TransitGatewayId: TGW,
    });
    const peeringId = await world.requestPeering(requester, accepter);
    await world.settle();
    const state = async () => (await world.peering(requester, peeringId))?.Status?.Code;
    expect(await state()).toBe('pending-acceptance');
    return { world, owner, PrefixListId, state };
  }

  it('with the entry of a prefix list', async () => {
    const { world, owner, PrefixListId, state } = await heldByList('at first');
    const change = { PrefixListId, CurrentVersion: 1, RemoveEntries: [{ Cidr: '10.0.0.0/8' }] };
    await heardOf(world, 'ModifyManagedPrefixList', () => owner('ModifyManagedPrefixList', change));
    expect(await state()).toBe('active');
  });

  it('with the older entries of a prefix list', async () => {
    const { world, owner, PrefixListId, state } = await heldByList('later');
    const restore = { PrefixListId, PreviousVersion: 1, CurrentVersion: 2 };
    await heardOf(world, 'RestoreManagedPrefixListVersion', () =>
      owner('RestoreManagedPrefixListVersion', restore),
    );
    expect(await state()).toBe('active');
  });
});

it('a request that is still held is not looked at anew each hour', async () => {
  const world = aWorld();
  const { requester, accepter } = await aPair(world);
  const RouteTableId = accepter.tableIds[0];
  const route = { RouteTableId, DestinationCidrBlock: requester.cidr, TransitGatewayId: TGW };
  await as(world, SHARED)('CreateRoute', route);
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  expect((await world.peering(requester, peeringId))?.Status?.Code).toBe('pending-acceptance');
  const from = world.aws.lambda.logs.length;
  await world.sweep();
  const queued = world.aws.lambda.logs
    .slice(from)
    .flatMap(({ entry }) => (entry.code === 'sweep.done' ? [entry.queued] : []));
  expect(queued.length).toBeGreaterThan(0);
  expect(Math.max(...queued)).toBe(0);
});

describe('subnets that the other side has routes to', () => {
  it('an IPv6 block of a subnet gets its route, and loses it', async () => {
    const world = aWorld({ policy: TO_SUBNETS });
    const { requester, accepter } = await aPair(world);
    const owner = as(world, SHARED);
    await owner('AssociateVpcCidrBlock', { VpcId: accepter.vpcId, Ipv6CidrBlock: '2001:db8:2::/56' });
    const ipv6 = { VpcId: requester.vpcId, Ipv6CidrBlock: '2001:db8:1::/56' };
    await as(world, APPS)('AssociateVpcCidrBlock', ipv6);
    await world.settle();
    const peeringId = await world.requestPeering(requester, accepter);
    await world.settle();
    const filters = { Filters: [{ Name: 'vpc-id', Values: [accepter.vpcId] }] };
    const SubnetId = given(await owner('DescribeSubnets', filters), 'Subnets', '0', 'SubnetId');
    const ipv6Routes = async () => (await world.routes(requester)).filter((route) => route.includes('2001:'));
    let associationId = '';
    await heardOf(world, 'AssociateSubnetCidrBlock', async () => {
      const answer = await owner('AssociateSubnetCidrBlock', { SubnetId, Ipv6CidrBlock: '2001:db8:2::/64' });
      associationId = given(answer, 'Ipv6CidrBlockAssociation', 'AssociationId');
    });
    expect(await ipv6Routes()).toEqual([`${requester.tableIds[0]} 2001:db8:2::/64 ${peeringId} active`]);
    await heardOf(world, 'DisassociateSubnetCidrBlock', () =>
      owner('DisassociateSubnetCidrBlock', { AssociationId: associationId }),
    );
    expect(await ipv6Routes()).toEqual([]);
  });

  it('a default subnet gets its route', async () => {
    const world = aWorld({ policy: TO_SUBNETS });
    const { requester } = await aPair(world);
    const owner = as(world, SHARED);
    const made = await owner('CreateDefaultVpc');
    const vpcId = given(made, 'Vpc', 'VpcId');
    const filters = { Filters: [{ Name: 'vpc-id', Values: [vpcId] }] };
    const subnets = await owner('DescribeSubnets', filters);
    const [SubnetId, AvailabilityZone, cidr] = ['SubnetId', 'AvailabilityZone', 'CidrBlock'].map((name) =>
      given(subnets, 'Subnets', '0', name),
    );
    await owner('DeleteSubnet', { SubnetId });
    const accepter = { ...requester, accountId: SHARED, vpcId, cidr: '172.31.0.0/16', tableIds: [] };
    const peeringId = await world.requestPeering(requester, accepter);
    await world.settle();
    const route = `${requester.tableIds[0]} ${cidr} ${peeringId} active`;
    expect(await world.routes(requester)).not.toContain(route);
    await heardOf(world, 'CreateDefaultSubnet', () => owner('CreateDefaultSubnet', { AvailabilityZone }));
    expect(await world.routes(requester)).toContain(route);
  });
});

describe('one look at the account and region', () => {
  const list = { PrefixListName: 'networks', AddressFamily: 'IPv4', MaxEntries: 5 };
  it.each([
    ['CreateDefaultVpc', {}],
    ['CreateManagedPrefixList', list],
  ])('for %s', async (action, input) => {
    const { world } = await connected();
    const from = world.aws.lambda.logs.length;
    await heardOf(world, action, () => as(world, SHARED)(action, input));
    const looks = world.aws.lambda.logs
      .slice(from)
      .flatMap(({ entry }) => (entry.code === 'sweep.done' ? [`${entry.accountId} ${entry.region}`] : []));
    expect(looks).toEqual([`${SHARED} ${HOME}`]);
  });

  it('for EnableVgwRoutePropagation', async () => {
    const { world, requester } = await connected();
    const owner = as(world, APPS);
    const GatewayId = given(
      await owner('CreateVpnGateway', { Type: 'ipsec.1' }),
      'VpnGateway',
      'VpnGatewayId',
    );
    await owner('AttachVpnGateway', { VpnGatewayId: GatewayId, VpcId: requester.vpcId });
    const from = world.aws.lambda.logs.length;
    await heardOf(world, 'EnableVgwRoutePropagation', () =>
      owner('EnableVgwRoutePropagation', { RouteTableId: requester.tableIds[0], GatewayId }),
    );
    const looks = world.aws.lambda.logs.slice(from).filter(({ entry }) => entry.code === 'sweep.done');
    expect(looks).toHaveLength(1);
  });
});
