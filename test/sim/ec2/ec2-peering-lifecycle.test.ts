import { DAY_MS, Ec2World, SECOND_MS, SETTLED_MS } from '../../support/simulated-ec2.ts';

const id = (peeringId: string) => ({ VpcPeeringConnectionId: peeringId });

describe('the life of a peering in the simulated EC2', () => {
  it('begins as initiating-request', () => {
    const world = new Ec2World();
    const { peeringId } = world.request();
    expect(world.stateSeenBy(world.requester, peeringId)).toBe('initiating-request');
  });

  it('becomes pending-acceptance when the delay has passed', async () => {
    const world = new Ec2World({ initiatingMs: 10 * SECOND_MS });
    const { peeringId } = world.request();
    await world.pass(10 * SECOND_MS - 1);
    expect(world.stateSeenBy(world.requester, peeringId)).toBe('initiating-request');
    await world.pass(1);
    expect(world.stateSeenBy(world.requester, peeringId)).toBe('pending-acceptance');
  });

  it('is provisioning after acceptance and active some time later', async () => {
    const world = new Ec2World();
    const { peeringId } = await world.pending();
    const answer = world.accepter.do('AcceptVpcPeeringConnection', id(peeringId));
    expect(answer.VpcPeeringConnection?.Status).toEqual({ Code: 'provisioning', Message: 'Provisioning' });
    await world.pass(SETTLED_MS);
    expect(world.see(world.requester, peeringId)?.Status).toEqual({ Code: 'active', Message: 'Active' });
  });

  it('is deleting after deletion and deleted some time later', async () => {
    const world = new Ec2World();
    const { peeringId } = await world.active();
    world.requester.do('DeleteVpcPeeringConnection', id(peeringId));
    expect(world.stateSeenBy(world.accepter, peeringId)).toBe('deleting');
    await world.pass(SETTLED_MS);
    expect(world.see(world.accepter, peeringId)?.Status).toEqual({
      Code: 'deleted',
      Message: 'Deleted by 111122223333',
    });
  });

  it('expires seven days after the request', async () => {
    const world = new Ec2World();
    const { peeringId } = world.request();
    await world.pass(7 * DAY_MS - 1);
    expect(world.stateSeenBy(world.requester, peeringId)).toBe('pending-acceptance');
    await world.pass(1);
    expect(world.stateSeenBy(world.requester, peeringId)).toBe('expired');
  });

  it('schedules nothing, so that a run does not jump to the expiry', async () => {
    const world = new Ec2World();
    world.request();
    const before = world.clock.now();
    await world.clock.run();
    expect(world.clock.now()).toBe(before);
  });

  it.each([
    ['the VPC does not exist', { PeerVpcId: 'vpc-00000000000000000', PeerOwnerId: '444455556666' }],
    ['the VPC belongs to another account', { PeerOwnerId: '777788889999' }],
    ['the VPC is in another region', { PeerOwnerId: '444455556666', PeerRegion: 'us-east-1' }],
    ['no account is named and the VPC is not the caller’s', {}],
  ])('fails without an API error where %s', async (_, peer) => {
    const world = new Ec2World();
    const requesterVpc = world.vpc(world.requester, '10.0.0.0/16');
    const accepterVpc = world.vpc(world.accepter, '10.1.0.0/16');
    const { VpcPeeringConnection } = world.requester.do('CreateVpcPeeringConnection', {
      VpcId: requesterVpc,
      PeerVpcId: accepterVpc,
      ...peer,
    });
    await world.pass(SETTLED_MS);
    expect(world.see(world.requester, VpcPeeringConnection?.VpcPeeringConnectionId ?? '')?.Status).toEqual({
      Code: 'failed',
      Message: 'Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range',
    });
  });

  it('fails where the primary CIDRs overlap', async () => {
    const world = new Ec2World();
    const { peeringId } = await world.pending({
      requesterCidr: '10.0.0.0/16',
      accepterCidr: '10.0.128.0/20',
    });
    expect(world.stateSeenBy(world.requester, peeringId)).toBe('failed');
  });

  it('is initiating before it fails', () => {
    const world = new Ec2World();
    const { peeringId } = world.request({ accepterCidr: '10.0.0.0/16' });
    expect(world.stateSeenBy(world.requester, peeringId)).toBe('initiating-request');
  });

  it('fails where a secondary CIDR overlaps', async () => {
    const world = new Ec2World();
    const requesterVpc = world.vpc(world.requester, '10.0.0.0/16');
    const accepterVpc = world.vpc(world.accepter, '10.1.0.0/16');
    world.accepter.do('AssociateVpcCidrBlock', { VpcId: accepterVpc, CidrBlock: '10.0.4.0/24' });
    const peeringId = world.ask(world.requester, requesterVpc, world.accepter, accepterVpc);
    await world.pass(SETTLED_MS);
    expect(world.stateSeenBy(world.requester, peeringId)).toBe('failed');
  });

  it('fails where IPv6 CIDRs overlap', async () => {
    const world = new Ec2World();
    const ipv6 = { Ipv6CidrBlock: '2001:db8::/56' };
    const one = world.requester.do('CreateVpc', { CidrBlock: '10.0.0.0/16', ...ipv6 }).Vpc?.VpcId ?? '';
    const other = world.accepter.do('CreateVpc', { CidrBlock: '10.1.0.0/16', ...ipv6 }).Vpc?.VpcId ?? '';
    const peeringId = world.ask(world.requester, one, world.accepter, other);
    await world.pass(SETTLED_MS);
    expect(world.stateSeenBy(world.requester, peeringId)).toBe('failed');
  });

  it('fails when the accepter adds an overlapping CIDR while it is pending', async () => {
    const world = new Ec2World();
    const { accepterVpc, peeringId } = await world.pending();
    world.accepter.do('AssociateVpcCidrBlock', { VpcId: accepterVpc, CidrBlock: '10.0.4.0/24' });
    expect(world.stateSeenBy(world.requester, peeringId)).toBe('failed');
  });

  it('is rejected by the accepter', async () => {
    const world = new Ec2World();
    const { peeringId } = await world.pending();
    world.accepter.do('RejectVpcPeeringConnection', id(peeringId));
    expect(world.stateSeenBy(world.requester, peeringId)).toBe('rejected');
  });

  it('ends with the deletion of either VPC', async () => {
    const world = new Ec2World();
    const { accepterVpc, peeringId } = await world.active();
    world.accepter.do('DeleteVpc', { VpcId: accepterVpc });
    expect(world.stateSeenBy(world.requester, peeringId)).toBe('deleting');
  });
});

