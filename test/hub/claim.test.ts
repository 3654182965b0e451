import {
  AcceptVpcPeeringConnectionCommand,
  CreateRouteCommand,
  DeleteRouteCommand,
} from '@aws-sdk/client-ec2';
import { HUB_ACCOUNT, type BuiltVpc, type World } from '../../sim/world/world.ts';
import { sendTo } from '../support/hub-commands.ts';
import { APPS_TO_SHARED } from '../support/policy-text.ts';
import { aPair, aWorld, pass } from '../support/world.ts';

const HOUR_MS = 3_600_000;

/** Routes that another tool wrote before autopeer came, and that a person gives it by `adopt --claim`. */

const tableOf = ({ tableIds: [id = ''] }: BuiltVpc): string => id;

async function write(
  world: World,
  at: BuiltVpc,
  DestinationCidrBlock: string,
  peeringId: string,
): Promise<void> {
  const RouteTableId = tableOf(at);
  const command = new CreateRouteCommand({
    RouteTableId,
    DestinationCidrBlock,
    VpcPeeringConnectionId: peeringId,
  });
  await world.aws.clock.drive(world.ec2(at.accountId, at.region).send(command));
}

const takeAway = async (world: World, at: BuiltVpc, DestinationCidrBlock: string): Promise<void> => {
  const command = new DeleteRouteCommand({ RouteTableId: tableOf(at), DestinationCidrBlock });
  await world.aws.clock.drive(world.ec2(at.accountId, at.region).send(command));
};

/** A peering as another tool leaves it: accepted and routed, with a wider route beside that nobody's policy wants. */
async function brownfield(policy = APPS_TO_SHARED) {
  const world = aWorld({ policy: 'version: 1\nregions: [eu-west-1, us-east-1]\ndryRun: true\n' });
  const { requester, accepter } = await aPair(world);
  const peeringId = await world.requestPeering(requester, accepter);
  const accept = new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId: peeringId });
  // The request has to reach the other side first.
  await world.settle();
  await world.aws.clock.drive(world.ec2(accepter.accountId, accepter.region).send(accept));
  await world.settle();
  await write(world, requester, accepter.cidr, peeringId);
  await write(world, accepter, requester.cidr, peeringId);
  await write(world, requester, '10.64.0.0/10', peeringId);
  await world.settle();
  world.changePolicy(policy);
  await world.sweep();
  return { world, requester, accepter, peeringId };
}

async function claim(world: World, peering: string): Promise<unknown> {
  const answer = await sendTo(world, HUB_ACCOUNT, { body: { verb: 'claim', input: { peering } } });
  await world.settle();
  return answer.read();
}

const leadingTo = async (world: World, vpc: BuiltVpc): Promise<readonly string[]> =>
  (await world.routes(vpc))
    .filter((route) => route.startsWith(tableOf(vpc)))
    .map((route) => route.split(' ')[1] ?? '');

/** The policy no longer wants these routes, and two looks agree that it is so. */
async function narrow(world: World): Promise<void> {
  const connect = 'accepter: shared, connect: { routes: { exclude: [10.0.0.0/8] } } }';
  world.changePolicy(APPS_TO_SHARED.replace('accepter: shared }', connect));
  await world.sweep();
  await pass(world, HOUR_MS);
  await world.sweep();
}

it('unclaimed, they stay when the policy no longer wants them: they are somebody else’s', async () => {
  const { world, requester } = await brownfield();
  await narrow(world);
  expect(await leadingTo(world, requester)).toEqual(['10.2.0.0/16', '10.64.0.0/10']);
});

it('claimed, they go when the policy no longer wants them; one that it never wanted stays', async () => {
  const { world, requester, accepter, peeringId } = await brownfield();
  expect(await claim(world, peeringId)).toMatchObject({ result: { peering: peeringId, claiming: true } });
  expect(await leadingTo(world, requester)).toEqual(['10.2.0.0/16', '10.64.0.0/10']);
  await narrow(world);
  expect(await leadingTo(world, requester)).toEqual(['10.64.0.0/10']);
  expect(await leadingTo(world, accepter)).toEqual([]);
});

it('an event whose id looks like a claim claims nothing', async () => {
  const { world, requester, peeringId } = await brownfield();
  const { trail, events } = world.aws;
  const { accountId, region } = requester;
  const detail = {
    eventVersion: '1.10',
    eventSource: 'ec2.amazonaws.com',
    eventName: 'AcceptVpcPeeringConnection',
    awsRegion: region,
    eventID: `claim-${peeringId}-1`,
    recipientAccountId: accountId,
    requestParameters: { vpcPeeringConnectionId: peeringId },
    responseElements: { vpcPeeringConnection: { vpcPeeringConnectionId: peeringId } },
  };
  const about = {
    source: 'aws.ec2',
    'detail-type': 'AWS API Call via CloudTrail',
    account: accountId,
    region,
  };
  trail.redeliver(events.envelope({ ...about, detail }));
  await world.settle();
  await narrow(world);
  expect(await leadingTo(world, requester)).toContain('10.2.0.0/16');
});

it('a claim writes nothing to EC2, twice neither; and a claimed route that goes is written anew', async () => {
  const { world, requester, accepter, peeringId } = await brownfield();
  const from = world.aws.calls.length;
  await claim(world, peeringId);
  await claim(world, peeringId);
  const writes = world.aws.calls
    .slice(from)
    .filter(({ action }) => /^(Create|Delete|Accept|Modify)/.test(action));
  expect(writes.map(({ action }) => action)).toEqual([]);
  await takeAway(world, requester, accepter.cidr);
  await world.settle();
  expect(await leadingTo(world, requester)).toContain(accepter.cidr);
});

const LEFT = APPS_TO_SHARED.replace(
  'accepter: shared }',
  'accepter: shared, connect: { routes: none, dns: leave } }',
);

it.each([
  ['a dry run', `${APPS_TO_SHARED}dryRun: true\n`],
  ['a rule that leaves routes to others', LEFT],
  ['no rule', 'version: 1\nregions: [eu-west-1, us-east-1]\n'],
])('nothing is claimed under %s', async (_what, policy) => {
  const { world, requester, peeringId } = await brownfield(policy);
  await claim(world, peeringId);
  world.changePolicy(APPS_TO_SHARED);
  await world.sweep();
  await narrow(world);
  expect(await leadingTo(world, requester)).toContain('10.2.0.0/16');
});

it('a peering that autopeer does not know is not claimed, and people are told', async () => {
  const world = aWorld();
  expect(await claim(world, 'pcx-0123456789abcdef0')).toEqual({
    result: { peering: 'pcx-0123456789abcdef0', claiming: false },
  });
});
