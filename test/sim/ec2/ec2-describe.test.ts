import type { Filter } from '@aws-sdk/client-ec2';
import { Ec2World } from '../../support/simulated-ec2.ts';

describe('pages of the simulated EC2', () => {
  const worldWithVpcs = (count: number, pageSize = 5) => {
    const world = new Ec2World({ pageSize });
    const vpcIds = Array.from({ length: count }, (_, index) =>
      world.vpc(world.requester, `10.${index}.0.0/16`),
    );
    return { world, owner: world.requester, vpcIds };
  };
  const idsOf = ({ Vpcs = [] }: { Vpcs?: { VpcId?: string | undefined }[] | undefined }) =>
    Vpcs.map(({ VpcId }) => VpcId);

  it('are short even when more are asked for', () => {
    const { owner } = worldWithVpcs(6);
    const page = owner.do('DescribeVpcs', { MaxResults: 1000 });
    expect(page.Vpcs).toHaveLength(5);
    expect(page.NextToken).toBeDefined();
  });

  it('follow each other in the order of creation, without a token on the last', () => {
    const { owner, vpcIds } = worldWithVpcs(6);
    const first = owner.do('DescribeVpcs', {});
    const second = owner.do('DescribeVpcs', { NextToken: first.NextToken });
    expect([...idsOf(first), ...idsOf(second)]).toEqual(vpcIds);
    expect(second.NextToken).toBeUndefined();
  });

  it('have no token where everything fits', () => {
    const { owner } = worldWithVpcs(5);
    expect(owner.do('DescribeVpcs', {}).NextToken).toBeUndefined();
  });

  it('skip nothing when something of an earlier page is deleted in between', () => {
    const { owner, vpcIds } = worldWithVpcs(6);
    const first = owner.do('DescribeVpcs', {});
    owner.do('DeleteVpc', { VpcId: vpcIds[0] });
    expect(idsOf(owner.do('DescribeVpcs', { NextToken: first.NextToken }))).toEqual([vpcIds[5]]);
  });

  it('do not cut a list of named ids', () => {
    const { owner, vpcIds } = worldWithVpcs(6);
    expect(idsOf(owner.do('DescribeVpcs', { VpcIds: vpcIds }))).toEqual(vpcIds);
  });

  it.each([
    ['MaxResults together with ids', { MaxResults: 5, VpcIds: ['first'] }, 'InvalidParameterCombination'],
    ['a MaxResults below five', { MaxResults: 4 }, 'InvalidParameterValue'],
    ['a MaxResults above a thousand', { MaxResults: 1001 }, 'InvalidParameterValue'],
    ['a token of its own making', { NextToken: 'bm9uc2Vuc2U' }, 'InvalidPaginationToken'],
  ])('refuse %s', (_, input, code) => {
    const { owner, vpcIds } = worldWithVpcs(1);
    const named = 'VpcIds' in input ? { ...input, VpcIds: vpcIds } : input;
    expect(owner.codeOf('DescribeVpcs', named)).toBe(code);
  });
});

