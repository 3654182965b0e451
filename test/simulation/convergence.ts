import type { PeeringRecord, RouteTableRecord, VpcRecord } from '../../sim/ec2/records.ts';
import type { PolicyRequest } from '../../shared/domain/policy/side.ts';
import type { Candidate } from './invariants/candidates.ts';
import { destinationText, routeIn } from './invariants/journal.ts';
import type { Judge } from './invariants/judge.ts';
import { divertedBy, obstacleTo } from './invariants/limits.ts';
import { wantedDestinations, wantedTables } from './invariants/wanted.ts';
import type { Role } from './plan/steps.ts';

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
 * - no route that autopeer wrote is left where no rule wants it, unless the ledger has lost what it was told.
 */
export function lacksOf(judge: Judge): readonly Lack[] {
  const { truth } = judge.stage.world.aws.ec2;
  const lacks = [...truth.peerings.values()].flatMap((peering) => lacksOfPeering(judge, peering));
  return [...lacks, ...leftovers(judge)];
}

interface Side {
  readonly role: Role;
  readonly mine: VpcRecord;
  readonly other: VpcRecord;
  readonly isGoverned: boolean;
  readonly isOtherGoverned: boolean;
}

function lacksOfPeering(judge: Judge, peering: PeeringRecord): readonly Lack[] {
  const lack = (text: string): Lack => ({ peeringId: peering.id, text });
  const state = judge.state(peering);
  if (state !== 'pending-acceptance' && state !== 'active') return [];
  const [candidate] = judge.candidates(peering, { fromMs: judge.now, untilMs: judge.now });
  if (candidate === undefined || candidate.isDryRun || !isReadable(judge, candidate.request)) return [];
  const sides = sidesOf(peering, candidate);
  const { decision, rule, policy } = candidate;
  if (state === 'pending-acceptance') {
    if (!sides.some(({ role, isGoverned }) => role === 'accepter' && isGoverned)) return [];
    // What the accepter's half holds nobody sees before the accept, where the requester's side is not governed.
    if (decision.kind === 'reject') return [lack('the policy rejects it, and it is still pending')];
    if (decision.kind !== 'accept' || rule === undefined) return [];
    return obstacleTo(judge, peering, candidate, judge.now) === undefined && !hasTwin(judge, peering)
      ? [lack(`rule ${rule.name} allows it, and it is still pending`)]
      : [];
  }
  if (decision.kind === 'accept' && rule !== undefined) {
    return sides.flatMap((side) => [
      ...missingRoutes(judge, peering.id, side, candidate).map(lack),
      ...missingDns(peering, side, candidate).map(lack),
      ...unwantedRoutes(judge, peering, side, candidate).map(lack),
    ]);
  }
  const isUnsanctioned = decision.kind === 'reject' || decision.code === 'no-rule-matches';
  if (!isUnsanctioned || decision.kind === 'ignore') return [];
  const measure = policy.model.guardrails.unsanctioned;
  if (
    measure === 'delete' &&
    judge.stage.plan.mayDeletePeerings &&
    sides.some(({ isGoverned }) => isGoverned)
  ) {
    return [lack('no rule allows it, and it is not deleted')];
  }
  if (measure !== 'quarantine') return [];
  return sides
    .filter(({ isGoverned }) => isGoverned)
    .flatMap(({ mine }) => routesTo(judge, peering.id, mine))
    .map(({ table, destination }) =>
      lack(`no rule allows it, and ${table.id} still routes ${destination} to it`),
    );
}

/** Two VPCs are joined once at most: EC2 refuses to accept a second request between them. */
function hasTwin(judge: Judge, peering: PeeringRecord): boolean {
  const vpcIds = ({ requester, accepter }: PeeringRecord): string =>
    [requester.vpcId, accepter.vpcId].toSorted().join();
  return [...judge.stage.world.aws.ec2.truth.peerings.values()].some(
    (other) => other !== peering && judge.state(other) === 'active' && vpcIds(other) === vpcIds(peering),
  );
}

/** A side that autopeer may not read is never touched, nor is its peering: the role is missing there. */
export function isReadable(judge: Judge, { requester, accepter }: PolicyRequest): boolean {
  const { accounts } = judge.stage.plan;
  return [requester, accepter].every(
    ({ accountId, membership }) =>
      membership.kind === 'external' || accounts.some(({ id, isEnrolled }) => id === accountId && isEnrolled),
  );
}

