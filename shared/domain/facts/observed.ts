import type { Cidr } from './cidr.ts';
import type { Encryption } from './encryption.ts';
import type { AccountId, PeeringId, Region, RouteTableId, VpcId } from './ids.ts';
import type { Peering, PeeringKey, Place, Role, SideLocation } from './peering.ts';
import type { Membership } from '../policy/decision/side.ts';
import type { VpcReservations } from '../memory/reservations.ts';
import type { Destination, VpcNetwork } from './vpc.ts';

/** One side of an open peering, as far as autopeer may know it. */
export type ObservedSide =
  | {
      /** In a member account and a governed region: autopeer reads and writes it. */
      readonly kind: 'governed';
      readonly location: SideLocation;
      readonly membership: Membership;
      readonly network: VpcNetwork;
      /** This side's tags of the peering. */
      readonly peeringTags: Readonly<Record<string, string>>;
      /** The VPC's other active peerings; read only while the request is pending, and empty after that. */
      readonly otherPeers: readonly VpcPeer[];
      /** Peerings of the account that are not over: a blackhole route to one of them is no leftover. */
      readonly openPeerings: ReadonlySet<PeeringId>;
      /** What other requests are about to take of the VPC; read only while the request is pending. */
      readonly reserved: VpcReservations | undefined;
      /** Whether the VPC enforces encryption; read only while the request is pending. */
      readonly encryption: Encryption | undefined;
      /** `undefined` where EC2 does not show the flag, which it does not before the peering is active. */
      readonly dnsFromRemote: boolean | undefined;
    }
  | {
      /** Somebody else's: an external account, a region that the policy does not govern; or, in a sweep, just not read. */
      readonly kind: 'outside';
      readonly location: SideLocation;
      readonly membership: Membership;
      readonly why: 'external-account' | 'region-not-governed' | 'not-read';
      /** What the peering itself shows of it. */
      readonly cidrs: readonly Cidr[];
    }
  | {
      /** Ought to be governed, but cannot be read: nothing is decided on a guess. */
      readonly kind: 'unreadable';
      readonly location: SideLocation;
      readonly membership: Membership;
      /** The account has not enrolled, its role may read nothing, or its VPC alone cannot be read. */
      readonly why: 'no-member-role' | 'no-access' | 'side-unreadable';
      readonly reason: string;
      /** It was not asked, since it could not be read for some minutes at least. */
      readonly isKnown: boolean;
      /** What the peering itself shows of it. */
      readonly cidrs: readonly Cidr[];
      /** This side's tags of the peering, where only the VPC cannot be read; they can be written all the same. */
      readonly peeringTags: Readonly<Record<string, string>> | undefined;
    }
  | {
      /** Of a suspended or closed account of the organization: nothing of it can be read, and nothing of it is cut. */
      readonly kind: 'suspended';
      readonly location: SideLocation;
    };

/** What a VPC reaches through another peering. */
export interface VpcPeer {
  readonly peeringId: PeeringId;
  /** The VPC at the other end. */
  readonly vpcId: VpcId;
  readonly cidrs: readonly Cidr[];
}

export type GovernedSide = Extract<ObservedSide, { kind: 'governed' }>;

/** A route that still points at a peering that is over. */
export interface Leftover {
  readonly accountId: AccountId;
  readonly region: Region;
  readonly routeTableId: RouteTableId;
  readonly destination: Destination;
}

/** Two working days, for a person to do something about a request before it is gone. */
export const EXPIRING_WITHIN_MS = 48 * 60 * 60 * 1000;

/** @param now epoch milliseconds */
export const isExpiring = ({ state, expiresAt }: Peering, now: number): boolean =>
  state === 'pending-acceptance' && expiresAt !== undefined && expiresAt - now <= EXPIRING_WITHIN_MS;

/** Everything that one reconcile knows. All of it was read from EC2, nothing from the event. */
export type Observed =
  /** The hint came from an account outside the organization. */
  | { readonly kind: 'not-governed'; readonly key: PeeringKey }
  /** The account that gave the hint may not be asked, and no other is known. */
  | { readonly kind: 'unseen'; readonly key: PeeringKey; readonly reason: string }
  | { readonly kind: 'not-found'; readonly key: PeeringKey; readonly leftovers: readonly Leftover[] }
  /** Deleted, expired, rejected or failed: only cleaning is left. */
  | {
      readonly kind: 'ended';
      readonly peering: Peering;
      /** Through which account and region it was seen: its tags are those of that side. */
      readonly seenFrom: Place;
      readonly leftovers: readonly Leftover[];
    }
  /** Between two states: EC2 moves on by itself. */
  | { readonly kind: 'in-transition'; readonly peering: Peering }
  /** Pending acceptance or active: there is something to decide. */
  | {
      readonly kind: 'open';
      readonly peering: Peering;
      readonly sides: Readonly<Record<Role, ObservedSide>>;
      /** A pending request that EC2 will let expire within {@link EXPIRING_WITHIN_MS}. */
      readonly isExpiring: boolean;
    };

export type OpenPeering = Extract<Observed, { kind: 'open' }>;
