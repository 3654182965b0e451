import { plan } from '../../../../shared/domain/connection/plan.ts';
import type { Step } from '../../../../shared/domain/connection/step.ts';
import { NO_MEMORY, type Memory } from '../../../../shared/domain/memory/memory.ts';
import type { Observed, ObservedSide, OpenPeering } from '../../../../shared/domain/facts/observed.ts';
import { judge } from '../../../../shared/domain/connection/judge.ts';
import { accountId, cidr, region, vpcId } from '../../../support/ids.ts';
import {
  ACCEPTER,
  anAccepter,
  anOpenPeering,
  aPeering,
  aRequester,
  aSubnet,
  aTable,
  PEERING,
  REQUESTER,
  SHARED_OU,
} from '../../../support/observed.ts';
import { APPS_TO_SHARED, policyOf } from '../../../support/policy-text.ts';

const kinds = (stages: readonly (readonly Step[])[]): readonly (readonly string[])[] =>
  stages.map((stage) => stage.map((step) => step.kind));

const planned = (observed: Observed, policyText = APPS_TO_SHARED, memory: Memory = NO_MEMORY) => {
  const policy = policyOf(policyText);
  return plan(observed, judge(observed, policy, 0), memory).stages;
};
const withConnect = (connect: string): string =>
  APPS_TO_SHARED.replace('accepter: shared }', `accepter: shared, connect: ${connect} }`);
const routesOf = (observed: OpenPeering, policyText = APPS_TO_SHARED): readonly string[] =>
  planned(observed, policyText)
    .flat()
    .flatMap((step) => (step.kind === 'create-route' ? [`${step.routeTableId} ${step.destination}`] : []));

const CONNECTED = {
  'autopeer:status': 'connected',
  'autopeer:rule': 'apps-to-shared',
  'autopeer:reason': 'rule-allows',
  Name: 'a name of the team’s own',
};

describe('the plan of a pending request', () => {
  const stages = planned(anOpenPeering({ state: 'pending-acceptance' }));

  it('accepts, waits until active, then connects both sides', () => {
    expect(kinds(stages)).toEqual([
      ['accept'],
      ['await-active'],
      ['create-route', 'create-route', 'enable-dns', 'enable-dns'],
    ]);
  });

  it('accepts in the accepter’s account and region', () => {
    expect(stages[0]?.[0]?.at).toEqual({ accountId: ACCEPTER.accountId, region: ACCEPTER.region });
  });
});

describe('the plan of an active peering', () => {
  it('gives each side a route to the other, with the side’s own credentials', () => {
    const steps = planned(anOpenPeering()).flat();
    expect(steps).toContainEqual({
      kind: 'create-route',
      at: { accountId: REQUESTER.accountId, region: REQUESTER.region },
      routeTableId: 'rtb-11111111',
      destination: '10.2.0.0/16',
      isOurs: true,
    });
    expect(steps).toContainEqual({
      kind: 'create-route',
      at: { accountId: ACCEPTER.accountId, region: ACCEPTER.region },
      routeTableId: 'rtb-22222222',
      destination: '10.1.0.0/16',
      isOurs: true,
    });
  });

  it('is empty when all is as it should be', () => {
    const routeTo = (destination: string) => [
      {
        destination: cidr(destination),
        target: { kind: 'peering', peeringId: PEERING },
        isBlackhole: false,
        isPropagated: false,
      } as const,
    ];
    const requester = aRequester({
      tables: [aTable('rtb-11111111', { subnetIds: ['subnet-1'], routes: routeTo('10.2.0.0/16') })],
      dnsFromRemote: true,
      peeringTags: CONNECTED,
    });
    const accepter = anAccepter({
      tables: [aTable('rtb-22222222', { subnetIds: ['subnet-1'], routes: routeTo('10.1.0.0/16') })],
      dnsFromRemote: true,
      peeringTags: CONNECTED,
    });
    expect(planned(anOpenPeering({ requester, accepter }))).toEqual([]);
  });

  it('never touches a route to the same destination with another target', () => {
    const routes = [
      {
        destination: cidr('10.2.0.0/16'),
        target: { kind: 'other', id: 'tgw-1' },
        isBlackhole: true,
        isPropagated: false,
      } as const,
    ];
    const requester = aRequester({ tables: [aTable('rtb-11111111', { subnetIds: ['subnet-1'], routes })] });
    expect(routesOf(anOpenPeering({ requester }))).toEqual(['rtb-22222222 10.1.0.0/16']);
  });

  it('sets both DNS flags in one step within one account and region', () => {
    const location = { ...REQUESTER, vpcId: vpcId('vpc-22222222') };
    const observed = anOpenPeering({ accepter: { ...anAccepter(), location } });
    const dns = planned(observed)
      .flat()
      .filter((step) => step.kind === 'enable-dns');
    expect(dns).toEqual([expect.objectContaining({ roles: ['requester', 'accepter'] })]);
  });

  it('sets them one by one between regions of one account', () => {
    const location = { ...REQUESTER, region: region('us-east-1') };
    const observed = anOpenPeering({ accepter: { ...anAccepter(), location } });
    expect(
      planned(observed)
        .flat()
        .filter((step) => step.kind === 'enable-dns'),
    ).toHaveLength(2);
  });
});