describe('filters of the simulated EC2', () => {
  async function setUp() {
    const world = new Ec2World({ pageSize: 100 });
    const { requesterVpc, accepterVpc, peeringId } = await world.active();
    const { RouteTableId = '' } = world.mainTable(world.requester, requesterVpc);
    world.requester.do('CreateRoute', {
      RouteTableId,
      DestinationCidrBlock: '10.1.0.0/16',
      VpcPeeringConnectionId: peeringId,
    });
    world.requester.do('CreateTags', {
      Resources: [requesterVpc, peeringId, RouteTableId],
      Tags: [{ Key: 'tier', Value: 'shared' }],
    });
    const other = world.vpc(world.requester, '10.9.0.0/16');
    world.ask(world.requester, other, world.accepter, accepterVpc);
    return { world, requesterVpc, accepterVpc, peeringId, RouteTableId };
  }
  const filter = (Name: string, ...Values: string[]): Filter => ({ Name, Values });

  it.each([
    ['cidr', '10.0.0.0/16'],
    ['cidr-block-association.cidr-block', '10.0.?.0/16'],
    ['tag:tier', 'sha*'],
    ['tag-key', 'tier'],
  ])('find a VPC by %s', async (name, value) => {
    const { world, requesterVpc } = await setUp();
    const { Vpcs } = world.requester.do('DescribeVpcs', { Filters: [filter(name, value)] });
    expect(Vpcs?.map(({ VpcId }) => VpcId)).toEqual([requesterVpc]);
  });

  it.each([
    ['status-code', 'active'],
    ['status-code', 'act*'],
    ['requester-vpc-info.cidr-block', '10.0.0.0/16'],
    ['accepter-vpc-info.cidr-block', '10.1.0.0/16'],
    ['tag:tier', 'shared'],
  ])('find a peering by %s %s', async (name, value) => {
    const { world, peeringId } = await setUp();
    const { VpcPeeringConnections } = world.requester.do('DescribeVpcPeeringConnections', {
      Filters: [filter(name, value)],
    });
    expect(VpcPeeringConnections?.map(({ VpcPeeringConnectionId }) => VpcPeeringConnectionId)).toEqual([
      peeringId,
    ]);
  });

  it.each([
    ['requester-vpc-info.owner-id', '111122223333', 2],
    ['accepter-vpc-info.owner-id', '444455556666', 2],
    ['accepter-vpc-info.owner-id', '111122223333', 0],
    ['requester-vpc-info.vpc-id', '*', 2],
  ])('find peerings by %s %s: %d', async (name, value, count) => {
    const { world } = await setUp();
    const { VpcPeeringConnections } = world.requester.do('DescribeVpcPeeringConnections', {
      Filters: [filter(name, value)],
    });
    expect(VpcPeeringConnections).toHaveLength(count);
  });

  it('find the route tables that lead to a peering', async () => {
    const { world, peeringId, RouteTableId } = await setUp();
    const { RouteTables } = world.requester.do('DescribeRouteTables', {
      Filters: [filter('route.vpc-peering-connection-id', peeringId)],
    });
    expect(RouteTables?.map((table) => table.RouteTableId)).toEqual([RouteTableId]);
  });

  it('find the route tables with a blackhole', async () => {
    const { world, peeringId, RouteTableId } = await setUp();
    const input = { Filters: [filter('route.state', 'blackhole')] };
    expect(world.requester.do('DescribeRouteTables', input).RouteTables).toEqual([]);
    world.requester.do('DeleteVpcPeeringConnection', { VpcPeeringConnectionId: peeringId });
    const { RouteTables } = world.requester.do('DescribeRouteTables', input);
    expect(RouteTables?.map((table) => table.RouteTableId)).toEqual([RouteTableId]);
  });

  it('narrow each other, while the values of one widen it', async () => {
    const { world, requesterVpc } = await setUp();
    const { Vpcs } = world.requester.do('DescribeVpcs', {
      Filters: [filter('cidr', '10.0.0.0/16', '10.9.0.0/16'), filter('tag-key', 'tier')],
    });
    expect(Vpcs?.map(({ VpcId }) => VpcId)).toEqual([requesterVpc]);
  });

  it('take a wildcard behind a backslash literally', async () => {
    const { world, requesterVpc } = await setUp();
    const starred = world.vpc(world.requester, '10.8.0.0/16');
    world.requester.do('CreateTags', { Resources: [starred], Tags: [{ Key: 'tier', Value: 'shar*' }] });
    const found = (value: string) =>
      world.requester
        .do('DescribeVpcs', { Filters: [filter('tag:tier', value)] })
        .Vpcs?.map(({ VpcId }) => VpcId);
    expect(found('shar\\*')).toEqual([starred]);
    expect(found('shar*')).toEqual([requesterVpc, starred]);
  });

  it('are refused where the action has none of that name', async () => {
    const { world } = await setUp();
    const describe = () => world.requester.do('DescribeVpcs', { Filters: [filter('colour', 'red')] });
    expect(describe).toThrow("The filter 'colour' is invalid");
  });
});
