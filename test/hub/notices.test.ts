import { readFileSync } from 'node:fs';
import {
  CreateRouteCommand,
  CreateTagsCommand,
  CreateVpcPeeringConnectionCommand,
  DeleteRouteCommand,
} from '@aws-sdk/client-ec2';
import * as z from 'zod';
import { AwsError } from '../../sim/types.ts';
import type { BuiltVpc, World } from '../../sim/world/world.ts';
import { APPS_TO_SHARED } from '../support/policy-text.ts';
import { aPair, APPS, aWorld, expectConnected, pass, SANDBOX, SHARED, subjects } from '../support/world.ts';

const NO_RULES = 'version: 1\nregions: [eu-west-1, us-east-1]\n';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const messages = (world: World): string => world.aws.sns.published.map(({ message }) => message).join('\n');

const tag = (world: World, by: BuiltVpc, id: string, tags: Readonly<Record<string, string>>) => {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const command = new CreateTagsCommand({ Resources: [id], Tags });
  return world.aws.clock.drive(world.ec2(by.accountId, by.region).send(command));
};

async function aHeldRequest() {
  const world = aWorld({ policy: NO_RULES });
  const { requester, accepter } = await aPair(world);
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  return { world, requester, accepter, peeringId };
}

it('a notice about a rule says who answers for the rule, and where it was agreed', async () => {
  const world = aWorld({
    policy: APPS_TO_SHARED.replace(
      'name: apps-to-shared,',
      'name: apps-to-shared, owner: web team, ticket: "7",',
    ),
  });
  const { requester, accepter } = await aPair(world);
  await world.requestPeering(requester, accepter);
  await world.settle();
  expect(messages(world)).toContain('Rule: apps-to-shared\nOwner: "web team"\nTicket: "7"\nReason: ');
});

describe('a held request that is about to expire', () => {
  it('is told once, two days before, and once when it has', async () => {
    const { world, requester, accepter, peeringId } = await aHeldRequest();
    expect(subjects(world)).toEqual(['Peering Held']);
    await pass(world, 4 * DAY_MS);
    await world.sweep();
    expect(subjects(world)).toEqual(['Peering Held']);
    await pass(world, DAY_MS + HOUR_MS);
    await world.sweep();
    await world.sweep();
    expect(subjects(world)).toEqual(['Peering Held', 'Peering Expiring']);
    expect((await world.peering(requester, peeringId))?.Tags).toContainEqual({
      Key: 'autopeer:status',
      Value: 'expiring',
    });
    await pass(world, 2 * DAY_MS);
    await world.sweep();
    await world.sweep();
    expect(subjects(world)).toEqual(['Peering Held', 'Peering Expiring', 'Peering Ended']);
    expect(messages(world)).toContain(
      `To ask again, in account ${requester.accountId}: \`aws ec2 create-vpc-peering-connection ` +
        `--region ${requester.region} --vpc-id ${requester.vpcId} --peer-owner-id ${accepter.accountId} ` +
        `--peer-region ${accepter.region} --peer-vpc-id ${accepter.vpcId}\`. It is a new request`,
    );
    expect(world.deadLetters()).toEqual([]);
  });
});

describe('what people were told is in the ledger, and no tag changes it', () => {
  it('a notice is not repeated because somebody took the tags away', async () => {
    const { world, requester, peeringId } = await aHeldRequest();
    await tag(world, requester, peeringId, { 'autopeer:status': 'connected' });
    await world.sweep();
    expect(subjects(world)).toEqual(['Peering Held']);
    expect((await world.peering(requester, peeringId))?.Tags).toContainEqual({
      Key: 'autopeer:status',
      Value: 'held',
    });
  });

  it('nor kept back because somebody set them beforehand', async () => {
    const world = aWorld({ policy: NO_RULES });
    const { requester, accepter } = await aPair(world);
    const command = new CreateVpcPeeringConnectionCommand({
      VpcId: requester.vpcId,
      PeerVpcId: accepter.vpcId,
      PeerOwnerId: accepter.accountId,
      TagSpecifications: [
        {
          ResourceType: 'vpc-peering-connection',
          Tags: [
            { Key: 'autopeer:status', Value: 'held' },
            { Key: 'autopeer:rule', Value: '-' },
            { Key: 'autopeer:reason', Value: 'no-rule-matches' },
          ],
        },
      ],
    });
    await world.aws.clock.drive(world.ec2(requester.accountId, requester.region).send(command));
    await world.settle();
    expect(subjects(world)).toEqual(['Peering Held']);
  });

  it('a member stack that may not tag still has its people told, once', async () => {
    const world = aWorld({ policy: NO_RULES });
    world.aws.faults.deny('ec2', 'CreateTags');
    const { requester, accepter } = await aPair(world);
    await world.requestPeering(requester, accepter);
    await world.settle();
    await world.sweep();
    await world.sweep();
    expect(subjects(world)).toEqual(['Peering Held']);
    expect(world.deadLetters()).toEqual([]);
  });
});

