import type { PolicyModel } from '../language/model.ts';
import { compilePolicy, type CompiledPolicy } from './compile.ts';

interface Stage {
  readonly from: number;
  readonly until: number;
  readonly policy: CompiledPolicy;
}

/**
 * A policy some of whose rules expire: what it says depends on when it is asked. Whoever decides asks for the policy of
 * one instant, and so cannot forget the time.
 *
 * @example
 * ```ts
 * const decision = decide(policies.at(clock.now()), request);
 * ```
 */
export class PolicyInTime {
  readonly #model: PolicyModel;
  /** When some rule expires, sorted. */
  readonly #ends: readonly number[];
  /** Only a cache: from one expiry to the next the policy is the same. */
  #stage: Stage | undefined;

  constructor(model: PolicyModel) {
    this.#model = structuredClone(model);
    const ends = model.allow.flatMap(({ expires }) => (expires === undefined ? [] : [expires]));
    this.#ends = [...new Set(ends)].toSorted((one, other) => one - other);
  }

  /** @param now epoch milliseconds */
  at(now: number): CompiledPolicy {
    const known = this.#stage;
    if (known !== undefined && known.from <= now && now < known.until) return known.policy;
    const from = this.#ends.findLast((end) => end <= now) ?? -Infinity;
    const until = this.#ends.find((end) => end > now) ?? Infinity;
    this.#stage = { from, until, policy: compilePolicy(this.#model, now) };
    return this.#stage.policy;
  }

  /** As it is while no rule has expired: for questions about the file rather than about today. */
  whole(): CompiledPolicy {
    return this.at(-Infinity);
  }
}