/** Whether autopeer reads and writes on that side. */
export const isGoverned = ({ request, policy }: Candidate, role: Role): boolean =>
  request[role].membership.kind === 'member' && policy.model.regions.includes(request[role].region);

function sidesOf(peering: PeeringRecord, candidate: Candidate): readonly Side[] {
  return (['requester', 'accepter'] as const).flatMap((role): Side[] => {
    const otherRole = role === 'requester' ? 'accepter' : 'requester';
    const [mine, other] = [peering[role].vpc, peering[otherRole].vpc];
    if (mine === undefined || other === undefined) return [];
    const [is, isOther] = [isGoverned(candidate, role), isGoverned(candidate, otherRole)];
    return [{ role, mine, other, isGoverned: is, isOtherGoverned: isOther }];
  });
}

function missingRoutes(
  judge: Judge,
  peeringId: string,
  { mine, other, isGoverned, isOtherGoverned }: Side,
  { rule }: Candidate,
): readonly string[] {
  if (!isGoverned || rule === undefined) return [];
  const { truth } = judge.stage.world.aws.ec2;
  const destinations = wantedDestinations(other, rule.connect, truth, judge.now, isOtherGoverned);
  return wantedTables(mine, rule.connect, truth).flatMap((table) =>
    destinations
      // With another target it is somebody else's, and told; a full table takes none; and what another peer is reached
      // by is not taken from it.
      .filter(
        (destination) =>
          routeIn(table, destination) === undefined &&
          !isFull(judge, table, destination) &&
          divertedBy(judge, table.routes, destination, peeringId) === undefined,
      )
      .map((destination) => `${table.id} has no route to ${destination}`),
  );
}

function isFull(judge: Judge, table: RouteTableRecord, destination: string): boolean {
  const { routesPerTable } = judge.stage.world.aws.ec2.quotas(table.ownerId, table.region);
  const isIpv6 = destination.includes(':');
  return (
    table.routes.filter((route) => destinationText(route).includes(':') === isIpv6).length >= routesPerTable
  );
}

function missingDns(
  peering: PeeringRecord,
  { role, mine, other, isGoverned }: Side,
  { rule }: Candidate,
): readonly string[] {
  if (!isGoverned || rule?.connect.dns !== true || peering[role].dnsFromRemote) return [];
  // EC2 refuses it unless both VPCs have DNS hostnames, and a person is told.
  const isPossible = [mine, other].every((vpc) => vpc.dnsSupport && vpc.dnsHostnames);
  return isPossible ? [`the ${role}'s DNS resolution is off`] : [];
}

function unwantedRoutes(
  judge: Judge,
  peering: PeeringRecord,
  { mine, other, isGoverned, isOtherGoverned }: Side,
  { rule }: Candidate,
): readonly string[] {
  if (!isGoverned || rule === undefined || judge.hasForgottenClaims) return [];
  const { truth } = judge.stage.world.aws.ec2;
  const tables = wantedTables(mine, rule.connect, truth);
  const destinations: readonly string[] = wantedDestinations(
    other,
    rule.connect,
    truth,
    judge.now,
    isOtherGoverned,
  );
  return routesTo(judge, peering.id, mine)
    .filter(({ table, destination }) => !tables.includes(table) || !destinations.includes(destination))
    .filter(({ table, destination }) => judge.journal.routeNow(table.id, destination).isOurs)
    .map(
      ({ table, destination }) =>
        `${table.id} still has a route of ours to ${destination}, which no rule wants`,
    );
}

function leftovers(judge: Judge): readonly Lack[] {
  const { truth } = judge.stage.world.aws.ec2;
  const model = judge.policies.now?.model;
  if (model === undefined || model.dryRun) return [];
  return [...truth.routeTables.values()].flatMap((table) =>
    table.routes.flatMap(({ target, destination }): readonly Lack[] => {
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
  const isEnrolled = judge.stage.plan.accounts.some(({ id, isEnrolled: has }) => id === ownerId && has);
  const [membership] = judge.journal.memberships(ownerId, judge.now, judge.now);
  return isEnrolled && membership?.kind === 'member' && regions.includes(region);
}

function routesTo(
  judge: Judge,
  peeringId: string,
  vpc: VpcRecord,
): readonly { readonly table: RouteTableRecord; readonly destination: string }[] {
  return [...judge.stage.world.aws.ec2.truth.routeTables.values()]
    .filter((table) => table.vpc === vpc)
    .flatMap((table) =>
      table.routes
        .filter(({ target }) => target.id === peeringId)
        .map((route) => ({ table, destination: destinationText(route) })),
    );
}
