import { contains, type Cidr } from '../facts/cidr.ts';
import type { PrefixListId, RouteTableId } from '../facts/ids.ts';
import type { GovernedSide, OpenPeering } from '../facts/observed.ts';
import { otherRole, type Role } from '../facts/peering.ts';
import { writingOf, type ConnectOptions, type RouteWriting } from '../policy/language/connect.ts';
import { describeTarget, isPeering, routesTo, type Destination, type RouteTable } from '../facts/vpc.ts';
import { chosenDestinations, chosenTables, governedSides, type ChosenDestination } from './choice.ts';
import { lanesOf, type Lane } from './lanes.ts';
import { isBounded, type LateCidr, type Terms } from './terms.ts';

/** A route that a side ought to have. */
export interface WantedRoute {
  readonly role: Role;
  readonly routeTableId: RouteTableId;
  readonly destination: Cidr;
}

/** A wanted destination that already leads elsewhere. autopeer never touches it. */
export interface ConflictingRoute extends WantedRoute {
  /** What the route points at now, for people. */
  readonly target: string;
  /** It leads to a peering that is over: that one's own cleaning will remove it. */
  readonly isLeftover: boolean;
}

/** A wanted route, and the one to another target of whose traffic it takes all or a part. */
export interface DivertingRoute extends WantedRoute {
  readonly from: Lane;
  /** The rule bounds the side that it leads to, or it was consented to: the route is written, and people are told. */
  readonly isAllowed: boolean;
}

/** A narrower route to another target: a part of the traffic for a wanted destination never takes the peering. */
export interface ShadowingRoute extends WantedRoute {
  readonly by: Lane;
}

/** A wanted route beside one to a prefix list that could not be read, which it may take traffic from. */
export interface UnknownRoute extends WantedRoute {
  readonly prefixListId: PrefixListId;
  readonly target: string;
}

/** A route to the peering, whoever wrote it. */
export interface PeeringRoute {
  readonly role: Role;
  readonly routeTableId: RouteTableId;
  readonly destination: Destination;
  readonly isBlackhole: boolean;
}

/** A CIDR that came after consent, and that no route is written to. */
export interface WithheldCidr {
  /** The side whose VPC has it. */
  readonly role: Role;
  readonly cidr: Cidr;
  readonly why: string;
}

/** A side whose rule gives it no route at all. */
export interface SideWithout {
  readonly role: Role;
  readonly what: 'tables' | 'destinations';
}

/**
 * Everything that is to know of the routes of an open peering, worked out once: verdict, plan and sweep read it. It does
 * not depend on the order in which EC2 lists routes.
 */
export interface RoutePicture {
  readonly wanted: readonly WantedRoute[];
  /** Of the wanted ones, those to be written: the destination is free, and nothing speaks against it. */
  readonly missing: readonly WantedRoute[];
  readonly conflicting: readonly ConflictingRoute[];
  readonly diverting: readonly DivertingRoute[];
  readonly shadowing: readonly ShadowingRoute[];
  readonly unknown: readonly UnknownRoute[];
  readonly withheld: readonly WithheldCidr[];
  readonly without: readonly SideWithout[];
  /**
   * Routes to the peering that are not wanted. Only those that the ledger knows as ours are ever removed. Of a side
   * whose routes autopeer leaves to others there are none: whatever is there is wanted by somebody.
   */
  readonly surplus: readonly PeeringRoute[];
  /** Who writes the routes of each governed side, and when. */
  readonly writing: Readonly<Partial<Record<Role, RouteWriting>>>;
}

/** Compares what the terms want with what is there. Pure. */
export function compare(observed: OpenPeering, terms: Terms): RoutePicture {
  const halves = governedSides(observed).map(([role, side]) => compareSide(observed, role, side, terms));
  const all = <Key extends keyof Half>(key: Key): readonly Half[Key][number][] =>
    halves.flatMap((half): readonly Half[Key][number][] => half[key]);
  const wanted = all('wanted');
  const keys = new Set<string>(wanted.map(keyOf));
  const writing: RoutePicture['writing'] = Object.fromEntries(
    governedSides(observed).map(([role, side]) => [role, writingIn(side, terms)]),
  );
  const isOthers = ({ role }: PeeringRoute): boolean => writing[role]?.kind === 'never';
  return {
    writing,
    wanted,
    missing: all('missing'),
    conflicting: all('conflicting'),
    diverting: all('diverting'),
    shadowing: all('shadowing'),
    unknown: all('unknown'),
    withheld: all('withheld'),
    without: all('without'),
    surplus: peeringRoutes(observed).filter((route) => !keys.has(keyOf(route)) && !isOthers(route)),
  };
}

