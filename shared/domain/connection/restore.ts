import { contains, type Cidr } from '../facts/cidr.ts';
import { routeKey, type Consent, type CutRoute } from '../memory/memory.ts';
import type { GovernedSide, OpenPeering } from '../facts/observed.ts';
import { otherRole, type Role } from '../facts/peering.ts';
import { describeTarget, isPeering, isPrefixList, type Destination, type RouteTable } from '../facts/vpc.ts';
import { governedSides, vpcCidrs } from './choice.ts';
import { describeLane, losesTo, type RoutePicture } from './compare.ts';
import { lanesOf } from './lanes.ts';
import { isBounded, type Terms } from './terms.ts';

/** How long a route that a guardrail took away is put back when the peering is sanctioned again. */
export const RESTORE_WITHIN_MS = 30 * 24 * 60 * 60 * 1000;

/** What becomes of the routes that a guardrail took away, now that the peering is sanctioned again. */
export interface Restoration {
  /** Those that are put back besides what the rule wants. They stay whose they were. */
  readonly routes: readonly CutRoute[];
  /** Those that cannot be put back, a sentence each. */
  readonly refused: readonly string[];
  /** Those that nobody needs to remember: they are there, or the rule no longer wants what was ours. */
  readonly settled: readonly CutRoute[];
}

/** @param cuts those of the last {@link RESTORE_WITHIN_MS} */
export function restorationOf(
  observed: OpenPeering,
  cuts: readonly CutRoute[],
  context: { readonly terms: Terms; readonly picture: RoutePicture; readonly consent: Consent },
): Restoration {
  const routes: CutRoute[] = [];
  const refused: string[] = [];
  const settled: CutRoute[] = [];
  for (const cut of cuts) {
    const answer = answerTo(observed, cut, context);
    if (answer === 'restore') routes.push(cut);
    else if (answer === 'settled') settled.push(cut);
    else if (answer !== 'wanted') {
      refused.push(
        `the route to ${cut.destination} in ${cut.routeTableId}, which a guardrail took away, is not put back: ${answer}`,
      );
    }
  }
  return { routes, refused, settled };
}

/** `wanted`: the rule wants it, so it is written, or told, like any other. */
function answerTo(
  observed: OpenPeering,
  cut: CutRoute,
  { terms, picture, consent }: Parameters<typeof restorationOf>[2],
): 'restore' | 'settled' | 'wanted' | (string & {}) {
  const found = governedSides(observed).find(
    ([, { location, network }]) =>
      location.accountId === cut.accountId &&
      location.region === cut.region &&
      network.routeTables.some(({ id }) => id === cut.routeTableId),
  );
  if (found === undefined) return 'settled';
  const [role, side] = found;
  const table = side.network.routeTables.find(({ id }) => id === cut.routeTableId);
  if (table === undefined) return 'settled';
  const target = targetOf(table, cut.destination);
  if (target !== undefined) {
    return isPeering(target, observed.peering.id) ? 'settled' : `it leads to ${describeTarget(target)} now`;
  }
  const isWanted = picture.wanted.some(
    ({ routeTableId, destination }) => routeTableId === cut.routeTableId && destination === cut.destination,
  );
  if (isWanted) return 'wanted';
  if (cut.wasOurs) return 'settled';
  return refusalOf(observed, cut, { role, side, table, terms, consent }) ?? 'restore';
}

interface Site {
  readonly role: Role;
  readonly side: GovernedSide;
  readonly table: RouteTable;
  readonly terms: Terms;
  readonly consent: Consent;
}

function refusalOf(observed: OpenPeering, cut: CutRoute, site: Site): string | undefined {
  const { role, side, table, terms, consent } = site;
  const destinations = destinationsOf(cut.destination, side);
  if (destinations === undefined) return 'autopeer cannot read that prefix list';
  const other = otherRole(role);
  const present = vpcCidrs(observed.sides[other]);
  const consented = consent[other].filter((cidr) => present.includes(cidr));
  const beyond = destinations.find((each) => !consented.some((cidr) => contains(cidr, each)));
  if (beyond !== undefined) return `${beyond} is not within the CIDRs that were consented to`;
  const lanes = lanesOf(table, side.network.prefixLists);
  for (const destination of destinations) {
    if (isBounded(terms, other, destination)) continue;
    const taken = lanes.find(
      (lane) =>
        lane.target.kind !== 'local' &&
        !isPeering(lane.target, observed.peering.id) &&
        losesTo(lane, destination),
    );
    if (taken !== undefined) return `${describeLane(table.id, taken)}, and it would take that traffic`;
  }
  return undefined;
}

const destinationsOf = (destination: Destination, { network }: GovernedSide): readonly Cidr[] | undefined =>
  isPrefixList(destination) ? network.prefixLists.get(destination)?.entries : [destination];

const targetOf = (table: RouteTable, destination: Destination) =>
  isPrefixList(destination)
    ? table.prefixListRoutes.find(({ prefixListId }) => prefixListId === destination)?.target
    : table.routes.find((route) => route.destination === destination && !route.isPropagated)?.target;

/** Whether a route about to be written is one that a guardrail took from somebody else. */
export const isForeignCut = (route: Parameters<typeof routeKey>[0], cuts: readonly CutRoute[]): boolean => {
  const key = routeKey(route);
  return cuts.some((cut) => !cut.wasOurs && routeKey(cut) === key);
};
