import type { CompiledPolicy } from './compile.ts';
import type { ConnectOptions, Limits } from './connect.ts';
import type { Digest } from './canonical.ts';
import { type ApprovalSubject, approvalSubject, fingerprintOf } from './fingerprint.ts';
import type { AllowRule } from './model.ts';
import type { PolicyRequest } from './side.ts';

/** What to show to a person who may approve, and what becomes of it then. */
export interface WantedApproval {
  readonly rule: string;
  readonly subject: ApprovalSubject;
  /** An `Approval` with this fingerprint lets the request in, as long as nothing in `subject` changes. */
  readonly fingerprint: Digest;
  readonly connect: ConnectOptions;
  readonly limits: Limits;
}

/** Worked out when somebody reads it, like a reason: the fingerprint alone takes longer than the decision. */
class LazyApproval implements WantedApproval {
  readonly rule: string;
  readonly connect: ConnectOptions;
  readonly limits: Limits;
  readonly #makeSubject: () => ApprovalSubject;
  #subject: ApprovalSubject | undefined;

  constructor({ name, connect, limits }: AllowRule, makeSubject: () => ApprovalSubject) {
    this.rule = name;
    this.connect = connect;
    this.limits = limits;
    this.#makeSubject = makeSubject;
  }

  get subject(): ApprovalSubject {
    this.#subject ??= this.#makeSubject();
    return this.#subject;
  }

  get fingerprint(): Digest {
    return fingerprintOf(this.subject);
  }

  /** Getters of a class are not part of its JSON by themselves. */
  toJSON(): WantedApproval {
    const { rule, subject, fingerprint, connect, limits } = this;
    return { rule, subject, fingerprint, connect, limits };
  }
}

export const wantedApproval = (
  { version }: CompiledPolicy,
  request: PolicyRequest,
  rule: AllowRule,
): WantedApproval => new LazyApproval(rule, () => approvalSubject(request, rule.name, version));