/** Whether autopeer leaves the routes of some governed side to others: then it cannot say that traffic flows. */
export const leavesRoutes = ({ writing }: Pick<RoutePicture, 'writing'>): boolean =>
  Object.values(writing).some(({ kind }) => kind === 'never');

const writingIn = ({ network }: GovernedSide, { connect }: Terms): RouteWriting =>
  writingOf(connect.routes, network.vpc.tags);

/** Every route of the governed sides to the peering, whoever wrote it. */
export const peeringRoutes = (observed: OpenPeering): readonly PeeringRoute[] =>
  governedSides(observed).flatMap(([role, { network }]) =>
    network.routeTables.flatMap((table) =>
      routesTo(observed.peering.id, table).map((route) => ({ role, routeTableId: table.id, ...route })),
    ),
  );

const keyOf = ({ role, routeTableId, destination }: Omit<PeeringRoute, 'isBlackhole'>): string =>
  `${role} ${routeTableId} ${destination}`;

type Half = Omit<RoutePicture, 'surplus' | 'writing'>;

/** Nothing is wanted of a side whose routes are other people's, and nothing stands in the way there. */
const NOTHING: Half = {
  wanted: [],
  missing: [],
  conflicting: [],
  diverting: [],
  shadowing: [],
  unknown: [],
  withheld: [],
  without: [],
};

/** What one table makes of one wanted destination. */
type Found =
  | { readonly kind: 'present' | 'missing' }
  | { readonly kind: 'conflicting'; readonly lane: Lane }
  | { readonly kind: 'diverting'; readonly from: Lane }
  | { readonly kind: 'unknown'; readonly prefixListId: PrefixListId; readonly target: string };

interface Cell extends WantedRoute {
  readonly cidr: Cidr;
  readonly found: Found;
  readonly table: RouteTable;
}

function compareSide(observed: OpenPeering, role: Role, side: GovernedSide, terms: Terms): Half {
  if (writingIn(side, terms).kind === 'never') return NOTHING;
  const other = otherRole(role);
  const tables = chosenTables(side, terms.connect);
  const chosen = chosenDestinations(side, observed.sides[other], terms.connect);
  const cells = tables.flatMap((table) => {
    const lanes = lanesOf(table, side.network.prefixLists);
    const find = findIn(observed, table, side, lanes);
    return chosen.map((each): Cell => ({ role, routeTableId: table.id, table, ...each, found: find(each) }));
  });
  const withheld = withheldAmong(terms.late[other], cells, other, terms.connect);
  const held = new Set(withheld.map(({ cidr }) => cidr));
  const wanted = cells.filter(({ cidr }) => !held.has(cidr));
  const late = new Set(terms.late[other].map(({ cidr }) => cidr));
  // What was consented to once stays routed. A late CIDR that is not withheld may take what it takes.
  const isApprovedTaking = (from: Lane, routeTableId: RouteTableId, destination: Cidr): boolean =>
    terms.mayTake?.has(takingOf({ from, routeTableId, destination })) === true;
  const isAllowed = ({ cidr, destination, routeTableId, found }: Cell): boolean =>
    !terms.isRequest ||
    isBounded(terms, other, destination) ||
    late.has(cidr) ||
    (found.kind === 'diverting' &&
      (isMeantToGiveWay(found.from, destination) || isApprovedTaking(found.from, routeTableId, destination)));
  const isMissing = (cell: Cell): boolean =>
    cell.found.kind === 'missing' ||
    ((cell.found.kind === 'diverting' || cell.found.kind === 'unknown') && isAllowed(cell));
  return {
    wanted: wanted.map(routeOf),
    missing: wanted.filter(isMissing).map(routeOf),
    conflicting: wanted.flatMap((cell) => conflictAt(cell, side)),
    diverting: wanted.flatMap((cell) =>
      cell.found.kind === 'diverting'
        ? [{ ...routeOf(cell), from: cell.found.from, isAllowed: isAllowed(cell) }]
        : [],
    ),
    shadowing: wanted.flatMap((cell) => shadowsOf(observed, cell, side)),
    unknown: wanted.flatMap((cell) =>
      cell.found.kind === 'unknown' && !isAllowed(cell)
        ? [{ ...routeOf(cell), prefixListId: cell.found.prefixListId, target: cell.found.target }]
        : [],
    ),
    withheld,
    without: withoutOf(role, tables, chosen),
  };
}

const routeOf = ({ role, routeTableId, destination }: Cell): WantedRoute => ({
  role,
  routeTableId,
  destination,
});

function conflictAt(cell: Cell, { openPeerings }: GovernedSide): readonly ConflictingRoute[] {
  if (cell.found.kind !== 'conflicting') return [];
  const { target, isBlackhole } = cell.found.lane;
  // A route to a request that is still pending is a blackhole too, until that one is accepted.
  const isLeftover = target.kind === 'peering' && isBlackhole && !openPeerings.has(target.peeringId);
  return [{ ...routeOf(cell), target: describeTarget(target), isLeftover }];
}

