import type { AccountId, PeeringId, Region, VpcId } from './ids.ts';
import type { Cidr } from './cidr.ts';

/**
 * The states of a VPC peering connection, as EC2 spells them.
 * @see https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html#vpc-peering-lifecycle
 */
export const PEERING_STATES = [
  'initiating-request',
  'pending-acceptance',
  'provisioning',
  'active',
  'expired',
  'rejected',
  'failed',
  'deleting',
  'deleted',
] as const;
export type PeeringState = (typeof PEERING_STATES)[number];

/** Which half of a peering connection: AWS's own words. */
export type Role = 'requester' | 'accepter';
export const ROLES: readonly Role[] = ['requester', 'accepter'];

/** Where one half of a peering lives. */
export interface SideLocation {
  readonly accountId: AccountId;
  readonly region: Region;
  readonly vpcId: VpcId;
}

/** A peering connection as one account in one region sees it. */
export interface Peering {
  readonly id: PeeringId;
  readonly state: PeeringState;
  /** EC2's own sentence about the state, for people. */
  readonly stateMessage: string;
  /** When a pending request expires, in epoch milliseconds; EC2 does not show it in other states. */
  readonly expiresAt: number | undefined;
  readonly requester: PeeringSide;
  readonly accepter: PeeringSide;
  /** The tags of the account and region that was asked; the other side has its own. */
  readonly tags: Readonly<Record<string, string>>;
}

/** One half of a peering, as far as the account that asked may see it. */
export interface PeeringSide extends SideLocation {
  /** Every CIDR that EC2 shows, IPv4 and IPv6; empty while pending (the accepter's) and after deletion. */
  readonly cidrs: readonly Cidr[];
  /** `AllowDnsResolutionFromRemoteVpc`; `undefined` where EC2 does not show it to this account. */
  readonly dnsFromRemote: boolean | undefined;
}

/** An account in one region: where calls are made. */
export interface Place {
  readonly accountId: AccountId;
  readonly region: Region;
}

/** What a hint yields: which peering to look at, and through which account and region. */
export interface PeeringKey {
  readonly peeringId: PeeringId;
  readonly accountId: AccountId;
  readonly region: Region;
}

/** Whether it is over: a state that it never leaves. */
export const isOver = (state: PeeringState): boolean =>
  state === 'expired' || state === 'rejected' || state === 'failed' || state === 'deleted';

export const otherRole = (role: Role): Role => (role === 'requester' ? 'accepter' : 'requester');
