import { missingRoutes } from '../../shared/domain/desired.ts';
import { obstaclesTo } from '../../shared/domain/obstacles.ts';
import type { OpenPeering } from '../../shared/domain/observed.ts';
import type { RouteTarget } from '../../shared/domain/vpc.ts';
import { BUILT_IN_CONNECT, BUILT_IN_LIMITS } from '../../shared/domain/policy/connect.ts';
import { judge } from '../../shared/domain/verdict.ts';
import { cidr, peeringId } from '../support/ids.ts';
import { anAccepter, anOpenPeering, aRequester, aTable, PEERING } from '../support/observed.ts';
import { APPS_TO_SHARED, policyOf } from '../support/policy-text.ts';

const TGW: RouteTarget = { kind: 'other', id: 'tgw-1' };
const route = (destination: string, target: RouteTarget = TGW) => ({
  destination: cidr(destination),
  target,
  isBlackhole: false,
  isPropagated: false,
});
const requesterWith = (...routes: ReturnType<typeof route>[]) =>
  aRequester({ tables: [aTable('rtb-11111111', { subnetIds: ['subnet-1'], routes })] });

const obstacles = (observed: OpenPeering, limits = BUILT_IN_LIMITS, connect = BUILT_IN_CONNECT) =>
  obstaclesTo(observed, connect, limits);
const codes = (...parameters: Parameters<typeof obstacles>) =>
  obstacles(...parameters).map(({ code }) => code);

it('there is none on a clear way', () => {
  expect(obstacles(anOpenPeering())).toEqual([]);
});

describe('pain 8: a route already points elsewhere', () => {
  it('is named with its table, its destination and its target', () => {
    const [obstacle] = obstacles(anOpenPeering({ requester: requesterWith(route('10.2.0.0/16')) }));
    expect(obstacle?.text).toContain('rtb-11111111 already routes 10.2.0.0/16 to tgw-1');
  });

  it('is none where it points at this peering', () => {
    const ours = route('10.2.0.0/16', { kind: 'peering', peeringId: PEERING });
    expect(obstacles(anOpenPeering({ requester: requesterWith(ours) }))).toEqual([]);
  });

  it('is found on either side', () => {
    const tables = [aTable('rtb-22222222', { subnetIds: ['subnet-1'], routes: [route('10.1.0.0/16')] })];
    expect(codes(anOpenPeering({ accepter: anAccepter({ tables }) }))).toEqual(['route-conflict']);
  });
});

describe('a more specific route', () => {
  it('to somebody else shadows ours', () => {
    const [obstacle] = obstacles(anOpenPeering({ requester: requesterWith(route('10.2.3.0/24')) }));
    expect(obstacle).toMatchObject({
      code: 'route-shadowed',
      text: expect.stringContaining('10.2.3.0/24, a part of 10.2.0.0/16, to tgw-1'),
    });
  });

  it.each([
    ['to this peering', route('10.2.3.0/24', { kind: 'peering', peeringId: PEERING })],
    ['to another network', route('10.3.3.0/24')],
    ['that is not more specific', route('10.0.0.0/8')],
  ])('%s does not', (_name, each) => {
    expect(obstacles(anOpenPeering({ requester: requesterWith(each) }))).toEqual([]);
  });
});

describe('another peer of the VPC', () => {
  const peer = (...cidrs: string[]) => [{ peeringId: peeringId('pcx-99999999'), cidrs: cidrs.map(cidr) }];

  it.each(['10.2.128.0/17', '10.0.0.0/8', '10.2.0.0/16'])('with %s overlaps, and is named', (theirs) => {
    const [obstacle] = obstacles(
      anOpenPeering({ requester: aRequester({ otherPeers: peer('10.7.0.0/16', theirs) }) }),
    );
    expect(obstacle).toMatchObject({ code: 'peer-overlap', text: expect.stringContaining('pcx-99999999') });
  });

  it('beside it does not', () => {
    const requester = aRequester({ otherPeers: peer('10.3.0.0/16') });
    expect(obstacles(anOpenPeering({ requester }))).toEqual([]);
  });

  it('may have the same CIDR where the rule leaves that one out', () => {
    const connect = {
      ...BUILT_IN_CONNECT,
      routes: { ...BUILT_IN_CONNECT.routes, exclude: [cidr('100.64.0.0/10')] },
    };
    const requester = aRequester({ otherPeers: peer('100.64.0.0/16') });
    const accepter = anAccepter({ cidrs: ['10.2.0.0/16', '100.64.0.0/16'] });
    expect(obstacles(anOpenPeering({ requester, accepter }), BUILT_IN_LIMITS, connect)).toEqual([]);
    expect(codes(anOpenPeering({ requester, accepter }))).toEqual(['peer-overlap']);
  });
});

