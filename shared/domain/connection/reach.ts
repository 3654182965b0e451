import { contains, overlaps } from '../facts/cidr.ts';
import type { GovernedSide, Observed } from '../facts/observed.ts';
import { otherRole, ROLES, type Role } from '../facts/peering.ts';
import type { ChangeStep } from './step.ts';
import { associatedRouteTables, isPrefixList } from '../facts/vpc.ts';
import { hasFamilyOf, vpcCidrs } from './choice.ts';
import type { RoutePicture } from './compare.ts';

/**
 * Whether a step takes a way to what is still there, from a table that carries traffic. A route that makes room for others
 * of the same peering, in the same table, costs nobody a way.
 *
 * @param picture of a peering that a rule allows
 */
export function losesReach(observed: Observed, step: ChangeStep, picture?: RoutePicture): boolean {
  if (step.kind !== 'delete-route' || observed.kind !== 'open') return false;
  const { destination, routeTableId } = step;
  const isReplaced = picture?.wanted.some(
    (route) =>
      !picture.conflicting.some(
        (other) => other.routeTableId === route.routeTableId && other.destination === route.destination,
      ) &&
      route.routeTableId === routeTableId &&
      !isPrefixList(destination) &&
      (contains(destination, route.destination) || contains(route.destination, destination)),
  );
  if (isReplaced === true) return false;
  return ROLES.some((role) => {
    const side = observed.sides[role];
    if (side.kind !== 'governed' || !isTableOf(side, step)) return false;
    // Who has no address of that family sends nothing there.
    if (!isPrefixList(destination) && !hasFamilyOf(destination, side)) return false;
    return isPrefixList(destination) || leadsToWhatIsThere(observed, role, step);
  });
}

const isTableOf = (
  { location, network }: GovernedSide,
  { at, routeTableId }: Extract<ChangeStep, { kind: 'delete-route' }>,
): boolean =>
  location.accountId === at.accountId &&
  location.region === at.region &&
  associatedRouteTables(network).some(({ id }) => id === routeTableId);

function leadsToWhatIsThere(
  { sides }: Extract<Observed, { kind: 'open' }>,
  role: Role,
  { destination }: Extract<ChangeStep, { kind: 'delete-route' }>,
): boolean {
  if (isPrefixList(destination)) return true;
  const other = sides[otherRole(role)];
  if (!vpcCidrs(other).some((cidr) => contains(cidr, destination))) return false;
  // Where no subnet is, nobody is reached.
  return (
    other.kind !== 'governed' ||
    other.network.subnets.some(({ cidrs }) => cidrs.some((cidr) => overlaps(cidr, destination)))
  );
}
