import { Ec2World, type Ec2User } from '../../support/simulated-ec2.ts';

const DNS = { AllowDnsResolutionFromRemoteVpc: true };

function dnsSeenBy(world: Ec2World, user: Ec2User, peeringId: string) {
  const { RequesterVpcInfo, AccepterVpcInfo } = world.see(user, peeringId) ?? {};
  return [RequesterVpcInfo, AccepterVpcInfo].map(
    (info) => info?.PeeringOptions?.AllowDnsResolutionFromRemoteVpc,
  );
}

describe('DNS options of a peering in the simulated EC2', () => {
  it('are set by each account for its own side', async () => {
    const world = new Ec2World();
    const { peeringId: VpcPeeringConnectionId } = await world.active({ dns: true });
    const input = { VpcPeeringConnectionId, AccepterPeeringConnectionOptions: DNS };
    expect(world.accepter.do('ModifyVpcPeeringConnectionOptions', input)).toEqual({
      AccepterPeeringConnectionOptions: {
        AllowDnsResolutionFromRemoteVpc: true,
        AllowEgressFromLocalClassicLinkToRemoteVpc: false,
        AllowEgressFromLocalVpcToRemoteClassicLink: false,
      },
    });
    expect(dnsSeenBy(world, world.accepter, VpcPeeringConnectionId)).toEqual([undefined, true]);
    expect(dnsSeenBy(world, world.requester, VpcPeeringConnectionId)).toEqual([false, undefined]);
  });

  it('are refused for the other account’s side', async () => {
    const world = new Ec2World();
    const { peeringId: VpcPeeringConnectionId } = await world.active({ dns: true });
    const modify = () =>
      world.requester.do('ModifyVpcPeeringConnectionOptions', {
        VpcPeeringConnectionId,
        AccepterPeeringConnectionOptions: DNS,
      });
    expect(modify).toThrow(
      'User 111122223333 does not have permission to modify the accepter side peering options',
    );
  });

  it('are set for both sides at once where one account has both in one region', async () => {
    const world = new Ec2World();
    const { peeringId: VpcPeeringConnectionId } = await world.active({
      dns: true,
      accepter: world.requester,
    });
    world.requester.do('ModifyVpcPeeringConnectionOptions', {
      VpcPeeringConnectionId,
      RequesterPeeringConnectionOptions: DNS,
      AccepterPeeringConnectionOptions: DNS,
    });
    expect(dnsSeenBy(world, world.requester, VpcPeeringConnectionId)).toEqual([true, true]);
  });

  it('are refused for the side in another region, even of the same account', async () => {
    const world = new Ec2World();
    const accepter = world.user(world.requester.accountId, 'us-east-1');
    const { peeringId: VpcPeeringConnectionId } = await world.active({ dns: true, accepter });
    const input = { VpcPeeringConnectionId, AccepterPeeringConnectionOptions: DNS };
    expect(world.requester.codeOf('ModifyVpcPeeringConnectionOptions', input)).toBe('OperationNotPermitted');
    expect(accepter.codeOf('ModifyVpcPeeringConnectionOptions', input)).toBe('no error');
  });

  it('are refused while the peering is not active', async () => {
    const world = new Ec2World();
    const { peeringId: VpcPeeringConnectionId } = await world.pending({ dns: true });
    world.accepter.do('AcceptVpcPeeringConnection', { VpcPeeringConnectionId });
    const modify = () =>
      world.requester.do('ModifyVpcPeeringConnectionOptions', {
        VpcPeeringConnectionId,
        RequesterPeeringConnectionOptions: DNS,
      });
    expect(modify).toThrow(
      `Peering ${VpcPeeringConnectionId} is not active. Peering options can be added only to active peerings.`,
    );
  });

  it('are refused where a VPC lacks DNS hostnames', async () => {
    const world = new Ec2World();
    const { peeringId: VpcPeeringConnectionId } = await world.active({ dns: false });
    const input = { VpcPeeringConnectionId, RequesterPeeringConnectionOptions: DNS };
    expect(world.requester.codeOf('ModifyVpcPeeringConnectionOptions', input)).toBe(
      'InvalidVpcPeeringConnectionState.DnsHostnamesDisabled',
    );
  });

  it('can be turned off where a VPC lacks DNS hostnames', async () => {
    const world = new Ec2World();
    const { peeringId: VpcPeeringConnectionId } = await world.active({ dns: false });
    const off = { AllowDnsResolutionFromRemoteVpc: false };
    const input = { VpcPeeringConnectionId, RequesterPeeringConnectionOptions: off };
    expect(world.requester.codeOf('ModifyVpcPeeringConnectionOptions', input)).toBe('no error');
  });

  it('change neither side where one of the two is refused', async () => {
    const world = new Ec2World();
    const { peeringId: VpcPeeringConnectionId } = await world.active({ dns: true });
    const input = {
      VpcPeeringConnectionId,
      RequesterPeeringConnectionOptions: DNS,
      AccepterPeeringConnectionOptions: DNS,
    };
    expect(world.requester.codeOf('ModifyVpcPeeringConnectionOptions', input)).toBe('OperationNotPermitted');
    expect(dnsSeenBy(world, world.requester, VpcPeeringConnectionId)).toEqual([false, undefined]);
  });
});
