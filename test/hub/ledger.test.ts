import { CreateRouteCommand, DeleteRouteCommand } from '@aws-sdk/client-ec2';
import { AwsError } from '../../sim/types.ts';
import type { BuiltVpc, World } from '../../sim/world/world.ts';
import { APPS_TO_SHARED } from '../support/policy-text.ts';
import { aPair, APPS, aWorld, expectConnected } from '../support/world.ts';

const SUBNETS_ONLY = APPS_TO_SHARED.replace(
  'accepter: shared }',
  'accepter: shared, connect: { routes: { destinations: subnet-cidrs } } }',
);
const DAY_MS = 24 * 3600 * 1000;

async function connected(disturb: (world: World) => void = () => {}) {
  const world = aWorld();
  const { requester, accepter } = await aPair(world);
  disturb(world);
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  return { world, requester, accepter, peeringId };
}

const destinations = async (world: World, vpc: BuiltVpc): Promise<readonly string[]> =>
  (await world.routes(vpc)).map((route) => route.split(' ')[1] ?? '');

describe('a policy that was narrowed', () => {
  it('takes our routes away and leaves those that somebody else wrote to the same peering', async () => {
    const { world, requester, accepter, peeringId } = await connected();
    const theirs = new CreateRouteCommand({
      RouteTableId: requester.mainTableId,
      DestinationCidrBlock: '10.2.0.0/16',
      VpcPeeringConnectionId: peeringId,
    });
    await world.aws.clock.drive(world.ec2(APPS, 'eu-west-1').send(theirs));
    await world.settle();
    world.changePolicy(SUBNETS_ONLY);
    await world.sweep();
    expect(await world.routes(requester)).toEqual(
      [
        `${requester.tableIds[0]} 10.2.0.0/24 ${peeringId} active`,
        `${requester.mainTableId} 10.2.0.0/16 ${peeringId} active`,
      ].toSorted(),
    );
    expect(await destinations(world, accepter)).toEqual(['10.1.0.0/24']);
  });

  it('takes a route away where nothing new is wanted in its place', async () => {
    const { world, requester, accepter } = await connected();
    world.changePolicy(
      APPS_TO_SHARED.replace(
        'accepter: shared }',
        'accepter: shared, connect: { routes: { exclude: [10.2.0.0/16] } } }',
      ),
    );
    await world.sweep();
    expect(await destinations(world, requester)).toEqual([]);
    expect(await destinations(world, accepter)).toEqual(['10.1.0.0/16']);
  });

  it('writes the new route before it takes the old one away', async () => {
    const { world } = await connected();
    const from = world.aws.calls.length;
    world.changePolicy(SUBNETS_ONLY);
    await world.sweep();
    const changes = world.aws.calls.slice(from).filter(({ action }) => /^(Create|Delete)Route$/.test(action));
    expect(changes.map(({ action }) => action)).toEqual([
      'CreateRoute',
      'CreateRoute',
      'DeleteRoute',
      'DeleteRoute',
    ]);
  });
});

describe('a function that dies', () => {
  it.each([
    ['before the route is written', { service: 'ec2', action: 'CreateRoute' }],
    ['before the ledger has heard that it is', { service: 'dynamodb', action: 'BatchWriteItem' }],
  ])('%s leaves no route that autopeer would not take for its own', async (_name, filter) => {
    let heal = (): void => {};
    const { world, requester, accepter, peeringId } = await connected((each) => {
      heal = each.aws.faults.latency(filter, 10 * 60_000);
      each.aws.clock.schedule(60_000, () => heal());
    });
    await expectConnected(world, requester, accepter, peeringId);
    world.changePolicy(SUBNETS_ONLY);
    await world.sweep();
    expect(await destinations(world, requester)).toEqual(['10.2.0.0/24']);
    expect(await destinations(world, accepter)).toEqual(['10.1.0.0/24']);
  });
});

it('what was done before a step failed is in the history too', async () => {
  const { world } = await connected((each) =>
    each.aws.faults.failNext('ec2', 'CreateRoute', new AwsError('InternalFailure', 'no'), 2),
  );
  const entries = world.aws.calls.flatMap(({ input }) => {
    const text = JSON.stringify(input);
    return text.includes('history#') ? [text] : [];
  });
  expect(entries.some((entry) => entry.includes('accept the peering in'))).toBe(true);
});

it('without the ledger nothing is written at all', async () => {
  const { world, requester, accepter, peeringId } = await connected((each) =>
    each.aws.faults.deny('dynamodb', 'Query'),
  );
  expect((await world.peering(requester, peeringId))?.Status?.Code).toBe('pending-acceptance');
  expect(await world.routes(accepter)).toEqual([]);
  expect(world.deadLetters().some((body) => body.includes(peeringId))).toBe(true);
});

