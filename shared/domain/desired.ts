import { contains, familyOf, type Cidr } from './cidr.ts';
import type { RouteTableId } from './ids.ts';
import type { GovernedSide, ObservedSide, OpenPeering } from './observed.ts';
import { otherRole, ROLES, type Role } from './peering.ts';
import type { ConnectOptions, DestinationChoice } from './policy/connect.ts';
import { associatedRouteTables, describeTarget, type Route, type RouteTable } from './vpc.ts';

/** A route that a side ought to have. */
export interface DesiredRoute {
  readonly role: Role;
  readonly routeTableId: RouteTableId;
  readonly destination: Cidr;
}

/** A wanted destination that already leads elsewhere. autopeer never touches it. */
export interface RouteConflict extends DesiredRoute {
  /** It leads to a peering that is over: its own cleaning will remove it. */
  readonly isLeftover: boolean;
  /** What the route points at now, for people. */
  readonly target: string;
}

/** The routes that both governed sides ought to have, whether or not they are there. */
export function desiredRoutes(observed: OpenPeering, connect: ConnectOptions): readonly DesiredRoute[] {
  return governedSides(observed).flatMap(([role, side]) => {
    const destinations = destinationsOf(observed.sides[otherRole(role)], connect);
    return chosenTables(side, connect).flatMap((table) =>
      destinations.map((destination) => ({ role, routeTableId: table.id, destination })),
    );
  });
}

/** Those desired routes that are not there yet, whose destination is free, and that are no {@link diversionsOf}. */
export function missingRoutes(observed: OpenPeering, connect: ConnectOptions): readonly DesiredRoute[] {
  return absentRoutes(observed, connect).filter((route) => divertedBy(observed, route) === undefined);
}

/** A wanted route that would take a part of the traffic of another peering. autopeer does not write it. */
export interface Diversion extends DesiredRoute {
  /** The wider route to the other peering. */
  readonly diverted: Route;
}

/**
 * Those desired routes that lie within a route to another peering: the longest prefix wins, so whoever adds a narrower
 * CIDR to his VPC would be sent what is another peer's. Before an accept nothing overlaps; a CIDR may come after it.
 */
export function diversionsOf(observed: OpenPeering, connect: ConnectOptions): readonly Diversion[] {
  return absentRoutes(observed, connect).flatMap((route) => {
    const diverted = divertedBy(observed, route);
    return diverted === undefined ? [] : [{ ...route, diverted }];
  });
}

/** Those desired routes whose destination leads elsewhere. */
export function conflictsOf(observed: OpenPeering, connect: ConnectOptions): readonly RouteConflict[] {
  return desiredRoutes(observed, connect).flatMap((route) => {
    const existing = existingRoute(observed, route);
    if (existing === undefined) return [];
    const { target, isBlackhole } = existing;
    if (target.kind === 'peering' && target.peeringId === observed.peering.id) return [];
    const isLeftover = target.kind === 'peering' && isBlackhole;
    return [{ ...route, target: describeTarget(target), isLeftover }];
  });
}

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

/** What a side is to reach of the other: nothing that the rule leaves out. */
export function destinationsOf(other: ObservedSide, { routes }: ConnectOptions): readonly Cidr[] {
  return [...new Set(candidates(other, routes.destinations))].filter(
    (cidr) =>
      (routes.ipv6 || familyOf(cidr) === 'ipv4') &&
      !routes.exclude.some((excluded) => contains(excluded, cidr)),
  );
}

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
      return choice.cidrs.filter((cidr) => vpcCidrs(other).some((block) => contains(block, cidr)));
  }
}

function vpcCidrs(side: ObservedSide): readonly Cidr[] {
  if (side.kind === 'governed') return side.network.vpc.cidrs;
  return side.kind === 'outside' ? side.cidrs : [];
}

const absentRoutes = (observed: OpenPeering, connect: ConnectOptions): readonly DesiredRoute[] =>
  desiredRoutes(observed, connect).filter((route) => existingRoute(observed, route) === undefined);

const existingRoute = (observed: OpenPeering, wanted: DesiredRoute): Route | undefined =>
  routesBeside(observed, wanted).find(({ destination }) => destination === wanted.destination);

const divertedBy = (observed: OpenPeering, wanted: DesiredRoute): Route | undefined =>
  routesBeside(observed, wanted).find(
    ({ destination, target, isBlackhole }) =>
      !isBlackhole &&
      target.kind === 'peering' &&
      target.peeringId !== observed.peering.id &&
      contains(destination, wanted.destination),
  );

/** The routes of the table that a route is wanted in. */
function routesBeside({ sides }: OpenPeering, { role, routeTableId }: DesiredRoute): readonly Route[] {
  const side = sides[role];
  if (side.kind !== 'governed') return [];
  return side.network.routeTables.find(({ id }) => id === routeTableId)?.routes ?? [];
}
