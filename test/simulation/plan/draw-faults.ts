import type { Draw } from './draw.ts';
import type { PlannedFault, Trouble, TroubleKind } from './faults.ts';
import type { Plan } from './plan.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const WEIGHTS: Readonly<Record<TroubleKind, number>> = {
  throttled: 4,
  'server-error': 4,
  'answer-lost': 5,
  slow: 1,
  killed: 6,
  'stale-read': 4,
  'read-lag': 3,
  'slow-provisioning': 2,
  'role-refused': 2,
  'vpc-unreadable': 1,
  'ledger-down': 2,
  'ledger-loses-write': 2,
  'region-away': 1,
  'events-lost': 5,
  'events-doubled': 3,
  'events-disordered': 3,
  'events-late': 2,
  redelivered: 3,
  'clocks-apart': 2,
  'slack-down': 1,
  hang: 3,
  'slack-hangs': 0.5,
  'odd-peering': 1,
};

const SERVICES = ['ec2', 'sts', 'dynamodb', 'sqs', 'events', 'organizations', 'sns', 'ssm'] as const;

/** Calm runs have none, storms have many at once. */
export function drawFaults(
  draw: Draw,
  { accounts, regions }: Pick<Plan, 'accounts' | 'regions'>,
  stormMs: number,
): readonly PlannedFault[] {
  const weather = draw.weighted({ calm: 2, breeze: 4, gale: 3, storm: 1 });
  const most = { calm: 0, breeze: 3, gale: 7, storm: 14 }[weather];
  const count = most === 0 ? 0 : draw.integer(1, most);
  return Array.from({ length: count }, (_, id): PlannedFault => {
    const kind = draw.weighted(WEIGHTS);
    const isWhole = kind === 'region-away';
    const fromMs = draw.chance(0.3) ? 0 : draw.integer(0, stormMs - 1);
    const lengthMs = isWhole ? HOUR_MS : draw.skewed(MINUTE_MS, 2 * HOUR_MS, 2);
    return {
      id,
      fromMs,
      untilMs: Math.min(stormMs, fromMs + lengthMs),
      rate: drawRate(draw, kind),
      ...drawTrouble(draw, kind, { accountId: draw.pick(accounts).id, region: draw.pick(regions) }),
    };
  });
}

/** What is whole or not at all has rate 1; killing a function at every tenth call leaves it no time. */
function drawRate(draw: Draw, kind: TroubleKind): number {
  const always: readonly TroubleKind[] = [
    'role-refused',
    'region-away',
    'read-lag',
    'slow-provisioning',
    'events-late',
    'vpc-unreadable',
    'hang',
    'slack-hangs',
    'odd-peering',
  ];
  if (always.includes(kind)) return 1;
  if (kind === 'killed') return draw.pick([0.005, 0.02, 0.08]);
  if (kind.startsWith('events-')) return draw.pick([0.1, 0.4, 1]);
  return draw.pick([0.02, 0.1, 0.4]);
}

function drawTrouble(
  draw: Draw,
  kind: TroubleKind,
  { accountId, region }: { readonly accountId: string; readonly region: string },
): Trouble {
  const service = draw.chance(0.4) ? undefined : draw.pick(SERVICES);
  switch (kind) {
    case 'throttled':
    case 'server-error':
    case 'answer-lost':
      return { kind, service };
    case 'slow':
      return { kind, service, latencyMs: draw.pick([5_000, 40_000, 200_000]) };
    case 'killed':
      return { kind, moment: draw.pick(['before-call', 'after-call']) };
    case 'read-lag':
      return { kind, lagMs: draw.pick([2_000, 10_000, 30_000]) };
    case 'slow-provisioning':
      return { kind, provisioningMs: draw.pick([10_000, 60_000]) };
    case 'role-refused':
    case 'vpc-unreadable':
    case 'odd-peering':
      return { kind, accountId };
    case 'hang':
      return drawHang(draw, { accountId, region });
    case 'region-away':
      return { kind, region };
    case 'events-late':
      return { kind, delayMs: draw.pick([60_000, 300_000, 1_800_000]) };
    case 'clocks-apart':
      return { kind, skewMs: draw.pick([2_000, 60_000]) };
    case 'stale-read':
    case 'ledger-down':
    case 'ledger-loses-write':
    case 'events-lost':
    case 'events-doubled':
    case 'events-disordered':
    case 'redelivered':
    case 'slack-down':
    case 'slack-hangs':
      return { kind };
  }
}

const HANGING_ACTIONS = [
  'DescribeVpcPeeringConnections',
  'DescribeRouteTables',
  'DescribeVpcs',
  'AcceptVpcPeeringConnection',
  'CreateRoute',
  'DeleteRoute',
  'CreateTags',
] as const;

/** Mostly one account and region, or one action there; sometimes a region of all, or a service of the hub. */
function drawHang(draw: Draw, place: { readonly accountId: string; readonly region: string }): Trouble {
  const what = draw.weighted({ place: 4, action: 3, region: 1, service: 2 });
  const nobody = { accountId: undefined, region: undefined, action: undefined };
  switch (what) {
    case 'place':
      return { kind: 'hang', service: 'ec2', ...nobody, ...place };
    case 'action':
      return { kind: 'hang', service: 'ec2', ...place, action: draw.pick(HANGING_ACTIONS) };
    case 'region':
      return { kind: 'hang', service: 'ec2', ...nobody, region: place.region };
    case 'service':
      return { kind: 'hang', service: draw.pick(SERVICES), ...nobody };
  }
}