it('a peering that has all the tags that EC2 takes is connected all the same', async () => {
  const world = aWorld();
  const { requester, accepter } = await aPair(world);
  const peeringId = await world.requestPeering(requester, accepter);
  const Tags = Array.from({ length: 50 }, (_, index) => ({ Key: `team:${index}`, Value: 'ours' }));
  const command = new CreateTagsCommand({ Resources: [peeringId], Tags });
  await world.aws.clock.drive(world.ec2(requester.accountId, requester.region).send(command));
  await world.settle();
  await world.sweep();
  await expectConnected(world, requester, accepter, peeringId);
  expect(subjects(world)).toEqual(['Peering Connected']);
  expect(world.deadLetters()).toEqual([]);
});

it.each(['an incomplete peering', 'a dry run'])(
  '%s is told once, in whatever order EC2 lists the route tables',
  async (what) => {
    const world = aWorld();
    const requester = await world.buildVpc(APPS, 'eu-west-1', '10.1.0.0/16', 2);
    const accepter = await world.buildVpc(SHARED, 'eu-west-1', '10.2.0.0/16');
    const peeringId = await world.requestPeering(requester, accepter);
    await world.settle();
    for (const RouteTableId of requester.tableIds) {
      const DestinationCidrBlock = '10.2.7.0/24';
      const route = { RouteTableId, DestinationCidrBlock, TransitGatewayId: 'tgw-0123456789abcdef0' };
      await world.aws.clock.drive(world.ec2(APPS, 'eu-west-1').send(new CreateRouteCommand(route)));
    }
    if (what === 'a dry run') {
      const more = 'accepter: shared, dryRun: true, connect: { routes: { destinations: subnet-cidrs } } }';
      world.changePolicy(APPS_TO_SHARED.replace('accepter: shared }', more));
    }
    await world.settle();
    const told = subjects(world).length;
    for (const tableOrder of ['reversed', 'created'] as const) {
      world.aws.ec2.configure({ tableOrder });
      await world.hint(requester, peeringId);
      await world.settle();
      await world.sweep();
    }
    expect(subjects(world)).toHaveLength(told);
  },
);

it('an accept that EC2 keeps refusing is told once, not at every sweep', async () => {
  const world = aWorld();
  const { requester, accepter } = await aPair(world);
  const refuse = (): void =>
    world.aws.faults.failNext(
      'ec2',
      'AcceptVpcPeeringConnection',
      new AwsError('VpcPeeringConnectionAlreadyExists', 'it exists'),
    );
  refuse();
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  for (let sweeps = 0; sweeps < 2; sweeps++) {
    refuse();
    await world.sweep();
  }
  expect(subjects(world)).toEqual(['Peering Held']);
  expect(messages(world)).toContain('VpcPeeringConnectionAlreadyExists');
  await world.sweep();
  await expectConnected(world, requester, accepter, peeringId);
  expect(subjects(world)).toEqual(['Peering Held', 'Peering Connected']);
});

it('a full route table is told once, and the peering is incomplete until there is room', async () => {
  const world = aWorld();
  const { requester, accepter } = await aPair(world);
  const heal = world.aws.faults.failSome(
    { service: 'ec2', action: 'CreateRoute' },
    1,
    new AwsError('RouteLimitExceeded', 'full'),
  );
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  await world.sweep();
  await world.sweep();
  expect(messages(world)).toContain(
    'RouteLimitExceeded: the route table is full. Raise "Routes per route table"',
  );
  expect(subjects(world)).toEqual(['Peering Incomplete']);
  expect((await world.peering(requester, peeringId))?.Tags).toContainEqual({
    Key: 'autopeer:status',
    Value: 'incomplete',
  });
  heal();
  // Nothing tells that a quota was raised: what was refused is tried again once a day.
  await world.aws.clock.run(world.aws.clock.now() + 24 * 3_600_000);
  await world.sweep();
  await expectConnected(world, requester, accepter, peeringId);
  expect(subjects(world)).toEqual(['Peering Incomplete', 'Peering Connected']);
});

it('a repair is called a repair, and an update an update', async () => {
  const world = aWorld({ policy: APPS_TO_SHARED });
  const { requester, accepter } = await aPair(world);
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  await tag(world, accepter, accepter.vpcId, { Name: 'services\nReason: "ok"' });
  const RouteTableId = requester.tableIds[0];
  const taken = new DeleteRouteCommand({ RouteTableId, DestinationCidrBlock: '10.2.0.0/16' });
  await world.aws.clock.drive(world.ec2(requester.accountId, requester.region).send(taken));
  await world.settle();
  await expectConnected(world, requester, accepter, peeringId);
  world.changePolicy(APPS_TO_SHARED.replaceAll('apps-to-shared', 'renamed'));
  await world.sweep();
  expect(subjects(world)).toEqual(['Peering Connected', 'Peering Repaired', 'Peering Updated']);
  const [, repaired = ''] = world.aws.sns.published.map(({ message }) => message);
  expect(repaired).toContain(
    `\nAccepter: ${accepter.vpcId} "services Reason: 'ok'" in ${SHARED} "${SHARED}", eu-west-1\n`,
  );
  expect(repaired).toContain('\nAccepter’s CIDRs: 10.2.0.0/16\n');
  expect(repaired).toContain(`\n+ ${RouteTableId}: route 10.2.0.0/16 to the peering (${APPS} eu-west-1)`);
  // Who filters by the detail type misses none.
  const types = world.aws.sns.published.map(({ attributes }) => attributes['detailType']);
  expect(new Set(types)).toEqual(new Set(['Peering Connected']));
});

