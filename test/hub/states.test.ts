import {
  AcceptVpcPeeringConnectionCommand,
  AssociateRouteTableCommand,
  AssociateVpcCidrBlockCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  RejectVpcPeeringConnectionCommand,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../../sim/types.ts';
import type { BuiltVpc, World } from '../../sim/world/world.ts';
import { APPS_TO_SHARED } from '../support/policy-text.ts';
import { aPair, APPS, aWorld, expectConnected, SHARED } from '../support/world.ts';

const VENDOR = '777766665555';
const DAY_MS = 24 * 3600 * 1000;

const send = (world: World, vpc: BuiltVpc) => {
  const ec2 = world.ec2(vpc.accountId, vpc.region);
  return {
    accept: (VpcPeeringConnectionId: string) =>
      world.aws.clock.drive(ec2.send(new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId }))),
    reject: (VpcPeeringConnectionId: string) =>
      world.aws.clock.drive(ec2.send(new RejectVpcPeeringConnectionCommand({ VpcPeeringConnectionId }))),
    route: (VpcPeeringConnectionId: string, DestinationCidrBlock: string) =>
      world.aws.clock.drive(
        ec2.send(
          new CreateRouteCommand({
            RouteTableId: vpc.mainTableId,
            DestinationCidrBlock,
            VpcPeeringConnectionId,
          }),
        ),
      ),
    associate: (block: { CidrBlock: string } | { AmazonProvidedIpv6CidrBlock: boolean }) =>
      world.aws.clock.drive(ec2.send(new AssociateVpcCidrBlockCommand({ VpcId: vpc.vpcId, ...block }))),
  };
};
const subjects = (world: World) =>
  world.aws.sns.published.map(({ subject }) => subject?.replace(/, pcx-.*/, ''));

const WITH_VENDOR = `
version: 1
regions: [eu-west-1, us-east-1]
groups:
  apps: { ous: [ou-ab12-apps0001] }
  vendor: { accounts: ["${VENDOR}"], external: true, cidrs: [10.77.0.0/16] }
allow:
  - { name: vendor, between: [apps, vendor], connect: { dns: false } }
`;

