import { vpcCidrs } from '../domain/connection/choice.ts';
import type { Plan } from '../domain/connection/plan.ts';
import { overlaps, type Cidr } from '../domain/facts/cidr.ts';
import type { PeeringId, VpcId } from '../domain/facts/ids.ts';
import type { OpenPeering } from '../domain/facts/observed.ts';
import { otherRole, ROLES } from '../domain/facts/peering.ts';
import { isPrefixList } from '../domain/facts/vpc.ts';
import type { Reservation, VpcReservations, Wanted } from '../domain/memory/reservations.ts';
import type { Applied } from './apply.ts';
import type { ReconcileDeps } from './ports.ts';
import { UNSEEN_MS } from './remember.ts';

/** An accept may lead each VPC to all CIDRs of the other. */
export const wantedByAccept = (observed: OpenPeering): readonly Wanted[] =>
  ROLES.flatMap((role) => {
    const side = observed.sides[role];
    const cidrs = vpcCidrs(observed.sides[otherRole(role)]);
    return side.kind === 'governed' && side.reserved !== undefined ? [{ vpc: side.reserved, cidrs }] : [];
  });

/** The VPCs in which a plan writes routes, each with what they lead to; a prefix list counts with its entries. */
export function routedBy(
  observed: OpenPeering,
  { stages }: Pick<Plan, 'stages'>,
): readonly { readonly vpcId: VpcId; readonly cidrs: readonly Cidr[] }[] {
  const steps = stages.flat();
  return ROLES.flatMap((role) => {
    const side = observed.sides[role];
    if (side.kind !== 'governed') return [];
    const { routeTables, prefixLists } = side.network;
    const cidrs = steps.flatMap((step) => {
      if (step.kind !== 'create-route' || !routeTables.some(({ id }) => id === step.routeTableId)) return [];
      const { destination } = step;
      return isPrefixList(destination) ? (prefixLists.get(destination)?.entries ?? []) : [destination];
    });
    return cidrs.length === 0 ? [] : [{ vpcId: side.location.vpcId, cidrs }];
  });
}

/** Whether another peering is about to reach a part of it from the same VPC. */
export const isTaken = ({ vpc, cidrs }: Wanted, by: PeeringId): boolean =>
  vpc.reservations.some(
    ({ peeringId, cidrs: theirs }) =>
      peeringId !== by && theirs.some((their) => cidrs.some((cidr) => overlaps(their, cidr))),
  );

/**
 * Ends what was reserved for the plan. Where the accept was refused it ends now. Where it was done it ends a little later,
 * when every look sees its routes; and where those could not be written, or after a crash, by itself.
 */
export async function endReservations(
  peeringId: PeeringId,
  reserved: readonly Wanted[],
  { results, failure }: Pick<Applied, 'results' | 'failure'>,
  { reservations }: Pick<ReconcileDeps, 'reservations'>,
): Promise<void> {
  const isUnsettled = failure !== undefined || results.some(({ kind }) => kind === 'stale');
  if (reserved.length === 0 || isUnsettled) return;
  const isRefused = results.some(({ kind, step }) => kind === 'blocked' && step.kind === 'accept');
  const held = reserved.map(({ vpc, cidrs }) =>
    withReservation(vpc, { peeringId, cidrs, until: Number.MAX_SAFE_INTEGER }),
  );
  await reservations.end(peeringId, held, isRefused ? 0 : UNSEEN_MS);
}

/** As our own reservation has left it, so that it need not be read again. */
const withReservation = (before: VpcReservations, own: Reservation): VpcReservations => ({
  ...before,
  version: before.version + 1,
  reservations: [...before.reservations.filter(({ peeringId }) => peeringId !== own.peeringId), own],
});
