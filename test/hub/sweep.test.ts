import {
  AcceptVpcPeeringConnectionCommand,
  AssociateVpcCidrBlockCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  DeleteRouteCommand,
  DeleteSubnetCommand,
  ModifyVpcPeeringConnectionOptionsCommand,
} from '@aws-sdk/client-ec2';
import { APPS_TO_SHARED } from '../support/policy-text.ts';
import { AwsError } from '../../sim/types.ts';
import type { World } from '../../sim/world/world.ts';
import {
  aPair,
  APPS,
  aWorld,
  dnsFlags,
  expectConnected,
  SANDBOX,
  SHARED,
  toldBesidesPlaces,
} from '../support/world.ts';

const VENDOR = '777766665555';
const DAY_MS = 24 * 3600 * 1000;

/** Loses every event of EC2 from now on: whatever happens then, only a sweep can find it. */
const deaf = (world: World) => world.aws.trail.dropWhere(() => true);

const toldOfPeerings = (world: World) => toldBesidesPlaces(world).map(({ subject }) => subject);

const writesIn = (world: World, from: number) =>
  world.aws.calls
    .slice(from)
    .filter(
      ({ service, action, caller }) => service === 'ec2' && !action.startsWith('Describe') && caller.roleArn,
    );

describe('a sweep finds what events missed', () => {
  it('a pending request', async () => {
    const world = aWorld();
    const { requester, accepter } = await aPair(world, 'eu-west-1', 'us-east-1');
    deaf(world);
    const peeringId = await world.requestPeering(requester, accepter);
    await world.settle();
    await world.sweep();
    await expectConnected(world, requester, accepter, peeringId);
  });

  it('a request from outside the organization, of which no event ever told', async () => {
    const world = aWorld({
      policy: `
version: 1
regions: [eu-west-1]
groups: { apps: { ous: [ou-ab12-apps0001] }, vendor: { accounts: ["${VENDOR}"], external: true, cidrs: [10.77.0.0/16] } }
allow: [{ name: vendor, requester: vendor, accepter: apps, connect: { dns: false } }]
`,
    });
    deaf(world);
    const ours = await world.buildVpc(APPS, 'eu-west-1', '10.1.0.0/16');
    const theirs = await world.buildVpc(VENDOR, 'eu-west-1', '10.77.0.0/16');
    const peeringId = await world.requestPeering(theirs, ours);
    await world.settle();
    expect(await world.routes(ours)).toEqual([]);
    await world.sweep();
    expect(await world.routes(ours)).toEqual([`${ours.tableIds[0]} 10.77.0.0/16 ${peeringId} active`]);
  });

  describe('between two sweeps, requests from outside the organization are looked for', () => {
    const vendorTo = (accepter: string): string => `
version: 1
regions: [eu-west-1, us-east-1]
groups: { apps: { ous: [ou-ab12-apps0001] }, vendor: { accounts: ["${VENDOR}"], external: true, cidrs: [10.77.0.0/16] } }
allow: [{ name: vendor, requester: vendor, accepter: ${accepter}, connect: { dns: false } }]
`;
    const asked = async (world: World) => {
      const ours = await world.buildVpc(APPS, 'eu-west-1', '10.1.0.0/16');
      const theirs = await world.buildVpc(VENDOR, 'eu-west-1', '10.77.0.0/16');
      await world.settle();
      // Its chart says which accounts there are.
      await world.sweep();
      const peeringId = await world.requestPeering(theirs, ours);
      await world.settle();
      return { ours, peeringId };
    };
    /** Where pending requests were asked for. */
    const looks = (world: World, from: number): readonly string[] =>
      world.aws.calls
        .slice(from)
        .filter(({ input }) => JSON.stringify(input).includes('pending-acceptance'))
        .map(({ caller, region }) => `${caller.accountId} ${region}`);
    const inventories = (world: World, from: number) =>
      world.aws.calls.slice(from).filter(({ action }) => action === 'DescribeSubnets');

    it('in one call, where a rule lets them ask, and nowhere else', async () => {
      const world = aWorld({ policy: vendorTo('{ groups: [apps], regions: [eu-west-1] }') });
      const { ours, peeringId } = await asked(world);
      const from = world.aws.calls.length;
      await world.lookForRequests();
      expect(await world.routes(ours)).toEqual([`${ours.tableIds[0]} 10.77.0.0/16 ${peeringId} active`]);
      expect(looks(world, from)).toEqual([`${APPS} eu-west-1`]);
      // Of the reconcile alone.
      expect(inventories(world, from)).toHaveLength(1);
    });

    it('and nothing is called where no rule lets anybody in', async () => {
      const world = aWorld({ policy: vendorTo('apps').replaceAll('external: true, ', '') });
      await asked(world);
      const from = world.aws.calls.length;
      await world.lookForRequests();
      expect(world.aws.calls.slice(from)).toEqual([]);
    });

    it('one that people were told of is not looked at again, nor one that is older and has no status', async () => {
      const world = aWorld({
        policy: `${vendorTo('apps').replace('77', '78')}defaults: { unmatched: ignore }\n`,
      });
      await asked(world);
      const runs = () =>
        world.aws.lambda.invocations.filter(({ functionName }) => functionName.endsWith('reconcilePeering'))
          .length;
      const before = runs();
      await world.lookForRequests();
      expect(runs()).toBe(before + 1);
      await world.aws.clock.run(world.aws.clock.now() + 20 * 60_000);
      await world.lookForRequests();
      expect(runs()).toBe(before + 1);
    });

    it('a place that nobody may read is no failure, and costs no call once a sweep has seen that', async () => {
      const world = aWorld({ policy: vendorTo('apps') });
      await asked(world);
      world.aws.faults.deny('ec2', 'DescribeVpcPeeringConnections', APPS);
      await world.lookForRequests();
      expect(world.deadLetters()).toEqual([]);
      // Now it is known, once the functions have forgotten what they knew before.
      await world.sweep();
      await world.aws.clock.run(world.aws.clock.now() + 10 * 60_000);
      const from = world.aws.calls.length;
      await world.lookForRequests();
      expect(looks(world, from)).toEqual([]);
    });
  });

  it('a route that somebody deleted', async () => {
    const { world, requester, accepter, peeringId } = await connected();
    deaf(world);
    const command = new DeleteRouteCommand({
      RouteTableId: accepter.tableIds[0],
      DestinationCidrBlock: '10.1.0.0/16',
    });
    await world.aws.clock.drive(world.ec2(SHARED, 'eu-west-1').send(command));
    await world.sweep();
    await expectConnected(world, requester, accepter, peeringId);
  });

  it('DNS that somebody turned off', async () => {
    const { world, requester, accepter, peeringId } = await connected();
    deaf(world);
    const off = new ModifyVpcPeeringConnectionOptionsCommand({
      VpcPeeringConnectionId: peeringId,
      AccepterPeeringConnectionOptions: { AllowDnsResolutionFromRemoteVpc: false },
    });
    await world.aws.clock.drive(world.ec2(SHARED, 'eu-west-1').send(off));
    await world.sweep();
    expect(await dnsFlags(world, requester, accepter, peeringId)).toEqual([true, true]);
  });

  it('leftover routes of a deleted peering, and of one that EC2 has forgotten, on both sides', async () => {
    for (const laterMs of [60_000, 3 * DAY_MS]) {
      const { world, requester, accepter, peeringId } = await connected();
      deaf(world);
      await world.deletePeering(requester, peeringId);
      await world.aws.clock.run(world.aws.clock.now() + laterMs);
      expect(await world.routes(accepter)).toHaveLength(1);
      await world.sweep();
      expect(await world.routes(requester)).toEqual([]);
      expect(await world.routes(accepter)).toEqual([]);
    }
  });

  it('leftover routes on both sides of a peering that autopeer never saw alive', async () => {
    const world = aWorld({ policy: 'version: 1\nregions: [eu-west-1]\n' });
    deaf(world);
    const { requester, accepter } = await aPair(world);
    const peeringId = await world.requestPeering(requester, accepter);
    await world.aws.clock.run(world.aws.clock.now() + 5_000);
    const accept = new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId: peeringId });
    await world.aws.clock.drive(world.ec2(SHARED, 'eu-west-1').send(accept));
    for (const [vpc, other] of [
      [requester, accepter],
      [accepter, requester],
    ] as const) {
      const route = new CreateRouteCommand({
        RouteTableId: vpc.mainTableId,
        DestinationCidrBlock: other.cidr,
        VpcPeeringConnectionId: peeringId,
      });
      await world.aws.clock.drive(world.ec2(vpc.accountId, vpc.region).send(route));
    }
    await world.aws.clock.run(world.aws.clock.now() + 10_000);
    await world.deletePeering(requester, peeringId);
    await world.aws.clock.run(world.aws.clock.now() + 3 * DAY_MS);
    expect(await world.routes(accepter)).toHaveLength(1);
    await world.sweep();
    expect(await world.routes(requester)).toEqual([]);
    expect(await world.routes(accepter)).toEqual([]);
  });

  it('an active peering that no rule allows, and tells it once', async () => {
    const world = aWorld({ policy: 'version: 1\nregions: [eu-west-1]\n' });
    deaf(world);
    const { requester, accepter } = await aPair(world);
    const peeringId = await world.requestPeering(requester, accepter);
    await world.aws.clock.run(world.aws.clock.now() + 5_000);
    const accept = new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId: peeringId });
    await world.aws.clock.drive(world.ec2(SHARED, 'eu-west-1').send(accept));
    await world.sweep();
    await world.sweep();
    expect(toldOfPeerings(world)).toEqual([`autopeer: Peering Unsanctioned, ${peeringId}`]);
  });
});

