import { Ec2World, SETTLED_MS } from '../../support/simulated-ec2.ts';

describe('VPCs of the simulated EC2', () => {
  it('are pending in the answer to CreateVpc and available afterwards', () => {
    const world = new Ec2World();
    const { Vpc } = world.requester.do('CreateVpc', { CidrBlock: '10.0.3.7/16' });
    expect(Vpc).toMatchObject({ State: 'pending', CidrBlock: '10.0.0.0/16', OwnerId: '111122223333' });
    const { Vpcs } = world.requester.do('DescribeVpcs', { VpcIds: [Vpc?.VpcId ?? ''] });
    expect(Vpcs?.[0]?.State).toBe('available');
  });

  it.each(['10.0.0.0/15', '10.0.0.0/29'])('are refused with a CIDR out of range: %s', (CidrBlock) => {
    const world = new Ec2World();
    expect(world.requester.codeOf('CreateVpc', { CidrBlock })).toBe('InvalidVpc.Range');
  });

  it('begin with a main route table that has the local routes', () => {
    const world = new Ec2World();
    const { Vpc } = world.requester.do('CreateVpc', {
      CidrBlock: '10.0.0.0/16',
      Ipv6CidrBlock: '2001:db8::/56',
    });
    const main = world.mainTable(world.requester, Vpc?.VpcId ?? '');
    const local = { GatewayId: 'local', Origin: 'CreateRouteTable', State: 'active' };
    expect(main.Routes).toEqual([
      { DestinationCidrBlock: '10.0.0.0/16', ...local },
      { DestinationIpv6CidrBlock: '2001:db8::/56', ...local },
    ]);
  });

  it('have no IPv6 set where they have no IPv6 CIDR', () => {
    const world = new Ec2World();
    const { Vpc } = world.requester.do('CreateVpc', { CidrBlock: '10.0.0.0/16' });
    expect(Vpc).not.toHaveProperty('Ipv6CidrBlockAssociationSet');
  });

  it('are not found by another account, nor from another region', () => {
    const world = new Ec2World();
    const input = { VpcIds: [world.vpc(world.requester, '10.0.0.0/16')] };
    const elsewhere = world.user(world.requester.accountId, 'us-east-1');
    expect(world.accepter.codeOf('DescribeVpcs', input)).toBe('InvalidVpcID.NotFound');
    expect(elsewhere.codeOf('DescribeVpcs', input)).toBe('InvalidVpcID.NotFound');
  });

  it('are not to be named by a malformed id', () => {
    const world = new Ec2World();
    expect(world.requester.codeOf('DescribeVpcs', { VpcIds: ['vpc-xyz'] })).toBe('InvalidVpcID.Malformed');
  });

  it('have DNS support and no DNS hostnames until someone turns them on', () => {
    const world = new Ec2World();
    const VpcId = world.vpc(world.requester, '10.0.0.0/16');
    const hostnames = () =>
      world.requester.do('DescribeVpcAttribute', { VpcId, Attribute: 'enableDnsHostnames' });
    const support = world.requester.do('DescribeVpcAttribute', { VpcId, Attribute: 'enableDnsSupport' });
    expect(support.EnableDnsSupport).toEqual({ Value: true });
    expect(hostnames().EnableDnsHostnames).toEqual({ Value: false });
    world.requester.do('ModifyVpcAttribute', { VpcId, EnableDnsHostnames: { Value: true } });
    expect(hostnames().EnableDnsHostnames).toEqual({ Value: true });
  });

  it('take one attribute a call', () => {
    const world = new Ec2World();
    const VpcId = world.vpc(world.requester, '10.0.0.0/16');
    const both = { EnableDnsHostnames: { Value: true }, EnableDnsSupport: { Value: true } };
    expect(world.requester.codeOf('ModifyVpcAttribute', { VpcId, ...both })).toBe(
      'InvalidParameterCombination',
    );
  });
});

describe('deleting a VPC', () => {
  it('takes its main route table along', () => {
    const world = new Ec2World();
    const VpcId = world.vpc(world.requester, '10.0.0.0/16');
    world.requester.do('DeleteVpc', { VpcId });
    expect(world.requester.do('DescribeRouteTables', {}).RouteTables).toEqual([]);
  });

  it('is refused while it has a subnet', () => {
    const world = new Ec2World();
    const VpcId = world.vpc(world.requester, '10.0.0.0/16');
    world.requester.do('CreateSubnet', { VpcId, CidrBlock: '10.0.0.0/24' });
    expect(world.requester.codeOf('DeleteVpc', { VpcId })).toBe('DependencyViolation');
  });

  it('is refused while it has a route table besides the main one', () => {
    const world = new Ec2World();
    const VpcId = world.vpc(world.requester, '10.0.0.0/16');
    world.requester.do('CreateRouteTable', { VpcId });
    expect(world.requester.codeOf('DeleteVpc', { VpcId })).toBe('DependencyViolation');
  });

  it('is refused while another account’s request to it is pending', async () => {
    const world = new Ec2World();
    const { accepterVpc: VpcId } = await world.pending();
    expect(world.accepter.codeOf('DeleteVpc', { VpcId })).toBe('DependencyViolation');
  });

  it('withdraws its own pending requests', async () => {
    const world = new Ec2World();
    const { requesterVpc: VpcId, peeringId } = await world.pending();
    world.requester.do('DeleteVpc', { VpcId });
    await world.pass(SETTLED_MS);
    expect(world.stateSeenBy(world.accepter, peeringId)).toBe('deleted');
  });

  it('makes a request fail that is still on its way to it', async () => {
    const world = new Ec2World();
    const { accepterVpc: VpcId, peeringId } = world.request();
    world.accepter.do('DeleteVpc', { VpcId });
    await world.pass(SETTLED_MS);
    expect(world.stateSeenBy(world.requester, peeringId)).toBe('failed');
  });
});