function withoutOf(
  role: Role,
  tables: readonly RouteTable[],
  chosen: readonly ChosenDestination[],
): readonly SideWithout[] {
  if (tables.length === 0) return [{ role, what: 'tables' }];
  return chosen.length === 0 ? [{ role, what: 'destinations' }] : [];
}

/** What a table makes of a destination. Of several routes in question the same one is always named. */
function findIn(observed: OpenPeering, table: RouteTable, side: GovernedSide, lanes: readonly Lane[]) {
  const { id } = observed.peering;
  const isElsewhere = ({ target }: Pick<Lane, 'target'>): boolean =>
    target.kind !== 'local' && !isPeering(target, id);
  const unread = table.prefixListRoutes
    .filter((route) => isElsewhere(route) && !side.network.prefixLists.has(route.prefixListId))
    .toSorted((one, other) => (one.prefixListId < other.prefixListId ? -1 : 1))[0];
  return ({ destination }: ChosenDestination): Found => {
    const same = lanes.find((lane) => lane.rank === 'static' && lane.destination === destination);
    if (same !== undefined) {
      return isPeering(same.target, id) ? { kind: 'present' } : { kind: 'conflicting', lane: same };
    }
    const from = lanes.find((lane) => isElsewhere(lane) && losesTo(lane, destination));
    if (from !== undefined) return { kind: 'diverting', from };
    return unread === undefined
      ? { kind: 'missing' }
      : { kind: 'unknown', prefixListId: unread.prefixListId, target: describeTarget(unread.target) };
  };
}

/**
 * Whether traffic that takes this route today would take a new static route to the destination: the longest prefix wins,
 * and of equal ones a static route goes before a prefix list and a propagated route. A default route to the internet is
 * there for what has no other way.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html
 */
export function losesTo(lane: Lane, destination: Cidr): boolean {
  // A peering that is over never comes back. The gateway of another blackhole may.
  if (lane.isBlackhole && lane.target.kind === 'peering') return false;
  return !lane.isInternetDefault && contains(lane.destination, destination);
}

/** AWS's own priority: a static route goes before a propagated one of the same prefix. That is no reason to hold. */
const isMeantToGiveWay = (lane: Lane, destination: Cidr): boolean =>
  lane.rank === 'propagated' && lane.destination === destination;

function shadowsOf(observed: OpenPeering, cell: Cell, side: GovernedSide): readonly ShadowingRoute[] {
  return lanesOf(cell.table, side.network.prefixLists)
    .filter(
      ({ destination, target }) =>
        destination !== cell.destination &&
        contains(cell.destination, destination) &&
        target.kind !== 'local' &&
        !isPeering(target, observed.peering.id),
    )
    .map((by) => ({ ...routeOf(cell), by }));
}

/** Late CIDRs that get no route: those that were refused, and those that are not safe in some table. */
function withheldAmong(
  late: readonly LateCidr[],
  cells: readonly Cell[],
  role: Role,
  { routes }: ConnectOptions,
): readonly WithheldCidr[] {
  return late.flatMap(({ cidr, refusal }): readonly WithheldCidr[] => {
    const its = cells.filter((cell) => cell.cidr === cidr);
    // Nothing is wanted there: the rule leaves it out.
    if (its.length === 0) return [];
    if (refusal !== undefined) return [{ role, cidr, why: refusal }];
    if (routes.newCidrs !== 'safe') return [];
    const unsafe = its.find(({ found }) => found.kind === 'diverting' || found.kind === 'unknown');
    if (unsafe === undefined) return [];
    const why =
      unsafe.found.kind === 'diverting'
        ? `${describeLane(unsafe.routeTableId, unsafe.found.from)}, and a route to it would take that traffic`
        : `${unsafe.routeTableId} routes a prefix list that autopeer may not read`;
    return [{ role, cidr, why }];
  });
}

/** `rtb-… routes 10.0.0.0/8 to tgw-…` */
export const describeLane = (routeTableId: RouteTableId, lane: Lane, part = ''): string =>
  `${routeTableId} routes ${describeDestination(lane)}${part} to ${describeTarget(lane.target)}`;

/** Which traffic a route takes from which other route, in words that name nothing else. */
export const takingOf = ({
  routeTableId,
  destination,
  from,
}: Pick<DivertingRoute, 'routeTableId' | 'destination' | 'from'>): string =>
  `${describeLane(routeTableId, from)}: the route to ${destination}, a part of it, takes that traffic`;

const describeDestination = ({ destination, via }: Lane): string =>
  via === undefined ? destination : `${destination} (an entry of ${via})`;