describe('a sweep with nothing to do', () => {
  it('writes nothing, queues nothing, and makes four EC2 calls for each account and region', async () => {
    const { world } = await connected();
    const from = world.aws.calls.length;
    await world.sweep();
    expect(writesIn(world, from)).toEqual([]);
    const reads = world.aws.calls.slice(from).filter(({ service }) => service === 'ec2');
    const places = Map.groupBy(reads, ({ caller, region }) => `${caller.accountId} ${region}`);
    expect(places.size).toBe(3 * 2);
    expect([...places.values()].map((calls) => calls.length)).toEqual(Array.from({ length: 6 }, () => 4));
    const queued = world.aws.lambda.logs.flatMap(({ entry }) =>
      entry.code === 'sweep.done' ? [entry.queued] : [],
    );
    expect(queued.reduce((sum, each) => sum + each, 0)).toBe(0);
  });

  it('begins with the pages of the organization’s accounts, and asks for nothing else of it', async () => {
    const { world } = await connected();
    const from = world.aws.calls.length;
    await world.sweep();
    const asked = world.aws.calls
      .slice(from)
      .filter(({ service, caller }) => service === 'organizations' && caller.arn.endsWith('startSweep'));
    expect(asked.map(({ action, errorCode }) => [action, errorCode])).toEqual([['ListAccounts', undefined]]);
  });

  it('leaves a held request alone once it was told', async () => {
    const world = aWorld({ policy: 'version: 1\nregions: [eu-west-1]\n' });
    const { requester, accepter } = await aPair(world);
    const peeringId = await world.requestPeering(requester, accepter);
    await world.settle();
    await world.sweep();
    await world.sweep();
    expect(toldOfPeerings(world)).toEqual([`autopeer: Peering Held, ${peeringId}`]);
  });
});

