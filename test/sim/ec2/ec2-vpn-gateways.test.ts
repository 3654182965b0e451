import { Ec2Clients } from './ec2-client.ts';

const ON_PREMISES = '192.168.0.0/16';
/** Longer than CloudTrail takes. */
const DELIVERED_MS = 60_000;

/** A VPC with a virtual private gateway, and its main route table. */
async function attached() {
  const ec2 = new Ec2Clients();
  const { ownerVpc: VpcId, peeringId } = await ec2.peered();
  const { VpnGateway } = await ec2.get(ec2.owner.createVpnGateway({ Type: 'ipsec.1' }));
  const VpnGatewayId = VpnGateway?.VpnGatewayId ?? '';
  await ec2.get(ec2.owner.attachVpnGateway({ VpnGatewayId, VpcId }));
  const Filters = [{ Name: 'vpc-id', Values: [VpcId] }];
  const { RouteTables } = await ec2.get(ec2.owner.describeRouteTables({ Filters }));
  const RouteTableId = RouteTables?.[0]?.RouteTableId ?? '';
  return { ec2, VpcId, VpnGatewayId, RouteTableId, peeringId };
}

/** … that propagates the way to the routers behind it. */
async function propagating() {
  const made = await attached();
  const { ec2, RouteTableId, VpnGatewayId } = made;
  await ec2.get(ec2.owner.enableVgwRoutePropagation({ RouteTableId, GatewayId: VpnGatewayId }));
  ec2.aws.ec2.propagate(VpnGatewayId, [ON_PREMISES]);
  return made;
}

async function tableOf(ec2: Ec2Clients, RouteTableId: string) {
  const { RouteTables } = await ec2.get(ec2.owner.describeRouteTables({ RouteTableIds: [RouteTableId] }));
  const { PropagatingVgws, Routes = [] } = RouteTables?.[0] ?? {};
  return { PropagatingVgws, routes: Routes.filter(({ GatewayId }) => GatewayId !== 'local') };
}

const propagated = (GatewayId: string) => ({
  DestinationCidrBlock: ON_PREMISES,
  GatewayId,
  Origin: 'EnableVgwRoutePropagation',
  State: 'active',
});

describe('a virtual private gateway', () => {
  it('is created, attached and listed', async () => {
    const { ec2, VpcId, VpnGatewayId } = await attached();
    expect(VpnGatewayId).toMatch(/^vgw-[0-9a-f]{17}$/);
    const Filters = [{ Name: 'attachment.vpc-id', Values: [VpcId] }];
    const { VpnGateways } = await ec2.get(ec2.owner.describeVpnGateways({ Filters }));
    expect(VpnGateways).toEqual([
      {
        VpnGatewayId,
        State: 'available',
        Type: 'ipsec.1',
        AmazonSideAsn: 64_512,
        VpcAttachments: [{ State: 'attached', VpcId }],
        Tags: [],
      },
    ]);
    const seen = await ec2.get(ec2.other.describeVpnGateways({}));
    expect(seen.VpnGateways).toEqual([]);
  });

  it('is attached to one VPC, which has one', async () => {
    const { ec2, VpcId, VpnGatewayId } = await attached();
    const other = await ec2.vpc(ec2.owner, '10.8.0.0/16');
    const { VpnGateway } = await ec2.get(ec2.owner.createVpnGateway({ Type: 'ipsec.1' }));
    const second = VpnGateway?.VpnGatewayId;
    const attach = (gateway: string | undefined, vpc: string) =>
      ec2.codeOf(ec2.owner.attachVpnGateway({ VpnGatewayId: gateway, VpcId: vpc }));
    expect(await attach(VpnGatewayId, other)).toBe('VpnGatewayAttachmentLimitExceeded');
    expect(await attach(second, VpcId)).toBe('InvalidVpcState');
    expect(await attach('vgw-0123456789abcdef0', other)).toBe('InvalidVpnGatewayID.NotFound');
  });

  it('holds its VPC until it is detached, and is deleted only then', async () => {
    const { ec2, VpcId, VpnGatewayId } = await attached();
    expect(await ec2.codeOf(ec2.owner.deleteVpc({ VpcId }))).toBe('DependencyViolation');
    expect(await ec2.codeOf(ec2.owner.deleteVpnGateway({ VpnGatewayId }))).toBe('IncorrectState');
    await ec2.get(ec2.owner.detachVpnGateway({ VpnGatewayId, VpcId }));
    const again = ec2.owner.detachVpnGateway({ VpnGatewayId, VpcId });
    expect(await ec2.codeOf(again)).toBe('InvalidVpnGatewayAttachment.NotFound');
    await ec2.get(ec2.owner.deleteVpnGateway({ VpnGatewayId }));
    await ec2.get(ec2.owner.deleteVpc({ VpcId }));
  });

  it('is the target of a route of its own VPC, and a black hole once detached', async () => {
    const { ec2, VpcId, VpnGatewayId, RouteTableId } = await attached();
    const DestinationCidrBlock = ON_PREMISES;
    await ec2.get(ec2.owner.createRoute({ RouteTableId, DestinationCidrBlock, GatewayId: VpnGatewayId }));
    expect((await tableOf(ec2, RouteTableId)).routes).toEqual([
      { DestinationCidrBlock, GatewayId: VpnGatewayId, Origin: 'CreateRoute', State: 'active' },
    ]);
    await ec2.get(ec2.owner.detachVpnGateway({ VpnGatewayId, VpcId }));
    expect((await tableOf(ec2, RouteTableId)).routes[0]?.State).toBe('blackhole');
    const replace = ec2.owner.replaceRoute({ RouteTableId, DestinationCidrBlock, GatewayId: VpnGatewayId });
    expect(await ec2.codeOf(replace)).toBe('InvalidParameterValue');
  });
});

