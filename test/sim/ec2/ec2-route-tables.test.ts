import { Ec2World, type Ec2User } from '../../support/simulated-ec2.ts';

function subnet(owner: Ec2User, VpcId: string, CidrBlock = '10.0.0.0/24'): string {
  return owner.do('CreateSubnet', { VpcId, CidrBlock }).Subnet?.SubnetId ?? '';
}

function table(owner: Ec2User, VpcId: string): string {
  return owner.do('CreateRouteTable', { VpcId }).RouteTable?.RouteTableId ?? '';
}

function associationsOf(owner: Ec2User, routeTableId: string) {
  const { RouteTables } = owner.do('DescribeRouteTables', { RouteTableIds: [routeTableId] });
  return RouteTables?.[0]?.Associations ?? [];
}

function setUp() {
  const world = new Ec2World();
  const owner = world.requester;
  const vpcId = world.vpc(owner, '10.0.0.0/16');
  return { world, owner, vpcId, main: world.mainTable(owner, vpcId).RouteTableId ?? '' };
}

describe('route tables of the simulated EC2', () => {
  it('leave a subnet without an association of its own to the main table', () => {
    const { owner, vpcId, main } = setUp();
    subnet(owner, vpcId);
    expect(associationsOf(owner, main)).toEqual([
      expect.objectContaining({ Main: true, AssociationState: { State: 'associated' } }),
    ]);
    expect(associationsOf(owner, main)[0]).not.toHaveProperty('SubnetId');
  });

  it('are associated with a subnet', () => {
    const { owner, vpcId } = setUp();
    const SubnetId = subnet(owner, vpcId);
    const RouteTableId = table(owner, vpcId);
    owner.do('AssociateRouteTable', { RouteTableId, SubnetId });
    expect(associationsOf(owner, RouteTableId)).toEqual([expect.objectContaining({ Main: false, SubnetId })]);
  });

  it('keep the association when it is asked for once more', () => {
    const { owner, vpcId } = setUp();
    const input = { RouteTableId: table(owner, vpcId), SubnetId: subnet(owner, vpcId) };
    const first = owner.do('AssociateRouteTable', input);
    expect(owner.do('AssociateRouteTable', input)).toEqual(first);
  });

  it('do not share a subnet', () => {
    const { owner, vpcId } = setUp();
    const SubnetId = subnet(owner, vpcId);
    owner.do('AssociateRouteTable', { RouteTableId: table(owner, vpcId), SubnetId });
    const second = { RouteTableId: table(owner, vpcId), SubnetId };
    expect(owner.codeOf('AssociateRouteTable', second)).toBe('Resource.AlreadyAssociated');
  });

  it('do not take a subnet of another VPC', () => {
    const { world, owner, vpcId } = setUp();
    const SubnetId = subnet(owner, world.vpc(owner, '10.9.0.0/16'), '10.9.0.0/24');
    const input = { RouteTableId: table(owner, vpcId), SubnetId };
    expect(owner.codeOf('AssociateRouteTable', input)).toBe('InvalidParameterValue');
  });

  it('of an internet gateway take no route to anything but a network interface', () => {
    const { owner, vpcId } = setUp();
    const GatewayId = owner.do('CreateInternetGateway', {}).InternetGateway?.InternetGatewayId ?? '';
    owner.do('AttachInternetGateway', { InternetGatewayId: GatewayId, VpcId: vpcId });
    const [RouteTableId, other] = [table(owner, vpcId), table(owner, vpcId)];
    const nat = { DestinationCidrBlock: '10.9.0.0/16', NatGatewayId: 'nat-0123456789abcdef0' };
    owner.do('CreateRoute', { RouteTableId: other, ...nat });
    const codeOfEdge = (tableId: string) =>
      owner.codeOf('AssociateRouteTable', { RouteTableId: tableId, GatewayId });
    expect(codeOfEdge(other)).toBe('InvalidParameterValue');
    const { AssociationId } = owner.do('AssociateRouteTable', { RouteTableId, GatewayId });
    expect(codeOfEdge(table(owner, vpcId))).toBe('Resource.AlreadyAssociated');
    expect(associationsOf(owner, RouteTableId)).toEqual([
      expect.objectContaining({ Main: false, GatewayId }),
    ]);
    expect(owner.codeOf('CreateRoute', { RouteTableId, ...nat })).toBe('InvalidParameterValue');
    expect(owner.codeOf('DeleteRouteTable', { RouteTableId })).toBe('DependencyViolation');
    owner.do('DisassociateRouteTable', { AssociationId });
    owner.do('CreateRoute', { RouteTableId, ...nat });
  });

  it('lose a subnet by disassociation', () => {
    const { owner, vpcId } = setUp();
    const RouteTableId = table(owner, vpcId);
    const { AssociationId } = owner.do('AssociateRouteTable', {
      RouteTableId,
      SubnetId: subnet(owner, vpcId),
    });
    owner.do('DisassociateRouteTable', { AssociationId });
    expect(associationsOf(owner, RouteTableId)).toEqual([]);
  });

  it('keep the main association', () => {
    const { owner, main } = setUp();
    const AssociationId = associationsOf(owner, main)[0]?.RouteTableAssociationId;
    expect(owner.codeOf('DisassociateRouteTable', { AssociationId })).toBe('InvalidParameterValue');
  });

  it('hand the main association over to another table, under a new id', () => {
    const { world, owner, vpcId, main } = setUp();
    const RouteTableId = table(owner, vpcId);
    const AssociationId = associationsOf(owner, main)[0]?.RouteTableAssociationId;
    const { NewAssociationId } = owner.do('ReplaceRouteTableAssociation', { AssociationId, RouteTableId });
    expect(NewAssociationId).not.toBe(AssociationId);
    expect(world.mainTable(owner, vpcId).RouteTableId).toBe(RouteTableId);
  });

  it('cannot be deleted while they are associated', () => {
    const { owner, vpcId, main } = setUp();
    const RouteTableId = table(owner, vpcId);
    owner.do('AssociateRouteTable', { RouteTableId, SubnetId: subnet(owner, vpcId) });
    expect(owner.codeOf('DeleteRouteTable', { RouteTableId })).toBe('DependencyViolation');
    expect(owner.codeOf('DeleteRouteTable', { RouteTableId: main })).toBe('DependencyViolation');
  });

  it('are free again when the subnet is deleted', () => {
    const { owner, vpcId } = setUp();
    const RouteTableId = table(owner, vpcId);
    const SubnetId = subnet(owner, vpcId);
    owner.do('AssociateRouteTable', { RouteTableId, SubnetId });
    owner.do('DeleteSubnet', { SubnetId });
    expect(owner.codeOf('DeleteRouteTable', { RouteTableId })).toBe('no error');
  });
});

describe('subnets of the simulated EC2', () => {
  it('lie within a CIDR of the VPC', () => {
    const { owner, vpcId } = setUp();
    const input = { VpcId: vpcId, CidrBlock: '10.1.0.0/24' };
    expect(owner.codeOf('CreateSubnet', input)).toBe('InvalidSubnet.Range');
  });

  it('do not overlap', () => {
    const { owner, vpcId } = setUp();
    subnet(owner, vpcId, '10.0.0.0/24');
    const input = { VpcId: vpcId, CidrBlock: '10.0.0.128/25' };
    expect(owner.codeOf('CreateSubnet', input)).toBe('InvalidSubnet.Conflict');
  });

  it('have five addresses fewer than their CIDR', () => {
    const { owner, vpcId } = setUp();
    const SubnetIds = [subnet(owner, vpcId, '10.0.0.0/24')];
    const { Subnets } = owner.do('DescribeSubnets', { SubnetIds });
    expect(Subnets?.[0]?.AvailableIpAddressCount).toBe(251);
  });
});