describe('pain 16: one side is a vendor’s', () => {
  it('who asks: the request is accepted, and our side gets its routes', async () => {
    const world = aWorld({ policy: WITH_VENDOR });
    const ours = await world.buildVpc(APPS, 'eu-west-1', '10.1.0.0/16');
    const theirs = await world.buildVpc(VENDOR, 'eu-west-1', '10.77.0.0/16');
    const peeringId = await world.requestPeering(theirs, ours);
    await world.settle();
    // Nobody tells us of a stranger's call; a later event of our own account does, the sweep in time.
    await world.hint(ours, peeringId);
    await world.settle();
    expect((await world.peering(ours, peeringId))?.Status?.Code).toBe('active');
    expect(await world.routes(ours)).toEqual([`${ours.tableIds[0]} 10.77.0.0/16 ${peeringId} active`]);
    expect(await world.routes(theirs)).toEqual([]);
  });

  it('his member role is never taken, although he has made one that trusts us', async () => {
    const world = aWorld({ policy: WITH_VENDOR });
    const everyone = { Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' };
    const { iam } = world.aws;
    const role = iam.createRole(VENDOR, 'autopeer-prod-member', { Statement: everyone });
    iam.putRolePolicy(role.arn, 'all', { Statement: { Effect: 'Allow', Action: 'ec2:*', Resource: '*' } });
    const ours = await world.buildVpc(APPS, 'eu-west-1', '10.1.0.0/16');
    const theirs = await world.buildVpc(VENDOR, 'eu-west-1', '10.77.0.0/16');
    const peeringId = await world.requestPeering(theirs, ours);
    await world.hint(ours, peeringId);
    await world.settle();
    expect((await world.peering(ours, peeringId))?.Status?.Code).toBe('active');
    const taken = world.aws.calls.filter(
      ({ action, input, errorCode }) =>
        action === 'AssumeRole' && JSON.stringify(input).includes(VENDOR) && errorCode !== 'AccessDenied',
    );
    expect(taken).toEqual([]);
  });

  it('who is asked: we wait for him, then our side gets its routes', async () => {
    const world = aWorld({ policy: WITH_VENDOR });
    const ours = await world.buildVpc(APPS, 'eu-west-1', '10.1.0.0/16');
    const theirs = await world.buildVpc(VENDOR, 'eu-west-1', '10.77.0.0/16');
    const peeringId = await world.requestPeering(ours, theirs);
    await world.settle();
    expect((await world.peering(ours, peeringId))?.Status?.Code).toBe('pending-acceptance');
    await send(world, theirs).accept(peeringId);
    await world.settle();
    await world.hint(ours, peeringId);
    await world.settle();
    expect(await world.routes(ours)).toEqual([`${ours.tableIds[0]} 10.77.0.0/16 ${peeringId} active`]);
  });

  it('whose CIDRs EC2 does not show for a while: our routes stay', async () => {
    const world = aWorld({ policy: WITH_VENDOR });
    const { clock, ec2 } = world.aws;
    const ours = await world.buildVpc(APPS, 'eu-west-1', '10.1.0.0/16');
    const theirs = await world.buildVpc(VENDOR, 'eu-west-1', '10.77.0.0/16');
    const peeringId = await world.requestPeering(ours, theirs);
    await clock.run(clock.now() + 10 * 60_000);
    await send(world, theirs).accept(peeringId);
    await clock.run(clock.now() + 10_000);
    await world.hint(ours, peeringId);
    await clock.run(clock.now() + 10_000);
    const routes = await world.routes(ours);
    expect(routes).toHaveLength(1);
    ec2.configure({ readLagMs: 5 * 60_000 });
    await world.hint(ours, peeringId);
    await clock.run(clock.now() + 10_000);
    expect(await world.routes(ours)).toEqual(routes);
    await world.settle();
    expect(await world.routes(ours)).toEqual(routes);
    expect(subjects(world).filter((subject) => subject === 'autopeer: Peering Connected')).toHaveLength(1);
  });

  it('who no rule names: nothing is accepted, whatever else would allow it', async () => {
    const world = aWorld();
    const ours = await world.buildVpc(SHARED, 'eu-west-1', '10.2.0.0/16');
    const theirs = await world.buildVpc(VENDOR, 'eu-west-1', '10.77.0.0/16');
    const peeringId = await world.requestPeering(theirs, ours);
    await world.hint(ours, peeringId);
    await world.settle();
    expect((await world.peering(ours, peeringId))?.Status?.Code).toBe('pending-acceptance');
  });
});

it('a CIDR that a peer adds later takes no traffic of another peer, and people are told', async () => {
  const world = aWorld();
  const { requester: hub, accepter: one } = await aPair(world);
  const other = await world.buildVpc(SHARED, 'eu-west-1', '10.3.0.0/16');
  const peerings = [await world.requestPeering(hub, one), await world.requestPeering(hub, other)];
  await world.settle();
  const routes = await world.routes(hub);
  expect(routes).toEqual([
    `${hub.tableIds[0]} 10.2.0.0/16 ${peerings[0]} active`,
    `${hub.tableIds[0]} 10.3.0.0/16 ${peerings[1]} active`,
  ]);
  await send(world, other).associate({ CidrBlock: '10.2.7.0/24' });
  await world.settle();
  await world.sweep();
  expect(await world.routes(hub)).toEqual(routes);
  expect(world.aws.sns.published.at(-1)?.message).toContain(`routes 10.2.0.0/16 to ${peerings[0]}`);
});

it('a gateway’s route table, which takes no route to a peering, is left out', async () => {
  const world = aWorld({
    policy: APPS_TO_SHARED.replace('allow:', 'defaults: { connect: { routes: { tables: all } } }\nallow:'),
  });
  const { requester, accepter } = await aPair(world);
  const ec2 = world.ec2(requester.accountId, requester.region);
  const { clock } = world.aws;
  const { vpcId: VpcId } = requester;
  const made = await clock.drive(ec2.send(new CreateInternetGatewayCommand({})));
  const InternetGatewayId = made.InternetGateway?.InternetGatewayId;
  await clock.drive(ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId, VpcId })));
  const { RouteTable } = await clock.drive(ec2.send(new CreateRouteTableCommand({ VpcId })));
  const edge = { RouteTableId: RouteTable?.RouteTableId, GatewayId: InternetGatewayId };
  await clock.drive(ec2.send(new AssociateRouteTableCommand(edge)));
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  expect(world.deadLetters()).toEqual([]);
  const wanted = [requester.mainTableId, ...requester.tableIds];
  expect(await world.routes(requester)).toEqual(
    wanted.map((tableId) => `${tableId} 10.2.0.0/16 ${peeringId} active`).toSorted(),
  );
  expect(subjects(world)).toEqual(['autopeer: Peering Connected']);
});

