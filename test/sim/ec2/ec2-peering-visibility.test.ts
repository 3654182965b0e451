import { DAY_MS, Ec2World, HOUR_MS, SECOND_MS, SETTLED_MS } from '../../support/simulated-ec2.ts';

const id = (peeringId: string) => ({ VpcPeeringConnectionId: peeringId });

describe('who sees a peering', () => {
  it('shows it in the requester’s account only in the requester’s region', async () => {
    const world = new Ec2World();
    const { peeringId } = await world.active({ accepter: world.user('444455556666', 'us-east-1') });
    const elsewhere = world.user(world.requester.accountId, 'us-east-1');
    expect(world.stateSeenBy(elsewhere, peeringId)).toBe('not found');
  });

  it('shows an inter-region peering in both regions', async () => {
    const world = new Ec2World();
    const accepter = world.user('444455556666', 'us-east-1');
    const { peeringId } = await world.active({ accepter });
    expect([world.stateSeenBy(world.requester, peeringId), world.stateSeenBy(accepter, peeringId)]).toEqual([
      'active',
      'active',
    ]);
  });

  it('does not show the accepter a request that is still initiating', () => {
    const world = new Ec2World();
    const { peeringId } = world.request();
    expect(world.stateSeenBy(world.accepter, peeringId)).toBe('not found');
  });

  it('does not show a failed request to the accepter', async () => {
    const world = new Ec2World();
    const { peeringId } = await world.pending({ accepterCidr: '10.0.0.0/16' });
    expect(world.stateSeenBy(world.accepter, peeringId)).toBe('not found');
  });

  it('does not list it to a stranger', async () => {
    const world = new Ec2World();
    await world.active();
    expect(world.stranger.do('DescribeVpcPeeringConnections', {}).VpcPeeringConnections).toEqual([]);
  });
});

describe('how long an ended peering stays visible', () => {
  const shown = async (end: (world: Ec2World) => Promise<string>, afterMs: number) => {
    const world = new Ec2World();
    const peeringId = await end(world);
    await world.pass(afterMs);
    const states = [world.requester, world.accepter].map((user) => world.stateSeenBy(user, peeringId));
    return { requester: states[0], accepter: states[1] };
  };
  const rejected = async (world: Ec2World) => {
    const { peeringId } = await world.pending();
    world.accepter.do('RejectVpcPeeringConnection', id(peeringId));
    return peeringId;
  };
  const failed = async (world: Ec2World) => (await world.pending({ accepterCidr: '10.0.0.0/16' })).peeringId;
  const expired = async (world: Ec2World) => {
    const { peeringId } = world.request();
    await world.pass(7 * DAY_MS);
    return peeringId;
  };
  const deletedByRequester = async (world: Ec2World) => (await world.deleted()).peeringId;
  const JUST_UNDER_2_HOURS = 2 * HOUR_MS - SETTLED_MS;
  const JUST_UNDER_2_DAYS = 2 * DAY_MS - SETTLED_MS;

  it.each([
    ['failed', failed, JUST_UNDER_2_HOURS, { requester: 'failed', accepter: 'not found' }],
    ['failed', failed, 2 * HOUR_MS, { requester: 'not found', accepter: 'not found' }],
    ['rejected', rejected, JUST_UNDER_2_HOURS, { requester: 'rejected', accepter: 'rejected' }],
    ['rejected', rejected, 2 * HOUR_MS, { requester: 'rejected', accepter: 'not found' }],
    ['rejected', rejected, JUST_UNDER_2_DAYS, { requester: 'rejected', accepter: 'not found' }],
    ['rejected', rejected, 2 * DAY_MS, { requester: 'not found', accepter: 'not found' }],
    ['expired', expired, JUST_UNDER_2_DAYS, { requester: 'expired', accepter: 'expired' }],
    ['expired', expired, 2 * DAY_MS, { requester: 'not found', accepter: 'not found' }],
    ['deleted', deletedByRequester, JUST_UNDER_2_HOURS, { requester: 'deleted', accepter: 'deleted' }],
    ['deleted', deletedByRequester, 2 * HOUR_MS, { requester: 'not found', accepter: 'deleted' }],
    ['deleted', deletedByRequester, JUST_UNDER_2_DAYS, { requester: 'not found', accepter: 'deleted' }],
    ['deleted', deletedByRequester, 2 * DAY_MS, { requester: 'not found', accepter: 'not found' }],
  ])('%s, %p ms on, %p later', async (_, end, afterMs, expected) => {
    expect(await shown(end, afterMs)).toEqual(expected);
  });

  it('is two hours where one account has both sides', async () => {
    const world = new Ec2World();
    const { peeringId } = await world.deleted({ accepter: world.requester });
    await world.pass(2 * HOUR_MS - SETTLED_MS);
    expect(world.stateSeenBy(world.requester, peeringId)).toBe('deleted');
    await world.pass(SETTLED_MS);
    expect(world.stateSeenBy(world.requester, peeringId)).toBe('not found');
  });

  it('ends at once where AWS forgets it earlier', async () => {
    const world = new Ec2World();
    const { peeringId } = await world.deleted();
    world.ec2.forgetPeering(peeringId);
    expect(world.stateSeenBy(world.accepter, peeringId)).toBe('not found');
  });
});

