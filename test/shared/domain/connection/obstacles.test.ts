import fc from 'fast-check';
import { compare } from '../../../../shared/domain/connection/compare.ts';
import { obstaclesToRequest } from '../../../../shared/domain/connection/obstacles.ts';
import type { Terms } from '../../../../shared/domain/connection/terms.ts';
import type { OpenPeering, VpcPeer } from '../../../../shared/domain/facts/observed.ts';
import type { PrefixList, Route, RouteTable } from '../../../../shared/domain/facts/vpc.ts';
import {
  BUILT_IN_CONNECT,
  BUILT_IN_LIMITS,
  type RouteOptions,
} from '../../../../shared/domain/policy/language/connect.ts';
import { judge } from '../../../../shared/domain/connection/judge.ts';
import { cidr, peeringId, prefixListId, vpcId } from '../../../support/ids.ts';
import {
  ACCEPTER,
  anAccepter,
  anOpenPeering,
  aRequester,
  aRoute as route,
  aSubnet,
  aTable,
  HERE,
  REQUESTER,
} from '../../../support/observed.ts';
import { APPS_TO_SHARED, policyOf } from '../../../support/policy-text.ts';

const OTHER = { kind: 'peering', peeringId: peeringId('pcx-99999999') } as const;
const requesterWith = (...routes: Route[]) => aRequester({ tables: [tableWith(routes)] });
const tableWith = (routes: Route[], more: Partial<RouteTable> = {}) =>
  aTable('rtb-11111111', { subnetIds: ['subnet-1'], routes, ...more });

const UNBOUNDED: Terms = {
  connect: BUILT_IN_CONNECT,
  bounds: { requester: undefined, accepter: undefined },
  isRequest: true,
  late: { requester: [], accepter: [] },
};
const bounded = (...cidrs: string[]): Terms => ({
  ...UNBOUNDED,
  bounds: { requester: undefined, accepter: cidrs.map(cidr) },
});
const routing = (routes: Partial<RouteOptions>): Terms => ({
  ...UNBOUNDED,
  connect: { ...BUILT_IN_CONNECT, routes: { ...BUILT_IN_CONNECT.routes, ...routes } },
});

const obstacles = (observed: OpenPeering, limits = BUILT_IN_LIMITS, terms = UNBOUNDED) =>
  obstaclesToRequest(observed, terms, compare(observed, terms), limits);
const codes = (...parameters: Parameters<typeof obstacles>) =>
  obstacles(...parameters).map(({ code }) => code);
const missing = (observed: OpenPeering, terms = UNBOUNDED) => compare(observed, terms).missing;

it('there is none on a clear way', () => {
  expect(obstacles(anOpenPeering())).toEqual([]);
});

describe('pain 8: a route already points elsewhere', () => {
  it('is named with its table, its destination and its target', () => {
    const [obstacle] = obstacles(anOpenPeering({ requester: requesterWith(route('10.2.0.0/16')) }));
    expect(obstacle?.text).toContain('rtb-11111111 already routes 10.2.0.0/16 to tgw-1');
  });

  it('is none where it points at this peering', () => {
    expect(obstacles(anOpenPeering({ requester: requesterWith(route('10.2.0.0/16', HERE)) }))).toEqual([]);
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
    ['to this peering', route('10.2.3.0/24', HERE)],
    ['to another network', route('10.3.3.0/24')],
  ])('%s does not', (_name, each) => {
    expect(obstacles(anOpenPeering({ requester: requesterWith(each) }))).toEqual([]);
  });
});

