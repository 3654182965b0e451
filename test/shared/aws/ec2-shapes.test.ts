import { toSubnet } from '../../../shared/aws/ec2-shapes.ts';

it('a subnet has no CIDR that it is losing, or has lost: EC2 shows those for a while', () => {
  const block = (Ipv6CidrBlock: string, State: 'associated' | 'disassociating' | 'disassociated') => ({
    Ipv6CidrBlock,
    Ipv6CidrBlockState: { State },
  });
  const { cidrs } = toSubnet({
    SubnetId: 'subnet-11111111',
    VpcId: 'vpc-11111111',
    CidrBlock: '10.1.0.0/24',
    Ipv6CidrBlockAssociationSet: [
      block('2001:db8:0:1::/64', 'disassociated'),
      block('2001:db8:0:2::/64', 'disassociating'),
      block('2001:db8:0:3::/64', 'associated'),
    ],
  });
  expect(cidrs).toEqual(['10.1.0.0/24', '2001:db8:0:3::/64']);
});
