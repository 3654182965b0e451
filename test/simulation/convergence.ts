import { overlaps, parseCidr, type Cidr } from '../../shared/domain/facts/cidr.ts';
import type { PeeringRecord, RouteTableRecord, VpcRecord } from '../../sim/ec2/records.ts';
import { hasUnreadLists, isDenied } from './invariants/broken.ts';
import type { Candidate } from './invariants/candidates.ts';
import { mayTakeForOurs } from './invariants/claims.ts';
import { isConsentedNow, otherOf } from './invariants/consented.ts';
import { isAccepted, measureOf } from './invariants/cuts.ts';
import { destinationText, routeIn } from './invariants/journal.ts';
import type { Judge } from './invariants/judge.ts';
import { obstacleTo, unboundedDiversion } from './invariants/limits.ts';
import { cidrAround, isReachable } from './invariants/newcomers.ts';
import { sidesOf, type Side } from './invariants/sides.ts';
import { cidrsOf, wantedDestinations, wantedTables } from './invariants/wanted.ts';
import { entriesOf, isFull, waysOf } from './invariants/ways.ts';

/** One thing that is not yet as the policy wants it. */
export interface Lack {
  readonly peeringId: string;
  readonly text: string;
}

/**
 * What of the organization is not as the policy wants it, now that nothing changes any more. Empty when all is well:
 * - every request that the policy allows, and nothing stands in the way of, is active; one that it rejects is rejected;
 *   one that waits, for an approval for one, waits still;
 * - every active peering that it allows has every wanted route on both governed sides, unless somebody's route has the
 *   destination, and its DNS flags;
 * - no route leads to a peering that is over, nor, under quarantine, to one that nobody allows;
 * - what a guardrail took from somebody else is back where the peering is in order again;
 * - no route that autopeer wrote is left where no rule wants it, unless the ledger has lost what it was told.
 *
 * **Faults that stay do not spread**: nothing is expected of a call that is denied for good, nor of a place of which nothing
 * can be read; everything else must come right as if it were not so, the other side of the same peering too.
 */
export function lacksOf(judge: Judge): readonly Lack[] {
  const { truth } = judge.stage.world.aws.ec2;
  const lacks = [...truth.peerings.values()].flatMap((peering) => lacksOfPeering(judge, peering));
  return [...lacks, ...leftovers(judge)];
}

function lacksOfPeering(judge: Judge, peering: PeeringRecord): readonly Lack[] {
  const lack = (text: string): Lack => ({ peeringId: peering.id, text });
  const state = judge.state(peering);
  if (state !== 'pending-acceptance' && state !== 'active') return [];
  if (judge.approvals.isAnswered(peering.id)) return [];
  const [candidate] = judge.candidates(peering, { fromMs: judge.now, untilMs: judge.now, standingAgeMs: 0 });
  if (candidate === undefined || candidate.isDryRun) return [];
  if (state === 'pending-acceptance') return lacksOfRequest(judge, peering, candidate).map(lack);
  const { decision, rule } = candidate;
  if (decision.kind !== 'accept' || rule === undefined) {
    return lacksOfUnsanctioned(judge, peering, candidate).map(lack);
  }
  return [
    ...sidesOf(peering, candidate).flatMap((side) => [
      ...missingRoutes(judge, peering, side, candidate),
      ...wrongDns(judge, peering, side, candidate),
      ...unwantedRoutes(judge, peering, side, candidate),
    ]),
    ...unrestoredRoutes(judge, peering, candidate),
  ].map(lack);
}

function lacksOfRequest(judge: Judge, peering: PeeringRecord, candidate: Candidate): readonly string[] {
  const { decision, rule, places } = candidate;
  if (decision.kind === 'reject') return lacksOfDenied(judge, peering, candidate);
  // What the accepter's half holds nobody sees before the accept, where the requester's side is not governed.
  if (places.accepter !== 'governed' || decision.kind !== 'accept' || rule === undefined) return [];
  if (isDenied(judge, peering.accepter, 'AcceptVpcPeeringConnection')) return [];
  if (restsOnUnreadLists(judge, peering, candidate)) return [];
  return obstacleTo(judge, peering, candidate, judge.now) === undefined
    ? [`rule ${rule.name} allows it, and it is still pending`]
    : [];
}

/** A list that nobody may read may lead anywhere: then the request is held, and the notice says so. */
const restsOnUnreadLists = (judge: Judge, peering: PeeringRecord, candidate: Candidate): boolean =>
  sidesOf(peering, candidate).some(
    ({ mine, isGoverned }) =>
      isGoverned && tablesOf(judge, mine).some((table) => hasUnreadLists(judge, table)),
  );

const tablesOf = (judge: Judge, vpc: VpcRecord): readonly RouteTableRecord[] =>
  [...judge.stage.world.aws.ec2.truth.routeTables.values()].filter((table) => table.vpc === vpc);

