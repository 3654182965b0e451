import type { Cidr } from '../../../shared/domain/facts/cidr.ts';
import type { AllowRule } from '../../../shared/domain/policy/language/model.ts';
import type { Call } from '../../../sim/types.ts';
import type { PeeringRecord, RouteRecord, RouteTableRecord, VpcRecord } from '../../../sim/ec2/records.ts';
import type { Role } from '../plan/steps.ts';
import { isBounded, isUnnamedPublic } from './bounds.ts';
import { oddRoutesIn } from './broken.ts';
import type { Candidate, Window } from './candidates.ts';
import { otherOf } from './consented.ts';
import type { Judge, OwnChange } from './judge.ts';
import { destinationText } from './journal.ts';
import { sidesOf, type Side } from './sides.ts';
import { wantedDestinations, wantedTables } from './wanted.ts';
import { conflictWith, divertedBy, shadowOf, waysOf, wayText, weightOf, type Way } from './ways.ts';

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
  // The requests of one batch are decided side by side: only the reservation keeps them apart, and here it may be lost.
  const done = judge.hasForgottenClaims ? [] : judge.doneBy(call);
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
  candidate: Candidate,
  fromMs: number,
  done: readonly OwnChange[] = [],
): string | undefined {
  if (candidate.rule === undefined) return undefined;
  const twin = twinOf(judge, peering, fromMs, done);
  if (twin !== undefined) return `the two VPCs are already peered by ${twin}`;
  for (const side of sidesOf(peering, candidate)) {
    const found = obstacleOn(judge, peering, side, { candidate, rule: candidate.rule, fromMs, done });
    if (found !== undefined) return found;
  }
  return undefined;
}

interface Asked {
  readonly candidate: Candidate;
  readonly rule: AllowRule;
  readonly fromMs: number;
  readonly done: readonly OwnChange[];
}

function obstacleOn(judge: Judge, peering: PeeringRecord, side: Side, asked: Asked): string | undefined {
  const { role, mine, other, isGoverned, isOtherGoverned } = side;
  const { candidate, rule, fromMs, done } = asked;
  if (!isGoverned) return undefined;
  const { truth } = judge.stage.world.aws.ec2;
  const peers = livePeers(judge, mine, peering, fromMs, done);
  if (peers.length >= rule.limits.peeringsPerVpc) return `${mine.id} had ${peers.length} peers already`;
  const destinations = wantedDestinations({ mine, other, isOtherGoverned }, rule.connect, truth, judge.now);
  if (destinations.length === 0) return `of ${other.id} nothing is left to route to`;
  const owner = otherOf(role);
  const open = destinations.find((cidr) => isUnnamedPublic(candidate.bounds, owner, cidr));
  if (open !== undefined) return `${open} is public space that the rule does not name`;
  const tables = wantedTables(mine, rule.connect, truth);
  if (tables.length === 0) return `${mine.id} has no table that the rule chooses`;
  for (const table of tables) {
    const before = routesBefore(judge, table, fromMs, done);
    const ways = waysOf(judge, table, before, fromMs);
    for (const destination of destinations) {
      const found =
        conflictWith(ways, destination, peering.id) ??
        shadowOf(ways, destination, peering.id) ??
        unboundedDiversion(ways, destination, peering.id, { rule, candidate, owner });
      if (found !== undefined)
        return `${table.id} leads ${wayText(found)} already, and ${destination} is wanted`;
    }
    const full = overLimit(judge, { table, before }, destinations, rule);
    if (full !== undefined) return `${table.id} ${full}`;
  }
  return undefined;
}

/** What a route to the destination would take from somebody, where the rule's author has not said that it may. */
export function unboundedDiversion(
  ways: readonly Way[],
  destination: Cidr,
  peeringId: string,
  {
    rule,
    candidate,
    owner,
  }: { readonly rule: AllowRule; readonly candidate: Candidate; readonly owner: Role },
): Way | undefined {
  const isPresent = ways.some(
    (way) => way.kind === 'static' && way.destination === destination && way.target === peeringId,
  );
  // Whoever approves has seen what it takes.
  const isAllowed = rule.approval !== undefined || isBounded(rule, candidate.bounds, owner, destination);
  if (isPresent || isAllowed) return undefined;
  return divertedBy(ways, destination, peeringId);
}

function overLimit(
  judge: Judge,
  { table, before }: { readonly table: RouteTableRecord; readonly before: readonly RouteRecord[] },
  destinations: readonly Cidr[],
  { limits }: AllowRule,
): string | undefined {
  const used = before
    .filter(({ destination }) => destination.kind !== 'ipv6')
    .reduce((sum, route) => sum + weightOf(judge, route), oddRoutesIn(judge, table));
  const missing = destinations.filter(
    (wanted) => !wanted.includes(':') && !before.some((route) => destinationText(route) === wanted),
  ).length;
  return missing > 0 && used + missing > limits.routesPerTable
    ? `had ${used} routes, and gets ${missing} more, over ${limits.routesPerTable}`
    : undefined;
}

/** A peering that joins the same two VPCs already. */
function twinOf(
  judge: Judge,
  peering: PeeringRecord,
  sinceMs: number,
  done: readonly OwnChange[],
): string | undefined {
  const vpcIds = ({ requester, accepter }: PeeringRecord): string =>
    [requester.vpcId, accepter.vpcId].toSorted().join();
  return [...judge.stage.world.aws.ec2.truth.peerings.values()].find(
    (other) => other !== peering && vpcIds(other) === vpcIds(peering) && wasLive(judge, other, sinceMs, done),
  )?.id;
}

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
    if (other === but || !wasLive(judge, other, sinceMs, done)) return [];
    const peer = other.requester.vpc === vpc ? other.accepter.vpc : other.requester.vpc;
    const isOfVpc = other.requester.vpc === vpc || other.accepter.vpc === vpc;
    return isOfVpc && peer !== undefined ? [peer] : [];
  });
}

function wasLive(judge: Judge, other: PeeringRecord, sinceMs: number, done: readonly OwnChange[]): boolean {
  if (!['provisioning', 'active'].includes(judge.state(other))) return false;
  const isOwn = done.some(
    ({ call, peeringId }) => peeringId === other.id && call.action === 'AcceptVpcPeeringConnection',
  );
  return isOwn || (other.accepted?.activeAt ?? Number.POSITIVE_INFINITY) <= sinceMs;
}

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
