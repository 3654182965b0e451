import { contains, overlaps, parseCidr, type Cidr } from '../../../shared/domain/cidr.ts';
import type { Call } from '../../../sim/types.ts';
import type { PeeringRecord, RouteRecord, RouteTableRecord, VpcRecord } from '../../../sim/ec2/records.ts';
import type { Candidate, Window } from './candidates.ts';
import type { Judge, OwnChange } from './judge.ts';
import { destinationText } from './journal.ts';
import { wantedDestinations, wantedTables } from './wanted.ts';

/**
 * **Limits are held, and nothing is accepted that could not carry its traffic.** All of it is judged by what was there
 * during the whole window of the decision, and by what the same invocation did in it: two peerings of one VPC are
 * accepted at the same time by two invocations, of which none can see the other's, and what came a moment ago need not
 * have been seen.
 */
export function limitsHold(
  judge: Judge,
  peering: PeeringRecord,
  accepting: readonly Candidate[],
  window: Window,
  call: Call,
): void {
  if (judge.isTroubled(peering, window)) return;
  const done = judge.doneBy(call);
  const faults = accepting.map((candidate) => obstacleTo(judge, peering, candidate, window.fromMs, done));
  const [first] = faults;
  if (first !== undefined && faults.every((fault) => fault !== undefined)) {
    judge.report('accepted-over-an-obstacle', `${peering.id}: ${first}`);
  }
}

/**
 * What stands in the way of an allowed peering, of what has been there since an instant; docs/reconcile.md has the list.
 *
 * @param done what whoever is judged has done since then itself
 */
export function obstacleTo(
  judge: Judge,
  peering: PeeringRecord,
  { rule, request, policy }: Candidate,
  fromMs: number,
  done: readonly OwnChange[] = [],
): string | undefined {
  if (rule === undefined) return undefined;
  const { truth } = judge.stage.world.aws.ec2;
  for (const [mine, other, mySide, otherSide] of [
    [peering.requester.vpc, peering.accepter.vpc, request.requester, request.accepter],
    [peering.accepter.vpc, peering.requester.vpc, request.accepter, request.requester],
  ] as const) {
    const isGoverned = (side: typeof mySide): boolean =>
      side.membership.kind === 'member' && policy.model.regions.includes(side.region);
    if (mine === undefined || other === undefined || !isGoverned(mySide)) continue;
    const peers = livePeers(judge, mine, peering, fromMs, done);
    if (peers.length >= rule.limits.peeringsPerVpc) return `${mine.id} had ${peers.length} peers already`;
    const destinations = wantedDestinations(other, rule.connect, truth, judge.now, isGoverned(otherSide));
    const overlapping = peers.find((peer) =>
      cidrsAt(peer, fromMs).some((cidr) => destinations.some((destination) => overlaps(cidr, destination))),
    );
    if (overlapping !== undefined)
      return `${mine.id} reaches an overlapping CIDR of ${overlapping.id} already`;
    for (const table of wantedTables(mine, rule.connect, truth)) {
      const before = routesBefore(judge, table, fromMs, done);
      const taken = before.find((route) => destinations.some((wanted) => wanted === destinationText(route)));
      if (taken !== undefined && taken.target.id !== peering.id) {
        return `${table.id} routed ${destinationText(taken)} to ${taken.target.id} already`;
      }
      const diverted = destinations
        .filter((wanted) => !before.some((route) => destinationText(route) === wanted))
        .map((wanted) => divertedBy(judge, before, wanted, peering.id))
        .find((route) => route !== undefined);
      if (diverted !== undefined)
        return `${table.id} routes ${destinationText(diverted)}, of which it wants a part, to ${diverted.target.id}`;
      const shadowing = before.find((route) => isShadow(route, destinations, peering.id));
      if (shadowing !== undefined)
        return `${table.id} routes ${destinationText(shadowing)}, a part of it, elsewhere`;
      const ipv4 = before.filter(({ destination }) => destination.kind === 'ipv4').length;
      const missing = destinations.filter(
        (wanted) => !wanted.includes(':') && !before.some((route) => destinationText(route) === wanted),
      ).length;
      if (missing > 0 && ipv4 + missing > rule.limits.routesPerTable) {
        return `${table.id} had ${ipv4} routes, and gets ${missing} more, over ${rule.limits.routesPerTable}`;
      }
    }
  }
  return undefined;
}

/** A wider route to another live peering, from which a route would take a part of the traffic. */
export const divertedBy = (
  judge: Judge,
  routes: readonly RouteRecord[],
  destination: string,
  peeringId: string,
): RouteRecord | undefined => {
  const narrower = parseCidr(destination);
  return routes.find((route) => {
    const wider =
      route.target.kind === 'peering' && route.target.id !== peeringId
        ? parseCidr(destinationText(route))
        : undefined;
    if (narrower === undefined || wider === undefined || !contains(wider, narrower)) return false;
    const other = judge.peering(route.target.id ?? '');
    return other !== undefined && judge.state(other) === 'active';
  });
};

/** The longest prefix wins: a narrower route to somebody else takes a part of the traffic away. */
const isShadow = (route: RouteRecord, destinations: readonly Cidr[], peeringId: string): boolean =>
  route.target.id !== peeringId &&
  route.destination.kind !== 'prefix-list' &&
  destinations.some((wanted) => {
    const narrower = parseCidr(destinationText(route));
    return narrower !== undefined && narrower !== wanted && contains(wanted, narrower);
  });

/**
 * The other VPCs that this one was joined with already when the window began, and still is; or that the invocation itself
 * has joined with it.
 */
function livePeers(
  judge: Judge,
  vpc: VpcRecord,
  but: PeeringRecord,
  sinceMs: number,
  done: readonly OwnChange[],
): readonly VpcRecord[] {
  return [...judge.stage.world.aws.ec2.truth.peerings.values()].flatMap((other) => {
    if (other === but || !['provisioning', 'active'].includes(judge.state(other))) return [];
    const isOwn = done.some(
      ({ call, peeringId }) => peeringId === other.id && call.action === 'AcceptVpcPeeringConnection',
    );
    if (!isOwn && (other.accepted?.activeAt ?? Number.POSITIVE_INFINITY) > sinceMs) return [];
    const peer = other.requester.vpc === vpc ? other.accepter.vpc : other.requester.vpc;
    const isOfVpc = other.requester.vpc === vpc || other.accepter.vpc === vpc;
    return isOfVpc && peer !== undefined ? [peer] : [];
  });
}

const cidrsAt = (vpc: VpcRecord, sinceMs: number) =>
  [...vpc.cidrs, ...vpc.ipv6Cidrs]
    .filter(({ associatedAt }) => associatedAt <= sinceMs)
    .map(({ cidr }) => cidr);

/** The routes of a table that were there when the window began, or that the invocation has written itself. */
export const routesBefore = (
  judge: Judge,
  table: RouteTableRecord,
  sinceMs: number,
  done: readonly OwnChange[],
): readonly RouteRecord[] =>
  table.routes.filter(
    (route) =>
      wasThere(judge, table.id, destinationText(route), sinceMs) ||
      done.some(({ sentence }) =>
        sentence.startsWith(`route ${destinationText(route)} to the peering in ${table.id},`),
      ),
  );

/** Whether the table had a route there, to whatever it leads now, since the window began. */
function wasThere(judge: Judge, tableId: string, destination: string, sinceMs: number): boolean {
  const eras = judge.journal.route(tableId, destination, sinceMs, judge.now);
  return eras.length === 1 && eras[0]?.fromMs === sinceMs && eras[0].value.target !== undefined;
}
