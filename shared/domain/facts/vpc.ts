import type { Cidr } from './cidr.ts';
import type { AccountId, PeeringId, PrefixListId, RouteTableId, VpcId } from './ids.ts';
import type { Peering } from './peering.ts';

/** A VPC as its own account sees it. */
export interface Vpc {
  readonly id: VpcId;
  readonly ownerId: AccountId;
  /** The primary IPv4 CIDR: EC2's `CidrBlock`. */
  readonly primaryCidr: Cidr;
  /** Every associated CIDR, the primary one first, then secondary and IPv6 ones. */
  readonly cidrs: readonly Cidr[];
  /** The default VPC of its region, which AWS made; EC2 always says. */
  readonly isDefault?: boolean | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

/** What a route points at. Only a peering matters by name; every other target is simply not ours to touch. */
export type RouteTarget =
  | { readonly kind: 'peering'; readonly peeringId: PeeringId }
  | { readonly kind: 'local' }
  | { readonly kind: 'other'; readonly id: string };

/** A route to a CIDR. */
export interface Route {
  readonly destination: Cidr;
  readonly target: RouteTarget;
  /** A route whose target is gone, or not yet there. */
  readonly isBlackhole: boolean;
  /** Learnt from a virtual private gateway. A static route to the same destination goes before it. */
  readonly isPropagated: boolean;
}

/** A static route to all entries of a managed prefix list. autopeer never writes one; it weighs and removes them. */
export interface PrefixListRoute {
  readonly prefixListId: PrefixListId;
  readonly target: RouteTarget;
  readonly isBlackhole: boolean;
}

/** What the destination of a route may be. */
export type Destination = Cidr | PrefixListId;

export const isPrefixList = (destination: Destination): destination is PrefixListId =>
  destination.startsWith('pl-');

/** A managed prefix list that could be read. */
export interface PrefixList {
  readonly entries: readonly Cidr[];
  /** What it counts against the limit of a route table, however many entries it has. */
  readonly maxEntries: number;
}

/** Those that the route tables name. One that is missing could not be read: what it holds is not known. */
export type PrefixLists = ReadonlyMap<PrefixListId, PrefixList>;

export interface RouteTable {
  readonly id: RouteTableId;
  readonly vpcId: VpcId;
  readonly tags: Readonly<Record<string, string>>;
  readonly isMain: boolean;
  /**
   * It routes what comes in through a gateway, and takes no route to a peering.
   * @see https://docs.aws.amazon.com/vpc/latest/userguide/gateway-route-tables.html
   */
  readonly isOfGateway: boolean;
  /** Subnets with an explicit association. */
  readonly subnetIds: readonly string[];
  readonly routes: readonly Route[];
  readonly prefixListRoutes: readonly PrefixListRoute[];
}

export interface Subnet {
  readonly id: string;
  readonly vpcId: VpcId;
  readonly cidrs: readonly Cidr[];
}

/** What one side of a peering rests on, read in one go. */
export interface VpcNetwork {
  readonly vpc: Vpc;
  readonly routeTables: readonly RouteTable[];
  readonly subnets: readonly Subnet[];
  readonly prefixLists: PrefixLists;
}

/** Everything that a sweep looks at, of one account and region. */
export interface Inventory {
  readonly peerings: readonly Peering[];
  readonly vpcs: readonly Vpc[];
  readonly subnets: readonly Subnet[];
  readonly routeTables: readonly RouteTable[];
  readonly prefixLists: PrefixLists;
}

/** Every route of a table to the peering, whoever wrote it. */
export const routesTo = (
  peeringId: PeeringId,
  table: RouteTable,
): readonly { readonly destination: Destination; readonly isBlackhole: boolean }[] => [
  ...table.routes
    .filter(({ target }) => isPeering(target, peeringId))
    .map(({ destination, isBlackhole }) => ({ destination, isBlackhole })),
  ...table.prefixListRoutes
    .filter(({ target }) => isPeering(target, peeringId))
    .map(({ prefixListId, isBlackhole }) => ({ destination: prefixListId, isBlackhole })),
];

export const isPeering = (target: RouteTarget, peeringId: PeeringId): boolean =>
  target.kind === 'peering' && target.peeringId === peeringId;

/**
 * The tables that carry traffic: those with an explicit subnet association, and the main table where some
 * subnet has none and so falls back to it.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html#route-table-assocation
 */
export function associatedRouteTables(network: VpcNetwork): readonly RouteTable[] {
  const explicit = new Set(network.routeTables.flatMap((table) => table.subnetIds));
  const someFallBack = network.subnets.some((subnet) => !explicit.has(subnet.id));
  return network.routeTables.filter((table) => table.subnetIds.length > 0 || (table.isMain && someFallBack));
}

/** A route's target in words, for people. */
export function describeTarget(target: RouteTarget): string {
  switch (target.kind) {
    case 'peering':
      return target.peeringId;
    case 'local':
      return 'local';
    case 'other':
      return target.id;
  }
}
