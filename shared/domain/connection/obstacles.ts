import { isPrivate } from '../facts/address-space.ts';
import { atMost } from '../words/at-most.ts';
import { familyOf, overlaps, type Cidr } from '../facts/cidr.ts';
import type { OpenPeering } from '../facts/observed.ts';
import { otherRole, type Role } from '../facts/peering.ts';
import type { Limits } from '../policy/language/connect.ts';
import { sortedUnique } from '../policy/language/canonical.ts';
import type { PrefixLists, RouteTable } from '../facts/vpc.ts';
import { chosenDestinations, describeDestinations, describeTables, governedSides } from './choice.ts';
import { describeLane, takingOf, type RoutePicture } from './compare.ts';
import { encryptionFinding } from './encrypted.ts';
import { isNamedPublic, type Terms } from './terms.ts';

/** Something in EC2 that stands in the way of what the policy allows, and what a person can do about it. */
export interface Obstacle {
  readonly code:
    | 'already-peered'
    | 'route-conflict'
    | 'route-shadowed'
    | 'diverts'
    | 'prefix-list-unknown'
    | 'public-cidr'
    | 'peer-overlap'
    | 'no-route-table'
    | 'no-destination'
    | 'route-table-full'
    | 'too-many-peerings'
    | 'encryption-enforced';
  readonly text: string;
}

/** Some kilobytes of text. */
export const MAX_SENTENCES = 50;

/** Obstacles in words, as far as they are told; sorted, since EC2 lists what is in the way in no particular order. */
export const sentencesOf = (obstacles: readonly Obstacle[]): readonly string[] =>
  atMost(sortedUnique(obstacles.map(({ text }) => text)), MAX_SENTENCES);

/**
 * Whatever would keep an allowed request from carrying its traffic, or have it carry somebody else's, on either governed
 * side. It is accepted only when there is nothing.
 */
export function obstaclesToRequest(
  observed: OpenPeering,
  terms: Terms,
  picture: RoutePicture,
  limits: Limits,
): readonly Obstacle[] {
  // The routes that stand in the way are then those of the peering that serves the two: nobody is to remove them.
  const already = alreadyPeered(observed);
  if (already.length > 0) return already;
  return [
    ...obstaclesToRoutes(observed, terms, picture, limits),
    ...reservedOverlaps(observed, terms),
    ...publicSpace(observed, terms, picture),
    ...crowdedVpcs(observed, limits),
    ...encryptionFinding(observed).obstacles.map((text) => ({ code: 'encryption-enforced' as const, text })),
  ];
}

/** Of an active peering, this is what people are told. */
export function obstaclesToActive(
  observed: OpenPeering,
  terms: Terms,
  picture: RoutePicture,
  limits: Limits,
): readonly Obstacle[] {
  return obstaclesToRoutes(observed, terms, picture, limits);
}

/** Each CIDR that came after consent and gets no route, in words. */
export const withheldSentences = (
  observed: OpenPeering,
  { withheld }: Pick<RoutePicture, 'withheld'>,
): readonly string[] =>
  withheld.map(
    ({ role, cidr, why }) =>
      `${cidr}, which ${observed.sides[role].location.vpcId} got after the accept, is not routed: ${why}`,
  );

/** What the written routes take from others, because the rule says that they may; in words. */
export const takenSentences = ({ diverting }: Pick<RoutePicture, 'diverting'>): readonly string[] =>
  sortedUnique(diverting.filter(({ isAllowed }) => isAllowed).map(takingOf));

function obstaclesToRoutes(
  observed: OpenPeering,
  { connect }: Terms,
  picture: RoutePicture,
  limits: Limits,
): readonly Obstacle[] {
  return [
    ...conflicts(picture),
    ...shadows(picture),
    ...diversions(picture),
    ...unknownLists(picture),
    ...sidesWithout(observed, connect, picture),
    ...fullTables(observed, picture, limits),
  ];
}

function alreadyPeered({ sides: { requester, accepter } }: OpenPeering): readonly Obstacle[] {
  const pairs = [
    [requester, accepter],
    [accepter, requester],
  ] as const;
  const by = pairs.flatMap(([one, other]) =>
    one.kind === 'governed'
      ? one.otherPeers.filter(({ vpcId }) => vpcId === other.location.vpcId).map(({ peeringId }) => peeringId)
      : [],
  );
  const [first] = by.toSorted();
  if (first === undefined) return [];
  const text =
    `${requester.location.vpcId} and ${accepter.location.vpcId} are already peered by ${first}: use that one; ` +
    'this request is not needed, and may be rejected';
  return [{ code: 'already-peered', text }];
}

const conflicts = ({ conflicting }: RoutePicture): readonly Obstacle[] =>
  conflicting.map(({ routeTableId, destination, target }) => ({
    code: 'route-conflict',
    text:
      `${routeTableId} already routes ${destination} to ${target}: ` +
      'remove or narrow that route, or leave the CIDR out of the rule',
  }));

/** The longest prefix wins: traffic for a narrower route to somebody else never reaches the peering. */
const shadows = ({ shadowing }: RoutePicture): readonly Obstacle[] =>
  shadowing.map(({ routeTableId, destination, by }) => ({
    code: 'route-shadowed',
    text:
      `${describeLane(routeTableId, by, `, a part of ${destination},`)}: ` +
      'traffic for that part would not take the peering',
  }));