describe('a wider route to another target', () => {
  it.each([
    ['a transit gateway', route('10.0.0.0/8'), 'tgw-1'],
    ['another peering', route('10.0.0.0/8', OTHER), 'pcx-99999999'],
    [
      'a gateway that propagates',
      route('10.0.0.0/8', { kind: 'other', id: 'vgw-1' }, { isPropagated: true }),
      'vgw-1',
    ],
    ['a default route to a transit gateway', route('0.0.0.0/0'), 'tgw-1'],
  ])('%s is not robbed of a part of its traffic, and the notice names both', (_name, wider, target) => {
    const observed = anOpenPeering({ requester: requesterWith(wider) });
    const [obstacle, ...more] = obstacles(observed);
    expect(more).toEqual([]);
    expect(obstacle).toMatchObject({ code: 'diverts', text: expect.stringContaining(target) });
    expect(missing(observed)).toEqual([
      expect.objectContaining({ role: 'accepter', destination: '10.1.0.0/16' }),
    ]);
  });

  it.each(['igw-1', 'nat-1', 'eigw-1'])(
    '%s as the default route is there for what has no other way',
    (id) => {
      const observed = anOpenPeering({ requester: requesterWith(route('0.0.0.0/0', { kind: 'other', id })) });
      expect(obstacles(observed)).toEqual([]);
    },
  );

  it('an internet gateway that is no default route counts like any other', () => {
    const wider = route('10.0.0.0/8', { kind: 'other', id: 'igw-1' });
    expect(codes(anOpenPeering({ requester: requesterWith(wider) }))).toEqual(['diverts']);
  });

  it.each([
    ['that leads nowhere', route('10.0.0.0/8', OTHER, { isBlackhole: true })],
    ['that is this peering’s own', route('10.0.0.0/8', HERE)],
    ['that does not hold the destination', route('10.3.0.0/16', OTHER)],
    ['of the other address family', route('::/0')],
  ])('%s is no obstacle', (_name, each) => {
    expect(obstacles(anOpenPeering({ requester: requesterWith(each) }))).toEqual([]);
  });

  it('may lose it where the rule bounds that side, and people are told', () => {
    const observed = anOpenPeering({ requester: requesterWith(route('10.0.0.0/8')) });
    const terms = bounded('10.2.0.0/16');
    expect(codes(observed, BUILT_IN_LIMITS, terms)).toEqual([]);
    expect(missing(observed, terms)).toHaveLength(2);
    expect(compare(observed, terms).diverting).toMatchObject([{ isAllowed: true }]);
  });

  it('may lose it to a list of destinations', () => {
    const observed = anOpenPeering({ requester: requesterWith(route('10.0.0.0/8')) });
    const terms = routing({
      destinations: { kind: 'listed', cidrs: ['10.1.0.0/24', '10.2.0.0/24'].map(cidr) },
    });
    expect(codes(observed, BUILT_IN_LIMITS, terms)).toEqual([]);
  });

  it('does not lose it to a rule whose block takes in everything', () => {
    const observed = anOpenPeering({ requester: requesterWith(route('10.0.0.0/8')) });
    expect(codes(observed, BUILT_IN_LIMITS, bounded('0.0.0.0/0'))).toEqual(['diverts']);
  });

  it('counts for IPv6 too', () => {
    const accepter = anAccepter({ cidrs: ['10.2.0.0/16', '2001:db8:0:100::/56'] });
    const requester = aRequester({
      cidrs: ['10.1.0.0/16', '2001:db8:0:200::/56'],
      tables: [tableWith([route('2001:db8::/32')])],
    });
    const observed = anOpenPeering({ requester, accepter });
    expect(codes(observed)).toEqual(['diverts']);
  });
});

describe('pain 29: a route propagated by a VPN', () => {
  const vgw = { kind: 'other', id: 'vgw-1' } as const;

  it('of the same destination gives way to a static one: no conflict', () => {
    const observed = anOpenPeering({
      requester: requesterWith(route('10.2.0.0/16', vgw, { isPropagated: true })),
    });
    expect(obstacles(observed)).toEqual([]);
    expect(missing(observed)).toHaveLength(2);
  });

  it('that is narrower shadows', () => {
    const narrower = route('10.2.9.0/24', vgw, { isPropagated: true });
    expect(codes(anOpenPeering({ requester: requesterWith(narrower) }))).toEqual(['route-shadowed']);
  });
});

describe('pain 27: a route to a prefix list', () => {
  const list = prefixListId('pl-0123456789abcdef0');
  const withList = (
    prefixList: PrefixList | undefined,
    target: Route['target'] = route('0.0.0.0/0').target,
  ) =>
    anOpenPeering({
      requester: aRequester({
        tables: [tableWith([], { prefixListRoutes: [{ prefixListId: list, target, isBlackhole: false }] })],
        prefixLists: new Map(prefixList === undefined ? [] : [[list, prefixList]]),
      }),
    });
  const entries = (...cidrs: string[]): PrefixList => ({ entries: cidrs.map(cidr), maxEntries: 10 });

  it.each([
    ['wider', '10.0.0.0/8', 'diverts'],
    ['the same', '10.2.0.0/16', 'diverts'],
    ['narrower', '10.2.3.0/24', 'route-shadowed'],
  ])('with an entry that is %s is weighed like a route, and the list is named', (_name, entry, code) => {
    const [obstacle] = obstacles(withList(entries('192.168.0.0/16', entry)));
    expect(obstacle).toMatchObject({ code, text: expect.stringContaining(list) });
  });

  it('with other entries is none', () => {
    expect(obstacles(withList(entries('192.168.0.0/16')))).toEqual([]);
  });

  it('that leads to this peering is none', () => {
    expect(obstacles(withList(entries('10.0.0.0/8'), HERE))).toEqual([]);
  });

  it('that cannot be read holds the request, for it may matter', () => {
    const [obstacle] = obstacles(withList(undefined));
    expect(obstacle).toMatchObject({ code: 'prefix-list-unknown', text: expect.stringContaining(list) });
  });

  it('that cannot be read, and leads to this peering, does not', () => {
    expect(obstacles(withList(undefined, HERE))).toEqual([]);
  });

  it('counts against the table with its maximum entries', () => {
    const limits = { ...BUILT_IN_LIMITS, routesPerTable: 10 };
    expect(codes(withList(entries('192.168.0.0/16')), limits)).toEqual(['route-table-full']);
    expect(codes(withList(entries('192.168.0.0/16')), { ...limits, routesPerTable: 11 })).toEqual([]);
  });
});

