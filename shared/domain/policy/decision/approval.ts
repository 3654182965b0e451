import type { Cidr } from '../../facts/cidr.ts';
import type { SideLocation } from '../../facts/peering.ts';
import type { Digest } from '../language/canonical.ts';

/** One side of what a person is shown before approving. */
export interface ApprovalSide extends SideLocation {
  /** Every CIDR, sorted; what was unknown then and is known later needs a new approval. */
  readonly cidrs: readonly Cidr[] | 'unknown';
}

/** Exactly what an approval covers. Anything else, however small, needs a new approval. */
export interface ApprovalSubject {
  readonly requester: ApprovalSide;
  readonly accepter: ApprovalSide;
  readonly rule: string;
  /** `CompiledPolicy.liveVersion`: a trial rule outdates no approval. */
  readonly policyVersion: Digest;
}

/** What somebody approved, as the ledger keeps it. */
export interface Approval {
  /** The fingerprint of the subject that was shown. Only this counts. */
  readonly fingerprint: Digest;
  /** Serves to say what has changed since; trusted for nothing else. */
  readonly subject?: ApprovalSubject | undefined;
}
