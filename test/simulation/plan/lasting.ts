import type { Draw } from './draw.ts';
import type { Plan } from './plan.ts';

/** What is broken, or odd, from an instant on and for ever, the storm's end notwithstanding. */
export type LastingTrouble = { readonly id: number; readonly fromMs: number } & Lasting;

export type Lasting =
  /** A service control policy denies everything in the region. */
  | { readonly kind: 'place-denied'; readonly accountId: string; readonly region: string }
  /** The account has turned the region off. */
  | {
      readonly kind: 'region-off';
      readonly accountId: string;
      readonly region: string;
      readonly code: 'OptInRequired' | 'AuthFailure';
    }
  /** One action is denied there. */
  | {
      readonly kind: 'action-denied';
      readonly accountId: string;
      readonly region: string;
      readonly action: string;
    }
  /** One more peering there in each list, which shows no VPC. */
  | { readonly kind: 'odd-peering'; readonly accountId: string; readonly region: string }
  /** One more route in each table there, which shows no target. */
  | { readonly kind: 'odd-route'; readonly accountId: string; readonly region: string }
  /** One more account in the list of all, which shows no state. */
  | { readonly kind: 'odd-account' };

/** Reads without which nothing can be decided of what is there. */
export const NEEDED_READS = [
  'DescribeVpcPeeringConnections',
  'DescribeVpcs',
  'DescribeSubnets',
  'DescribeRouteTables',
] as const;

/** Reads that older member stacks do not allow. */
export const OPTIONAL_READS = ['GetManagedPrefixListEntries', 'DescribeManagedPrefixLists'] as const;

const WRITES = [
  'AcceptVpcPeeringConnection',
  'RejectVpcPeeringConnection',
  'DeleteVpcPeeringConnection',
  'CreateRoute',
  'DeleteRoute',
  'ModifyVpcPeeringConnectionOptions',
  'CreateTags',
] as const;

/** So many runs have something that stays broken. */
const CHANCE = 0.3;
const MOST = 3;

/** In most runs nothing; mostly in the accounts that have the most peerings. */
export function drawLasting(
  draw: Draw,
  { accounts, regions }: Pick<Plan, 'accounts' | 'regions'>,
  stormMs: number,
): readonly LastingTrouble[] {
  if (!draw.chance(CHANCE)) return [];
  return Array.from({ length: draw.integer(1, MOST) }, (_, id): LastingTrouble => {
    const near = draw.chance(0.7) ? accounts.slice(0, 4) : accounts;
    const place = { accountId: draw.pick(near).id, region: draw.pick(regions) };
    const fromMs = draw.chance(0.4) ? 0 : draw.integer(0, stormMs - 1);
    return { id, fromMs, ...drawOne(draw, place) };
  });
}

function drawOne(draw: Draw, place: { readonly accountId: string; readonly region: string }): Lasting {
  const kind = draw.weighted({
    'place-denied': 3,
    'region-off': 2,
    'action-denied': 6,
    'odd-peering': 1,
    'odd-route': 1,
    'odd-account': 1,
  });
  switch (kind) {
    case 'place-denied':
    case 'odd-peering':
    case 'odd-route':
      return { kind, ...place };
    case 'region-off':
      return { kind, ...place, code: draw.pick(['OptInRequired', 'AuthFailure']) };
    case 'action-denied':
      return {
        kind,
        ...place,
        action: draw.pick([...NEEDED_READS, ...OPTIONAL_READS, ...WRITES, ...WRITES]),
      };
    case 'odd-account':
      return { kind };
  }
}
