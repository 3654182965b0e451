import { CreateManagedPrefixListCommand, DescribeManagedPrefixListsCommand } from '@aws-sdk/client-ec2';
import type { BuiltVpc, World } from '../../../sim/world/world.ts';
import { APPS_TO_SHARED } from '../../support/policy-text.ts';
import { aPair, APPS, aWorld, expectConnected, subjects } from '../../support/world.ts';
import { aConnectedPair, by, messages } from './support.ts';

const TGW = 'tgw-0123456789abcdef0';

/** A list of the VPC's owner, ready for use. */
async function aList(world: World, owner: BuiltVpc, ...cidrs: string[]): Promise<string> {
  const command = new CreateManagedPrefixListCommand({
    PrefixListName: 'networks',
    AddressFamily: 'IPv4',
    MaxEntries: 5,
    Entries: cidrs.map((Cidr) => ({ Cidr })),
  });
  const made = await world.aws.clock.drive(world.ec2(owner.accountId, owner.region).send(command));
  await world.settle();
  return made.PrefixList?.PrefixListId ?? '';
}

describe('pain 27: a route to a prefix list', () => {
  it('that leads to the peering is removed by quarantine, and put back afterwards', async () => {
    const strict = `${APPS_TO_SHARED}guardrails: { unsanctioned: quarantine }\n`;
    const world = aWorld({ policy: strict });
    const pair = await aPair(world);
    const peeringId = await aConnectedPair(world, pair);
    const list = await aList(world, pair.requester, '10.2.4.0/24');
    const mine = by(world, pair.requester);
    await mine.route({ DestinationPrefixListId: list, VpcPeeringConnectionId: peeringId });
    const before = await world.routes(pair.requester);
    expect(before).toContain(`${mine.tableId} ${list} ${peeringId} active`);
    world.changePolicy(strict.replace(/allow:\n.*\n/, ''));
    await world.sweep();
    expect(await world.routes(pair.requester)).toEqual([]);
    world.changePolicy(strict);
    await world.sweep();
    expect(await world.routes(pair.requester)).toEqual(before);
  });

  it('is not put back where the list holds what was never consented to', async () => {
    const strict = `${APPS_TO_SHARED}guardrails: { unsanctioned: quarantine }\n`;
    const world = aWorld({ policy: strict });
    const pair = await aPair(world);
    const peeringId = await aConnectedPair(world, pair);
    const list = await aList(world, pair.requester, '10.2.4.0/24', '10.99.0.0/16');
    await by(world, pair.requester).route({
      DestinationPrefixListId: list,
      VpcPeeringConnectionId: peeringId,
    });
    world.changePolicy(strict.replace(/allow:\n.*\n/, ''));
    await world.sweep();
    world.changePolicy(strict);
    await world.sweep();
    await expectConnected(world, pair.requester, pair.accepter, peeringId);
    expect(messages(world).at(-1)).toContain('10.99.0.0/16 is not within the CIDRs that were consented to');
  });

  it('is cleaned up after the peering', async () => {
    const world = aWorld();
    const pair = await aPair(world);
    const peeringId = await aConnectedPair(world, pair);
    const list = await aList(world, pair.requester, '10.2.4.0/24');
    await by(world, pair.requester).route({
      DestinationPrefixListId: list,
      VpcPeeringConnectionId: peeringId,
    });
    await world.deletePeering(pair.accepter, peeringId);
    await world.settle();
    expect(await world.routes(pair.requester)).toEqual([]);
  });

  it('that leads elsewhere holds a request whose route would take its traffic', async () => {
    const world = aWorld();
    const pair = await aPair(world);
    const list = await aList(world, pair.requester, '10.0.0.0/8');
    await by(world, pair.requester).route({ DestinationPrefixListId: list, TransitGatewayId: TGW });
    const peeringId = await aConnectedPair(world, pair);
    expect((await world.peering(pair.requester, peeringId))?.Status?.Code).toBe('pending-acceptance');
    expect(messages(world).at(-1)).toContain(`10.0.0.0/8 (an entry of ${list}) to ${TGW}`);
  });
});

describe('a member stack from before the permission to read lists', () => {
  const without = (world: World): void => {
    world.aws.faults.deny('ec2', 'GetManagedPrefixListEntries', APPS);
    world.aws.faults.deny('ec2', 'DescribeManagedPrefixLists', APPS);
  };

  it('holds a request beside a list that leads elsewhere, and says what to do', async () => {
    const world = aWorld();
    const pair = await aPair(world);
    const list = await aList(world, pair.requester, '192.168.0.0/16');
    await by(world, pair.requester).route({ DestinationPrefixListId: list, TransitGatewayId: TGW });
    without(world);
    await aConnectedPair(world, pair);
    expect(subjects(world)).toEqual(['Peering Held']);
    expect(messages(world)[0]).toContain('update the member stack');
    expect(world.deadLetters()).toEqual([]);
  });

  it('does not hold a request beside the gateway endpoints of S3 and DynamoDB', async () => {
    const world = aWorld();
    const pair = await aPair(world);
    const { accountId, region } = pair.requester;
    const lists = await world.aws.clock.drive(
      world.ec2(accountId, region).send(
        new DescribeManagedPrefixListsCommand({
          Filters: [{ Name: 'prefix-list-name', Values: [`com.amazonaws.${region}.s3`] }],
        }),
      ),
    );
    await by(world, pair.requester).route({
      DestinationPrefixListId: lists.PrefixLists?.[0]?.PrefixListId,
      VpcEndpointId: 'vpce-0123456789abcdef0',
    });
    without(world);
    const peeringId = await aConnectedPair(world, pair);
    expect((await world.peering(pair.requester, peeringId))?.Status?.Code).toBe('active');
    expect(subjects(world)).toEqual(['Peering Connected']);
  });
});
