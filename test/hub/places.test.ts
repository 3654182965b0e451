import { CreateSubnetCommand, ModifyVpcAttributeCommand } from '@aws-sdk/client-ec2';
import { AwsError } from '../../sim/types.ts';
import type { World } from '../../sim/world/world.ts';
import { aPair, APPS, aWorld, expectConnected, SANDBOX } from '../support/world.ts';

const BARE = '444444444444';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** An hour later the next sweep tells what the last one found. */
async function sweepAgain(world: World): Promise<void> {
  await world.aws.clock.run(world.aws.clock.now() + HOUR_MS);
  await world.sweep();
}

const toldOf = (world: World, subject: string) =>
  world.aws.sns.published.filter((notice) => notice.subject?.includes(subject) === true);

const bareAccount = (world: World, id = BARE, parentId = 'ou-ab12-shared01'): void => {
  world.aws.organization.addAccount(id, { parentId });
};

/** A world that knows from its sweeps that one account has not enrolled, and one VPC of it. */
async function aWorldWithBare() {
  const world = aWorld();
  bareAccount(world);
  const { requester } = await aPair(world);
  const bare = await world.buildVpc(BARE, 'eu-west-1', '10.4.0.0/16');
  await world.settle();
  await world.sweep();
  await sweepAgain(world);
  return { world, requester, bare };
}

const callsFor = (world: World, from: number, accountId: string) =>
  world.aws.calls.slice(from).filter(({ action, input }) => {
    const text = JSON.stringify(input ?? {});
    return action === 'AssumeRole' && text.includes(accountId);
  });

const writesOfPlaces = (world: World, from: number) =>
  world.aws.calls
    .slice(from)
    .filter(
      ({ service, action, caller }) =>
        service === 'dynamodb' && action === 'PutItem' && caller.arn.endsWith('sweepAccount'),
    );

describe('places that may not be read', () => {
  it('are told once, all together, and once when they are well again', async () => {
    const world = aWorld();
    const many = Array.from({ length: 30 }, (_, index) => String(500_000_000_000 + index));
    for (const id of many) bareAccount(world, id);
    await world.sweep();
    expect(toldOf(world, 'Access')).toEqual([]);
    await sweepAgain(world);
    await sweepAgain(world);
    const missing = toldOf(world, 'Access Missing');
    // The hub and the management account have no member stack either, and each has two regions.
    expect(missing.map(({ subject }) => subject)).toEqual([
      'autopeer: Access Missing, 64 places, no-member-role',
    ]);
    expect(missing[0]?.message).toContain(`account ${many[7]}, us-east-1`);

    for (const id of many) world.deployMember(id);
    await sweepAgain(world);
    await sweepAgain(world);
    await sweepAgain(world);
    expect(toldOf(world, 'Access').map(({ subject }) => subject)).toEqual([
      'autopeer: Access Missing, 64 places, no-member-role',
      'autopeer: Access Restored, 60 places, ok',
    ]);
    expect(world.deadLetters()).toEqual([]);
  });

  it('a region that is denied is one notice, apart from accounts without a role', async () => {
    const world = aWorld();
    const denied = new AwsError('UnauthorizedOperation', 'You are not authorized.', 403);
    const filter = { service: 'ec2', accountId: SANDBOX, region: 'us-east-1' };
    const permit = world.aws.faults.failSome(filter, 1, denied);
    await world.sweep();
    await sweepAgain(world);
    permit();
    await sweepAgain(world);
    await sweepAgain(world);
    expect(toldOf(world, 'no-access')).toHaveLength(1);
    expect(toldOf(world, 'no-access')[0]?.message).toContain(`account ${SANDBOX}, us-east-1`);
    expect(toldOf(world, 'Access Restored')).toHaveLength(1);
  });

  it('one that was well again before the next sweep is not told', async () => {
    const world = aWorld();
    bareAccount(world);
    await world.sweep();
    world.deployMember(BARE);
    const vpc = await world.buildVpc(BARE, 'eu-west-1', '10.4.0.0/16');
    const subnet = new CreateSubnetCommand({ VpcId: vpc.vpcId, CidrBlock: '10.4.9.0/24' });
    await world.aws.clock.drive(world.ec2(BARE, 'eu-west-1').send(subnet));
    await world.settle();
    await sweepAgain(world);
    await sweepAgain(world);
    expect(toldOf(world, 'Access').map(({ message }) => message.includes(BARE))).toEqual([false]);
  });

  it('are written down once, however many sweeps find the same', async () => {
    const { world } = await aWorldWithBare();
    const from = world.aws.calls.length;
    for (let sweep = 0; sweep < 5; sweep++) await sweepAgain(world);
    expect(writesOfPlaces(world, from)).toEqual([]);
  });
});