it('of a vendor’s VPC no subnet is known: where a rule wants subnets only, its CIDR is routed', () => {
  const { location } = anAccepter();
  const accepter = {
    kind: 'outside',
    location,
    membership: { kind: 'member', ous: [SHARED_OU] },
    why: 'region-not-governed',
    cidrs: [cidr('10.2.0.0/16')],
  } as const;
  const subnetsOnly = withConnect('{ routes: { destinations: subnet-cidrs } }, oneSided: true');
  expect(routesOf(anOpenPeering({ accepter }), subnetsOnly)).toEqual(['rtb-11111111 10.2.0.0/16']);
});

describe('routes to the peering that the rule does not want', () => {
  const routeTo = (destination: string) =>
    ({
      destination: cidr(destination),
      target: { kind: 'peering', peeringId: PEERING },
      isBlackhole: false,
      isPropagated: false,
    }) as const;
  const table = aTable('rtb-11111111', {
    subnetIds: ['subnet-1'],
    routes: [routeTo('10.2.0.0/16'), routeTo('10.2.9.0/24')],
  });
  const observed = anOpenPeering({ requester: aRequester({ tables: [table] }) });
  const claim = (destination: string) =>
    ({
      accountId: REQUESTER.accountId,
      region: REQUESTER.region,
      routeTableId: table.id,
      destination: cidr(destination),
    }) as const;
  const removed = (memory: Memory) =>
    planned(observed, APPS_TO_SHARED, memory)
      .flat()
      .flatMap((step) => (step.kind === 'delete-route' ? [step.destination] : []));

  it('go where the ledger says that they are ours', () => {
    expect(removed({ ...NO_MEMORY, routes: [claim('10.2.9.0/24'), claim('10.2.0.0/16')] })).toEqual([
      '10.2.9.0/24',
    ]);
  });

  it('stay where it does not, and all the more where it knows nothing', () => {
    expect(removed({ ...NO_MEMORY, routes: [claim('10.2.8.0/24')] })).toEqual([]);
    expect(removed(NO_MEMORY)).toEqual([]);
  });
});

describe('status tags', () => {
  const unmatched = 'version: 1\nregions: [eu-west-1]\n';
  const tagsOf = (observed: OpenPeering, policyText = APPS_TO_SHARED) =>
    plan(observed, judge(observed, policyOf(policyText), 0), NO_MEMORY).tags.map(
      ({ at, tags }) => [at.accountId, tags] as const,
    );

  it('tell both sides of a held request that it is held', () => {
    const held = { 'autopeer:status': 'held', 'autopeer:rule': '-', 'autopeer:reason': 'no-rule-matches' };
    expect(tagsOf(anOpenPeering({ state: 'pending-acceptance' }), unmatched)).toEqual([
      [REQUESTER.accountId, held],
      [ACCEPTER.accountId, held],
    ]);
  });

  it('are not written again where they say so already', () => {
    const requester = aRequester({ peeringTags: CONNECTED });
    expect(tagsOf(anOpenPeering({ requester })).map(([account]) => account)).toEqual([ACCEPTER.accountId]);
  });

  it('say that a peering is held where its VPC cannot be read', () => {
    const { location, membership } = aRequester();
    const requester: ObservedSide = {
      kind: 'unreadable',
      why: 'side-unreadable',
      isKnown: false,
      location,
      membership,
      reason: 'DescribeVpcs is denied',
      cidrs: [],
      peeringTags: CONNECTED,
    };
    const tags = tagsOf(anOpenPeering({ requester }));
    expect(tags.map(([account, { 'autopeer:reason': reason }]) => [account, reason])).toEqual([
      [REQUESTER.accountId, 'side-unreadable'],
      [ACCEPTER.accountId, 'side-unreadable'],
    ]);
  });

  it('change when the verdict does', () => {
    const observed = anOpenPeering({
      requester: aRequester({ peeringTags: CONNECTED }),
      accepter: anAccepter({ peeringTags: CONNECTED }),
    });
    expect(tagsOf(observed, unmatched).map(([, tags]) => tags['autopeer:status'])).toEqual([
      'unsanctioned',
      'unsanctioned',
    ]);
  });
});

describe('pain 13: subnets that fall back to the main route table', () => {
  const main = aTable('rtb-aaaaaaaa', { isMain: true });
  const explicit = aTable('rtb-bbbbbbbb', { subnetIds: ['subnet-1'] });

  it('get their route in the main table', () => {
    const requester = aRequester({
      tables: [main, explicit],
      subnets: [aSubnet('subnet-1'), aSubnet('subnet-2')],
    });
    expect(routesOf(anOpenPeering({ requester }))).toEqual(
      expect.arrayContaining(['rtb-aaaaaaaa 10.2.0.0/16', 'rtb-bbbbbbbb 10.2.0.0/16']),
    );
  });

  it('leave the main table alone when there are none', () => {
    const requester = aRequester({ tables: [main, explicit], subnets: [aSubnet('subnet-1')] });
    expect(routesOf(anOpenPeering({ requester }))).not.toContain('rtb-aaaaaaaa 10.2.0.0/16');
  });
});

