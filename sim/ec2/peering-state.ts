import type { PeeringState, Role } from '../../shared/domain/facts/peering.ts';
import type { Call } from '../types.ts';
import type { Ec2Options } from './options.ts';
import type { PeeringRecord } from './records.ts';
import { isAt } from './store.ts';

/**
 * The state follows from the record and the time alone. Nothing is scheduled, because the virtual clock runs until
 * nothing is: a scheduled expiry would make every run jump seven days.
 */
export function stateAt(peering: PeeringRecord, now: number): PeeringState {
  const { deletion, rejectedAt, accepted, failedAt } = peering;
  if (deletion !== undefined) return now < deletion.deletedAt ? 'deleting' : 'deleted';
  if (rejectedAt !== undefined) return 'rejected';
  if (accepted !== undefined) return now < accepted.activeAt ? 'provisioning' : 'active';
  if (failedAt !== undefined && now >= failedAt) return 'failed';
  if (now < peering.pendingAt) return 'initiating-request';
  return now < peering.expiresAt ? 'pending-acceptance' : 'expired';
}

const MESSAGES: Readonly<Record<PeeringState, (peering: PeeringRecord) => string>> = {
  'initiating-request': ({ accepter }) => `Initiating Request to ${accepter.ownerId}`,
  'pending-acceptance': ({ accepter }) => `Pending Acceptance by ${accepter.ownerId}`,
  provisioning: () => 'Provisioning',
  active: () => 'Active',
  expired: () => 'Expired',
  rejected: ({ accepter }) => `Rejected by ${accepter.ownerId}`,
  failed: () => 'Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range',
  deleting: () => 'Deleting',
  deleted: ({ deletion }) => `Deleted by ${deletion?.by ?? 'unknown'}`,
};

export const messageAt = (peering: PeeringRecord, now: number): string =>
  MESSAGES[stateAt(peering, now)](peering);

/** The halves of the peering that the caller owns and whose region he asks in. */
export function rolesAt(peering: PeeringRecord, call: Call): Role[] {
  const roles: Role[] = [];
  if (isAt(peering.requester, call)) roles.push('requester');
  if (isAt(peering.accepter, call)) roles.push('accepter');
  return roles;
}

export const isSameAccount = ({ requester, accepter }: PeeringRecord): boolean =>
  requester.ownerId === accepter.ownerId;

/** Whether EC2 shows the peering to the caller at all; otherwise it is NotFound to him. */
export function isVisible(peering: PeeringRecord, call: Call, now: number, options: Ec2Options): boolean {
  if (now < peering.createdAt + options.readLagMs) return false;
  return rolesAt(peering, call).some((role) => now < visibleUntil(peering, role, now, options));
}

/** https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html#vpc-peering-lifecycle */
function visibleUntil(peering: PeeringRecord, role: Role, now: number, options: Ec2Options): number {
  const { endedShortMs, endedLongMs } = options;
  const never = Number.NEGATIVE_INFINITY;
  const single = isSameAccount(peering);
  const state = stateAt(peering, now);
  switch (state) {
    case 'initiating-request':
      return role === 'requester' ? Number.POSITIVE_INFINITY : never;
    case 'failed':
      return role === 'requester' ? (peering.failedAt ?? now) + endedShortMs : never;
    case 'rejected':
      return (peering.rejectedAt ?? now) + (role === 'requester' && !single ? endedLongMs : endedShortMs);
    case 'expired':
      return peering.expiresAt + (single ? endedShortMs : endedLongMs);
    case 'deleted': {
      const { by = '', deletedAt = now } = peering.deletion ?? {};
      return deletedAt + (peering[role].ownerId === by ? endedShortMs : endedLongMs);
    }
    case 'pending-acceptance':
    case 'provisioning':
    case 'active':
    case 'deleting':
      return Number.POSITIVE_INFINITY;
  }
}

/** Whether the accepter's half is known by now: its CIDRs and options show only once it has accepted. */
export const isAcceptedBy = (peering: PeeringRecord, now: number, lagMs: number): boolean =>
  peering.accepted !== undefined && now >= peering.accepted.at + lagMs;

/** Whether a route to the peering carries traffic, and whether it counts against the quota of active peerings. */
export const isLive = (peering: PeeringRecord, now: number): boolean => {
  const state = stateAt(peering, now);
  return state === 'active' || state === 'provisioning';
};

/** Whether it is active, or may still become so. */
export const isUnderWay = (peering: PeeringRecord, now: number): boolean => {
  const state = stateAt(peering, now);
  return isLive(peering, now) || state === 'initiating-request' || state === 'pending-acceptance';
};
