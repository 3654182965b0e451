import { contains, parseCidr, type Cidr } from '../../../shared/domain/facts/cidr.ts';
import type { PeeringRecord, RouteRecord, RouteTableRecord } from '../../../sim/ec2/records.ts';
import { interpret } from '../../support/policy-interpreter.ts';
import type { Role } from '../plan/steps.ts';
import { isNamed, isPrivate } from './bounds.ts';
import type { Candidate } from './candidates.ts';
import { isConsentedNow, otherOf } from './consented.ts';
import type { Judge } from './judge.ts';
import { sidesOf } from './sides.ts';
import { wantedDestinations, wantedTables } from './wanted.ts';
import { divertedBy, waysOf } from './ways.ts';

/**
 * Whether the policy lets a CIDR be routed that a VPC got after consent, as docs/policy.md says ("CIDRs that come later"):
 * it is judged alone.
 *
 * @param owner the side whose VPC has it
 * @param routesOf the static routes of the other side's tables that count
 */
export function isLetIn(
  judge: Judge,
  peering: PeeringRecord,
  candidate: Candidate,
  { owner, cidr }: { readonly owner: Role; readonly cidr: Cidr },
  routesOf: (table: RouteTableRecord) => readonly RouteRecord[] = ({ routes }) => routes,
): boolean {
  const { policy, request, rule, bounds } = candidate;
  if (rule === undefined) return false;
  const alone = interpret(policy, { ...request, [owner]: { ...request[owner], cidrs: [cidr] } });
  if (alone.kind === 'reject' && alone.rule !== undefined) return false;
  if (alone.kind === 'hold' && alone.code === 'facts-unknown') return false;
  const blocks = bounds[owner];
  if (blocks !== undefined && !blocks.some((block) => contains(block, cidr))) return false;
  if (isNamed(rule, bounds, owner, cidr)) return true;
  const { newCidrs } = rule.connect.routes;
  if (newCidrs !== 'safe') return newCidrs === 'route';
  return isPrivate(cidr) && !takesTraffic(judge, peering, candidate, { owner, cidr }, routesOf);
}

/** Whether a route within the CIDR would take traffic from somebody in any table that the rule chooses. */
function takesTraffic(
  judge: Judge,
  peering: PeeringRecord,
  candidate: Candidate,
  { owner, cidr }: { readonly owner: Role; readonly cidr: Cidr },
  routesOf: (table: RouteTableRecord) => readonly RouteRecord[],
): boolean {
  const { rule } = candidate;
  const { truth } = judge.stage.world.aws.ec2;
  const side = sidesOf(peering, candidate).find(({ role }) => role === otherOf(owner));
  if (side === undefined || rule === undefined) return false;
  const destinations = wantedDestinations(side, rule.connect, truth, judge.now).filter((destination) =>
    contains(cidr, destination),
  );
  return wantedTables(side.mine, rule.connect, truth).some((table) => {
    const ways = waysOf(judge, table, routesOf(table));
    return destinations.some((destination) => {
      const isTaken = ways.some((way) => way.kind === 'static' && way.destination === destination);
      // A propagated route to the very same destination gives way too: that is traffic to somebody else.
      const isPropagated = ways.some(
        (way) => way.kind === 'propagated' && way.destination === destination && way.target !== peering.id,
      );
      return !isTaken && (isPropagated || divertedBy(ways, destination, peering.id) !== undefined);
    });
  });
}

/** The CIDR of the other VPC that a destination lies in, where it has one. */
export const cidrAround = (present: readonly Cidr[], destination: string): Cidr | undefined => {
  const inner = parseCidr(destination);
  return inner === undefined ? undefined : present.find((cidr) => contains(cidr, inner));
};

/** Whether a CIDR of a side is to be reached now: it was judged before, or it may come later. */
export const isReachable = (
  judge: Judge,
  peering: PeeringRecord,
  candidate: Candidate,
  { owner, cidr }: { readonly owner: Role; readonly cidr: Cidr },
): boolean =>
  candidate.places[otherOf(owner)] === 'governed' &&
  (isConsentedNow(judge, peering, owner, cidr, true) || isLetIn(judge, peering, candidate, { owner, cidr }));
