import {
  CreateRouteCommand,
  CreateTagsCommand,
  DeleteRouteCommand,
  ModifyVpcPeeringConnectionOptionsCommand,
} from '@aws-sdk/client-ec2';
import type { BuiltVpc, World } from '../../sim/world/world.ts';
import { APPS_TO_SHARED } from '../support/policy-text.ts';
import {
  aPair,
  aWorld,
  dnsFlags,
  expectConnected,
  pass,
  peeringsQueried,
  subjects,
} from '../support/world.ts';

const connecting = (connect: string): string =>
  APPS_TO_SHARED.replace('accepter: shared }', `accepter: shared, connect: ${connect} }`);
const ACCEPT_ONLY = connecting('{ routes: none, dns: leave }');
const SETTLE = connecting('{ routes: { settle: 5m } }');

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

async function requested(policy: string) {
  const world = aWorld({ policy });
  const { requester, accepter } = await aPair(world);
  const peeringId = await world.requestPeering(requester, accepter);
  return { world, requester, accepter, peeringId };
}

const tableOf = ({ tableIds: [id] }: BuiltVpc): string => {
  if (id === undefined) throw new TypeError('a VPC with a table of its own');
  return id;
};

const route = async (world: World, vpc: BuiltVpc, other: BuiltVpc, peeringId: string): Promise<void> => {
  const command = new CreateRouteCommand({
    RouteTableId: tableOf(vpc),
    DestinationCidrBlock: other.cidr,
    VpcPeeringConnectionId: peeringId,
  });
  await world.aws.clock.drive(world.ec2(vpc.accountId, vpc.region).send(command));
};

const unroute = async (world: World, vpc: BuiltVpc, other: BuiltVpc): Promise<void> => {
  const command = new DeleteRouteCommand({ RouteTableId: tableOf(vpc), DestinationCidrBlock: other.cidr });
  await world.aws.clock.drive(world.ec2(vpc.accountId, vpc.region).send(command));
};

const tagVpc = async (world: World, { vpcId, accountId, region }: BuiltVpc, value: string): Promise<void> => {
  const Tags = [{ Key: 'autopeer:routes', Value: value }];
  const command = new CreateTagsCommand({ Resources: [vpcId], Tags });
  await world.aws.clock.drive(world.ec2(accountId, region).send(command));
};

const statusIn = async (world: World, vpc: BuiltVpc, peeringId: string): Promise<string | undefined> =>
  (await world.peering(vpc, peeringId))?.Tags?.find(({ Key }) => Key === 'autopeer:status')?.Value;

/** The routes that autopeer wrote or took away, and its writes to the ledger, since then. */
const writesSince = (world: World, from: number): readonly string[] =>
  world.aws.calls
    .slice(from)
    .filter(({ caller }) => caller.arn.includes('assumed-role/autopeer'))
    .map(({ action }) => action)
    .filter((action) => /^(Create|Delete|Modify|BatchWrite|Accept)/.test(action));

describe('routes: none', () => {
  it('accepts, says so in tags and a notice, and does nothing else', async () => {
    const { world, requester, accepter, peeringId } = await requested(ACCEPT_ONLY);
    await world.settle();
    expect((await world.peering(requester, peeringId))?.Status?.Code).toBe('active');
    expect([...(await world.routes(requester)), ...(await world.routes(accepter))]).toEqual([]);
    expect(await dnsFlags(world, requester, accepter, peeringId)).toEqual([false, false]);
    expect(await statusIn(world, requester, peeringId)).toBe('accepted');
    expect(await statusIn(world, accepter, peeringId)).toBe('accepted');
    expect(subjects(world)).toEqual(['Peering Accepted']);
    expect(world.aws.sns.published[0]?.message).toContain('autopeer writes no routes for the requester');
  });

  it('leaves the routes and the flags of others as they are, and has nothing to do in a sweep', async () => {
    const { world, requester, accepter, peeringId } = await requested(ACCEPT_ONLY);
    await world.settle();
    await route(world, requester, accepter, peeringId);
    const flag = new ModifyVpcPeeringConnectionOptionsCommand({
      VpcPeeringConnectionId: peeringId,
      RequesterPeeringConnectionOptions: { AllowDnsResolutionFromRemoteVpc: true },
    });
    await world.aws.clock.drive(world.ec2(requester.accountId, requester.region).send(flag));
    await world.settle();
    const from = world.aws.calls.length;
    await world.sweep();
    expect(writesSince(world, from)).toEqual([]);
    expect(peeringsQueried(world, from)).toEqual([]);
    expect(await world.routes(requester)).toHaveLength(1);
    expect(await dnsFlags(world, requester, accepter, peeringId)).toEqual([true, false]);
    expect(subjects(world)).toEqual(['Peering Accepted']);
  });

  it('gives up what autopeer wrote before, so that nothing takes it away later', async () => {
    const { world, requester, accepter, peeringId } = await requested(APPS_TO_SHARED);
    await world.settle();
    await expectConnected(world, requester, accepter, peeringId);
    world.changePolicy(ACCEPT_ONLY);
    await world.sweep();
    expect(await statusIn(world, requester, peeringId)).toBe('accepted');
    world.changePolicy(connecting('{ dns: false, routes: { exclude: [10.0.0.0/8] } }'));
    await world.sweep();
    await pass(world, HOUR_MS);
    expect(await world.routes(requester)).toHaveLength(1);
    expect(await world.routes(accepter)).toHaveLength(1);
    expect(await dnsFlags(world, requester, accepter, peeringId)).toEqual([true, true]);
  });

  it('cleans up after the end, whoever wrote the routes', async () => {
    const { world, requester, accepter, peeringId } = await requested(ACCEPT_ONLY);
    await world.settle();
    await route(world, requester, accepter, peeringId);
    await world.deletePeering(requester, peeringId);
    await world.settle();
    expect(await world.routes(requester)).toEqual([]);
  });
});

