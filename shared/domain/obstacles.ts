import { atMost } from './at-most.ts';
import { contains, familyOf, overlaps, type Cidr } from './cidr.ts';
import {
  chosenTables,
  conflictsOf,
  destinationsOf,
  diversionsOf,
  governedSides,
  missingRoutes,
} from './desired.ts';
import type { OpenPeering } from './observed.ts';
import { otherRole } from './peering.ts';
import type { ConnectOptions, Limits } from './policy/connect.ts';
import { sortedUnique } from './policy/canonical.ts';
import { describeTarget, type RouteTable } from './vpc.ts';

/** Something in EC2 that stands in the way of what the policy allows, and what a person can do about it. */
export interface Obstacle {
  readonly code:
    'route-conflict' | 'route-shadowed' | 'peer-overlap' | 'route-table-full' | 'too-many-peerings';
  readonly text: string;
}

/** Some kilobytes of text. */
export const MAX_SENTENCES = 50;

/** Obstacles in words, as far as they are told; sorted, since EC2 lists what is in the way in no particular order. */
export const sentencesOf = (obstacles: readonly Obstacle[]): readonly string[] =>
  atMost(sortedUnique(obstacles.map(({ text }) => text)), MAX_SENTENCES);

/**
 * Whatever would keep an allowed peering from carrying its traffic, on either governed side. A pending request is
 * accepted only when there is nothing; of an active one, this is what people are told.
 */
export function obstaclesTo(
  observed: OpenPeering,
  connect: ConnectOptions,
  limits: Limits,
): readonly Obstacle[] {
  return [
    ...conflicts(observed, connect),
    ...shadows(observed, connect),
    ...overlappingPeers(observed, connect),
    ...diversions(observed, connect),
    ...fullTables(observed, connect, limits),
    ...crowdedVpcs(observed, limits),
  ];
}

function conflicts(observed: OpenPeering, connect: ConnectOptions): readonly Obstacle[] {
  return conflictsOf(observed, connect).map(({ routeTableId, destination, target }) => ({
    code: 'route-conflict',
    text:
      `${routeTableId} already routes ${destination} to ${target}: ` +
      'remove or narrow that route, or leave the CIDR out of the rule',
  }));
}

/** The longest prefix wins: traffic for a narrower route to somebody else never reaches the peering. */
function shadows(observed: OpenPeering, connect: ConnectOptions): readonly Obstacle[] {
  return governedSides(observed).flatMap(([role, side]) => {
    const destinations = destinationsOf(observed.sides[otherRole(role)], connect);
    return chosenTables(side, connect).flatMap((table) =>
      table.routes.flatMap(({ destination: narrower, target }): readonly Obstacle[] => {
        const shadowed = destinations.find(
          (destination) => destination !== narrower && contains(destination, narrower),
        );
        if (shadowed === undefined || target.kind === 'local') return [];
        if (target.kind === 'peering' && target.peeringId === observed.peering.id) return [];
        const text =
          `${table.id} routes ${narrower}, a part of ${shadowed}, to ${describeTarget(target)}: ` +
          'traffic for that part would not take the peering';
        return [{ code: 'route-shadowed', text }];
      }),
    );
  });
}

function overlappingPeers(observed: OpenPeering, connect: ConnectOptions): readonly Obstacle[] {
  return governedSides(observed).flatMap(([role, side]) => {
    const destinations = destinationsOf(observed.sides[otherRole(role)], connect);
    return side.otherPeers.flatMap(({ peeringId, cidrs }): readonly Obstacle[] => {
      const clash = firstOverlap(destinations, cidrs);
      if (clash === undefined) return [];
      const text =
        `${clash.mine} overlaps ${clash.theirs}, which ${side.location.vpcId} reaches through ${peeringId}: ` +
        'a VPC can reach only one of them';
      return [{ code: 'peer-overlap', text }];
    });
  });
}

function diversions(observed: OpenPeering, connect: ConnectOptions): readonly Obstacle[] {
  return diversionsOf(observed, connect).map(({ routeTableId, destination, diverted }) => ({
    code: 'peer-overlap',
    text:
      `${routeTableId} routes ${diverted.destination} to ${describeTarget(diverted.target)}: a route to ` +
      `${destination}, a part of it, would take that traffic. Leave the CIDR out of the rule, or write the route yourself`,
  }));
}

function firstOverlap(
  mine: readonly Cidr[],
  theirs: readonly Cidr[],
): { readonly mine: Cidr; readonly theirs: Cidr } | undefined {
  for (const one of mine) {
    const other = theirs.find((candidate) => overlaps(one, candidate));
    if (other !== undefined) return { mine: one, theirs: other };
  }
  return undefined;
}

/** AWS counts a table's IPv4 and IPv6 routes apart, and local routes not at all. */
function fullTables(observed: OpenPeering, connect: ConnectOptions, limits: Limits): readonly Obstacle[] {
  const missing = Map.groupBy(missingRoutes(observed, connect), ({ routeTableId }) => routeTableId);
  return governedSides(observed).flatMap(([, side]) =>
    side.network.routeTables.flatMap((table) =>
      (['ipv4', 'ipv6'] as const).flatMap((family): readonly Obstacle[] => {
        const wanted = (missing.get(table.id) ?? []).filter(
          ({ destination }) => familyOf(destination) === family,
        );
        const used = routesOf(table, family);
        if (wanted.length === 0 || used + wanted.length <= limits.routesPerTable) return [];
        const text =
          `${table.id} has ${used} ${family} routes and would get ${wanted.length} more, over the limit of ` +
          `${limits.routesPerTable}: remove routes, or raise the quota and limits.routesPerTable`;
        return [{ code: 'route-table-full', text }];
      }),
    ),
  );
}

const routesOf = (table: RouteTable, family: 'ipv4' | 'ipv6'): number =>
  table.routes.filter(
    ({ destination, target }) => target.kind !== 'local' && familyOf(destination) === family,
  ).length;

function crowdedVpcs(observed: OpenPeering, limits: Limits): readonly Obstacle[] {
  return governedSides(observed).flatMap(([, { location, otherPeers }]): readonly Obstacle[] => {
    if (otherPeers.length < limits.peeringsPerVpc) return [];
    const text =
      `${location.vpcId} has ${otherPeers.length} active peerings, the limit is ${limits.peeringsPerVpc}: ` +
      'delete one, or raise the quota and limits.peeringsPerVpc';
    return [{ code: 'too-many-peerings', text }];
  });
}