describe('what a peering shows of its two VPCs', () => {
  it('hides the accepter’s CIDRs and options while pending', async () => {
    const world = new Ec2World();
    const { accepterVpc, peeringId } = await world.pending();
    expect(world.see(world.accepter, peeringId)?.AccepterVpcInfo).toEqual({
      OwnerId: '444455556666',
      Region: 'eu-west-1',
      VpcId: accepterVpc,
    });
  });

  it('shows every CIDR of both sides when active, those added later too', async () => {
    const world = new Ec2World();
    const { accepterVpc, peeringId } = await world.active();
    world.accepter.do('AssociateVpcCidrBlock', { VpcId: accepterVpc, CidrBlock: '10.2.0.0/24' });
    world.accepter.do('AssociateVpcCidrBlock', { VpcId: accepterVpc, Ipv6CidrBlock: '2001:db8::/56' });
    await world.pass(SETTLED_MS);
    expect(world.see(world.requester, peeringId)?.AccepterVpcInfo).toMatchObject({
      CidrBlock: '10.1.0.0/16',
      CidrBlockSet: [{ CidrBlock: '10.1.0.0/16' }, { CidrBlock: '10.2.0.0/24' }],
      Ipv6CidrBlockSet: [{ Ipv6CidrBlock: '2001:db8::/56' }],
    });
  });

  it('shows each account only the options of its own side', async () => {
    const world = new Ec2World();
    const { peeringId } = await world.active();
    const seen = [world.requester, world.accepter].map((user) => {
      const peering = world.see(user, peeringId);
      return [peering?.RequesterVpcInfo, peering?.AccepterVpcInfo].map(
        (info) => info?.PeeringOptions !== undefined,
      );
    });
    expect(seen).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  it('shows one account with both sides the options of both, in either region', async () => {
    const world = new Ec2World();
    const accepter = world.user(world.requester.accountId, 'us-east-1');
    const { peeringId } = await world.active({ accepter });
    const { RequesterVpcInfo, AccepterVpcInfo } = world.see(accepter, peeringId) ?? {};
    expect([RequesterVpcInfo, AccepterVpcInfo].every((info) => info?.PeeringOptions)).toBe(true);
  });

  it('shows no CIDRs of a deleted peering after a while', async () => {
    const world = new Ec2World({ deletedCidrsKeptMs: HOUR_MS });
    const { peeringId } = await world.deleted();
    expect(world.see(world.accepter, peeringId)?.RequesterVpcInfo?.CidrBlock).toBe('10.0.0.0/16');
    await world.pass(HOUR_MS);
    const { RequesterVpcInfo, AccepterVpcInfo } = world.see(world.accepter, peeringId) ?? {};
    expect([RequesterVpcInfo, AccepterVpcInfo].map((info) => info?.CidrBlockSet)).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('says when a request expires, until it is accepted', async () => {
    const world = new Ec2World();
    const { peeringId } = await world.pending();
    expect(world.see(world.accepter, peeringId)?.ExpirationTime).toEqual(
      new Date(world.clock.now() - SETTLED_MS + 7 * DAY_MS),
    );
    world.accepter.do('AcceptVpcPeeringConnection', id(peeringId));
    expect(world.see(world.accepter, peeringId)?.ExpirationTime).toBeUndefined();
  });
});

describe('eventual consistency, when switched on', () => {
  it('does not find a peering right after its creation', async () => {
    const world = new Ec2World({ readLagMs: 10 * SECOND_MS });
    const { peeringId } = world.request();
    expect(world.stateSeenBy(world.requester, peeringId)).toBe('not found');
    await world.pass(10 * SECOND_MS);
    expect(world.stateSeenBy(world.requester, peeringId)).toBe('pending-acceptance');
  });

  it('lacks the accepter’s CIDRs right after acceptance, though Accept’s own answer has them', async () => {
    const world = new Ec2World();
    const { peeringId } = await world.pending();
    world.ec2.configure({ readLagMs: 10 * SECOND_MS });
    const answer = world.accepter.do('AcceptVpcPeeringConnection', id(peeringId));
    expect(answer.VpcPeeringConnection?.AccepterVpcInfo?.CidrBlock).toBe('10.1.0.0/16');
    expect(world.see(world.requester, peeringId)?.AccepterVpcInfo?.CidrBlock).toBeUndefined();
    await world.pass(10 * SECOND_MS);
    expect(world.see(world.requester, peeringId)?.AccepterVpcInfo?.CidrBlock).toBe('10.1.0.0/16');
  });

  it('misses a route right after its creation', async () => {
    const world = new Ec2World();
    const { requesterVpc, peeringId } = await world.active();
    const { RouteTableId = '' } = world.mainTable(world.requester, requesterVpc);
    world.ec2.configure({ readLagMs: 10 * SECOND_MS });
    world.requester.do('CreateRoute', {
      RouteTableId,
      DestinationCidrBlock: '10.1.0.0/16',
      ...id(peeringId),
    });
    expect(world.route(world.requester, RouteTableId, '10.1.0.0/16')).toBeUndefined();
    await world.pass(10 * SECOND_MS);
    expect(world.route(world.requester, RouteTableId, '10.1.0.0/16')).toBeDefined();
  });
});
