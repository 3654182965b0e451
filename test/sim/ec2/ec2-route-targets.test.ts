import { Ec2Clients } from './ec2-client.ts';

async function setUp() {
  const ec2 = new Ec2Clients();
  const VpcId = await ec2.vpc(ec2.owner, '10.0.0.0/16');
  const Filters = [{ Name: 'vpc-id', Values: [VpcId] }];
  const { RouteTables } = await ec2.get(ec2.owner.describeRouteTables({ Filters }));
  return { ec2, VpcId, RouteTableId: RouteTables?.[0]?.RouteTableId ?? '' };
}

async function firstRoute(ec2: Ec2Clients, RouteTableId: string) {
  const { RouteTables } = await ec2.get(ec2.owner.describeRouteTables({ RouteTableIds: [RouteTableId] }));
  return RouteTables?.[0]?.Routes?.find(({ Origin }) => Origin === 'CreateRoute');
}

const HEX = '0123456789abcdef0';
const TARGETS = [
  { TransitGatewayId: `tgw-${HEX}` },
  { NatGatewayId: `nat-${HEX}` },
  { NetworkInterfaceId: `eni-${HEX}` },
  { InstanceId: `i-${HEX}` },
  { CarrierGatewayId: `cagw-${HEX}` },
  { LocalGatewayId: `lgw-${HEX}` },
  { CoreNetworkArn: `arn:aws:networkmanager::111122223333:core-network/core-network-${HEX}` },
  { OdbNetworkArn: 'arn:aws:odb:eu-west-1:111122223333:odb-network/odbnet_1' },
  { GatewayId: `vpce-${HEX}` },
];

describe('the target of a route', () => {
  it.each(TARGETS)('is shown as it was given: %j', async (target) => {
    const { ec2, RouteTableId } = await setUp();
    const DestinationCidrBlock = '10.9.0.0/16';
    await ec2.get(ec2.owner.createRoute({ RouteTableId, DestinationCidrBlock, ...target }));
    expect(await firstRoute(ec2, RouteTableId)).toEqual({
      DestinationCidrBlock,
      ...target,
      Origin: 'CreateRoute',
      State: 'active',
    });
  });

  it.each([
    ['route.transit-gateway-id', 'TransitGatewayId', `tgw-${HEX}`],
    ['route.nat-gateway-id', 'NatGatewayId', `nat-${HEX}`],
    ['route.instance-id', 'InstanceId', `i-${HEX}`],
    ['route.gateway-id', 'GatewayId', `vpce-${HEX}`],
  ])('is what tables are found by: %s', async (Name, member, id) => {
    const { ec2, RouteTableId } = await setUp();
    const route = { RouteTableId, DestinationCidrBlock: '10.9.0.0/16', [member]: id };
    await ec2.get(ec2.owner.createRoute(route));
    const { RouteTables } = await ec2.get(
      ec2.owner.describeRouteTables({ Filters: [{ Name, Values: [id] }] }),
    );
    expect(RouteTables?.map((table) => table.RouteTableId)).toEqual([RouteTableId]);
  });

  it('may be a Gateway Load Balancer endpoint, which is shown as a gateway', async () => {
    const { ec2, RouteTableId } = await setUp();
    const VpcEndpointId = `vpce-${HEX}`;
    await ec2.get(
      ec2.owner.createRoute({ RouteTableId, DestinationCidrBlock: '10.9.0.0/16', VpcEndpointId }),
    );
    const route = await firstRoute(ec2, RouteTableId);
    expect(route).toMatchObject({ GatewayId: VpcEndpointId });
  });

  it('may be an egress-only internet gateway, for IPv6', async () => {
    const { ec2, RouteTableId } = await setUp();
    const EgressOnlyInternetGatewayId = `eigw-${HEX}`;
    const route = (destination: object) =>
      ec2.owner.createRoute({ RouteTableId, ...destination, EgressOnlyInternetGatewayId });
    await ec2.get(route({ DestinationIpv6CidrBlock: '::/0' }));
    expect(await firstRoute(ec2, RouteTableId)).toMatchObject({ EgressOnlyInternetGatewayId });
    expect(await ec2.codeOf(route({ DestinationCidrBlock: '0.0.0.0/0' }))).toBe('InvalidParameterValue');
  });

  it('within the VPC may be a NAT gateway, an interface or an endpoint, but no transit gateway', async () => {
    const { ec2, RouteTableId } = await setUp();
    const within = (DestinationCidrBlock: string, target: object) =>
      ec2.owner.createRoute({ RouteTableId, DestinationCidrBlock, ...target });
    await ec2.get(within('10.0.1.0/24', { NatGatewayId: `nat-${HEX}` }));
    await ec2.get(within('10.0.2.0/24', { VpcEndpointId: `vpce-${HEX}` }));
    await ec2.get(within('10.0.3.0/24', { NetworkInterfaceId: `eni-${HEX}` }));
    const transit = within('10.0.4.0/24', { TransitGatewayId: `tgw-${HEX}` });
    expect(await ec2.codeOf(transit)).toBe('InvalidParameterValue');
  });

  it('is one, and one only', async () => {
    const { ec2, RouteTableId } = await setUp();
    const route = (targets: object) =>
      ec2.owner.createRoute({ RouteTableId, DestinationCidrBlock: '10.9.0.0/16', ...targets });
    expect(await ec2.codeOf(route({}))).toBe('MissingParameter');
    expect(await ec2.codeOf(route({ NatGatewayId: `nat-${HEX}`, LocalGatewayId: `lgw-${HEX}` }))).toBe(
      'InvalidParameterCombination',
    );
  });
});
