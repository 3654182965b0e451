import {
  AcceptVpcPeeringConnectionCommand,
  CreateRouteCommand,
  DeleteRouteCommand,
} from '@aws-sdk/client-ec2';
import type { BuiltVpc, World } from '../../sim/world/world.ts';
import { APPS_TO_SHARED } from '../support/policy-text.ts';
import { aPair, aWorld, expectConnected, pass, peeringsQueried, subjects } from '../support/world.ts';

const UNTAGGED = `${APPS_TO_SHARED}statusTags: false\n`;
const NO_RULES = 'version: 1\nregions: [eu-west-1, us-east-1]\nstatusTags: false\n';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const TGW = 'tgw-0123456789abcdef0';

const actions = (world: World, from = 0): readonly string[] =>
  world.aws.calls.slice(from).map(({ action }) => action);
const queuedSince = (world: World, from: number): number =>
  world.aws.lambda.logs
    .slice(from)
    .flatMap(({ entry }) => (entry.code === 'sweep.done' ? [entry.queued] : []))
    .reduce((sum, queued) => sum + queued, 0);

async function aRequest(policy: string, isHeard = true) {
  const world = aWorld({ policy });
  const { requester, accepter } = await aPair(world);
  if (!isHeard) world.aws.trail.dropWhere(() => true);
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  return { world, requester, accepter, peeringId };
}

const tagsOf = async (world: World, vpc: BuiltVpc, peeringId: string) =>
  (await world.peering(vpc, peeringId))?.Tags ?? [];

/** Two more sweeps find nothing to tell and nothing to do. */
async function expectQuiet(world: World): Promise<void> {
  const before = subjects(world);
  const logged = world.aws.lambda.logs.length;
  await world.sweep();
  await world.sweep();
  expect(subjects(world)).toEqual(before);
  expect(queuedSince(world, logged)).toBe(0);
  expect(actions(world)).not.toContain('CreateTags');
}

describe('statusTags: false', () => {
  it('a connected peering gets no tags, and the hourly sweep asks the ledger for nothing', async () => {
    const { world, requester, accepter, peeringId } = await aRequest(UNTAGGED);
    await expectConnected(world, requester, accepter, peeringId);
    expect(await tagsOf(world, requester, peeringId)).toEqual([]);
    expect(subjects(world)).toEqual(['Peering Connected']);
    const from = world.aws.calls.length;
    await expectQuiet(world);
    expect(peeringsQueried(world, from)).toEqual([]);
  });

  it('a held request is told once, also that it expires and that it has', async () => {
    const { world, requester, peeringId } = await aRequest(NO_RULES);
    expect(subjects(world)).toEqual(['Peering Held']);
    await expectQuiet(world);
    await pass(world, 5 * DAY_MS + HOUR_MS);
    await world.sweep();
    expect(subjects(world)).toEqual(['Peering Held', 'Peering Expiring']);
    await expectQuiet(world);
    await pass(world, 2 * DAY_MS);
    await world.sweep();
    expect(subjects(world)).toEqual(['Peering Held', 'Peering Expiring', 'Peering Ended']);
    await expectQuiet(world);
    expect(await tagsOf(world, requester, peeringId)).toEqual([]);
  });

  it('a request that no event told of is found, and told', async () => {
    const { world } = await aRequest(NO_RULES, false);
    expect(subjects(world)).toEqual([]);
    await world.sweep();
    expect(subjects(world)).toEqual(['Peering Held']);
    await expectQuiet(world);
  });

  it('so is an active peering that no rule allows', async () => {
    const { world, accepter, peeringId } = await aRequest(NO_RULES, false);
    await pass(world, HOUR_MS);
    const command = new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId: peeringId });
    await world.aws.clock.drive(world.ec2(accepter.accountId, accepter.region).send(command));
    await world.sweep();
    await world.settle();
    expect(new Set(subjects(world))).toEqual(new Set(['Peering Unsanctioned']));
    await expectQuiet(world);
  });

  it('a request that waits for its requester is looked at when something changes there', async () => {
    const world = aWorld({ policy: UNTAGGED });
    const { requester, accepter } = await aPair(world);
    const ec2 = world.ec2(requester.accountId, requester.region);
    const route = { RouteTableId: requester.tableIds[0], DestinationCidrBlock: accepter.cidr };
    await world.aws.clock.drive(ec2.send(new CreateRouteCommand({ ...route, TransitGatewayId: TGW })));
    await world.settle();
    const peeringId = await world.requestPeering(requester, accepter);
    await world.settle();
    expect(subjects(world)).toEqual(['Peering Held']);
    await world.sweep();
    await world.aws.clock.drive(ec2.send(new DeleteRouteCommand(route)));
    await world.settle();
    await expectConnected(world, requester, accepter, peeringId);
    expect(subjects(world)).toEqual(['Peering Held', 'Peering Connected']);
  });

  it('that a problem is mended is told', async () => {
    const { world, requester, accepter, peeringId } = await aRequest(UNTAGGED);
    const ec2 = world.ec2(requester.accountId, requester.region);
    const narrower = { RouteTableId: requester.tableIds[0], DestinationCidrBlock: '10.2.9.0/24' };
    await world.aws.clock.drive(ec2.send(new CreateRouteCommand({ ...narrower, TransitGatewayId: TGW })));
    await world.settle();
    expect(world.aws.sns.published.at(-1)?.message).toContain('10.2.9.0/24');
    await expectQuiet(world);
    await world.aws.clock.drive(ec2.send(new DeleteRouteCommand(narrower)));
    await world.settle();
    await expectConnected(world, requester, accepter, peeringId);
    expect(subjects(world)).toHaveLength(3);
    await expectQuiet(world);
  });
});
