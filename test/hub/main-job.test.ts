import { CreateSubnetCommand, ModifyVpcPeeringConnectionOptionsCommand } from '@aws-sdk/client-ec2';
import type { World } from '../../sim/world/world.ts';
import { given } from '../simulation/invariants/read.ts';
import { aPair, APPS, aWorld, dnsFlags, expectConnected, SANDBOX, SHARED } from '../support/world.ts';

describe('an allowed request', () => {
  it.each([
    ['within a region', 'eu-west-1', 'eu-west-1'],
    ['between regions', 'eu-west-1', 'us-east-1'],
    ['between regions that are not the hub’s', 'us-east-1', 'us-east-1'],
  ])('across accounts, %s, ends active with routes and DNS on both sides', async (_name, from, to) => {
    const world = aWorld({ wire: 'http' });
    const { requester, accepter } = await aPair(world, from, to);
    const peeringId = await world.requestPeering(requester, accepter);
    await world.settle();
    await expectConnected(world, requester, accepter, peeringId);
  });

  it.each([
    ['within a region', 'eu-west-1'],
    ['between regions', 'us-east-1'],
  ])('within an account, %s, ends connected too', async (_name, to) => {
    const world = aWorld({ policy: WITHIN_APPS, wire: 'http' });
    const requester = await world.buildVpc(APPS, 'eu-west-1', '10.1.0.0/16');
    const accepter = await world.buildVpc(APPS, to, '10.2.0.0/16');
    const peeringId = await world.requestPeering(requester, accepter);
    await world.settle();
    await expectConnected(world, requester, accepter, peeringId);
  });

  it('gives every table its route, also those on the second page of EC2’s answers', async () => {
    const world = aWorld({ wire: 'http' });
    const requester = await world.buildVpc(APPS, 'eu-west-1', '10.1.0.0/16', 12);
    const accepter = await world.buildVpc(SHARED, 'eu-west-1', '10.2.0.0/16', 7);
    const peeringId = await world.requestPeering(requester, accepter);
    await world.settle();
    await expectConnected(world, requester, accepter, peeringId);
  });

  it('gives the main table its route for a subnet on the second page of EC2’s answers', async () => {
    const world = aWorld({ wire: 'http' });
    const requester = await world.buildVpc(APPS, 'eu-west-1', '10.1.0.0/16', 8);
    const accepter = await world.buildVpc(SHARED, 'eu-west-1', '10.2.0.0/16');
    const command = new CreateSubnetCommand({ VpcId: requester.vpcId, CidrBlock: '10.1.200.0/24' });
    await world.aws.clock.drive(world.ec2(APPS, 'eu-west-1').send(command));
    const peeringId = await world.requestPeering(requester, accepter);
    await world.settle();
    expect(await world.routes(requester)).toContain(
      `${requester.mainTableId} 10.2.0.0/16 ${peeringId} active`,
    );
  });

  it('carries its status as tags, in both accounts', async () => {
    const world = aWorld({ wire: 'http' });
    const { requester, accepter } = await aPair(world, 'eu-west-1', 'us-east-1');
    const peeringId = await world.requestPeering(requester, accepter);
    await world.settle();
    for (const side of [requester, accepter]) {
      expect((await world.peering(side, peeringId))?.Tags).toEqual(
        expect.arrayContaining([
          { Key: 'autopeer:status', Value: 'connected' },
          { Key: 'autopeer:rule', Value: 'apps-to-shared' },
        ]),
      );
    }
  });

  it('is told to people by SNS and Slack, with the rule', async () => {
    const world = aWorld({ wire: 'http' });
    const { requester, accepter } = await aPair(world);
    const peeringId = await world.requestPeering(requester, accepter);
    await world.settle();
    const [publication, ...others] = world.aws.sns.published;
    expect(others).toEqual([]);
    expect(publication?.subject).toBe(`autopeer: Peering Connected, ${peeringId}`);
    expect(publication?.message).toContain('Rule: apps-to-shared');
    expect(publication?.message).toContain(`${peeringId} (active)`);
    expect(world.slack).toHaveLength(1);
    expect(world.slack[0]).toContain(`*Peering Connected* \`${peeringId}\``);
  });
});

describe('a request that is not allowed', () => {
  it('is rejected where a deny rule stops it, with the reason of the rule', async () => {
    const world = aWorld({ wire: 'http' });
    const requester = await world.buildVpc(APPS, 'eu-west-1', '10.1.0.0/16');
    const accepter = await world.buildVpc(SANDBOX, 'eu-west-1', '10.3.0.0/16');
    const peeringId = await world.requestPeering(requester, accepter);
    await world.settle();
    expect((await world.peering(requester, peeringId))?.Status?.Code).toBe('rejected');
    expect(await world.routes(requester)).toEqual([]);
    expect(world.aws.sns.published[0]?.message).toContain('PCI scope');
  });

  it('is rejected where one side is a default VPC, and no rule wants one', async () => {
    const world = aWorld({
      policy: `version: 1
regions: [eu-west-1]
allow: [{ name: all, between: [any, any] }]
deny: [{ name: no-default-vpcs, between: [any, { defaultVpc: true }] }]`,
    });
    const { requester } = await aPair(world);
    const made = await world.aws.clock.drive(world.aws.act(SHARED, 'eu-west-1', 'CreateDefaultVpc', {}));
    const vpcId = given(made, 'Vpc', 'VpcId');
    const accepter = { ...requester, accountId: SHARED, vpcId, cidr: '172.31.0.0/16', tableIds: [] };
    const peeringId = await world.requestPeering(requester, accepter);
    await world.settle();
    expect((await world.peering(requester, peeringId))?.Status?.Code).toBe('rejected');
    expect(world.aws.sns.published.at(-1)?.message).toContain('a default VPC');
  });

  it('is held where no rule matches, and the notice says what came nearest', async () => {
    const world = aWorld({ wire: 'http' });
    const requester = await world.buildVpc(SHARED, 'eu-west-1', '10.2.0.0/16');
    const accepter = await world.buildVpc(SANDBOX, 'eu-west-1', '10.3.0.0/16');
    const peeringId = await world.requestPeering(requester, accepter);
    await world.settle();
    expect((await world.peering(requester, peeringId))?.Status?.Code).toBe('pending-acceptance');
    const [publication] = world.aws.sns.published;
    expect((await world.peering(requester, peeringId))?.Tags).toContainEqual({
      Key: 'autopeer:status',
      Value: 'held',
    });
    expect(publication?.subject).toContain('Peering Held');
    expect(publication?.message).toContain('apps-to-shared');
  });
});