it('an account without the member role is passed over: nothing rings, and the others are swept', async () => {
  const world = aWorld();
  const bare = '444444444444';
  world.aws.organization.addAccount(bare, { parentId: 'ou-ab12-shared01' });
  const { requester, accepter } = await aPair(world);
  deaf(world);
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  await world.sweep();
  await expectConnected(world, requester, accepter, peeringId);
  const passedOver = world.aws.lambda.logs.flatMap(({ entry }) =>
    entry.code === 'sweep.no-member-role' ? [entry.accountId] : [],
  );
  expect(passedOver).toContain(bare);
  expect(world.hub.ringing()).toEqual([]);
});

it('pain 30: an account whose role may not read is passed over and counted, and rings no alarm', async () => {
  const world = aWorld();
  const { requester, accepter } = await aPair(world);
  await world.settle();
  deaf(world);
  world.aws.faults.deny('ec2', 'DescribeSubnets', SANDBOX);
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  await world.sweep();
  await expectConnected(world, requester, accepter, peeringId);
  const passedOver = world.aws.lambda.logs.flatMap(({ entry }) =>
    entry.code === 'sweep.no-access' ? [entry.accountId] : [],
  );
  expect(passedOver).toContain(SANDBOX);
  expect(world.hub.ringing()).toEqual([]);
  expect(world.deadLetters()).toEqual([]);
});