describe('route propagation', () => {
  it('shows in a table once it is enabled there', async () => {
    const { ec2, RouteTableId, VpnGatewayId } = await attached();
    ec2.aws.ec2.propagate(VpnGatewayId, [ON_PREMISES]);
    expect((await tableOf(ec2, RouteTableId)).routes).toEqual([]);
    await ec2.get(ec2.owner.enableVgwRoutePropagation({ RouteTableId, GatewayId: VpnGatewayId }));
    expect(await tableOf(ec2, RouteTableId)).toEqual({
      PropagatingVgws: [{ GatewayId: VpnGatewayId }],
      routes: [propagated(VpnGatewayId)],
    });
  });

  it('follows what the routers announce', async () => {
    const { ec2, RouteTableId, VpnGatewayId } = await propagating();
    ec2.aws.ec2.propagate(VpnGatewayId, ['172.16.0.1/12']);
    const { routes } = await tableOf(ec2, RouteTableId);
    expect(routes.map(({ DestinationCidrBlock }) => DestinationCidrBlock)).toEqual(['172.16.0.0/12']);
  });

  it.each(['disabled', 'over with the attachment'])('ends when it is %s', async (how) => {
    const { ec2, VpcId, RouteTableId, VpnGatewayId } = await propagating();
    await ec2.get(
      how === 'disabled'
        ? ec2.owner.disableVgwRoutePropagation({ RouteTableId, GatewayId: VpnGatewayId })
        : ec2.owner.detachVpnGateway({ VpnGatewayId, VpcId }),
    );
    expect(await tableOf(ec2, RouteTableId)).toEqual({ PropagatingVgws: [], routes: [] });
  });

  it('needs a gateway that is attached to the VPC of the table', async () => {
    const { ec2, VpnGatewayId } = await attached();
    const other = await ec2.vpc(ec2.owner, '10.8.0.0/16');
    const Filters = [{ Name: 'vpc-id', Values: [other] }];
    const { RouteTables } = await ec2.get(ec2.owner.describeRouteTables({ Filters }));
    const input = { RouteTableId: RouteTables?.[0]?.RouteTableId, GatewayId: VpnGatewayId };
    expect(await ec2.codeOf(ec2.owner.enableVgwRoutePropagation(input))).toBe('Gateway.NotAttached');
  });

  it('stands beside a static route to the same destination, which comes and goes by itself', async () => {
    const { ec2, RouteTableId, VpnGatewayId, peeringId } = await propagating();
    const toOnPremises = { RouteTableId, DestinationCidrBlock: ON_PREMISES };
    await ec2.get(ec2.owner.createRoute({ ...toOnPremises, VpcPeeringConnectionId: peeringId }));
    expect((await tableOf(ec2, RouteTableId)).routes).toEqual([
      {
        DestinationCidrBlock: ON_PREMISES,
        VpcPeeringConnectionId: peeringId,
        Origin: 'CreateRoute',
        State: 'active',
      },
      propagated(VpnGatewayId),
    ]);
    await ec2.get(ec2.owner.deleteRoute(toOnPremises));
    expect((await tableOf(ec2, RouteTableId)).routes).toEqual([propagated(VpnGatewayId)]);
  });

  it('is nothing that a person can delete or replace route by route', async () => {
    const { ec2, RouteTableId, peeringId } = await propagating();
    const toOnPremises = { RouteTableId, DestinationCidrBlock: ON_PREMISES };
    expect(await ec2.codeOf(ec2.owner.deleteRoute(toOnPremises))).toBe('InvalidRoute.NotFound');
    const replace = ec2.owner.replaceRoute({ ...toOnPremises, VpcPeeringConnectionId: peeringId });
    expect(await ec2.codeOf(replace)).toBe('InvalidParameterValue');
  });

  it('takes no place of the quota', async () => {
    const { ec2, RouteTableId, VpnGatewayId, peeringId } = await propagating();
    ec2.aws.ec2.configure({ routesPerTable: 1 });
    ec2.aws.ec2.propagate(VpnGatewayId, ['172.16.0.0/24', '172.16.1.0/24']);
    const route = { RouteTableId, DestinationCidrBlock: '10.1.0.0/16', VpcPeeringConnectionId: peeringId };
    await ec2.get(ec2.owner.createRoute(route));
    expect((await tableOf(ec2, RouteTableId)).routes).toHaveLength(3);
  });

  it('is what tables are found by', async () => {
    const { ec2, RouteTableId } = await propagating();
    const Filters = [{ Name: 'route.origin', Values: ['EnableVgwRoutePropagation'] }];
    const { RouteTables } = await ec2.get(ec2.owner.describeRouteTables({ Filters }));
    expect(RouteTables?.map((table) => table.RouteTableId)).toEqual([RouteTableId]);
  });

  it('is logged by CloudTrail in the flat shape', async () => {
    const { ec2, RouteTableId, VpnGatewayId } = await propagating();
    await ec2.pass(DELIVERED_MS);
    expect(ec2.aws.trail.delivered.map(({ event }) => event.detail).at(-1)).toMatchObject({
      eventName: 'EnableVgwRoutePropagation',
      requestParameters: { gatewayId: VpnGatewayId, routeTableId: RouteTableId },
      responseElements: { _return: true },
    });
  });
});
