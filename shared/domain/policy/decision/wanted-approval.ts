import type { Bounds } from './bounds.ts';
import type { ApprovalTerms } from '../language/approval-terms.ts';
import type { ConnectOptions, Limits } from '../language/connect.ts';
import type { Digest } from '../language/canonical.ts';
import { approvalSubject, fingerprintOf } from './fingerprint.ts';
import type { ApprovalSubject } from './approval.ts';
import type { AllowRule } from '../language/model.ts';
import type { PolicyRequest } from './side.ts';

/** What to show to a person who may approve, and what follows. */
export interface WantedApproval {
  /** Shown, and not covered. */
  readonly rule: string;
  readonly subject: ApprovalSubject;
  /** An `Approval` with this fingerprint lets the request in, as long as nothing in `subject` changes. */
  readonly fingerprint: Digest;
  readonly connect: ConnectOptions;
  readonly limits: Limits;
  /** Whether one side may lie in a region that the policy does not govern. */
  readonly oneSided: boolean;
  readonly bounds: Bounds;
}

/** Worked out when somebody reads it, like a reason: the fingerprint alone takes longer than the decision. */
class LazyApproval implements WantedApproval {
  readonly rule: string;
  readonly connect: ConnectOptions;
  readonly limits: Limits;
  readonly oneSided: boolean;
  readonly #makeSubject: () => ApprovalSubject;
  readonly #makeBounds: () => Bounds;
  #subject: ApprovalSubject | undefined;

  constructor(
    { name, connect, limits, oneSided }: AllowRule,
    makeSubject: () => ApprovalSubject,
    makeBounds: () => Bounds,
  ) {
    this.rule = name;
    this.oneSided = oneSided;
    this.connect = connect;
    this.limits = limits;
    this.#makeSubject = makeSubject;
    this.#makeBounds = makeBounds;
  }

  get subject(): ApprovalSubject {
    this.#subject ??= this.#makeSubject();
    return this.#subject;
  }

  get fingerprint(): Digest {
    return fingerprintOf(this.subject);
  }

  get bounds(): Bounds {
    return this.#makeBounds();
  }

  /** Getters of a class are not part of its JSON by themselves. */
  toJSON(): WantedApproval {
    const { rule, subject, fingerprint, connect, limits, oneSided, bounds } = this;
    return { rule, subject, fingerprint, connect, limits, oneSided, bounds };
  }
}

export const wantedApproval = (
  request: PolicyRequest,
  rule: AllowRule,
  terms: ApprovalTerms,
  makeBounds: () => Bounds,
): WantedApproval => new LazyApproval(rule, () => approvalSubject(request, rule.connect, terms), makeBounds);