it('an account that cannot be read for another reason fails alone, and rings', async () => {
  const world = aWorld();
  const { requester, accepter } = await aPair(world);
  await world.settle();
  deaf(world);
  const broken = new AwsError('SomethingNew', 'It is broken.', 500);
  world.aws.faults.failSome({ service: 'ec2', action: 'DescribeSubnets', accountId: SANDBOX }, 1, broken);
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  await world.sweep();
  await expectConnected(world, requester, accepter, peeringId);
  const failed = world.aws.lambda.logs.flatMap(({ entry }) =>
    entry.code === 'sweep.failed' ? [entry.reason] : [],
  );
  expect(failed[0]).toContain(`DescribeSubnets in account ${SANDBOX}`);
  expect(world.hub.ringing()).toEqual(['autopeer-prod-dead-letter-cause']);
});

it('a route table that another account shares is left to its owner', async () => {
  const world = aWorld({ policy: 'version: 1\nregions: [eu-west-1]\ndefaults: { unmatched: ignore }\n' });
  const { requester, accepter } = await aPair(world);
  const peeringId = await world.requestPeering(requester, accepter);
  await world.aws.clock.run(world.aws.clock.now() + 10_000);
  const route = {
    RouteTableId: requester.mainTableId,
    DestinationCidrBlock: accepter.cidr,
    VpcPeeringConnectionId: peeringId,
  };
  await world.aws.clock.drive(
    world.ec2(requester.accountId, requester.region).send(new CreateRouteCommand(route)),
  );
  world.aws.ec2.shareVpc(requester.vpcId, SANDBOX);
  await world.settle();
  await world.sweep();
  expect(world.aws.calls.filter(({ action }) => action === 'DeleteRoute')).toEqual([]);
  expect(await world.routes(requester)).toEqual([
    `${requester.mainTableId} 10.2.0.0/16 ${peeringId} blackhole`,
  ]);
});

