import type { PrefixListRecord, RouteDestination, RouteTableRecord } from './records.ts';
import type { Ec2Store } from './store.ts';

/** IPv4 and IPv6 have a quota each. */
type Family = PrefixListRecord['family'];

/** What a route takes of its table's quota, and of which. */
interface Weight {
  readonly family: Family;
  readonly entries: number;
}

/**
 * A route to a prefix list counts as often as the list may have entries.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-quotas-managed-prefix-lists
 */
export function weightOf(store: Ec2Store, destination: RouteDestination): Weight {
  if (destination.kind !== 'prefix-list') return { family: destination.kind, entries: 1 };
  const list = store.prefixLists.get(destination.id);
  return { family: list?.family ?? 'ipv4', entries: list?.maxEntries ?? 1 };
}

/** How many more routes the table takes. Local and propagated ones do not count. */
export function roomLeft(store: Ec2Store, table: RouteTableRecord, family: Family): number {
  const weights = table.routes.map(({ destination }) => weightOf(store, destination));
  const taken = weights.filter((weight) => weight.family === family);
  const { routesPerTable } = store.quotas(table.ownerId, table.region);
  return routesPerTable - taken.reduce((sum, { entries }) => sum + entries, 0);
}
