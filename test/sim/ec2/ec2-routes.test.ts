import { Ec2World, SETTLED_MS, type Ec2User } from '../../support/simulated-ec2.ts';

const PEER = '10.1.0.0/16';

/** An active peering, and the main route table of the requester's VPC. */
async function withPeering(world = new Ec2World()) {
  const { requesterVpc, accepterVpc, peeringId } = await world.active();
  const { RouteTableId = '' } = world.mainTable(world.requester, requesterVpc);
  return { world, requesterVpc, accepterVpc, peeringId, RouteTableId };
}

/** A route to the peer through the peering, in the VPC's main table. */
const toPeer = (RouteTableId: string, peeringId: string, DestinationCidrBlock = PEER) => ({
  RouteTableId,
  DestinationCidrBlock,
  VpcPeeringConnectionId: peeringId,
});

function internetGateway(owner: Ec2User, vpcId: string): string {
  const { InternetGateway } = owner.do('CreateInternetGateway', {});
  const InternetGatewayId = InternetGateway?.InternetGatewayId ?? '';
  owner.do('AttachInternetGateway', { InternetGatewayId, VpcId: vpcId });
  return InternetGatewayId;
}

describe('routes of the simulated EC2', () => {
  it('lead to an active peering', async () => {
    const { world, RouteTableId, peeringId } = await withPeering();
    world.requester.do('CreateRoute', toPeer(RouteTableId, peeringId));
    expect(world.route(world.requester, RouteTableId, PEER)).toEqual({
      DestinationCidrBlock: PEER,
      VpcPeeringConnectionId: peeringId,
      Origin: 'CreateRoute',
      State: 'active',
    });
  });

  it('to a pending peering are blackholes until it is active', async () => {
    const world = new Ec2World();
    const { requesterVpc, peeringId } = await world.pending();
    const { RouteTableId = '' } = world.mainTable(world.requester, requesterVpc);
    world.requester.do('CreateRoute', toPeer(RouteTableId, peeringId));
    const state = () => world.route(world.requester, RouteTableId, PEER)?.State;
    expect(state()).toBe('blackhole');
    world.accepter.do('AcceptVpcPeeringConnection', { VpcPeeringConnectionId: peeringId });
    expect(state()).toBe('blackhole');
    await world.pass(SETTLED_MS);
    expect(state()).toBe('active');
  });

  it('stay as blackholes after the peering’s deletion, even when EC2 has forgotten it', async () => {
    const { world, RouteTableId, peeringId } = await withPeering();
    world.requester.do('CreateRoute', toPeer(RouteTableId, peeringId));
    world.accepter.do('DeleteVpcPeeringConnection', { VpcPeeringConnectionId: peeringId });
    expect(world.route(world.requester, RouteTableId, PEER)?.State).toBe('blackhole');
    world.ec2.forgetPeering(peeringId);
    expect(world.route(world.requester, RouteTableId, PEER)?.State).toBe('blackhole');
  });

  it('can be filtered by AWS', async () => {
    const { world, RouteTableId, peeringId } = await withPeering();
    world.requester.do('CreateRoute', toPeer(RouteTableId, peeringId));
    world.ec2.filterRoute(RouteTableId, PEER);
    expect(world.route(world.requester, RouteTableId, PEER)?.State).toBe('filtered');
  });

  it('have canonical destinations', async () => {
    const { world, RouteTableId, peeringId } = await withPeering();
    world.requester.do('CreateRoute', toPeer(RouteTableId, peeringId, '100.68.0.18/18'));
    expect(world.route(world.requester, RouteTableId, '100.68.0.0/18')).toBeDefined();
  });

  it('take IPv6 destinations', async () => {
    const { world, RouteTableId, peeringId } = await withPeering();
    const input = { DestinationIpv6CidrBlock: '2001:DB8:0::/56', VpcPeeringConnectionId: peeringId };
    world.requester.do('CreateRoute', { RouteTableId, ...input });
    const tables = world.requester.do('DescribeRouteTables', { RouteTableIds: [RouteTableId] }).RouteTables;
    expect(tables?.[0]?.Routes?.at(-1)).toMatchObject({ DestinationIpv6CidrBlock: '2001:db8::/56' });
  });

  it.each([
    ['another target', 'igw'],
    ['the same target', 'pcx'],
  ])('exist once for each destination: a second one with %s is refused', async (_, second) => {
    const { world, requesterVpc, RouteTableId, peeringId } = await withPeering();
    const gateway = internetGateway(world.requester, requesterVpc);
    world.requester.do('CreateRoute', toPeer(RouteTableId, peeringId));
    const target = second === 'igw' ? { GatewayId: gateway } : { VpcPeeringConnectionId: peeringId };
    const input = { RouteTableId, DestinationCidrBlock: PEER, ...target };
    expect(world.requester.codeOf('CreateRoute', input)).toBe('RouteAlreadyExists');
  });

  it('may be repeated where the world is set so', async () => {
    const { world, RouteTableId, peeringId } = await withPeering(new Ec2World({ repeatedRoute: 'accepted' }));
    world.requester.do('CreateRoute', toPeer(RouteTableId, peeringId));
    expect(world.requester.codeOf('CreateRoute', toPeer(RouteTableId, peeringId))).toBe('no error');
  });

  it('may not be repeated with another target even there', async () => {
    const { world, requesterVpc, RouteTableId, peeringId } = await withPeering(
      new Ec2World({ repeatedRoute: 'accepted' }),
    );
    world.requester.do('CreateRoute', toPeer(RouteTableId, peeringId));
    const GatewayId = internetGateway(world.requester, requesterVpc);
    const input = { RouteTableId, DestinationCidrBlock: PEER, GatewayId };
    expect(world.requester.codeOf('CreateRoute', input)).toBe('RouteAlreadyExists');
  });

  it.each(['10.0.4.0/24', '10.0.0.0/17'])(
    'within the VPC’s own CIDR cannot lead to a peering: %s',
    async (cidr) => {
      const { world, RouteTableId, peeringId } = await withPeering();
      expect(world.requester.codeOf('CreateRoute', toPeer(RouteTableId, peeringId, cidr))).toBe(
        'InvalidParameterValue',
      );
    },
  );

  it('to the VPC’s own CIDR exist already: the local route', async () => {
    const { world, RouteTableId, peeringId } = await withPeering();
    expect(world.requester.codeOf('CreateRoute', toPeer(RouteTableId, peeringId, '10.0.0.0/16'))).toBe(
      'RouteAlreadyExists',
    );
  });

  it('may contain the VPC’s own CIDR', async () => {
    const { world, RouteTableId, peeringId } = await withPeering();
    expect(world.requester.codeOf('CreateRoute', toPeer(RouteTableId, peeringId, '10.0.0.0/8'))).toBe(
      'no error',
    );
  });

  it('cannot lead to a peering of another VPC', async () => {
    const { world, peeringId } = await withPeering();
    const other = world.vpc(world.requester, '10.5.0.0/16');
    const { RouteTableId = '' } = world.mainTable(world.requester, other);
    const create = () => world.requester.do('CreateRoute', toPeer(RouteTableId, peeringId));
    expect(create).toThrow(
      `route table ${RouteTableId} and network gateway ${peeringId} belong to different networks`,
    );
  });

  it('cannot lead to a peering that the caller does not see', async () => {
    const { world, peeringId } = await withPeering();
    const other = world.vpc(world.stranger, '10.5.0.0/16');
    const { RouteTableId = '' } = world.mainTable(world.stranger, other);
    expect(world.stranger.codeOf('CreateRoute', toPeer(RouteTableId, peeringId))).toBe(
      'InvalidVpcPeeringConnectionID.NotFound',
    );
  });

  it('cannot lead to a peering that has ended', async () => {
    const world = new Ec2World();
    const { requesterVpc, peeringId } = await world.deleted();
    const { RouteTableId = '' } = world.mainTable(world.requester, requesterVpc);
    expect(world.requester.codeOf('CreateRoute', toPeer(RouteTableId, peeringId))).toBe(
      'InvalidVpcPeeringConnectionID.NotFound',
    );
  });

  it('cannot lead to a gateway that is not attached to the VPC', async () => {
    const { world, RouteTableId } = await withPeering();
    const GatewayId = world.requester.do('CreateInternetGateway', {}).InternetGateway?.InternetGatewayId;
    const input = { RouteTableId, DestinationCidrBlock: '0.0.0.0/0', GatewayId };
    expect(world.requester.codeOf('CreateRoute', input)).toBe('InvalidParameterValue');
  });

  it('are limited in number, IPv4 and IPv6 apart', async () => {
    const { world, RouteTableId, peeringId } = await withPeering(new Ec2World({ routesPerTable: 1 }));
    world.requester.do('CreateRoute', toPeer(RouteTableId, peeringId, '10.1.0.0/24'));
    expect(world.requester.codeOf('CreateRoute', toPeer(RouteTableId, peeringId, '10.1.1.0/24'))).toBe(
      'RouteLimitExceeded',
    );
    const ipv6 = { DestinationIpv6CidrBlock: '2001:db8::/56', VpcPeeringConnectionId: peeringId };
    expect(world.requester.codeOf('CreateRoute', { RouteTableId, ...ipv6 })).toBe('no error');
  });

  it('are replaced in their target', async () => {
    const { world, requesterVpc, RouteTableId, peeringId } = await withPeering();
    const GatewayId = internetGateway(world.requester, requesterVpc);
    world.requester.do('CreateRoute', { RouteTableId, DestinationCidrBlock: PEER, GatewayId });
    world.requester.do('ReplaceRoute', toPeer(RouteTableId, peeringId));
    const route = world.route(world.requester, RouteTableId, PEER);
    expect(route).toMatchObject({ VpcPeeringConnectionId: peeringId });
    expect(route).not.toHaveProperty('GatewayId');
  });

  it('that are missing cannot be replaced: InvalidParameterValue', async () => {
    const { world, RouteTableId, peeringId } = await withPeering();
    expect(world.requester.codeOf('ReplaceRoute', toPeer(RouteTableId, peeringId))).toBe(
      'InvalidParameterValue',
    );
  });

  it('are deleted by destination', async () => {
    const { world, RouteTableId, peeringId } = await withPeering();
    world.requester.do('CreateRoute', toPeer(RouteTableId, peeringId));
    world.requester.do('DeleteRoute', { RouteTableId, DestinationCidrBlock: PEER });
    expect(world.route(world.requester, RouteTableId, PEER)).toBeUndefined();
  });

  it('that are missing cannot be deleted: InvalidRoute.NotFound', async () => {
    const { world, RouteTableId } = await withPeering();
    const input = { RouteTableId, DestinationCidrBlock: PEER };
    expect(world.requester.codeOf('DeleteRoute', input)).toBe('InvalidRoute.NotFound');
  });

  it('keep the local one', async () => {
    const { world, RouteTableId } = await withPeering();
    const input = { RouteTableId, DestinationCidrBlock: '10.0.0.0/16' };
    expect(world.requester.codeOf('DeleteRoute', input)).toBe('InvalidParameterValue');
  });

  it('are not created by a dry run', async () => {
    const { world, RouteTableId, peeringId } = await withPeering();
    const input = { ...toPeer(RouteTableId, peeringId), DryRun: true };
    expect(world.requester.codeOf('CreateRoute', input)).toBe('DryRunOperation');
    expect(world.route(world.requester, RouteTableId, PEER)).toBeUndefined();
  });

  it('of another account’s table are out of reach', async () => {
    const { world, RouteTableId, peeringId } = await withPeering();
    expect(world.accepter.codeOf('CreateRoute', toPeer(RouteTableId, peeringId))).toBe(
      'InvalidRouteTableID.NotFound',
    );
  });
});