describe('public space', () => {
  const observed = anOpenPeering({ accepter: anAccepter({ cidrs: ['140.82.112.0/20'] }) });

  it('that no rule names is an obstacle', () => {
    const [obstacle] = obstacles(observed);
    expect(obstacle).toMatchObject({ code: 'public-cidr', text: expect.stringContaining('140.82.112.0/20') });
  });

  it('that the rule names is none', () => {
    expect(codes(observed, BUILT_IN_LIMITS, bounded('140.82.0.0/16'))).toEqual([]);
  });

  it.each(['0.0.0.0/0', '128.0.0.0/1'])('is not named by %s, which holds private space too', (block) => {
    expect(codes(observed, BUILT_IN_LIMITS, bounded(block))).toEqual(['public-cidr']);
  });

  it('is none where it gets no route', () => {
    const mixed = anOpenPeering({ accepter: anAccepter({ cidrs: ['10.2.0.0/16', '140.82.112.0/20'] }) });
    expect(codes(mixed, BUILT_IN_LIMITS, routing({ exclude: [cidr('140.82.112.0/20')] }))).toEqual([]);
  });

  it.each(['100.64.0.0/16', '172.16.0.0/16', '192.168.4.0/24', '2600:1f16::/56'])(
    '%s is private',
    (block) => {
      const requester = aRequester({ cidrs: ['10.1.0.0/16', '2001:db8::/56'] });
      const accepter = anAccepter({ cidrs: ['10.2.0.0/16', block] });
      expect(obstacles(anOpenPeering({ requester, accepter }))).toEqual([]);
    },
  );
});

describe('another peer of the VPC', () => {
  const peer = (...cidrs: string[]): readonly VpcPeer[] => [
    { peeringId: peeringId('pcx-99999999'), vpcId: vpcId('vpc-99999999'), cidrs: cidrs.map(cidr) },
  ];

  it('pain 31: two peers with the same CIDR, and routes to subnets that are apart', () => {
    const requester = aRequester({
      otherPeers: peer('10.2.0.0/16'),
      tables: [tableWith([route('10.2.1.0/24', OTHER)])],
      subnets: [aSubnet('subnet-1', '10.1.1.0/24')],
    });
    const accepter = anAccepter({ subnets: [aSubnet('subnet-1', '10.2.2.0/24')] });
    const observed = anOpenPeering({ requester, accepter });
    expect(obstacles(observed, BUILT_IN_LIMITS, routing({ destinations: { kind: 'subnet-cidrs' } }))).toEqual(
      [],
    );
    expect(codes(observed)).toEqual(['route-shadowed']);
  });

  it('that is being accepted at this moment is one', () => {
    const reservation = { peeringId: peeringId('pcx-99999999'), cidrs: [cidr('10.2.0.0/17')], until: 1 };
    const requester = aRequester({});
    const reserved = { vpcId: REQUESTER.vpcId, version: 1, reservations: [reservation] };
    expect(codes(anOpenPeering({ requester: { ...requester, reserved } }))).toEqual(['peer-overlap']);
  });
});

describe('pain 36: VPCs that are already peered', () => {
  const otherPeers: readonly VpcPeer[] = [
    { peeringId: peeringId('pcx-99999999'), vpcId: ACCEPTER.vpcId, cidrs: [cidr('10.2.0.0/16')] },
  ];
  const requester = aRequester({ otherPeers, tables: [tableWith([route('10.2.0.0/16', OTHER)])] });

  it('are told by which peering, and nobody is told to remove its routes', () => {
    const found = obstacles(anOpenPeering({ requester }));
    expect(found).toEqual([
      { code: 'already-peered', text: expect.stringContaining('already peered by pcx-99999999') },
    ]);
    expect(found[0]?.text).not.toContain('remove');
  });
});

