import type { Draw } from './draw.ts';
import type { PlannedAccount, PlannedVpc } from './plan.ts';

export const REGIONS = ['eu-west-1', 'us-east-1', 'ap-south-1'] as const;

/** The organization's tree is always this one; which accounts are where is drawn. */
export const OUS = [
  { id: 'ou-ab12-prod0001', name: 'Prod', parent: undefined },
  { id: 'ou-ab12-payments', name: 'Payments', parent: 'ou-ab12-prod0001' },
  { id: 'ou-ab12-dev00001', name: 'Dev', parent: undefined },
  { id: 'ou-ab12-sandbox1', name: 'Sandbox', parent: undefined },
] as const;
const PLACES = [...OUS.map(({ id }) => id), undefined] as const;

export const VENDORS = ['777700000001', '777700000002'] as const;
/** The VPCs of the organization have 10.<n>.0.0/16; what is added later 10.<n + 100>.0.0/16. */
export const SECONDARY_OFFSET = 100;
export const TIERS = ['shared', 'app', 'data'] as const;

const ACCOUNTS = { fewest: 2, most: 40, bend: 9 } as const;
const MOST_VPCS = 60;

export function drawAccounts(draw: Draw): readonly PlannedAccount[] {
  const count = draw.skewed(ACCOUNTS.fewest, ACCOUNTS.most, ACCOUNTS.bend);
  return Array.from({ length: count }, (_, index) => ({
    id: String(100_000_000_001 + index),
    // The first two are nearly always such that some rule joins them.
    ou: index < 2 && draw.chance(0.9) ? OUS[0].id : draw.pick(PLACES),
    isEnrolled: index < 2 || !draw.chance(0.05),
  }));
}

export function drawRegions(draw: Draw): readonly string[] {
  const count = draw.skewed(1, REGIONS.length, 4);
  return REGIONS.slice(0, count);
}

export function drawVpcs(
  draw: Draw,
  accounts: readonly PlannedAccount[],
  vendors: readonly string[],
  regions: readonly string[],
): readonly PlannedVpc[] {
  const owners = [...accounts.map(({ id }) => id), ...vendors];
  const vpcs: PlannedVpc[] = [];
  for (const accountId of owners) {
    const count = draw.skewed(1, 3, 3);
    for (let each = 0; each < count && vpcs.length < MOST_VPCS; each++) {
      vpcs.push(drawVpc(draw, vpcs, accountId, regions));
    }
  }
  return vpcs;
}

function drawVpc(
  draw: Draw,
  others: readonly PlannedVpc[],
  accountId: string,
  regions: readonly string[],
): PlannedVpc {
  const number = others.length + 1;
  const overlapping = draw.chance(0.08) ? draw.pickIfAny(others) : undefined;
  const subnets = draw.integer(1, 3);
  return {
    name: `v${number}`,
    accountId,
    region: draw.chance(0.75) ? (regions[0] ?? REGIONS[0]) : draw.pick(regions),
    cidr: overlapping?.cidr ?? `10.${number}.0.0/16`,
    hasIpv6: draw.chance(0.1),
    hasDnsHostnames: draw.chance(0.85),
    tags: draw.chance(0.4) ? { tier: draw.pick(TIERS) } : {},
    subnets,
    ownTables: draw.integer(0, subnets),
  };
}
