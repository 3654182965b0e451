import type { PeeringId, VpcId } from '../domain/facts/ids.ts';
import type { VpcReservations, Wanted } from '../domain/memory/reservations.ts';

export type { Reservation, VpcReservations, Wanted } from '../domain/memory/reservations.ts';

/** So that two requests in two functions at once, each of which shuts out the other, are not both accepted. */
export interface Reservations {
  /** Strongly consistent. */
  read(vpcId: VpcId): Promise<VpcReservations>;
  /** One transaction over all the VPCs, conditional on their versions as read; `cidrs` are those that the VPC will reach through the peering. */
  reserve(peeringId: PeeringId, wanted: readonly Wanted[]): Promise<'reserved' | 'changed'>;
  /**
   * Ends the peering's reservations; does nothing where there are none.
   *
   * @param afterMs how long they are still to run, at most
   */
  end(peeringId: PeeringId, vpcs: readonly VpcReservations[], afterMs: number): Promise<void>;
}

/** How long a request keeps what it reserved where nobody ends it: far longer than an accept takes. */
export const RESERVED_MS = 15 * 60 * 1000;