describe('pain 11 and pain 12: secondary CIDRs and IPv6', () => {
  it('get their routes too, but not the CIDR that the rule leaves out', async () => {
    const world = aWorld({
      policy: APPS_TO_SHARED.replace(
        'allow:',
        'defaults: { connect: { routes: { exclude: [100.64.0.0/10] } } }\nallow:',
      ),
    });
    const { requester, accepter } = await aPair(world);
    await send(world, accepter).associate({ CidrBlock: '10.22.0.0/16' });
    await send(world, accepter).associate({ CidrBlock: '100.64.0.0/16' });
    await send(world, accepter).associate({ AmazonProvidedIpv6CidrBlock: true });
    await send(world, requester).associate({ AmazonProvidedIpv6CidrBlock: true });
    await world.settle();
    const peeringId = await world.requestPeering(requester, accepter);
    await world.settle();
    const destinations = (await world.routes(requester)).map((route) => route.split(' ')[1]);
    expect(destinations).toEqual(
      expect.arrayContaining(['10.2.0.0/16', '10.22.0.0/16', expect.stringMatching(/^2600:.*\/56$/)]),
    );
    expect(destinations).not.toContain('100.64.0.0/16');
    expect((await world.peering(requester, peeringId))?.Status?.Code).toBe('active');
  });
});

it('pain 22: where the rule says so, routes lead to subnets only and never to the whole VPC (CIS 6.6)', async () => {
  const world = aWorld({
    policy: APPS_TO_SHARED.replace(
      'accepter: shared }',
      'accepter: shared, connect: { routes: { destinations: subnet-cidrs } } }',
    ),
  });
  const requester = await world.buildVpc(APPS, 'eu-west-1', '10.1.0.0/16');
  const accepter = await world.buildVpc(SHARED, 'eu-west-1', '10.2.0.0/16', 2);
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  expect(await world.routes(requester)).toEqual([
    `${requester.tableIds[0]} 10.2.0.0/24 ${peeringId} active`,
    `${requester.tableIds[0]} 10.2.1.0/24 ${peeringId} active`,
  ]);
});

describe('pain 19: peerings that cannot be deleted', () => {
  it('a rejected one is left alone', async () => {
    const world = aWorld({ policy: 'version: 1\nregions: [eu-west-1]\n' });
    const { requester, accepter } = await aPair(world);
    const peeringId = await world.requestPeering(requester, accepter);
    await world.settle();
    await send(world, accepter).reject(peeringId);
    await world.settle();
    expect(world.aws.calls.filter(({ action }) => action === 'DeleteVpcPeeringConnection')).toEqual([]);
    expect(world.deadLetters()).toEqual([]);
  });

  it('an expired one is cleaned up when somebody looks', async () => {
    const world = aWorld({ policy: 'version: 1\nregions: [eu-west-1]\n' });
    const { requester, accepter } = await aPair(world);
    const peeringId = await world.requestPeering(requester, accepter);
    await world.settle();
    await send(world, requester).route(peeringId, '10.2.0.0/16');
    await world.aws.clock.run(world.aws.clock.now() + 8 * DAY_MS);
    expect((await world.peering(requester, peeringId))?.Status?.Code).toBe('expired');
    await world.hint(requester, peeringId);
    await world.settle();
    expect(await world.routes(requester)).toEqual([]);
    expect(world.deadLetters()).toEqual([]);
  });
});

