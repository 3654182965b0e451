import type { Cidr } from '../facts/cidr.ts';
import type { PeeringId, VpcId } from '../facts/ids.ts';

/** What a request that is about to be accepted will take of a VPC. */
export interface Reservation {
  readonly peeringId: PeeringId;
  /** Those that the VPC will reach through the peering. */
  readonly cidrs: readonly Cidr[];
  /** Epoch milliseconds. */
  readonly until: number;
}

export interface VpcReservations {
  readonly vpcId: VpcId;
  /** 0 where nothing was ever reserved. */
  readonly version: number;
  /** Those that still run, by this moment's clock. */
  readonly reservations: readonly Reservation[];
}

/** What a peering will reach from one VPC, beside what others have reserved there. */
export interface Wanted {
  readonly vpc: VpcReservations;
  readonly cidrs: readonly Cidr[];
}
