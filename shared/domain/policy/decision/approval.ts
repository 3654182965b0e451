import type { Cidr } from '../../facts/cidr.ts';
import type { SideLocation } from '../../facts/peering.ts';
import type { ApprovalTerms } from '../language/approval-terms.ts';
import type { Digest } from '../language/canonical.ts';

/** One side of what a person is shown before approving. */
export interface ApprovalSide extends SideLocation {
  /** Every CIDR, sorted; what was unknown then and is known later needs a new approval. */
  readonly cidrs: readonly Cidr[] | 'unknown';
}

/**
 * Exactly what an approval covers. Anything else, however small, needs a new approval. The rule's name, the words of its
 * selectors and the rest of the policy are shown and not covered: an edit that changes nothing of this request outdates no
 * approval.
 */
export interface ApprovalSubject {
  readonly requester: ApprovalSide;
  readonly accepter: ApprovalSide;
  /** Of what the rule gives: routes, DNS. */
  readonly connect: Digest;
  /** Who had to approve. */
  readonly terms: ApprovalTerms;
}

/** What somebody approved, as the ledger keeps it. */
export interface Approval {
  /** The fingerprint of the subject that was shown. Only this counts. */
  readonly fingerprint: Digest;
  /** Serves to say what has changed since; trusted for nothing else. */
  readonly subject?: ApprovalSubject | undefined;
  /** Who gave it, for people. */
  readonly by?: string | undefined;
  /**
   * The peering was connected on it. It then goes on counting for these two VPCs when the rule gives something else, or when
   * a VPC has lost a CIDR: what is in order stays in order.
   */
  readonly isUsed?: boolean | undefined;
}
