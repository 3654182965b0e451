import { checkPart } from '../../demo/check.ts';
import type { RouteState, SideState } from '../../demo/side-state.ts';
import type { TimelineEntry } from '../../demo/timeline-entry.ts';

const PEERING = 'pcx-00000000000000001';
const OTHER: RouteState = { destination: '10.9.0.0/16', target: 'pcx-00000000000000009', state: 'active' };

function aSide(
  role: SideState['role'],
  overrides: Partial<SideState> = {},
  routes?: readonly RouteState[],
): SideState {
  const destination = role === 'requester' ? '10.2.0.0/16' : '10.1.0.0/16';
  return {
    role,
    accountId: role === 'requester' ? '111111111111' : '222222222222',
    region: 'eu-west-1',
    vpcId: 'vpc-00000000000000001',
    cidrs: [role === 'requester' ? '10.1.0.0/16' : '10.2.0.0/16'],
    peeringState: 'active',
    dnsFromRemote: true,
    tables: [
      {
        routeTableId: `rtb-${role}`,
        subnetIds: ['subnet-00000000000000001'],
        routes: routes ?? [{ destination, target: PEERING, state: 'active' }, OTHER],
      },
    ],
    ...overrides,
  };
}

const TOLD: readonly TimelineEntry[] = [
  {
    kind: 'decision',
    atMs: 1,
    peeringId: PEERING,
    decision: 'connect',
    rule: 'a',
    reason: { code: 'rule-allows', text: 'Rule a allows it.' },
  },
  {
    kind: 'notice',
    atMs: 2,
    peeringId: PEERING,
    detailType: 'Peering Connected',
    channels: ['sns', 'slack'],
    problems: [],
  },
];

/** How a connected pair differs from the story when its requester, or its timeline, is like this. */
const differences = (requester = aSide('requester'), timeline = TOLD): readonly string[] =>
  checkPart({
    expected: 'connected',
    peeringId: PEERING,
    before: { requester: aSide('requester', {}, [OTHER]), accepter: aSide('accepter', {}, [OTHER]) },
    after: { requester, accepter: aSide('accepter') },
    timeline,
  }).differences;

test('a connected pair is as told', () => {
  expect(differences()).toEqual([]);
});

test.each([
  ['no route', [OTHER]],
  ['a blackhole', [{ destination: '10.2.0.0/16', target: PEERING, state: 'blackhole' }, OTHER]],
  ['a route elsewhere', [{ destination: '10.2.0.0/16', target: 'igw-1', state: 'active' }, OTHER]],
])('%s is a difference', (_what, routes) => {
  expect(differences(aSide('requester', {}, routes))).toContain(
    "The requester's rtb-requester has no active route to 10.2.0.0/16 by the peering.",
  );
});

test.each([
  ['a DNS flag that is off', { dnsFromRemote: false }, "The requester's DNS flag is not on."],
  [
    'another state',
    { peeringState: 'provisioning' },
    'EC2 says provisioning and active, not active on both sides.',
  ],
  ['a side without a subnet', { tables: [] }, 'EC2 shows nothing to route for the requester.'],
])('%s is a difference', (_what, overrides, difference) => {
  expect(differences(aSide('requester', overrides))).toContain(difference);
});

test('a change of a route that leads elsewhere is a difference', () => {
  const route: RouteState = { destination: '10.2.0.0/16', target: PEERING, state: 'active' };
  expect(differences(aSide('requester', {}, [route]))).toEqual([
    'Routes of the requester that lead elsewhere have changed.',
  ]);
});

test('a decision or a notice that never came is a difference', () => {
  expect(differences(aSide('requester'), [])).toEqual([
    'Nothing was decided.',
    'The notice “Peering Connected” did not come to sns and slack.',
  ]);
});