/** It is rejected in the accepter's account; where that cannot be written, the requester's side takes it back, if it may. */
function lacksOfDenied(
  judge: Judge,
  { requester, accepter }: PeeringRecord,
  { places, decision }: Candidate,
): readonly string[] {
  if (places.accepter === 'governed') {
    return isDenied(judge, accepter, 'RejectVpcPeeringConnection')
      ? []
      : ['the policy rejects it, and it is still pending'];
  }
  const isTakenBack =
    places.requester === 'governed' &&
    decision.rule !== undefined &&
    judge.stage.plan.mayDeletePeerings &&
    !isDenied(judge, requester, 'DeleteVpcPeeringConnection');
  return isTakenBack ? ['a deny rule stops it, and the requester’s side has not taken it back'] : [];
}

function lacksOfUnsanctioned(judge: Judge, peering: PeeringRecord, candidate: Candidate): readonly string[] {
  const measure = measureOf(candidate, isAccepted(judge, peering));
  if (measure === undefined || measure === 'report') return [];
  const sides = sidesOf(peering, candidate).filter(({ isGoverned }) => isGoverned);
  const mayDelete = sides.some(({ mine }) => !isDenied(judge, mine, 'DeleteVpcPeeringConnection'));
  if (measure === 'delete' && judge.stage.plan.mayDeletePeerings && mayDelete) {
    return ['no rule allows it, and it is not deleted'];
  }
  return sides
    .filter(({ mine }) => !isDenied(judge, mine, 'DeleteRoute'))
    .flatMap(({ mine }) => routesTo(judge, peering.id, mine))
    .map(({ table, destination }) => `no rule allows it, and ${table.id} still routes ${destination} to it`);
}

function missingRoutes(
  judge: Judge,
  peering: PeeringRecord,
  side: Side,
  candidate: Candidate,
): readonly string[] {
  const { mine, other, role, isGoverned, isOtherGoverned } = side;
  const { rule } = candidate;
  if (!isGoverned || rule === undefined || isDenied(judge, mine, 'CreateRoute')) return [];
  const { truth } = judge.stage.world.aws.ec2;
  const owner = otherOf(role);
  const present = cidrsOf(other, judge.now);
  const destinations = wantedDestinations(
    { mine, other, isOtherGoverned },
    rule.connect,
    truth,
    judge.now,
  ).filter((destination) => {
    const cidr = cidrAround(present, destination);
    return cidr !== undefined && isReachable(judge, peering, candidate, { owner, cidr });
  });
  const tables = wantedTables(mine, rule.connect, truth).filter((table) => !hasUnreadLists(judge, table));
  return tables.flatMap((table) => {
    const ways = waysOf(judge, table, table.routes);
    return (
      destinations
        // With another target it is somebody else's, and told; a full table takes none; and what leads elsewhere is not
        // taken from it.
        .filter(
          (destination) =>
            routeIn(table, destination) === undefined &&
            !isFull(judge, table, destination) &&
            (rule.connect.routes.newCidrs === 'route' ||
              unboundedDiversion(ways, destination, peering.id, { rule, candidate, owner }) === undefined),
        )
        .map((destination) => `${table.id} has no route to ${destination}`)
    );
  });
}

/** What a guardrail took from somebody else is put back once the peering is in order again. */
function unrestoredRoutes(judge: Judge, peering: PeeringRecord, candidate: Candidate): readonly string[] {
  const { truth } = judge.stage.world.aws.ec2;
  if (judge.hasForgottenClaims) return [];
  return judge.journal.takenFrom(peering.id).flatMap(({ tableId, destination }) => {
    const table = truth.routeTables.get(tableId);
    const side = sidesOf(peering, candidate).find(
      ({ mine, isGoverned }) => isGoverned && mine === table?.vpc,
    );
    if (table === undefined || side === undefined || routeIn(table, destination) !== undefined) return [];
    if (isDenied(judge, table, 'CreateRoute') || hasUnreadLists(judge, table)) return [];
    if (isFull(judge, table, destination) || mayTakeForOurs(judge, peering.id, { tableId, destination }))
      return [];
    const owner = otherOf(side.role);
    const block = parseCidr(destination);
    const blocks = block === undefined ? entriesOf(judge, destination) : [block];
    const isConsented = (each: Cidr): boolean => {
      const cidr = cidrAround(cidrsOf(side.other, judge.now), each);
      return cidr !== undefined && isConsentedNow(judge, peering, owner, cidr, true);
    };
    const ways = waysOf(judge, table, table.routes);
    const { rule } = candidate;
    const isFree = (each: Cidr): boolean =>
      rule !== undefined &&
      unboundedDiversion(ways, each, peering.id, { rule, candidate, owner }) === undefined;
    return blocks.every((each) => isConsented(each) && isFree(each))
      ? [`${tableId} has not got its route to ${destination} back`]
      : [];
  });
}