describe('a deleted peering', () => {
  it.each(['requester', 'accepter'] as const)(
    'deleted by the %s, leaves no route on either side',
    async (who) => {
      const world = aWorld({ wire: 'http' });
      const { requester, accepter } = await aPair(world, 'eu-west-1', 'us-east-1');
      const peeringId = await world.requestPeering(requester, accepter);
      await world.settle();
      await world.deletePeering(who === 'requester' ? requester : accepter, peeringId);
      await world.settle();
      expect(await world.routes(requester)).toEqual([]);
      expect(await world.routes(accepter)).toEqual([]);
      expect(world.aws.sns.published.at(-1)?.subject).toContain('Peering Cleaned Up');
    },
  );
});

it('a peering that is deleted and made anew with the same VPCs at once ends connected', async () => {
  const world = aWorld({ wire: 'http' });
  const { requester, accepter } = await aPair(world);
  const first = await world.requestPeering(requester, accepter);
  await world.settle();
  await world.deletePeering(requester, first);
  const second = await world.requestPeering(requester, accepter);
  await world.settle();
  await expectConnected(world, requester, accepter, second);
});

describe('the same end, however the events come', () => {
  const connected = async (disturb: (world: World) => void) => {
    const world = aWorld({ wire: 'http' });
    disturb(world);
    const { requester, accepter } = await aPair(world);
    const peeringId = await world.requestPeering(requester, accepter);
    await world.settle();
    return { world, requester, accepter, peeringId };
  };

  it('each event twice', async () => {
    const { world, requester, accepter, peeringId } = await connected((each) =>
      each.aws.trail.configure({ duplicateRate: 1 }),
    );
    await expectConnected(world, requester, accepter, peeringId);
    await world.deletePeering(requester, peeringId);
    await world.settle();
    expect(await world.routes(requester)).toEqual([]);
    expect(await world.routes(accepter)).toEqual([]);
    expect(world.aws.sns.published.map(({ subject }) => subject)).toHaveLength(2);
  });

  it('events out of order', async () => {
    const { world, requester, accepter, peeringId } = await connected((each) =>
      each.aws.trail.configure({ reorderRate: 0.5 }),
    );
    await expectConnected(world, requester, accepter, peeringId);
  });

  it('an old event after the end changes nothing', async () => {
    const { world, requester, accepter, peeringId } = await connected(() => {});
    const old = world.aws.trail.delivered.map(({ event }) => event);
    await world.deletePeering(requester, peeringId);
    await world.settle();
    const routesBefore = await world.routes(accepter);
    for (const event of old) world.aws.trail.redeliver(event);
    await world.settle();
    expect(await world.routes(accepter)).toEqual(routesBefore);
    expect((await world.peering(requester, peeringId))?.Status?.Code).toBe('deleted');
  });

  it('a run with nothing to do writes nothing', async () => {
    const { world } = await connected(() => {});
    const before = world.aws.calls.length;
    expect(world.aws.lambda.counts.filter((count) => count.dimensions['reason'] === 'own-call')).toHaveLength(
      5,
    );
    world.aws.clock.schedule(FIFO_DEDUPLICATION_MS, () => {});
    await world.settle();
    for (const { event } of world.aws.trail.delivered.slice()) world.aws.trail.redeliver(event);
    await world.settle();
    const later = world.aws.calls.slice(before);
    expect(later.length).toBeGreaterThan(0);
    expect(
      later.filter(({ service, action }) => service === 'ec2' && !action.startsWith('Describe')),
    ).toEqual([]);
  });
});

it('DNS that somebody turns off is turned on again', async () => {
  const world = aWorld({ wire: 'http' });
  const { requester, accepter } = await aPair(world);
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  const off = new ModifyVpcPeeringConnectionOptionsCommand({
    VpcPeeringConnectionId: peeringId,
    AccepterPeeringConnectionOptions: { AllowDnsResolutionFromRemoteVpc: false },
  });
  await world.aws.clock.drive(world.ec2(accepter.accountId, accepter.region).send(off));
  expect(await dnsFlags(world, requester, accepter, peeringId)).toEqual([true, false]);
  await world.settle();
  expect(await dnsFlags(world, requester, accepter, peeringId)).toEqual([true, true]);
});

/** SQS drops a message that it has had within five minutes. */
const FIFO_DEDUPLICATION_MS = 5 * 60 * 1000;

const WITHIN_APPS = `
version: 1
regions: [eu-west-1, us-east-1]
groups: { apps: { ous: [ou-ab12-apps0001] } }
allow:
  - { name: within-apps, requester: apps, accepter: apps }
`;
