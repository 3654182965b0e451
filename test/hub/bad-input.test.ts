import { CreateRouteCommand, DeleteVpcCommand } from '@aws-sdk/client-ec2';
import type { World } from '../../sim/world/world.ts';
import { APPS_TO_SHARED } from '../support/policy-text.ts';
import { aPair, APPS, aWorld, expectConnected, SANDBOX, SHARED } from '../support/world.ts';

const counted = (world: World, counter: string, reason: string): number =>
  world.aws.lambda.counts.filter(
    (count) => count.counter === counter && count.dimensions['reason'] === reason,
  ).length;

const subjects = (world: World): readonly (string | undefined)[] =>
  world.aws.sns.published.map(({ subject }) => subject);

it('an event that is malformed is kept as a dead letter with the reason', async () => {
  const world = aWorld();
  const { requester, accepter } = await aPair(world);
  await world.requestPeering(requester, accepter);
  await world.settle();
  const sample = world.aws.trail.delivered.find(({ event }) =>
    JSON.stringify(event.detail).includes('"eventName":"CreateVpcPeeringConnection"'),
  );
  if (sample === undefined) throw new Error('the request made no event');
  world.aws.trail.redeliver({
    ...sample.event,
    detail: { ...Object(sample.event.detail), responseElements: {} },
  });
  await world.settle();
  const [letter, ...others] = world.deadLetters();
  expect(others).toEqual([]);
  expect(letter).toContain('malformed event: ');
  expect(letter).toContain('MalformedEvent');
  expect(world.hub.ringing()).toEqual(['autopeer-prod-dead-letter-cause']);
});

it('a failed call is a counted no-op', async () => {
  const world = aWorld();
  const { requester, accepter } = await aPair(world);
  const nobody = world.requestPeering({ ...requester, vpcId: 'vpc-99999999999999999' }, accepter);
  await expect(nobody).rejects.toThrow('vpc-99999999999999999');
  await world.settle();
  expect(counted(world, 'IntakeIgnored', 'failed-call')).toBe(1);
  expect(world.deadLetters()).toEqual([]);
});

it('an event from an account that is no member is a counted no-op', async () => {
  const world = aWorld();
  const { requester, accepter } = await aPair(world);
  const peeringId = await world.requestPeering(requester, accepter);
  // It leaves the organization between its call and our look.
  world.aws.organization.removeAccount(APPS);
  await world.settle();
  await world.aws.clock.run(world.aws.clock.now() + 60_000);
  expect(counted(world, 'ReconcileOutcome', 'not-a-member')).toBe(0);
  expect((await world.peering(requester, peeringId))?.Status?.Code).toBe('pending-acceptance');
  expect(world.deadLetters()).toEqual([]);
});

it('an account that leaves while its event is on the way is a counted no-op too', async () => {
  const world = aWorld();
  const { requester, accepter } = await aPair(world);
  await world.requestPeering(requester, accepter);
  const stop = world.aws.faults.latency({ service: 'organizations' }, 5_000);
  world.aws.organization.suspendAccount(APPS);
  await world.settle();
  stop();
  expect(counted(world, 'ReconcileOutcome', 'not-a-member')).toBe(1);
});

it('a hint from an account that has nothing to do with a peering costs none of its routes', async () => {
  const world = aWorld({ policy: 'version: 1\nregions: [eu-west-1]\n' });
  const { requester, accepter } = await aPair(world);
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  const byHand = new CreateRouteCommand({
    RouteTableId: accepter.mainTableId,
    DestinationCidrBlock: requester.cidr,
    VpcPeeringConnectionId: peeringId,
  });
  await world.aws.clock.drive(world.ec2(SHARED, 'eu-west-1').send(byHand));
  const stranger = await world.buildVpc(SANDBOX, 'eu-west-1', '10.3.0.0/16');
  await world.hint(stranger, peeringId);
  await world.settle();
  expect(await world.routes(accepter)).toHaveLength(1);
  expect(subjects(world)).toEqual([`autopeer: Peering Held, ${peeringId}`]);
});

it('a peering whose VPC cannot be read is held, with the reason', async () => {
  const world = aWorld();
  const { requester, accepter } = await aPair(world);
  world.aws.faults.deny('ec2', 'DescribeVpcs', SHARED);
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  expect((await world.peering(requester, peeringId))?.Status?.Code).toBe('pending-acceptance');
  expect(subjects(world)).toEqual([`autopeer: Peering Held, ${peeringId}`]);
  expect(world.aws.sns.published[0]?.message).toContain(`DescribeVpcs in account ${SHARED}`);
  expect(world.deadLetters()).toEqual([]);
});

