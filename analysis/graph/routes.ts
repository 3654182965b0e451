import type { PeeringId } from '../../shared/domain/facts/ids.ts';
import { ROLES, type Role } from '../../shared/domain/facts/peering.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/**
 * The sides of which it is known that no active route leads to the peering: only `autopeer snapshot --network` reads route
 * tables, and a side that could not be read is not said to have none.
 */
export function sidesWithoutRoute(snapshot: Snapshot): ReadonlyMap<PeeringId, ReadonlySet<Role>> {
  const read = new Set<string>();
  const routed = new Set<string>();
  for (const { accountId, region, unread, routeTables } of snapshot.network ?? []) {
    if (unread.some(({ what }) => what === 'route-tables')) continue;
    read.add(`${accountId} ${region}`);
    for (const { vpcId, routes } of routeTables) {
      for (const { target, isActive } of routes) if (isActive) routed.add(`${target} ${vpcId}`);
    }
  }
  return new Map(
    snapshot.peerings.map((peering) => [
      peering.id,
      new Set(
        ROLES.filter((role) => {
          const { accountId, region, vpcId } = peering[role];
          return read.has(`${accountId} ${region}`) && !routed.has(`${peering.id} ${vpcId}`);
        }),
      ),
    ]),
  );
}