describe('CIDRs of a VPC', () => {
  it('are associating for a moment and then have a local route', async () => {
    const world = new Ec2World();
    const VpcId = world.vpc(world.requester, '10.0.0.0/16');
    const answer = world.requester.do('AssociateVpcCidrBlock', { VpcId, CidrBlock: '10.2.0.0/24' });
    const { RouteTableId = '' } = world.mainTable(world.requester, VpcId);
    expect(answer.CidrBlockAssociation?.CidrBlockState?.State).toBe('associating');
    expect(world.route(world.requester, RouteTableId, '10.2.0.0/24')).toBeUndefined();
    await world.pass(SETTLED_MS);
    expect(world.route(world.requester, RouteTableId, '10.2.0.0/24')).toMatchObject({ GatewayId: 'local' });
  });

  it('may come from Amazon', () => {
    const world = new Ec2World();
    const VpcId = world.vpc(world.requester, '10.0.0.0/16');
    const answer = world.requester.do('AssociateVpcCidrBlock', { VpcId, AmazonProvidedIpv6CidrBlock: true });
    expect(answer.Ipv6CidrBlockAssociation?.Ipv6CidrBlock).toMatch(/^2600:1f18:[0-9a-f:]+::\/56$/);
  });

  it('are limited in number', () => {
    const world = new Ec2World({ ipv4CidrsPerVpc: 1 });
    const VpcId = world.vpc(world.requester, '10.0.0.0/16');
    const input = { VpcId, CidrBlock: '10.2.0.0/24' };
    expect(world.requester.codeOf('AssociateVpcCidrBlock', input)).toBe('CidrLimitExceeded');
  });

  it('cannot be added by a requester whose request is pending', async () => {
    const world = new Ec2World();
    const { requesterVpc: VpcId } = await world.pending();
    const input = { VpcId, CidrBlock: '10.2.0.0/24' };
    expect(world.requester.codeOf('AssociateVpcCidrBlock', input)).toBe('OperationNotPermitted');
  });

  it('cannot overlap the peer of an active peering', async () => {
    const world = new Ec2World();
    const { requesterVpc: VpcId } = await world.active();
    const input = { VpcId, CidrBlock: '10.1.4.0/24' };
    expect(world.requester.codeOf('AssociateVpcCidrBlock', input)).toBe('InvalidVpc.Range');
  });

  it('cannot contain the destination of a route, but lie within it', async () => {
    const world = new Ec2World();
    const { requesterVpc: VpcId, peeringId: VpcPeeringConnectionId } = await world.active();
    const { RouteTableId = '' } = world.mainTable(world.requester, VpcId);
    world.requester.do('CreateRoute', {
      RouteTableId,
      DestinationCidrBlock: '10.7.0.0/24',
      VpcPeeringConnectionId,
    });
    const add = (CidrBlock: string) => world.requester.codeOf('AssociateVpcCidrBlock', { VpcId, CidrBlock });
    expect([add('10.7.0.0/24'), add('10.7.0.0/23'), add('10.7.0.0/25')]).toEqual([
      'InvalidVpc.Range',
      'InvalidVpc.Range',
      'no error',
    ]);
  });

  it('go away when disassociated, except the primary one', () => {
    const world = new Ec2World();
    const VpcId = world.vpc(world.requester, '10.0.0.0/16');
    world.requester.do('AssociateVpcCidrBlock', { VpcId, CidrBlock: '10.2.0.0/24' });
    const associations = () =>
      world.requester.do('DescribeVpcs', { VpcIds: [VpcId] }).Vpcs?.[0]?.CidrBlockAssociationSet ?? [];
    const [primary, secondary] = associations();
    const disassociate = (AssociationId = '') =>
      world.requester.codeOf('DisassociateVpcCidrBlock', { AssociationId });
    expect(disassociate(primary?.AssociationId)).toBe('OperationNotPermitted');
    expect(disassociate(secondary?.AssociationId)).toBe('no error');
    expect(associations().map(({ CidrBlock }) => CidrBlock)).toEqual(['10.0.0.0/16']);
  });

  it('stay while a subnet uses them', async () => {
    const world = new Ec2World();
    const VpcId = world.vpc(world.requester, '10.0.0.0/16');
    const answer = world.requester.do('AssociateVpcCidrBlock', { VpcId, CidrBlock: '10.2.0.0/24' });
    await world.pass(SETTLED_MS);
    world.requester.do('CreateSubnet', { VpcId, CidrBlock: '10.2.0.0/28' });
    const AssociationId = answer.CidrBlockAssociation?.AssociationId;
    expect(world.requester.codeOf('DisassociateVpcCidrBlock', { AssociationId })).toBe('InvalidCidr.InUse');
  });
});