describe('who may do what to a peering', () => {
  it('lets only the accepter’s account accept', async () => {
    const world = new Ec2World();
    const { peeringId } = await world.pending();
    expect(world.requester.codeOf('AcceptVpcPeeringConnection', id(peeringId))).toBe('OperationNotPermitted');
  });

  it('lets the accepter accept only in its own region', async () => {
    const world = new Ec2World();
    const accepter = world.user('111122223333', 'us-east-1');
    const { peeringId } = await world.pending({ accepter });
    expect(world.requester.codeOf('AcceptVpcPeeringConnection', id(peeringId))).toBe('OperationNotPermitted');
    expect(accepter.codeOf('AcceptVpcPeeringConnection', id(peeringId))).toBe('no error');
  });

  it('says who cannot accept what', async () => {
    const world = new Ec2World();
    const { peeringId } = await world.pending();
    const accept = () => world.requester.do('AcceptVpcPeeringConnection', id(peeringId));
    expect(accept).toThrow(`User 111122223333 cannot accept peering ${peeringId}`);
  });

  it('lets only the accepter reject', async () => {
    const world = new Ec2World();
    const { peeringId } = await world.pending();
    expect(world.requester.codeOf('RejectVpcPeeringConnection', id(peeringId))).toBe('OperationNotPermitted');
  });

  it('lets only the requester withdraw a pending request', async () => {
    const world = new Ec2World();
    const { peeringId } = await world.pending();
    expect(world.accepter.codeOf('DeleteVpcPeeringConnection', id(peeringId))).toBe('OperationNotPermitted');
    expect(world.requester.codeOf('DeleteVpcPeeringConnection', id(peeringId))).toBe('no error');
  });

  it('lets the accepter delete an active peering', async () => {
    const world = new Ec2World();
    const { peeringId } = await world.active();
    expect(world.accepter.codeOf('DeleteVpcPeeringConnection', id(peeringId))).toBe('no error');
  });

  it('knows of nothing for anybody else', async () => {
    const world = new Ec2World();
    const { peeringId } = await world.active();
    expect(world.stranger.codeOf('DeleteVpcPeeringConnection', id(peeringId))).toBe(
      'InvalidVpcPeeringConnectionID.NotFound',
    );
  });
});