describe('routes: { settle: 5m }', () => {
  it('writes what nobody else wrote, and says connected only then', async () => {
    const { world, requester, accepter, peeringId } = await requested(SETTLE);
    await pass(world, 4 * MINUTE_MS);
    expect((await world.peering(requester, peeringId))?.Status?.Code).toBe('active');
    expect(await world.routes(requester)).toEqual([]);
    expect(await statusIn(world, requester, peeringId)).toBe('accepted');
    await pass(world, 3 * MINUTE_MS);
    await expectConnected(world, requester, accepter, peeringId);
    expect(await statusIn(world, requester, peeringId)).toBe('connected');
    expect(subjects(world)).toEqual(['Peering Accepted', 'Peering Connected']);
  });

  it('writes no route that somebody else has written by then, and does not take it for its own', async () => {
    const { world, requester, accepter, peeringId } = await requested(SETTLE);
    await pass(world, MINUTE_MS);
    await route(world, requester, accepter, peeringId);
    await route(world, accepter, requester, peeringId);
    await world.settle();
    await expectConnected(world, requester, accepter, peeringId);
    expect(writesSince(world, 0)).not.toContain('CreateRoute');
    expect(subjects(world)).toEqual(['Peering Accepted', 'Peering Connected']);
    world.changePolicy(connecting('{ routes: { settle: 5m, exclude: [10.0.0.0/8] } }'));
    await world.sweep();
    expect(await world.routes(requester)).toHaveLength(1);
  });

  it('counts a repair from when the route was first seen missing, whatever happens meanwhile', async () => {
    const { world, requester, accepter, peeringId } = await requested(SETTLE);
    await world.settle();
    await unroute(world, requester, accepter);
    await pass(world, 3 * MINUTE_MS);
    await world.hint(requester, peeringId);
    await pass(world, MINUTE_MS);
    expect(await world.routes(requester)).toEqual([]);
    await pass(world, 3 * MINUTE_MS);
    await expectConnected(world, requester, accepter, peeringId);
    // While it waits nobody is told otherwise, and it is told once when it is written.
    expect(subjects(world)).toEqual(['Peering Accepted', 'Peering Connected', 'Peering Updated']);
  });

  it('counts anew when the route was there in between', async () => {
    const { world, requester, accepter, peeringId } = await requested(SETTLE);
    await world.settle();
    await unroute(world, requester, accepter);
    await pass(world, 3 * MINUTE_MS);
    await route(world, requester, accepter, peeringId);
    await pass(world, 2 * MINUTE_MS);
    await unroute(world, requester, accepter);
    await pass(world, 5 * MINUTE_MS);
    expect(await world.routes(requester)).toEqual([]);
    await pass(world, 2 * MINUTE_MS);
    await expectConnected(world, requester, accepter, peeringId);
  });

  it('writes nothing while there is nothing to do, and comes again within five minutes too', async () => {
    const { world, requester, accepter, peeringId } = await requested(
      connecting('{ routes: { settle: 60s } }'),
    );
    await pass(world, 4 * MINUTE_MS);
    await expectConnected(world, requester, accepter, peeringId);
    await world.settle();
    const from = world.aws.calls.length;
    await world.sweep();
    expect(writesSince(world, from)).toEqual([]);
  });
});

describe('routes: { modes: […] }', () => {
  const MODES = connecting('{ routes: { modes: [settle, none] } }');

  it('lets a VPC choose for its own tables', async () => {
    const world = aWorld({ policy: MODES });
    const { requester, accepter } = await aPair(world);
    await tagVpc(world, requester, 'none');
    const peeringId = await world.requestPeering(requester, accepter);
    await world.settle();
    expect(await world.routes(requester)).toEqual([]);
    expect(await world.routes(accepter)).toHaveLength(1);
    expect(await statusIn(world, requester, peeringId)).toBe('accepted');
  });

  it.each([
    ['a way that the rule does not list', connecting('{ routes: { modes: [settle] } }')],
    ['any way where the rule lists none', APPS_TO_SHARED],
  ])('but not %s', async (_name, policy) => {
    const world = aWorld({ policy });
    const { requester, accepter } = await aPair(world);
    await tagVpc(world, requester, 'none');
    const peeringId = await world.requestPeering(requester, accepter);
    await world.settle();
    await expectConnected(world, requester, accepter, peeringId);
  });
});