function wrongDns(
  judge: Judge,
  peering: PeeringRecord,
  { role, mine, other, isGoverned }: Side,
  { rule }: Candidate,
): readonly string[] {
  if (!isGoverned || rule === undefined || isDenied(judge, mine, 'ModifyVpcPeeringConnectionOptions'))
    return [];
  const isOn = peering[role].dnsFromRemote;
  if (!rule.connect.dns) {
    const isOurs = judge.flags.isOurs(peering.id, role) && !judge.hasForgottenClaims;
    return isOn && isOurs ? [`the ${role}'s DNS resolution is on, and no rule wants it`] : [];
  }
  // EC2 refuses it unless both VPCs have DNS hostnames, and a person is told.
  const isPossible = [mine, other].every((vpc) => vpc.dnsSupport && vpc.dnsHostnames);
  return !isOn && isPossible ? [`the ${role}'s DNS resolution is off`] : [];
}

function unwantedRoutes(
  judge: Judge,
  peering: PeeringRecord,
  { role, mine, other, isGoverned, isOtherGoverned }: Side,
  candidate: Candidate,
): readonly string[] {
  const { rule } = candidate;
  if (!isGoverned || rule === undefined || judge.hasForgottenClaims) return [];
  if (isDenied(judge, mine, 'DeleteRoute')) return [];
  const { truth } = judge.stage.world.aws.ec2;
  const tables = wantedTables(mine, rule.connect, truth);
  const wanted = wantedDestinations({ mine, other, isOtherGoverned }, rule.connect, truth, judge.now);
  const isWanted = (destination: string): boolean => {
    const cidr = cidrAround(cidrsOf(other, judge.now), destination);
    if (cidr === undefined || !wanted.some((each) => each === destination)) return false;
    return isReachable(judge, peering, candidate, { owner: otherOf(role), cidr });
  };
  // What could not be replaced stays: it is the only way.
  const cannotBeWritten = (table: RouteTableRecord, each: Cidr): boolean => {
    const there = routeIn(table, each);
    if (there !== undefined) return there.target.id !== peering.id;
    return isFull(judge, table, each) || isDenied(judge, mine, 'CreateRoute');
  };
  const isOnlyWay = (table: RouteTableRecord, destination: string): boolean =>
    tables.includes(table) &&
    wanted.some((each) => mayOverlap(each, destination) && cannotBeWritten(table, each));
  return routesTo(judge, peering.id, mine)
    .filter(({ table, destination }) => !tables.includes(table) || !isWanted(destination))
    .filter(({ table, destination }) => !isOnlyWay(table, destination))
    .filter(({ table, destination }) => judge.journal.routeNow(table.id, destination).isOurs)
    .map(
      ({ table, destination }) =>
        `${table.id} still has a route of ours to ${destination}, which no rule wants`,
    );
}

function mayOverlap(one: Cidr, destination: string): boolean {
  const other = parseCidr(destination);
  return other === undefined || overlaps(one, other);
}

function leftovers(judge: Judge): readonly Lack[] {
  const { truth } = judge.stage.world.aws.ec2;
  const model = judge.policies.now?.model;
  if (model === undefined || model.dryRun) return [];
  return [...truth.routeTables.values()].flatMap((table) =>
    table.routes.flatMap(({ target, destination }): readonly Lack[] => {
      if (isDenied(judge, table, 'DeleteRoute')) return [];
      if (target.kind !== 'peering' || !isInReach(judge, table, model.regions)) return [];
      const peering = truth.peerings.get(target.id);
      const state = peering === undefined ? 'forgotten' : judge.state(peering);
      if (!['forgotten', 'deleted', 'rejected', 'expired', 'failed'].includes(state)) return [];
      const where = destination.kind === 'prefix-list' ? destination.id : destination.cidr;
      return [{ peeringId: target.id, text: `it is ${state}, and ${table.id} still routes ${where} to it` }];
    }),
  );
}

function isInReach(judge: Judge, { ownerId, region }: RouteTableRecord, regions: readonly string[]): boolean {
  const [standing] = judge.journal.standings(ownerId, judge.now, judge.now);
  return judge.journal.mayReadNow(ownerId, region) && standing?.kind === 'member' && regions.includes(region);
}

function routesTo(
  judge: Judge,
  peeringId: string,
  vpc: VpcRecord,
): readonly { readonly table: RouteTableRecord; readonly destination: string }[] {
  return tablesOf(judge, vpc).flatMap((table) =>
    table.routes
      .filter(({ target }) => target.id === peeringId)
      .map((route) => ({ table, destination: destinationText(route) })),
  );
}