describe('a wider route to another peering', () => {
  const other: RouteTarget = { kind: 'peering', peeringId: peeringId('pcx-99999999') };
  const wider = route('10.0.0.0/8', other);

  it('is not robbed of a part of its traffic, and the notice names both', () => {
    const observed = anOpenPeering({ requester: requesterWith(wider) });
    const [obstacle, ...more] = obstacles(observed);
    expect(more).toEqual([]);
    expect(obstacle).toMatchObject({ code: 'peer-overlap', text: expect.stringContaining('pcx-99999999') });
    expect(missingRoutes(observed, BUILT_IN_CONNECT)).toEqual([
      expect.objectContaining({ role: 'accepter', destination: '10.1.0.0/16' }),
    ]);
  });

  it.each([
    ['that leads nowhere', { ...wider, isBlackhole: true, isPropagated: false }],
    ['that is this peering’s own', route('10.0.0.0/8', { kind: 'peering', peeringId: PEERING })],
    ['that does not hold the destination', route('10.3.0.0/16', other)],
  ])('%s is no obstacle', (_name, each) => {
    expect(obstacles(anOpenPeering({ requester: requesterWith(each) }))).toEqual([]);
  });
});

describe('a route table', () => {
  const full = requesterWith(
    route('10.8.0.0/16'),
    route('10.9.0.0/16'),
    route('0.0.0.0/0', { kind: 'local' }),
  );

  it('with no room is full', () => {
    const limits = { ...BUILT_IN_LIMITS, routesPerTable: 2 };
    expect(codes(anOpenPeering({ requester: full }), limits)).toEqual(['route-table-full']);
  });

  it('with just enough room is not, and local routes do not count', () => {
    expect(codes(anOpenPeering({ requester: full }), { ...BUILT_IN_LIMITS, routesPerTable: 3 })).toEqual([]);
  });

  it('counts IPv4 and IPv6 apart', () => {
    const accepter = anAccepter({ cidrs: ['10.2.0.0/16', '2001:db8::/56'] });
    expect(
      codes(anOpenPeering({ requester: full, accepter }), { ...BUILT_IN_LIMITS, routesPerTable: 3 }),
    ).toEqual([]);
  });
});

describe('pain 21: the VPC’s peering quota is hit by surprise', () => {
  const peers = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      peeringId: peeringId(`pcx-${String(index).padStart(8, '0')}`),
      cidrs: [cidr(`172.16.${index}.0/24`)],
    }));
  const limits = { ...BUILT_IN_LIMITS, peeringsPerVpc: 3 };

  it('a VPC at the limit is an obstacle before the accept', () => {
    expect(codes(anOpenPeering({ requester: aRequester({ otherPeers: peers(3) }) }), limits)).toEqual([
      'too-many-peerings',
    ]);
  });

  it('one below is not', () => {
    expect(codes(anOpenPeering({ requester: aRequester({ otherPeers: peers(2) }) }), limits)).toEqual([]);
  });
});

it('a pending request is held for all obstacles at once', () => {
  const requester = requesterWith(route('10.2.0.0/16'), route('10.2.3.0/24'));
  const observed = anOpenPeering({ state: 'pending-acceptance', requester });
  const verdict = judge(observed, policyOf(APPS_TO_SHARED), 0);
  expect(verdict).toMatchObject({ kind: 'hold', because: { code: 'route-conflict' } });
  expect(verdict.because.text).toContain('10.2.3.0/24');
});

it('an active peering goes on, and its obstacles are told', () => {
  const observed = anOpenPeering({ requester: requesterWith(route('10.2.3.0/24')) });
  expect(judge(observed, policyOf(APPS_TO_SHARED), 0)).toMatchObject({
    kind: 'connect',
    problems: [expect.stringContaining('10.2.3.0/24')],
  });
});