describe('transitions that EC2 refuses', () => {
  it('does not accept a peering that is active', async () => {
    const world = new Ec2World();
    const { peeringId } = await world.active();
    expect(world.accepter.codeOf('AcceptVpcPeeringConnection', id(peeringId))).toBe('InvalidStateTransition');
  });

  it('does not accept an expired request', async () => {
    const world = new Ec2World();
    const { peeringId } = await world.pending();
    await world.pass(7 * DAY_MS);
    expect(world.accepter.codeOf('AcceptVpcPeeringConnection', id(peeringId))).toBe('InvalidStateTransition');
  });

  it('does not delete a rejected peering', async () => {
    const world = new Ec2World();
    const { peeringId } = await world.pending();
    world.accepter.do('RejectVpcPeeringConnection', id(peeringId));
    const remove = () => world.requester.do('DeleteVpcPeeringConnection', id(peeringId));
    expect(remove).toThrow(
      `Invalid state transition for ${peeringId}, attempted to transition from rejected to deleting`,
    );
  });

  it('does not delete a failed peering', async () => {
    const world = new Ec2World();
    const { peeringId } = await world.pending({ accepterCidr: '10.0.0.0/16' });
    expect(world.requester.codeOf('DeleteVpcPeeringConnection', id(peeringId))).toBe(
      'InvalidStateTransition',
    );
  });
});

describe('a second peering of the same two VPCs', () => {
  it.each(['request', 'pending', 'active'] as const)(
    'is the first one when the same side asks again: %s',
    async (state) => {
      const world = new Ec2World({ outstandingPeeringRequests: 1 });
      const { requesterVpc, accepterVpc, peeringId } = await world[state]();
      expect(world.ask(world.requester, requesterVpc, world.accepter, accepterVpc)).toBe(peeringId);
    },
  );

  it('can be requested by the other side, but not accepted', async () => {
    const world = new Ec2World();
    const { requesterVpc, accepterVpc, peeringId } = await world.active();
    const second = world.ask(world.accepter, accepterVpc, world.requester, requesterVpc);
    await world.pass(SETTLED_MS);
    expect(second).not.toBe(peeringId);
    expect(world.requester.codeOf('AcceptVpcPeeringConnection', id(second))).toBe(
      'VpcPeeringConnectionAlreadyExists',
    );
  });

  it('can be accepted once the first is deleted', async () => {
    const world = new Ec2World();
    const { requesterVpc, accepterVpc } = await world.deleted();
    const second = world.ask(world.requester, requesterVpc, world.accepter, accepterVpc);
    await world.pass(SETTLED_MS);
    expect(world.accepter.codeOf('AcceptVpcPeeringConnection', id(second))).toBe('no error');
  });
});

describe('quotas of peerings', () => {
  it('stops acceptance at the active peerings of either VPC', async () => {
    const world = new Ec2World({ activePeeringsPerVpc: 1 });
    const { requesterVpc } = await world.active();
    const third = world.vpc(world.accepter, '10.2.0.0/16');
    const second = world.ask(world.requester, requesterVpc, world.accepter, third);
    await world.pass(SETTLED_MS);
    expect(world.accepter.codeOf('AcceptVpcPeeringConnection', id(second))).toBe(
      'ActiveVpcPeeringConnectionPerVpcLimitExceeded',
    );
  });

  it('can be raised for one account', async () => {
    const world = new Ec2World({ activePeeringsPerVpc: 1 });
    world.ec2.setQuotas(world.requester.accountId, 'eu-west-1', { activePeeringsPerVpc: 2 });
    const { requesterVpc } = await world.active();
    const third = world.vpc(world.accepter, '10.2.0.0/16');
    const second = world.ask(world.requester, requesterVpc, world.accepter, third);
    await world.pass(SETTLED_MS);
    expect(world.accepter.codeOf('AcceptVpcPeeringConnection', id(second))).toBe('no error');
  });

  it('stops requests at the outstanding ones, and not at answered ones', async () => {
    const world = new Ec2World({ outstandingPeeringRequests: 1 });
    const { requesterVpc, peeringId } = await world.pending();
    const PeerVpcId = world.vpc(world.accepter, '10.2.0.0/16');
    const again = { VpcId: requesterVpc, PeerVpcId, PeerOwnerId: world.accepter.accountId };
    expect(world.requester.codeOf('CreateVpcPeeringConnection', again)).toBe(
      'OutstandingVpcPeeringConnectionLimitExceeded',
    );
    world.accepter.do('RejectVpcPeeringConnection', id(peeringId));
    expect(world.requester.codeOf('CreateVpcPeeringConnection', again)).toBe('no error');
  });
});

describe('ids in peering calls', () => {
  it('refuses a requester VPC that the caller does not have', () => {
    const world = new Ec2World();
    const theirs = world.vpc(world.accepter, '10.1.0.0/16');
    const input = { VpcId: theirs, PeerVpcId: theirs };
    expect(world.requester.codeOf('CreateVpcPeeringConnection', input)).toBe('InvalidVpcID.NotFound');
  });

  it('refuses a malformed peering id', () => {
    const world = new Ec2World();
    expect(world.requester.codeOf('AcceptVpcPeeringConnection', id('pcx-nonsense'))).toBe(
      'InvalidVpcPeeringConnectionId.Malformed',
    );
  });
});
