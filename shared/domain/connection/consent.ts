import { overlaps, type Cidr } from '../facts/cidr.ts';
import type { Consent } from '../memory/memory.ts';
import type { OpenPeering } from '../facts/observed.ts';
import { otherRole, type Role } from '../facts/peering.ts';
import { isPeering } from '../facts/vpc.ts';
import { vpcCidrs } from './choice.ts';
import { lanesOf } from './lanes.ts';

/**
 * The CIDRs of each side, of those it has now, that traffic was let through to.
 *
 * Where none are remembered (an older ledger, a lost one, a peering that somebody else accepted), they are those that the
 * other side already routes through the peering. Where the other side's routes are not read all count, since autopeer
 * writes none there.
 */
export function consentIn(observed: OpenPeering, remembered: Consent | undefined): Consent {
  const of = (role: Role): readonly Cidr[] => {
    const present = vpcCidrs(observed.sides[role]);
    if (remembered !== undefined) return present.filter((cidr) => remembered[role].includes(cidr));
    const other = observed.sides[otherRole(role)];
    if (other.kind !== 'governed') return present;
    const routed = other.network.routeTables
      .flatMap((table) => lanesOf(table, other.network.prefixLists))
      .filter(({ target }) => isPeering(target, observed.peering.id));
    return present.filter((cidr) => routed.some(({ destination }) => overlaps(destination, cidr)));
  };
  return { requester: of('requester'), accepter: of('accepter') };
}

/** Consent to everything that both sides show. */
export const consentToAll = ({ sides }: OpenPeering): Consent => ({
  requester: vpcCidrs(sides.requester),
  accepter: vpcCidrs(sides.accepter),
});

/** Both together, each CIDR once, sorted: what is stored does not depend on the order in which EC2 lists CIDRs. */
export const joinConsent = (one: Consent | undefined, other: Consent): Consent => ({
  requester: union(one?.requester ?? [], other.requester),
  accepter: union(one?.accepter ?? [], other.accepter),
  ...(one?.isAccepted === true || other.isAccepted === true ? { isAccepted: true } : {}),
  ...approvedBy(other.approval ?? one?.approval),
});

const approvedBy = (approval: Consent['approval']): Pick<Consent, 'approval'> =>
  approval === undefined ? {} : { approval };

export const isSameConsent = (one: Consent | undefined, other: Consent): boolean =>
  one !== undefined &&
  one.isAccepted === other.isAccepted &&
  one.approval === other.approval &&
  one.requester.join() === other.requester.join() &&
  one.accepter.join() === other.accepter.join();

const union = (one: readonly Cidr[], other: readonly Cidr[]): readonly Cidr[] =>
  [...new Set([...one, ...other])].toSorted();
