import type { AccountId, Region, VpcId } from '../../shared/domain/facts/ids.ts';
import { PEERINGS_PER_VPC_MAX } from '../../shared/domain/policy/language/connect.ts';
import { ADDRESS_UNITS, unitsByVpc } from '../reachability/address-units.ts';
import { indexNetwork } from '../reachability/network-index.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** A limit of AWS, as it is unless it was raised, and as far as it can be raised; nothing where AWS does not say how far. */
interface Limit {
  readonly unraised: number;
  readonly most: number | undefined;
  readonly source: string;
}

const QUOTAS = 'https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html';
const UNITS = 'https://docs.aws.amazon.com/vpc/latest/userguide/network-address-usage.html';

export const LIMITS = {
  peerings: { unraised: 50, most: PEERINGS_PER_VPC_MAX, source: QUOTAS },
  routes: { unraised: 50, most: 1000, source: QUOTAS },
  requests: { unraised: 25, most: undefined, source: QUOTAS },
  units: { unraised: ADDRESS_UNITS.vpc, most: 256_000, source: UNITS },
  'peered-units': { unraised: ADDRESS_UNITS.peered, most: 512_000, source: UNITS },
} as const satisfies Readonly<Record<string, Limit>>;
export type LimitName = keyof typeof LIMITS;

/** What counts against a limit. */
export interface Use {
  readonly limit: LimitName;
  readonly accountId: AccountId;
  readonly region: Region;
  /** Of an account's outstanding requests: nothing. */
  readonly vpcId: VpcId | undefined;
  /** Of routes. */
  readonly tableId: string | undefined;
  readonly used: number;
}

export interface LimitAhead extends Use {
  /** `raise`: near what it is unless it was raised; `leave`: near what it can be raised to. */
  readonly stage: 'raise' | 'leave';
  /** How many a day it grew by since an older snapshot; absent without one. */
  readonly growth: number | undefined;
  /** Days until the most is reached at that pace; absent where it does not grow, or has no most. */
  readonly daysLeft: number | undefined;
}

/** From this share of a limit on it is said. */
const NEAR = 0.8;
const DAY_MS = 86_400_000;

/** What is near a limit, the fullest first. */
export function limitsAhead(now: Snapshot, before: Snapshot | undefined): readonly LimitAhead[] {
  const old = new Map((before === undefined ? [] : usesOf(before)).map((use) => [keyOf(use), use.used]));
  const days = before === undefined ? 0 : (Date.parse(now.takenAt) - Date.parse(before.takenAt)) / DAY_MS;
  return usesOf(now)
    .flatMap((use): readonly LimitAhead[] => {
      const { unraised, most } = LIMITS[use.limit];
      if (use.used < NEAR * unraised) return [];
      const growth = days > 0 ? (use.used - (old.get(keyOf(use)) ?? 0)) / days : undefined;
      const left = most === undefined ? undefined : Math.max(most - use.used, 0);
      return [
        {
          ...use,
          stage: most !== undefined && use.used >= NEAR * most ? 'leave' : 'raise',
          growth,
          daysLeft: growth === undefined || growth <= 0 || left === undefined ? undefined : left / growth,
        },
      ];
    })
    .toSorted((one, other) => shareOf(other) - shareOf(one));
}

const keyOf = ({ limit, accountId, region, vpcId, tableId }: Use): string =>
  [limit, accountId, region, vpcId, tableId].join();

const shareOf = ({ limit, used }: Use): number => used / (LIMITS[limit].most ?? LIMITS[limit].unraised);

function usesOf(snapshot: Snapshot): readonly Use[] {
  return [...peeringsOf(snapshot), ...requestsOf(snapshot), ...routesOf(snapshot), ...unitsOf(snapshot)];
}

/** Active peerings of each VPC. */
function peeringsOf({ peerings }: Snapshot): readonly Use[] {
  const sides = peerings
    .filter(({ state }) => state === 'active')
    .flatMap(({ requester, accepter }) => [requester, accepter]);
  return [...Map.groupBy(sides, ({ vpcId }) => vpcId).values()].flatMap((own) =>
    own.slice(0, 1).map(({ accountId, region, vpcId }) => ({
      limit: 'peerings' as const,
      accountId,
      region,
      vpcId,
      tableId: undefined,
      used: own.length,
    })),
  );
}

/** Requests of an account in a region that nobody has answered. */
function requestsOf({ peerings }: Snapshot): readonly Use[] {
  const open = peerings.filter(
    ({ state }) => state === 'pending-acceptance' || state === 'initiating-request',
  );
  const byPlace = Map.groupBy(open, ({ requester }) => `${requester.accountId} ${requester.region}`);
  return [...byPlace.values()].flatMap((own) =>
    own.slice(0, 1).map(({ requester: { accountId, region } }) => ({
      limit: 'requests' as const,
      accountId,
      region,
      vpcId: undefined,
      tableId: undefined,
      used: own.length,
    })),
  );
}

/** Routes that are not propagated, of each table; a prefix list counts with its entries, which is the least it can be. */
function routesOf({ network = [] }: Snapshot): readonly Use[] {
  return network.flatMap(({ region, routeTables, prefixLists }) => {
    const entries = new Map(prefixLists.map((list) => [list.id, list.entries.length]));
    return routeTables.map(({ id, ownerId, vpcId, routes }) => ({
      limit: 'routes' as const,
      accountId: ownerId,
      region,
      vpcId,
      tableId: id,
      used: routes
        .filter(({ isPropagated }) => !isPropagated)
        .reduce((sum, { destination }) => sum + (entries.get(destination) ?? 1), 0),
    }));
  });
}

/** Network address units, of each VPC and with its peers of the region: what the addresses that were read come to. */
function unitsOf({ network = [], peerings }: Snapshot): readonly Use[] {
  if (network.length === 0) return [];
  const index = indexNetwork(network);
  const units = unitsByVpc(index);
  const peers = new Map<VpcId, Set<VpcId>>();
  for (const { state, requester, accepter } of peerings) {
    if (state !== 'active' || requester.region !== accepter.region) continue;
    peers.set(requester.vpcId, (peers.get(requester.vpcId) ?? new Set()).add(accepter.vpcId));
    peers.set(accepter.vpcId, (peers.get(accepter.vpcId) ?? new Set()).add(requester.vpcId));
  }
  return [...index.vpcs.values()].flatMap(({ id, ownerId, region }) => {
    const own = units.get(id) ?? 0;
    const others = [...(peers.get(id) ?? [])].reduce((sum, peer) => sum + (units.get(peer) ?? 0), 0);
    const use = { accountId: ownerId, region, vpcId: id, tableId: undefined };
    return [
      { ...use, limit: 'units' as const, used: own },
      { ...use, limit: 'peered-units' as const, used: own + others },
    ];
  });
}