describe('what the rule says of routes', () => {
  const accepter = anAccepter({
    cidrs: ['10.2.0.0/16', '100.64.0.0/16', '2001:db8::/56'],
    subnets: [aSubnet('subnet-1', '10.2.1.0/24'), aSubnet('subnet-2', '100.64.1.0/24')],
  });
  const requester = aRequester({ cidrs: ['10.1.0.0/16', '2001:db8:0:100::/56'] });
  const observed = anOpenPeering({ requester, accepter });
  const towardsAccepter = (policyText: string): readonly string[] =>
    routesOf(observed, policyText)
      .filter((route) => route.startsWith('rtb-11111111'))
      .map((route) => route.slice('rtb-11111111 '.length));

  it.each([
    ['every CIDR, IPv6 too, by default', '{}', ['10.2.0.0/16', '100.64.0.0/16', '2001:db8::/56']],
    ['no IPv6', '{ routes: { ipv6: false } }', ['10.2.0.0/16', '100.64.0.0/16']],
    ['no excluded CIDR', '{ routes: { exclude: [100.64.0.0/10] } }', ['10.2.0.0/16', '2001:db8::/56']],
    ['the subnets only', '{ routes: { destinations: subnet-cidrs } }', ['10.2.1.0/24', '100.64.1.0/24']],
    ['a listed part of the VPC', '{ routes: { destinations: [10.2.7.0/24] } }', ['10.2.7.0/24']],
    ['no listed destination outside the VPC', '{ routes: { destinations: [10.9.0.0/24] } }', []],
  ])('%s', (_name, connect, expected) => {
    expect(towardsAccepter(withConnect(connect))).toEqual(expected);
  });

  it('no IPv6 in a VPC that has none itself', () => {
    const routes = routesOf(anOpenPeering({ accepter }));
    expect(routes).toContain('rtb-11111111 10.2.0.0/16');
    expect(routes.filter((route) => route.includes('2001:'))).toEqual([]);
  });

  it('nothing with routes: none, and no DNS with dns: leave', () => {
    expect(routesOf(observed, withConnect('{ routes: none }'))).toEqual([]);
    const both = anOpenPeering({ requester: aRequester({ dnsFromRemote: true }) });
    for (const open of [anOpenPeering(), both]) {
      expect(planned(open, withConnect('{ routes: none, dns: leave }'))).toEqual([]);
    }
  });

  it.each([
    ['main', ['rtb-aaaaaaaa']],
    ['all', ['rtb-aaaaaaaa', 'rtb-bbbbbbbb', 'rtb-cccccccc']],
    ['associated', ['rtb-bbbbbbbb']],
    ['{ tagged: { tier: app } }', ['rtb-cccccccc']],
    ['[rtb-aaaaaaaa, rtb-99999999]', ['rtb-aaaaaaaa']],
  ])('tables: %s', (tables, expected) => {
    const requester = aRequester({
      tables: [
        aTable('rtb-aaaaaaaa', { isMain: true }),
        aTable('rtb-bbbbbbbb', { subnetIds: ['subnet-1'] }),
        aTable('rtb-cccccccc', { tags: { tier: 'app' } }),
      ],
    });
    const accepterWithoutTables = anAccepter({ tables: [] });
    const routes = routesOf(
      anOpenPeering({ requester, accepter: accepterWithoutTables }),
      withConnect(`{ routes: { tables: ${tables} } }`),
    );
    expect(routes.map((route) => route.slice(0, 'rtb-aaaaaaaa'.length))).toEqual(expected);
  });

  it('no DNS where the rule does not want it', () => {
    expect(kinds(planned(anOpenPeering(), withConnect('{ dns: false }'))).flat()).not.toContain('enable-dns');
  });
});

describe('the plan of a peering that is over', () => {
  const leftover = {
    accountId: accountId('111111111111'),
    region: region('eu-west-1'),
    routeTableId: aTable('rtb-11111111').id,
    destination: cidr('10.2.0.0/16'),
  };

  it('removes what still points at it', () => {
    const observed: Observed = {
      kind: 'ended',
      peering: aPeering('deleted'),
      seenFrom: REQUESTER,
      leftovers: [leftover],
    };
    expect(kinds(planned(observed))).toEqual([['delete-route']]);
  });

  it('removes nothing while EC2 may only be late in knowing it', () => {
    const key = { peeringId: PEERING, accountId: REQUESTER.accountId, region: REQUESTER.region };
    expect(planned({ kind: 'not-found', key, leftovers: [leftover] })).toEqual([]);
  });
});