it('a peering that EC2 has forgotten is cleaned up on both sides, whichever account tells of it', async () => {
  const { world, requester, accepter, peeringId } = await connected();
  world.aws.trail.dropWhere(() => true);
  await world.deletePeering(requester, peeringId);
  await world.aws.clock.run(world.aws.clock.now() + 3 * DAY_MS);
  await world.hint(requester, peeringId);
  await world.settle();
  expect(await world.routes(requester)).toEqual([]);
  expect(await world.routes(accepter)).toEqual([]);
});

describe('pain 23: another tool undoes our routes for ever', () => {
  /** What a Terraform with inline routes does at each run. */
  const undo = async (world: World, vpc: BuiltVpc, destination: string): Promise<void> => {
    const command = new DeleteRouteCommand({
      RouteTableId: vpc.tableIds[0],
      DestinationCidrBlock: destination,
    });
    await world.aws.clock.drive(world.ec2(vpc.accountId, vpc.region).send(command));
    await world.settle();
  };

  it('and keeps nobody from what the policy no longer gives: the other side’s route goes', async () => {
    const { world, requester, accepter } = await connected();
    for (let round = 0; round < 3; round++) await undo(world, requester, '10.2.0.0/16');
    expect(await destinations(world, requester)).toEqual([]);
    expect(await destinations(world, accepter)).toEqual(['10.1.0.0/16']);
    const narrowed = 'accepter: shared, connect: { routes: { exclude: [10.1.0.0/16] } } }';
    world.changePolicy(APPS_TO_SHARED.replace('accepter: shared }', narrowed));
    await world.sweep();
    expect(await destinations(world, requester)).toEqual([]);
    expect(await destinations(world, accepter)).toEqual([]);
  });

  it('and has a rule in dry run remove nothing', async () => {
    const { world, requester, accepter } = await connected();
    for (let round = 0; round < 3; round++) await undo(world, requester, '10.2.0.0/16');
    const narrowed = 'accepter: shared, dryRun: true, connect: { routes: { exclude: [10.1.0.0/16] } } }';
    world.changePolicy(APPS_TO_SHARED.replace('accepter: shared }', narrowed));
    await world.sweep();
    expect(await destinations(world, accepter)).toEqual(['10.1.0.0/16']);
  });

  it('and takes no old way where the new one is fought over, and goes on at the other side', async () => {
    const { world, requester, accepter } = await connected();
    for (let round = 0; round < 3; round++) await undo(world, requester, '10.2.0.0/16');
    world.changePolicy(SUBNETS_ONLY);
    await world.sweep();
    expect(await destinations(world, accepter)).toEqual(['10.1.0.0/24']);
    const old = await destinations(world, requester);
    expect(old).toEqual(['10.2.0.0/24']);
    world.changePolicy(APPS_TO_SHARED);
    await world.sweep();
    expect(await destinations(world, requester)).toEqual(old);
    expect(await destinations(world, accepter)).toEqual(['10.1.0.0/16']);
  });

  it('and does not try what AWS denies again at each look', async () => {
    const { world, requester } = await connected(({ aws }) =>
      aws.faults.deny('ec2', 'ModifyVpcPeeringConnectionOptions', APPS),
    );
    for (let round = 0; round < 3; round++) await undo(world, requester, '10.2.0.0/16');
    const tried = (): number =>
      world.aws.calls.filter(({ action }) => action === 'ModifyVpcPeeringConnectionOptions').length;
    const before = tried();
    for (let sweep = 0; sweep < 4; sweep++) await world.sweep();
    expect(tried()).toBe(before);
  });

  it('autopeer stops after some rounds, says so once, and tries again a day later', async () => {
    const { world, requester, peeringId } = await connected();
    for (const round of [1, 2]) {
      await undo(world, requester, '10.2.0.0/16');
      expect([round, await destinations(world, requester)]).toEqual([round, ['10.2.0.0/16']]);
    }
    await undo(world, requester, '10.2.0.0/16');
    await world.sweep();
    await world.sweep();
    expect(await destinations(world, requester)).toEqual([]);
    const held = world.aws.sns.published.filter(
      ({ subject }) => subject === `autopeer: Peering Contested, ${peeringId}`,
    );
    expect(held).toHaveLength(1);
    expect(held[0]?.message).toContain('somebody undoes it again and again: route 10.2.0.0/16');
    expect(held[0]?.message).toMatch(
      /what CloudTrail told of last was DeleteRoute by arn:aws:\S*111111111111/,
    );
    await world.aws.clock.run(world.aws.clock.now() + 2 * DAY_MS);
    await world.sweep();
    expect(await destinations(world, requester)).toEqual(['10.2.0.0/16']);
  });
});