const diversions = ({ diverting }: RoutePicture): readonly Obstacle[] =>
  diverting
    .filter(({ isAllowed }) => !isAllowed)
    .map(({ role, routeTableId, destination, from }) => ({
      code: 'diverts',
      text:
        `${describeLane(routeTableId, from)}: a route to ${destination}, a part of it, would take that traffic. ` +
        `If it may, name the ${otherRole(role)}'s cidrs in the rule; if not, leave the CIDR out of it`,
    }));

const unknownLists = ({ unknown }: RoutePicture): readonly Obstacle[] =>
  unknown.map(({ routeTableId, prefixListId, target }) => ({
    code: 'prefix-list-unknown',
    text:
      `${routeTableId} routes ${prefixListId} to ${target}, and autopeer cannot read that list: ` +
      'update the member stack, or name the other side’s cidrs in the rule',
  }));

function sidesWithout(
  observed: OpenPeering,
  { routes }: Terms['connect'],
  { without }: RoutePicture,
): readonly Obstacle[] {
  return without.map(({ role, what }) => {
    const { vpcId } = observed.sides[role].location;
    if (what === 'tables') {
      const text = `${vpcId} has no route table that the rule chooses (${describeTables(routes.tables)}): no traffic would flow`;
      return { code: 'no-route-table', text };
    }
    const other = observed.sides[otherRole(role)].location.vpcId;
    const text =
      `of ${other} nothing is left to route to (${describeDestinations(routes)}): ` +
      'no traffic would flow; change the destinations or the excluded blocks';
    return { code: 'no-destination', text };
  });
}

/** Public space that no rule names may be somebody else's, and its traffic with it. */
function publicSpace(
  observed: OpenPeering,
  terms: Terms,
  { writing }: Pick<RoutePicture, 'writing'>,
): readonly Obstacle[] {
  return governedSides(observed).flatMap(([writer, side]) => {
    // Who writes his routes himself sees what he routes.
    if (writing[writer]?.kind === 'never') return [];
    const owner = otherRole(writer);
    return chosenDestinations(side, observed.sides[owner], terms.connect)
      .filter(({ destination }) => !isPrivate(destination) && !isNamedPublic(terms, owner, destination))
      .map(({ destination }) => ({
        code: 'public-cidr' as const,
        text: publicText(observed, owner, destination),
      }));
  });
}

const publicText = ({ sides }: OpenPeering, owner: Role, destination: Cidr): string =>
  `${destination} of ${sides[owner].location.vpcId} is public space: if it is yours, name it in the ${owner}'s cidrs ` +
  'of the rule, as a block that lies wholly within public space';

/** What another request, which is being accepted at this moment, will reach from the same VPC. */
function reservedOverlaps(observed: OpenPeering, { connect }: Terms): readonly Obstacle[] {
  return governedSides(observed).flatMap(([role, side]) => {
    const destinations = chosenDestinations(side, observed.sides[otherRole(role)], connect);
    return (side.reserved?.reservations ?? []).flatMap(({ peeringId, cidrs }): readonly Obstacle[] => {
      const theirs = cidrs.find((cidr) =>
        destinations.some(({ destination }) => overlaps(destination, cidr)),
      );
      if (theirs === undefined || peeringId === observed.peering.id) return [];
      const text = `${side.location.vpcId} is about to reach ${theirs} through ${peeringId}, which is being accepted`;
      return [{ code: 'peer-overlap', text }];
    });
  });
}

/** AWS counts a table's IPv4 and IPv6 routes apart, local routes not at all, and a prefix list with its maximum entries. */
function fullTables(observed: OpenPeering, { missing }: RoutePicture, limits: Limits): readonly Obstacle[] {
  const byTable = Map.groupBy(missing, ({ routeTableId }) => routeTableId);
  return governedSides(observed).flatMap(([, { network }]) =>
    network.routeTables.flatMap((table) =>
      (['ipv4', 'ipv6'] as const).flatMap((family): readonly Obstacle[] => {
        const wanted = (byTable.get(table.id) ?? []).filter(
          ({ destination }) => familyOf(destination) === family,
        );
        const used = routesOf(table, family, network.prefixLists);
        if (wanted.length === 0 || used + wanted.length <= limits.routesPerTable) return [];
        const text =
          `${table.id} has ${used} ${family} routes and would get ${wanted.length} more, over the limit of ` +
          `${limits.routesPerTable}: remove routes, or raise the quota and limits.routesPerTable`;
        return [{ code: 'route-table-full', text }];
      }),
    ),
  );
}

/** A propagated route does not count against the static ones. */
export function routesOf(table: RouteTable, family: 'ipv4' | 'ipv6', lists: PrefixLists): number {
  const single = table.routes.filter(
    ({ destination, target, isPropagated }) =>
      target.kind !== 'local' && !isPropagated && familyOf(destination) === family,
  ).length;
  const listed = table.prefixListRoutes.reduce((sum, { prefixListId }) => {
    const list = lists.get(prefixListId);
    const isOfFamily = (list?.entries[0] === undefined ? 'ipv4' : familyOf(list.entries[0])) === family;
    return isOfFamily ? sum + (list?.maxEntries ?? 1) : sum;
  }, 0);
  return single + listed;
}

function crowdedVpcs(observed: OpenPeering, limits: Limits): readonly Obstacle[] {
  return governedSides(observed).flatMap(([, { location, otherPeers }]): readonly Obstacle[] => {
    if (otherPeers.length < limits.peeringsPerVpc) return [];
    const text =
      `${location.vpcId} has ${otherPeers.length} active peerings, the limit is ${limits.peeringsPerVpc}: ` +
      'delete one, or raise the quota and limits.peeringsPerVpc';
    return [{ code: 'too-many-peerings', text }];
  });
}
