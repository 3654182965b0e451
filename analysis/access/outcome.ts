import type { CompiledPolicy } from '../../shared/domain/policy/decision/compile.ts';
import type { ConnectOptions, Limits } from '../../shared/domain/policy/language/connect.ts';
import type { Decision } from '../../shared/domain/policy/decision/decide.ts';
import type { ReasonCode } from '../../shared/domain/policy/decision/reasons.ts';
import { type Judged, matchRules } from '../../shared/domain/policy/decision/match.ts';

/**
 * How far a decision lets two VPCs be joined.
 * `unknown`: a fact is missing, and with it the decision could be any of the others.
 */
export type Access = 'closed' | 'unknown' | 'approval' | 'open';

/** What a decision comes to, apart from the two VPCs that it is about: many pairs share one. */
export interface Outcome {
  readonly kind: Decision['kind'];
  readonly code: ReasonCode;
  readonly rule: string | undefined;
  readonly access: Access;
  /** What is done once it is accepted; `undefined` where it never is. */
  readonly terms: Terms | undefined;
}

export interface Terms {
  readonly connect: ConnectOptions;
  readonly limits: Limits;
  readonly oneSided: boolean;
}

/** Of a decision on a request without approvals. */
export function outcomeOf(decision: Decision): Outcome {
  const { kind, rule, reason } = decision;
  if (kind === 'accept') {
    const { connect, limits, oneSided } = decision;
    return { kind, code: reason.code, rule, access: 'open', terms: { connect, limits, oneSided } };
  }
  if (kind === 'hold' && decision.approval !== undefined) {
    const { connect, limits, oneSided } = decision.approval;
    return { kind, code: reason.code, rule, access: 'approval', terms: { connect, limits, oneSided } };
  }
  const access = reason.code === 'facts-unknown' ? 'unknown' : 'closed';
  return { kind, code: reason.code, rule, access, terms: undefined };
}

/**
 * Decides pairs of sides that were judged before, each once: the same precedence as `decide` has for a request
 * without approvals. A property test holds the two together.
 *
 * The same outcome is always the same object, so that it can be a key.
 */
export class PairDecider {
  readonly #policy: CompiledPolicy;
  readonly #accepts: readonly Outcome[];
  readonly #waits: readonly Outcome[];
  readonly #mayAllow: readonly Outcome[];
  readonly #rejects: readonly Outcome[];
  readonly #mayDeny: readonly Outcome[];
  readonly #unmatched: Outcome;

  constructor(policy: CompiledPolicy) {
    this.#policy = policy;
    const allows = policy.allow.rules.map(({ rule }) => rule);
    const denies = policy.deny.rules.map(({ rule }) => rule);
    const unknown = ({ name }: { readonly name: string }): Outcome => ({
      kind: 'hold',
      code: 'facts-unknown',
      rule: name,
      access: 'unknown',
      terms: undefined,
    });
    this.#accepts = allows.map(({ name, connect, limits, oneSided }) => ({
      kind: 'accept',
      code: 'rule-allows',
      rule: name,
      access: 'open',
      terms: { connect, limits, oneSided },
    }));
    this.#waits = allows.map(({ name, connect, limits, oneSided }) => ({
      kind: 'hold',
      code: 'approval-required',
      rule: name,
      access: 'approval',
      terms: { connect, limits, oneSided },
    }));
    this.#mayAllow = allows.map(unknown);
    this.#rejects = denies.map(({ name }) => ({
      kind: 'reject',
      code: 'rule-denies',
      rule: name,
      access: 'closed',
      terms: undefined,
    }));
    this.#mayDeny = denies.map(unknown);
    this.#unmatched = { ...CLOSED, kind: policy.defaults.unmatched, code: 'no-rule-matches' };
  }

  /** @param isGoverned whether at least one side is */
  decide(judged: Judged, isGoverned: boolean): Outcome {
    if (!isGoverned) return NOT_GOVERNED;
    const { denied, perhapsDenied, allowed, approvals, perhapsAllowed } = matchRules(this.#policy, judged);
    if (denied !== undefined) return at(this.#rejects, denied);
    if (perhapsDenied !== undefined) return at(this.#mayDeny, perhapsDenied);
    if (allowed !== undefined) return at(this.#accepts, allowed);
    const [first] = approvals;
    if (first !== undefined) return at(this.#waits, first);
    return perhapsAllowed === undefined ? this.#unmatched : at(this.#mayAllow, perhapsAllowed);
  }
}

const CLOSED = { rule: undefined, access: 'closed', terms: undefined } as const;
const NOT_GOVERNED: Outcome = { ...CLOSED, kind: 'ignore', code: 'not-governed' };

function at(outcomes: readonly Outcome[], rank: number): Outcome {
  const outcome = outcomes[rank];
  if (outcome === undefined) throw new Error(`there is no rule of rank ${rank}`);
  return outcome;
}
