import { Ec2World } from '../../support/simulated-ec2.ts';

function withSubnet() {
  const world = new Ec2World();
  const owner = world.requester;
  const { Vpc } = owner.do('CreateVpc', { CidrBlock: '10.0.0.0/16', Ipv6CidrBlock: '2001:db8::/56' });
  const { Subnet } = owner.do('CreateSubnet', { VpcId: Vpc?.VpcId, CidrBlock: '10.0.0.0/24' });
  const SubnetId = Subnet?.SubnetId ?? '';
  const blocks = () =>
    owner
      .do('DescribeSubnets', { SubnetIds: [SubnetId] })
      .Subnets?.[0]?.Ipv6CidrBlockAssociationSet?.map(({ Ipv6CidrBlock }) => Ipv6CidrBlock);
  return { owner, VpcId: Vpc?.VpcId, SubnetId, blocks };
}

describe('IPv6 blocks of the simulated EC2’s subnets', () => {
  it('come and go', () => {
    const { owner, SubnetId, blocks } = withSubnet();
    const answer = owner.do('AssociateSubnetCidrBlock', { SubnetId, Ipv6CidrBlock: '2001:db8:0:5::/64' });
    expect(answer).toMatchObject({
      SubnetId,
      Ipv6CidrBlockAssociation: { Ipv6CidrBlockState: { State: 'associating' } },
    });
    expect(blocks()).toEqual(['2001:db8:0:5::/64']);
    const { AssociationId } = answer.Ipv6CidrBlockAssociation ?? {};
    const gone = owner.do('DisassociateSubnetCidrBlock', { AssociationId });
    expect(gone.Ipv6CidrBlockAssociation?.Ipv6CidrBlockState?.State).toBe('disassociating');
    expect(blocks()).toEqual([]);
    expect(owner.codeOf('DisassociateSubnetCidrBlock', { AssociationId })).toBe(
      'InvalidSubnetCidrBlockAssociationID.NotFound',
    );
  });

  it('are one a subnet, within the VPC’s, apart from other subnets', () => {
    const { owner, VpcId, SubnetId } = withSubnet();
    owner.do('CreateSubnet', { VpcId, CidrBlock: '10.0.1.0/24', Ipv6CidrBlock: '2001:db8:0:6::/64' });
    const add = (Ipv6CidrBlock: string) =>
      owner.codeOf('AssociateSubnetCidrBlock', { SubnetId, Ipv6CidrBlock });
    expect([
      add('2001:db8:1::/64'),
      add('2001:db8:0:6::/64'),
      add('2001:db8:0:7::/64'),
      add('2001:db8:0:8::/64'),
    ]).toEqual(['InvalidSubnet.Range', 'InvalidSubnet.Conflict', 'no error', 'CidrLimitExceeded']);
  });

  it('are nobody else’s to take away', () => {
    const world = new Ec2World();
    const AssociationId = 'subnet-cidr-assoc-0123456789abcdef0';
    expect(world.stranger.codeOf('DisassociateSubnetCidrBlock', { AssociationId })).toBe(
      'InvalidSubnetCidrBlockAssociationID.NotFound',
    );
  });
});

describe('default subnets of the simulated EC2', () => {
  it('are one a zone, in the default VPC only', () => {
    const { requester: owner } = new Ec2World();
    const AvailabilityZone = 'eu-west-1a';
    expect(owner.codeOf('CreateDefaultSubnet', { AvailabilityZone })).toBe('DefaultVpcDoesNotExist');
    owner.do('CreateDefaultVpc', {});
    expect(owner.codeOf('CreateDefaultSubnet', { AvailabilityZone })).toBe(
      'DefaultSubnetAlreadyExistsInAvailabilityZone',
    );
    const first = owner
      .do('DescribeSubnets', {})
      .Subnets?.find((subnet) => subnet.AvailabilityZone === AvailabilityZone);
    owner.do('DeleteSubnet', { SubnetId: first?.SubnetId });
    expect(owner.do('CreateDefaultSubnet', { AvailabilityZone }).Subnet).toMatchObject({
      AvailabilityZone,
      CidrBlock: first?.CidrBlock,
      DefaultForAz: true,
      MapPublicIpOnLaunch: true,
    });
  });
});