it('a VPC that is gone by the time we look is no reason to accept', async () => {
  const world = aWorld();
  const { requester, accepter } = await aPair(world);
  const empty = await world.buildVpc(SHARED, 'eu-west-1', '10.5.0.0/16', 0);
  const peeringId = await world.requestPeering(requester, empty);
  await world.aws.clock.drive(
    world.ec2(SHARED, 'eu-west-1').send(new DeleteVpcCommand({ VpcId: empty.vpcId })),
  );
  await world.settle();
  expect((await world.peering(requester, peeringId))?.Status?.Code).not.toBe('active');
  expect(await world.routes(requester)).toEqual([]);
  expect(await world.routes(accepter)).toEqual([]);
});

it('an account that nobody has enrolled is told once, rings no alarm, and is connected when it is enrolled', async () => {
  const world = aWorld();
  const { requester, accepter } = await aPair(world);
  const bare = '444444444444';
  world.aws.organization.addAccount(bare, { parentId: 'ou-ab12-shared01' });
  const unreachable = await world.buildVpc(bare, 'eu-west-1', '10.4.0.0/16');
  const waiting = await world.requestPeering(requester, unreachable);
  const fine = await world.requestPeering(requester, accepter);
  await sweepTwice();
  expect((await world.peering(requester, waiting))?.Status?.Code).toBe('pending-acceptance');
  await expectConnected(world, requester, accepter, fine);
  const told = world.aws.sns.published.filter(({ subject }) => subject?.endsWith(waiting) === true);
  expect(told.map(({ subject }) => subject)).toEqual([`autopeer: Peering Held, ${waiting}`]);
  expect(told[0]?.message).toContain(`arn:aws:iam::${bare}:role/autopeer-prod-member`);
  expect(world.deadLetters()).toEqual([]);

  world.deployMember(bare);
  await sweepTwice();
  expect((await world.peering(requester, waiting))?.Status?.Code).toBe('active');
  expect(await world.routes(unreachable)).toHaveLength(unreachable.tableIds.length);

  async function sweepTwice(): Promise<void> {
    for (let sweep = 0; sweep < 2; sweep++) {
      world.hub.fireSchedules();
      await world.settle();
    }
  }
});

it('overlapping CIDRs fail in EC2, and people are told', async () => {
  const world = aWorld();
  const requester = await world.buildVpc(APPS, 'eu-west-1', '10.1.0.0/16');
  const accepter = await world.buildVpc(SHARED, 'eu-west-1', '10.1.0.0/16');
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  expect(subjects(world)).toEqual([`autopeer: Peering Failed, ${peeringId}`]);
});

it('a broken policy file keeps the function from starting, and every fault is in the reason', async () => {
  const world = aWorld({ policy: 'version: 2\nregions: [nowhere]\n' });
  const { requester, accepter } = await aPair(world);
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  expect((await world.peering(requester, peeringId))?.Status?.Code).toBe('pending-acceptance');
  const failures = world.aws.lambda.invocations.filter(({ result }) => result?.kind !== 'success');
  expect(JSON.stringify(failures)).toContain('policy.yaml:1:');
  expect(JSON.stringify(failures)).toContain('policy.yaml:2:');
  expect(world.deadLetters().some((body) => body.includes(peeringId))).toBe(true);
});

it('what a recheck cannot send on is logged with the reason, and ends in the dead-letter queue', async () => {
  const world = aWorld();
  const { requester, accepter } = await aPair(world);
  // EC2 does not show a new peering at once, so that it is held back for a while.
  world.aws.ec2.configure({ readLagMs: 60_000 });
  const peeringId = await world.requestPeering(requester, accepter);
  await world.aws.clock.run(world.aws.clock.now() + 25_000);
  world.aws.faults.deny('sqs', 'SendMessage');
  await world.settle();
  const reasons = world.aws.lambda.logs.flatMap(({ entry }) =>
    entry.code === 'recheck.failed' ? [entry.reason] : [],
  );
  expect(reasons).toHaveLength(5);
  expect(reasons[0]).toContain('SendMessage in the hub failed: AccessDenied');
  expect(world.deadLetters().some((body) => body.includes(peeringId))).toBe(true);
});

it('a hint from a stranger, while no account of the peering may be asked, neither ends it nor makes us forget it', async () => {
  const world = aWorld();
  const { requester, accepter } = await aPair(world);
  const stranger = await world.buildVpc(SANDBOX, 'eu-west-1', '10.3.0.0/16');
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  for (const id of [APPS, SHARED]) world.aws.organization.removeAccount(id);
  world.aws.lambda.recycle();
  await world.hint(stranger, peeringId);
  await world.settle();
  expect(subjects(world)).toEqual([`autopeer: Peering Connected, ${peeringId}`]);
  world.aws.organization.addAccount(APPS, { parentId: 'ou-ab12-apps0001' });
  world.aws.organization.addAccount(SHARED, { parentId: 'ou-ab12-shared01' });
  world.changePolicy(
    APPS_TO_SHARED.replace(
      'accepter: shared }',
      'accepter: shared, connect: { routes: { exclude: [10.2.0.0/16] } } }',
    ),
  );
  await world.sweep();
  expect(await world.routes(requester)).toEqual([]);
});
