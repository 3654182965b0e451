import { Ec2Clients } from './ec2-client.ts';

const CHANGED_MS = 5000;

/** An active peering, the main table of the owner's VPC, and a list of up to `maxEntries` blocks. */
async function setUp({ maxEntries = 3, routesPerTable = 50, family = 'IPv4' } = {}) {
  const ec2 = new Ec2Clients({ routesPerTable });
  const { ownerVpc, peeringId } = await ec2.peered();
  const Filters = [{ Name: 'vpc-id', Values: [ownerVpc] }];
  const { RouteTables } = await ec2.get(ec2.owner.describeRouteTables({ Filters }));
  const RouteTableId = RouteTables?.[0]?.RouteTableId ?? '';
  const { PrefixList } = await ec2.get(
    ec2.owner.createManagedPrefixList({
      PrefixListName: 'sites',
      AddressFamily: family,
      MaxEntries: maxEntries,
      Entries: [{ Cidr: family === 'IPv4' ? '10.1.0.0/16' : '2001:db8::/56' }],
    }),
  );
  await ec2.pass(CHANGED_MS);
  const listId = PrefixList?.PrefixListId ?? '';
  const toList = { RouteTableId, DestinationPrefixListId: listId };
  return { ec2, RouteTableId, peeringId, listId, toList, toPeer: { VpcPeeringConnectionId: peeringId } };
}

async function routes(ec2: Ec2Clients, RouteTableId: string) {
  const { RouteTables } = await ec2.get(ec2.owner.describeRouteTables({ RouteTableIds: [RouteTableId] }));
  return (RouteTables?.[0]?.Routes ?? []).filter(({ GatewayId }) => GatewayId !== 'local');
}

async function tablesBy(ec2: Ec2Clients, name: string, value: string) {
  const Filters = [{ Name: name, Values: [value] }];
  const { RouteTables = [] } = await ec2.get(ec2.owner.describeRouteTables({ Filters }));
  return RouteTables.map(({ RouteTableId }) => RouteTableId);
}

describe('a route to a prefix list', () => {
  it('names the list in the place of a block', async () => {
    const { ec2, RouteTableId, listId, peeringId, toList, toPeer } = await setUp();
    await ec2.get(ec2.owner.createRoute({ ...toList, ...toPeer }));
    expect(await routes(ec2, RouteTableId)).toEqual([
      {
        DestinationPrefixListId: listId,
        VpcPeeringConnectionId: peeringId,
        Origin: 'CreateRoute',
        State: 'active',
      },
    ]);
  });

  it('is found by its list and by its peering', async () => {
    const { ec2, RouteTableId, listId, peeringId, toList, toPeer } = await setUp();
    await ec2.get(ec2.owner.createRoute({ ...toList, ...toPeer }));
    expect(await tablesBy(ec2, 'route.destination-prefix-list-id', listId)).toEqual([RouteTableId]);
    expect(await tablesBy(ec2, 'route.vpc-peering-connection-id', peeringId)).toEqual([RouteTableId]);
  });

  it('is a black hole once the peering is deleted, until somebody deletes it', async () => {
    const { ec2, RouteTableId, peeringId, toList, toPeer } = await setUp();
    await ec2.get(ec2.owner.createRoute({ ...toList, ...toPeer }));
    await ec2.endPeering(peeringId);
    expect((await routes(ec2, RouteTableId)).map(({ State }) => State)).toEqual(['blackhole']);
    await ec2.get(ec2.owner.deleteRoute(toList));
    expect(await routes(ec2, RouteTableId)).toEqual([]);
  });

  it('is there once for each list', async () => {
    const { ec2, toList, toPeer } = await setUp();
    await ec2.get(ec2.owner.createRoute({ ...toList, ...toPeer }));
    const again = ec2.owner.createRoute({ ...toList, TransitGatewayId: 'tgw-0123456789abcdef0' });
    expect(await ec2.codeOf(again)).toBe('RouteAlreadyExists');
  });

  it('stands beside routes to the blocks of the list', async () => {
    const { ec2, RouteTableId, toList, toPeer } = await setUp();
    await ec2.get(ec2.owner.createRoute({ RouteTableId, DestinationCidrBlock: '10.1.0.0/16', ...toPeer }));
    await ec2.get(ec2.owner.createRoute({ ...toList, ...toPeer }));
    expect(await routes(ec2, RouteTableId)).toHaveLength(2);
  });

  it('is replaced in its target', async () => {
    const { ec2, RouteTableId, toList, toPeer } = await setUp();
    expect(await ec2.codeOf(ec2.owner.replaceRoute({ ...toList, ...toPeer }))).toBe('InvalidParameterValue');
    const TransitGatewayId = 'tgw-0123456789abcdef0';
    await ec2.get(ec2.owner.createRoute({ ...toList, TransitGatewayId }));
    await ec2.get(ec2.owner.replaceRoute({ ...toList, ...toPeer }));
    expect(await routes(ec2, RouteTableId)).toEqual([expect.objectContaining(toPeer)]);
  });

  it('needs a list that is there', async () => {
    const { ec2, RouteTableId, toList, toPeer } = await setUp();
    const code = (DestinationPrefixListId: string) =>
      ec2.codeOf(ec2.owner.createRoute({ RouteTableId, DestinationPrefixListId, ...toPeer }));
    expect(await code('pl-0123456789abcdef0')).toBe('InvalidPrefixListID.NotFound');
    expect(await code('pl-one')).toBe('InvalidPrefixListId.Malformed');
    expect(await ec2.codeOf(ec2.owner.deleteRoute(toList))).toBe('InvalidRoute.NotFound');
  });

  it('may lead to a list of AWS’s, which takes one place', async () => {
    const { ec2, RouteTableId } = await setUp({ routesPerTable: 1 });
    const { PrefixLists } = await ec2.get(ec2.owner.describePrefixLists({}));
    const DestinationPrefixListId = PrefixLists?.[0]?.PrefixListId;
    const GatewayId = 'vpce-0123456789abcdef0';
    await ec2.get(ec2.owner.createRoute({ RouteTableId, DestinationPrefixListId, GatewayId }));
    expect(await routes(ec2, RouteTableId)).toEqual([
      { DestinationPrefixListId, GatewayId, Origin: 'CreateRoute', State: 'active' },
    ]);
  });

  it('takes as many places in the table as the list may have entries', async () => {
    const { ec2, RouteTableId, toList, toPeer } = await setUp({ maxEntries: 3, routesPerTable: 4 });
    const block = (DestinationCidrBlock: string) =>
      ec2.owner.createRoute({ RouteTableId, DestinationCidrBlock, ...toPeer });
    await ec2.get(block('10.1.0.0/24'));
    await ec2.get(block('10.1.1.0/24'));
    const create = () => ec2.owner.createRoute({ ...toList, ...toPeer });
    expect(await ec2.codeOf(create())).toBe('RouteLimitExceeded');
    await ec2.get(ec2.owner.deleteRoute({ RouteTableId, DestinationCidrBlock: '10.1.1.0/24' }));
    await ec2.get(create());
    expect(await ec2.codeOf(block('10.1.2.0/24'))).toBe('RouteLimitExceeded');
  });

  it('takes its places of the quota of the list’s own family', async () => {
    const { ec2, RouteTableId, toList, toPeer } = await setUp({ family: 'IPv6', routesPerTable: 3 });
    await ec2.get(ec2.owner.createRoute({ ...toList, ...toPeer }));
    const route = (destination: object) => ec2.owner.createRoute({ RouteTableId, ...destination, ...toPeer });
    expect(await ec2.codeOf(route({ DestinationIpv6CidrBlock: '2001:db9::/56' }))).toBe('RouteLimitExceeded');
    await ec2.get(route({ DestinationCidrBlock: '10.1.0.0/24' }));
  });
});

