import type { PeeringId } from '../domain/facts/ids.ts';
import type { AskedApproval, GivenApproval } from '../domain/memory/approvals.ts';

/**
 * What waits for people, and what people said. What waits is written by the reconcile alone, what people said by the
 * commands alone: neither can write the other's.
 */
export interface Approvals {
  /** What people said of the peering, of everything that they were shown. Strongly consistent. */
  givenTo(peeringId: PeeringId): Promise<readonly GivenApproval[]>;
  /** What waits for people; nothing where nothing does. */
  askedOf(peeringId: PeeringId): Promise<AskedApproval | undefined>;
  /** Says what is to be approved now, in place of what was before. */
  ask(asked: AskedApproval): Promise<void>;
  /** Nothing is to be approved any more. */
  unask(peeringId: PeeringId): Promise<void>;
}

/** For the commands. */
export interface ApprovalBook {
  /** What waits for people, in the order of the peerings' ids. */
  asked(): Promise<readonly AskedApproval[]>;
  askedOf(peeringId: PeeringId): Promise<AskedApproval | undefined>;
  givenTo(peeringId: PeeringId): Promise<readonly GivenApproval[]>;
  /**
   * Changes what people said of one thing. Of two people at once the second one's change is made on what the first one left:
   * who was first wins.
   *
   * @param change gets what is there, `undefined` where nothing is; returns what is to be there, or nothing to leave it
   */
  change(
    peeringId: PeeringId,
    fingerprint: string,
    change: (given: GivenApproval | undefined) => GivenApproval | undefined,
  ): Promise<void>;
}