describe('pain 7: a new CIDR, subnet or table needs somebody’s hands', () => {
  it('a CIDR of the other side gets its routes within minutes, without waiting for the hourly sweep', async () => {
    const { world, requester, accepter, peeringId } = await connected();
    const command = new AssociateVpcCidrBlockCommand({ VpcId: accepter.vpcId, CidrBlock: '10.22.0.0/16' });
    await world.aws.clock.drive(world.ec2(SHARED, 'eu-west-1').send(command));
    const changedAt = world.aws.clock.now();
    await world.settle();
    expect(await world.routes(requester)).toContain(
      `${requester.tableIds[0]} 10.22.0.0/16 ${peeringId} active`,
    );
    expect(world.aws.clock.now() - changedAt).toBeLessThan(5 * 60_000);
  });

  it('a subnet of the other side gets its route within minutes, where the rule wants subnets only', async () => {
    const { world, requester, accepter, peeringId } = await connected(
      APPS_TO_SHARED.replace(
        'accepter: shared }',
        'accepter: shared, connect: { routes: { destinations: subnet-cidrs } } }',
      ),
    );
    expect(await world.routes(requester)).toEqual([
      `${requester.tableIds[0]} 10.2.0.0/24 ${peeringId} active`,
    ]);
    const command = new CreateSubnetCommand({ VpcId: accepter.vpcId, CidrBlock: '10.2.7.0/24' });
    await world.aws.clock.drive(world.ec2(SHARED, 'eu-west-1').send(command));
    await world.settle();
    expect(await world.routes(requester)).toContain(
      `${requester.tableIds[0]} 10.2.7.0/24 ${peeringId} active`,
    );
  });

  it('a held request is accepted when the other side’s subnet that stood in the way is gone, although no event told of it', async () => {
    const policy = APPS_TO_SHARED.replace(
      'accepter: shared }',
      'accepter: shared, connect: { routes: { destinations: subnet-cidrs } } }',
    );
    const world = aWorld({ policy });
    const { requester, accepter } = await aPair(world);
    const shared = world.ec2(SHARED, 'eu-west-1');
    const subnet = await world.aws.clock.drive(
      shared.send(new CreateSubnetCommand({ VpcId: accepter.vpcId, CidrBlock: '10.2.7.0/24' })),
    );
    // Each side leads a part of the other's VPC elsewhere; of the accepter's that part is a subnet.
    for (const [vpc, DestinationCidrBlock] of [
      [requester, '10.2.7.128/25'],
      [accepter, '10.1.7.0/24'],
    ] as const) {
      const ec2 = world.ec2(vpc.accountId, vpc.region);
      const RouteTableId = vpc.tableIds[0];
      const command = new CreateRouteCommand({
        RouteTableId,
        DestinationCidrBlock,
        TransitGatewayId: 'tgw-12345678',
      });
      await world.aws.clock.drive(ec2.send(command));
    }
    await world.settle();
    const peeringId = await world.requestPeering(requester, accepter);
    await world.settle();
    expect((await world.peering(requester, peeringId))?.Status?.Code).toBe('pending-acceptance');
    world.aws.trail.dropWhere(() => true);
    await world.aws.clock.drive(shared.send(new DeleteSubnetCommand({ SubnetId: subnet.Subnet?.SubnetId })));
    await world.sweep();
    expect((await world.peering(requester, peeringId))?.Status?.Code).toBe('active');
  });

  it('a subnet without a table of its own gets its route in the main table', async () => {
    const { world, requester, peeringId } = await connected();
    const command = new CreateSubnetCommand({ VpcId: requester.vpcId, CidrBlock: '10.1.200.0/24' });
    await world.aws.clock.drive(world.ec2(APPS, 'eu-west-1').send(command));
    await world.settle();
    expect(await world.routes(requester)).toContain(
      `${requester.mainTableId} 10.2.0.0/16 ${peeringId} active`,
    );
  });

  it('a burst of changes is one look', async () => {
    const { world, requester } = await connected();
    const looks = () => world.aws.lambda.logs.filter(({ entry }) => entry.code === 'sweep.done').length;
    const before = looks();
    for (let count = 0; count < 12; count++) {
      const command = new CreateRouteTableCommand({ VpcId: requester.vpcId });
      await world.aws.clock.drive(world.ec2(APPS, 'eu-west-1').send(command));
    }
    await world.settle();
    expect(looks() - before).toBe(1);
  });

  it('tags of an instance are nobody’s business', async () => {
    const { world, requester } = await connected();
    const before = world.aws.lambda.invocations.length;
    const [subnetTable] = requester.tableIds;
    for (const [resource, isOfInterest] of [
      ['igw-0123456789abcdef0', false],
      [subnetTable ?? '', true],
    ] as const) {
      const command = new CreateTagsCommand({ Resources: [resource], Tags: [{ Key: 'tier', Value: 'app' }] });
      await world.aws.clock.drive(world.ec2(APPS, 'eu-west-1').send(command)).catch(() => undefined);
      await world.settle();
      expect(world.aws.lambda.invocations.length > before).toBe(isOfInterest);
    }
  });
});

async function connected(policy = APPS_TO_SHARED) {
  const world = aWorld({ policy });
  const { requester, accepter } = await aPair(world);
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  return { world, requester, accepter, peeringId };
}

describe('what only a sweep found', () => {
  const found = (world: World): readonly string[] =>
    world.aws.lambda.counts
      .filter(({ counter }) => counter === 'FoundBySweep')
      .map(({ dimensions }) => dimensions['accountId'] ?? '')
      .toSorted((one, other) => one.localeCompare(other));

  it('is counted for each account in which it was done', async () => {
    const world = aWorld();
    const { requester, accepter } = await aPair(world);
    deaf(world);
    const peeringId = await world.requestPeering(requester, accepter);
    await world.settle();
    await world.sweep();
    await expectConnected(world, requester, accepter, peeringId);
    expect(found(world)).toEqual([APPS, SHARED].toSorted((one, other) => one.localeCompare(other)));
    await world.sweep();
    expect(found(world)).toHaveLength(2);
  });

  it('is nothing where events told of it, of a change in its place too', async () => {
    const world = aWorld();
    const { requester, accepter } = await aPair(world);
    await world.requestPeering(requester, accepter);
    await world.settle();
    await world.aws.clock.drive(
      world.ec2(requester.accountId, requester.region).send(
        new DeleteRouteCommand({
          RouteTableId: requester.tableIds[0],
          DestinationCidrBlock: accepter.cidr,
        }),
      ),
    );
    await world.settle();
    await world.sweep();
    expect(found(world)).toEqual([]);
  });
});