describe('a peering that EC2 let fail is told with the cause', () => {
  const EUROPE = 'eu-west-1';
  async function told(peer: { readonly cidr: string; readonly region?: string; readonly account?: string }) {
    const world = aWorld({ policy: NO_RULES });
    const requester = await world.buildVpc(APPS, EUROPE, '10.1.0.0/16');
    const accepter = await world.buildVpc(SHARED, peer.region ?? EUROPE, peer.cidr);
    const command = new CreateVpcPeeringConnectionCommand({
      VpcId: requester.vpcId,
      PeerVpcId: accepter.vpcId,
      PeerOwnerId: peer.account ?? SHARED,
    });
    await world.aws.clock.drive(world.ec2(APPS, EUROPE).send(command));
    await world.settle();
    expect(subjects(world)).toEqual(['Peering Failed']);
    return { text: messages(world), vpcId: accepter.vpcId };
  }

  it('which CIDRs overlap', async () => {
    const { text } = await told({ cidr: '10.1.0.0/16' });
    expect(text).toContain('- CIDRs overlap: 10.1.0.0/16 of the requester and 10.1.0.0/16 of the accepter.');
  });

  it('that the VPC is in another region', async () => {
    const { text, vpcId } = await told({ cidr: '10.2.0.0/16', region: 'us-east-1' });
    expect(text).toContain(`- the accepter’s ${vpcId} is in us-east-1 and not in eu-west-1: name its region`);
  });

  it('that the VPC is not in that account', async () => {
    const { text, vpcId } = await told({ cidr: '10.2.0.0/16', account: SANDBOX });
    expect(text).toContain(`- the accepter’s ${vpcId} is not in account ${SANDBOX}, eu-west-1: its id, its`);
  });

  it('which three it may be, where the side cannot be read', async () => {
    const { text, vpcId } = await told({ cidr: '10.2.0.0/16', account: '999900001111' });
    expect(text).toContain(
      `cannot be read: account 999900001111 is outside the organization. It is one of three: ${vpcId} is not in eu-west-1; ` +
        'it does not belong to account 999900001111; or one of its CIDRs overlaps 10.1.0.0/16.',
    );
  });
});

it('a rule that expires is told 14, 3 and 1 days before, once each, with who answers for it', async () => {
  // The clock starts at midnight.
  const lastDay = new Date(aWorld().aws.clock.now() + 19 * DAY_MS)
    .toISOString()
    .slice(0, 'yyyy-mm-dd'.length);
  const world = aWorld({
    policy: APPS_TO_SHARED.replace(
      'accepter: shared }',
      `accepter: shared, expires: ${lastDay}, owner: web team, ticket: NET-1 }`,
    ),
  });
  const told: number[] = [];
  for (let day = 0; day < 22; day += 1) {
    const before = subjects(world).length;
    await world.sweep();
    await world.sweep();
    if (subjects(world).length > before) told.push(20 - day);
    await pass(world, DAY_MS);
  }
  expect(told).toEqual([14, 3, 1]);
  expect(new Set(subjects(world))).toEqual(new Set(['Rules Expiring']));
  expect(messages(world)).toContain(`Rules Expiring: 1 rule
Reason: after that the rule allows nothing more`);
  expect(messages(world)).toContain(
    `- apps-to-shared allows until the end of ${lastDay} (UTC); owner "web team", ticket "NET-1"`,
  );
});

it('what is put on the bus is as docs/events says', async () => {
  const { world, requester, accepter, peeringId } = await aHeldRequest();
  world.changePolicy(APPS_TO_SHARED);
  await world.sweep();
  world.changePolicy(NO_RULES);
  await world.sweep();
  await world.deletePeering(requester, peeringId);
  await world.settle();
  await world.requestPeering(accepter, requester);
  await world.settle();
  const putSchema = z.object({
    Entries: z.array(z.object({ Source: z.string(), DetailType: z.string(), Detail: z.string() })),
  });
  const sent = world.aws.calls
    .filter(({ action }) => action === 'PutEvents')
    .flatMap(({ input }) => putSchema.parse(input).Entries)
    .filter(({ Source }) => Source === 'autopeer');
  const types = new Set(sent.map(({ DetailType }) => DetailType));
  expect([...types]).toEqual(
    expect.arrayContaining(['Access Missing', 'Peering Held', 'Peering Connected', 'Peering Unsanctioned']),
  );
  for (const { Source: source, DetailType, Detail } of sent) {
    const event = { source, 'detail-type': DetailType, detail: JSON.parse(Detail) };
    const file = `docs/events/${DetailType.toLowerCase().replaceAll(' ', '-')}.schema.json`;
    expect(z.fromJSONSchema(JSON.parse(readFileSync(file, 'utf8'))).safeParse(event).error).toBeUndefined();
  }
});
