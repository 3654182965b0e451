import { contains, familyOf, type Cidr } from '../facts/cidr.ts';
import type { GovernedSide, ObservedSide, OpenPeering } from '../facts/observed.ts';
import { ROLES, type Role } from '../facts/peering.ts';
import type { ConnectOptions, DestinationChoice, TableChoice } from '../policy/language/connect.ts';
import { associatedRouteTables, type RouteTable } from '../facts/vpc.ts';

export function governedSides(observed: OpenPeering): readonly (readonly [Role, GovernedSide])[] {
  return ROLES.flatMap((role) => {
    const side = observed.sides[role];
    return side.kind === 'governed' ? [[role, side] as const] : [];
  });
}

/** The tables of a side that the rule wants routes in. */
export function chosenTables(side: GovernedSide, { routes }: ConnectOptions): readonly RouteTable[] {
  const all = side.network.routeTables.filter(({ isOfGateway }) => !isOfGateway);
  const { tables } = routes;
  switch (tables.kind) {
    case 'associated':
      return associatedRouteTables({ ...side.network, routeTables: all });
    case 'main':
      return all.filter((table) => table.isMain);
    case 'all':
      return all;
    case 'tagged':
      return all.filter((table) =>
        Object.entries(tables.tags).every(([key, value]) => table.tags[key] === value),
      );
    case 'listed':
      return all.filter((table) => tables.ids.includes(table.id));
  }
}

/** How the rule chooses tables, as the policy has it: for people. */
export function describeTables(choice: TableChoice): string {
  switch (choice.kind) {
    case 'associated':
    case 'main':
    case 'all':
      return `tables: ${choice.kind}`;
    case 'tagged':
      return `tables: { tagged: ${JSON.stringify(choice.tags)} }`;
    case 'listed':
      return `tables: [${choice.ids.join(', ')}]`;
  }
}

export function describeDestinations({ destinations, exclude, ipv6 }: ConnectOptions['routes']): string {
  const what = destinations.kind === 'listed' ? `[${destinations.cidrs.join(', ')}]` : destinations.kind;
  const without = exclude.length > 0 ? `, exclude: [${exclude.join(', ')}]` : '';
  return `destinations: ${what}${without}${ipv6 ? '' : ', ipv6: false'}`;
}

/** A destination that one side is to reach, and the CIDR of the other VPC that it lies in. */
export interface ChosenDestination {
  readonly destination: Cidr;
  readonly cidr: Cidr;
}

/**
 * What a side is to reach of the other: nothing that the rule leaves out, and nothing of IPv6 where the side itself has
 * no IPv6 CIDR, so that none of its hosts could use the route.
 */
export function chosenDestinations(
  side: GovernedSide,
  other: ObservedSide,
  { routes }: ConnectOptions,
): readonly ChosenDestination[] {
  const blocks = vpcCidrs(other);
  const distinct = new Set(candidates(other, routes.destinations));
  return [...distinct].flatMap((destination) => {
    const cidr = blocks.find((block) => contains(block, destination));
    if (cidr === undefined || isLeftOut(destination, routes) || !hasFamilyOf(destination, side)) return [];
    return [{ destination, cidr }];
  });
}

/** Whether a VPC has any address of the destination's family. */
export const hasFamilyOf = (destination: Cidr, { network }: Pick<GovernedSide, 'network'>): boolean =>
  network.vpc.cidrs.some((cidr) => familyOf(cidr) === familyOf(destination));

const isLeftOut = (destination: Cidr, { ipv6, exclude }: ConnectOptions['routes']): boolean =>
  (!ipv6 && familyOf(destination) === 'ipv6') || exclude.some((excluded) => contains(excluded, destination));

function candidates(other: ObservedSide, choice: DestinationChoice): readonly Cidr[] {
  switch (choice.kind) {
    case 'vpc-cidrs':
      return vpcCidrs(other);
    case 'subnet-cidrs':
      // Of somebody else's VPC no subnet is known: the whole of it is the least that reaches it.
      return other.kind === 'governed'
        ? other.network.subnets.flatMap((subnet) => subnet.cidrs)
        : vpcCidrs(other);
    case 'listed':
      // A listed destination outside the other VPC would send traffic where it can only be dropped.
      return choice.cidrs;
  }
}

/** Every CIDR of a side, as far as it is known. */
export function vpcCidrs(side: ObservedSide): readonly Cidr[] {
  if (side.kind === 'governed') return side.network.vpc.cidrs;
  return side.kind === 'suspended' ? [] : side.cidrs;
}