describe('a prefix list that a route leads to', () => {
  const stateOf = async (ec2: Ec2Clients, PrefixListId: string) => {
    const { PrefixLists } = await ec2.get(
      ec2.owner.describeManagedPrefixLists({ PrefixListIds: [PrefixListId] }),
    );
    return PrefixLists?.[0];
  };

  it('cannot be deleted before the route is', async () => {
    const { ec2, RouteTableId, listId, toList, toPeer } = await setUp();
    await ec2.get(ec2.owner.createRoute({ ...toList, ...toPeer }));
    await ec2.get(ec2.owner.deleteManagedPrefixList({ PrefixListId: listId }));
    await ec2.pass(CHANGED_MS);
    const failed = await stateOf(ec2, listId);
    expect(failed?.State).toBe('delete-failed');
    expect(failed?.StateMessage).toContain(RouteTableId);
    await ec2.get(ec2.owner.deleteRoute(toList));
    await ec2.get(ec2.owner.deleteManagedPrefixList({ PrefixListId: listId }));
    await ec2.pass(CHANGED_MS);
    const read = ec2.owner.describeManagedPrefixLists({ PrefixListIds: [listId] });
    expect(await ec2.codeOf(read)).toBe('InvalidPrefixListID.NotFound');
  });

  it('cannot grow over what the table takes', async () => {
    const { ec2, RouteTableId, listId, toList, toPeer } = await setUp({ routesPerTable: 5 });
    await ec2.get(ec2.owner.createRoute({ ...toList, ...toPeer }));
    const grow = async (MaxEntries: number) => {
      await ec2.get(ec2.owner.modifyManagedPrefixList({ PrefixListId: listId, MaxEntries }));
      await ec2.pass(CHANGED_MS);
      return stateOf(ec2, listId);
    };
    const failed = await grow(6);
    expect(failed).toMatchObject({ State: 'modify-failed', MaxEntries: 3 });
    expect(failed?.StateMessage).toContain(RouteTableId);
    expect(await grow(5)).toMatchObject({ State: 'modify-complete', MaxEntries: 5 });
  });
});