describe('hints about an account that nobody has enrolled', () => {
  it('cost no look: a burst of requests is held and told, and nobody asks for the role', async () => {
    const { world, requester } = await aWorldWithBare();
    const from = world.aws.calls.length;
    const requests: string[] = [];
    for (let index = 0; index < 10; index++) {
      const vpc = await world.buildVpc(BARE, 'eu-west-1', `10.${50 + index}.0.0/16`);
      requests.push(await world.requestPeering(requester, vpc));
    }
    await world.settle();
    expect(
      callsFor(world, from, BARE).filter(({ caller }) => caller.arn.endsWith('reconcilePeering')),
    ).toEqual([]);
    const told = toldOf(world, 'Peering Held');
    expect(told).toHaveLength(10);
    expect(told[0]?.message).toContain(`arn:aws:iam::${BARE}:role/autopeer-prod-member`);
    const rechecks = world.aws.lambda.invocations.filter(({ functionName }) =>
      functionName.endsWith('recheck'),
    );
    expect(rechecks).toEqual([]);
  });

  it('are told in the same words as a look would tell, so that nobody hears it twice', async () => {
    const world = aWorld();
    bareAccount(world);
    const { requester } = await aPair(world);
    const bare = await world.buildVpc(BARE, 'eu-west-1', '10.4.0.0/16');
    await world.settle();
    const peeringId = await world.requestPeering(requester, bare);
    await world.settle();
    await world.sweep();
    await sweepAgain(world);
    await sweepAgain(world);
    expect(toldOf(world, peeringId)).toHaveLength(1);
  });

  it('clean up the other side, without asking for the role', async () => {
    const { world, requester, bare } = await aWorldWithBare();
    const peeringId = await world.requestPeering(requester, bare);
    await world.settle();
    const from = world.aws.calls.length;
    await world.deletePeering(requester, peeringId);
    await world.settle();
    expect(
      callsFor(world, from, BARE).filter(({ caller }) => caller.arn.endsWith('reconcilePeering')),
    ).toEqual([]);
    expect(toldOf(world, `Ended, ${peeringId}`)).toHaveLength(1);
  });
});

describe('soon after an account has enrolled, without waiting for a sweep', () => {
  it('what was held connects when anything changes there', async () => {
    const { world, requester, bare } = await aWorldWithBare();
    const peeringId = await world.requestPeering(requester, bare);
    await world.settle();
    world.deployMember(BARE);
    const subnet = new CreateSubnetCommand({ VpcId: bare.vpcId, CidrBlock: '10.4.9.0/24' });
    await world.aws.clock.drive(world.ec2(BARE, 'eu-west-1').send(subnet));
    await world.aws.clock.run(world.aws.clock.now() + 10 * MINUTE_MS);
    await world.settle();
    expect((await world.peering(requester, peeringId))?.Status?.Code).toBe('active');
  });

  it('a request from there connects, and with it what else was held for that account', async () => {
    const { world, requester, bare } = await aWorldWithBare();
    const held = await world.requestPeering(requester, bare);
    await world.settle();
    world.deployMember(BARE);
    const second = await world.buildVpc(APPS, 'us-east-1', '10.8.0.0/16');
    const from = world.aws.clock.now();
    await world.requestPeering(bare, second);
    await world.aws.clock.run(from + 10 * MINUTE_MS);
    await world.settle();
    expect((await world.peering(requester, held))?.Status?.Code).toBe('active');
  });

  it('a request that it made before, and that the other side held, connects', async () => {
    const world = aWorld();
    bareAccount(world, BARE, 'ou-ab12-apps0001');
    const { accepter } = await aPair(world);
    const bare = await world.buildVpc(BARE, 'eu-west-1', '10.4.0.0/16');
    await world.settle();
    await world.sweep();
    const peeringId = await world.requestPeering(bare, accepter);
    await world.settle();
    await sweepAgain(world);
    expect(toldOf(world, `Held, ${peeringId}`)).toHaveLength(1);
    world.deployMember(BARE);
    const names = new ModifyVpcAttributeCommand({ VpcId: bare.vpcId, EnableDnsSupport: { Value: true } });
    await world.aws.clock.drive(world.ec2(BARE, 'eu-west-1').send(names));
    await world.aws.clock.run(world.aws.clock.now() + 10 * MINUTE_MS);
    await world.settle();
    expect((await world.peering(bare, peeringId))?.Status?.Code).toBe('active');
  });

  it('a region that was denied and is permitted again serves the next request from there', async () => {
    const world = aWorld();
    const { requester, accepter } = await aPair(world);
    const denied = new AwsError('UnauthorizedOperation', 'You are not authorized.', 403);
    const filter = { service: 'ec2', accountId: APPS, region: 'eu-west-1', roleName: 'autopeer-prod-member' };
    const permit = world.aws.faults.failSome(filter, 1, denied);
    await world.sweep();
    await sweepAgain(world);
    permit();
    const peeringId = await world.requestPeering(requester, accepter);
    await world.settle();
    await expectConnected(world, requester, accepter, peeringId);
  });

  it('its other regions are looked at too, since its role is the same everywhere', async () => {
    const { world, requester, bare } = await aWorldWithBare();
    const far = await world.buildVpc(BARE, 'us-east-1', '10.5.0.0/16');
    const held = await world.requestPeering(requester, far);
    await world.settle();
    world.deployMember(BARE);
    const subnet = new CreateSubnetCommand({ VpcId: bare.vpcId, CidrBlock: '10.4.9.0/24' });
    await world.aws.clock.drive(world.ec2(BARE, 'eu-west-1').send(subnet));
    await world.aws.clock.run(world.aws.clock.now() + 10 * MINUTE_MS);
    await world.settle();
    expect((await world.peering(requester, held))?.Status?.Code).toBe('active');
  });
});