describe('somebody else was faster', () => {
  it('a request that a person accepted is connected', async () => {
    const world = aWorld();
    const { requester, accepter } = await aPair(world);
    // The event of the request is lost, and so nobody is faster than the person.
    const restore = world.aws.trail.dropWhere(() => true);
    const peeringId = await world.requestPeering(requester, accepter);
    await world.aws.clock.run(world.aws.clock.now() + 10_000);
    restore();
    await send(world, accepter).accept(peeringId);
    await world.settle();
    await expectConnected(world, requester, accepter, peeringId);
  });

  it('an active peering that no rule allows is told, and gets nothing', async () => {
    const world = aWorld({ policy: 'version: 1\nregions: [eu-west-1]\n' });
    const { requester, accepter } = await aPair(world);
    const peeringId = await world.requestPeering(requester, accepter);
    await world.settle();
    await send(world, accepter).accept(peeringId);
    await world.settle();
    expect(subjects(world)).toEqual(['autopeer: Peering Held', 'autopeer: Peering Unsanctioned']);
    expect(await world.routes(requester)).toEqual([]);
    expect((await world.peering(requester, peeringId))?.Status?.Code).toBe('active');
  });

  it('a peering deleted while we connect it ends without routes', async () => {
    const world = aWorld({ latencyMs: 400 });
    const { requester, accepter } = await aPair(world);
    const peeringId = await world.requestPeering(requester, accepter);
    const isActive = async (): Promise<boolean> =>
      (await world.peering(requester, peeringId))?.Status?.Code === 'active';
    while (!(await isActive())) await world.aws.clock.run(world.aws.clock.now() + 200);
    await world.deletePeering(requester, peeringId);
    await world.settle();
    expect(await world.routes(requester)).toEqual([]);
    expect(await world.routes(accepter)).toEqual([]);
  });
});

it('a peering that EC2 has forgotten leaves no blackhole in the account that the hint came from', async () => {
  const world = aWorld();
  const { requester, accepter } = await aPair(world);
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  world.aws.trail.dropWhere(() => true);
  await world.deletePeering(requester, peeringId);
  await world.aws.clock.run(world.aws.clock.now() + 3 * DAY_MS);
  expect(await world.peering(requester, peeringId)).toBeUndefined();
  expect(await world.routes(requester)).toEqual([
    `${requester.tableIds[0]} 10.2.0.0/16 ${peeringId} blackhole`,
  ]);
  await world.hint(requester, peeringId);
  await world.settle();
  expect(await world.routes(requester)).toEqual([]);
});

it('an ended peering is cleaned up on our side although the other account has no member role', async () => {
  const world = aWorld();
  const bare = '444444444444';
  world.aws.organization.addAccount(bare, { parentId: 'ou-ab12-apps0001' });
  const theirs = await world.buildVpc(bare, 'eu-west-1', '10.5.0.0/16');
  const ours = await world.buildVpc(SHARED, 'eu-west-1', '10.2.0.0/16');
  await world.settle();
  const peeringId = await world.requestPeering(theirs, ours);
  await world.aws.clock.run(world.aws.clock.now() + 10_000);
  await send(world, ours).accept(peeringId);
  await world.aws.clock.run(world.aws.clock.now() + 10_000);
  await send(world, ours).route(peeringId, '10.5.0.0/16');
  await world.deletePeering(theirs, peeringId);
  await world.settle();
  await world.sweep();
  expect(await world.routes(ours)).toEqual([]);
});

it('a delete that EC2 throttles is sent again only after another look at the route', async () => {
  const world = aWorld();
  const { requester, accepter } = await aPair(world);
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  const throttled = new AwsError('RequestLimitExceeded', 'Request limit exceeded.', 503);
  world.aws.faults.failNext('ec2', 'DeleteRoute', throttled, 2);
  await world.deletePeering(requester, peeringId);
  await world.settle();
  const deletes = world.aws.calls.filter(({ action }) => action === 'DeleteRoute');
  const [refused, done] = [true, false].map((isRefused) =>
    deletes.filter(({ errorCode }) => (errorCode !== undefined) === isRefused),
  );
  expect(refused).toHaveLength(2);
  expect(new Set(done?.map(({ traceId }) => traceId))).not.toContain(refused?.[0]?.traceId);
  expect([...(await world.routes(requester)), ...(await world.routes(accepter))]).toEqual([]);
});