describe('pain 28: a rule that gives no route', () => {
  it('names the selector that chooses no table', () => {
    const [obstacle] = obstacles(
      anOpenPeering(),
      BUILT_IN_LIMITS,
      routing({ tables: { kind: 'tagged', tags: { tier: 'app' } } }),
    );
    expect(obstacle).toMatchObject({ code: 'no-route-table', text: expect.stringContaining('"tier":"app"') });
  });

  it.each([
    ['all excluded', routing({ exclude: [cidr('10.0.0.0/8')] })],
    ['foreign', routing({ destinations: { kind: 'listed', cidrs: [cidr('172.16.0.0/16')] } })],
  ])('names the destinations that are %s', (_name, terms) => {
    expect(codes(anOpenPeering(), BUILT_IN_LIMITS, terms)).toEqual(['no-destination', 'no-destination']);
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

describe('routes that autopeer leaves to others', () => {
  const NONE = routing({ writing: { kind: 'never' } });
  const inTheWay = anOpenPeering({
    state: 'pending-acceptance',
    requester: requesterWith(route('10.2.0.0/16'), route('10.2.3.0/24')),
    accepter: anAccepter({ cidrs: ['10.2.0.0/16', '140.82.112.0/20'], tables: [] }),
  });

  it('are no obstacle: no table, no destination, no conflict, no room', () => {
    expect(codes(inTheWay)).not.toEqual([]);
    expect(codes(inTheWay, { ...BUILT_IN_LIMITS, routesPerTable: 1 }, NONE)).toEqual([]);
  });

  it('do not change what stands between the VPCs: the quota, and what another request is about to reach', () => {
    const peer: VpcPeer = { peeringId: OTHER.peeringId, vpcId: ACCEPTER.vpcId, cidrs: [] };
    expect(codes(anOpenPeering({ requester: aRequester({ otherPeers: [peer] }) }), undefined, NONE)).toEqual([
      'already-peered',
    ]);
    const others = { ...peer, vpcId: vpcId('vpc-99999999') };
    const crowded = anOpenPeering({ requester: aRequester({ otherPeers: [others] }) });
    expect(codes(crowded, { ...BUILT_IN_LIMITS, peeringsPerVpc: 1 }, NONE)).toEqual(['too-many-peerings']);
    const reserved = {
      accountId: REQUESTER.accountId,
      region: REQUESTER.region,
      vpcId: REQUESTER.vpcId,
      version: 1,
      reservations: [{ peeringId: OTHER.peeringId, cidrs: [cidr('10.2.0.0/20')], until: 1 }],
    };
    const racing = anOpenPeering({ requester: { ...aRequester(), reserved } });
    expect(codes(racing, undefined, NONE)).toEqual(['peer-overlap']);
  });
});

describe('pain 21: the VPC’s peering quota is hit by surprise', () => {
  const peers = (count: number): readonly VpcPeer[] =>
    Array.from({ length: count }, (_, index) => ({
      peeringId: peeringId(`pcx-${String(index).padStart(8, '0')}`),
      vpcId: vpcId(`vpc-${String(index).padStart(8, '9')}`),
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

it('the answer does not depend on the order in which EC2 lists routes', () => {
  const blocks = ['10.0.0.0/8', '10.2.0.0/16', '10.2.3.0/24', '10.2.128.0/17', '0.0.0.0/0', '192.168.0.0/16'];
  const targets = [route('0.0.0.0/0').target, OTHER, HERE, { kind: 'other', id: 'igw-1' } as const];
  const anyRoute = fc
    .record({
      block: fc.constantFrom(...blocks),
      target: fc.constantFrom(...targets),
      isBlackhole: fc.boolean(),
      isPropagated: fc.boolean(),
    })
    .map(({ block, target, ...rest }) => route(block, target, rest));
  fc.assert(
    fc.property(
      fc
        .array(anyRoute, { maxLength: 8 })
        .chain((routes) =>
          fc.tuple(fc.constant(routes), fc.shuffledSubarray(routes, { minLength: routes.length })),
        ),
      ([routes, shuffled]) => {
        const seen = (these: Route[]) => {
          const observed = anOpenPeering({ requester: requesterWith(...these) });
          const { shadowing, ...picture } = compare(observed, UNBOUNDED);
          const sorted = obstacles(observed)
            .map(({ text }) => text)
            .toSorted();
          return { ...picture, surplus: new Set(picture.surplus), shadows: new Set(shadowing), sorted };
        };
        expect(seen(shuffled)).toEqual(seen(routes));
      },
    ),
    { numRuns: 2000 },
  );
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
