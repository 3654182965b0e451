import type { Cidr } from '../domain/cidr.ts';
import type { PeeringId, VpcId } from '../domain/ids.ts';

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

/** So that two requests in two functions at once, each of which shuts out the other, are not both accepted. */
export interface Reservations {
  /** Strongly consistent. */
  read(vpcId: VpcId): Promise<VpcReservations>;
  /** One transaction over all the VPCs, conditional on their versions as read; `cidrs` are those that the VPC will reach through the peering. */
  reserve(
    peeringId: PeeringId,
    wanted: readonly { readonly vpc: VpcReservations; readonly cidrs: readonly Cidr[] }[],
  ): Promise<'reserved' | 'changed'>;
  /** Ends the peering's reservations; does nothing where there are none. */
  end(peeringId: PeeringId, vpcs: readonly VpcReservations[]): Promise<void>;
}

/** How long a request keeps what it reserved where nobody ends it: far longer than an accept takes. */
export const RESERVED_MS = 15 * 60 * 1000;
