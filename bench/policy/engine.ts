import type { PolicyRequest } from '../../shared/domain/policy/decision/side.ts';
import { type Answer, type Effect, OUTCOMES, type Rule, type Selector, UNMATCHED } from './rules.ts';

/** The work of the bench. */
export interface Workload {
  readonly rules: readonly Rule[];
  readonly groups: ReadonlyMap<string, Selector>;
  readonly requests: readonly PolicyRequest[];
}

/** Rules and requests in an engine's own terms, translated before any clock runs. */
export interface Translated {
  /** Loads the library, not yet the rules. */
  open(): Promise<Library>;
}

export interface Library {
  /** Makes the rules ready to decide: what the bench calls loading. */
  load(): Decider;
}

export type Decider =
  /** Answers the request of that index. */
  | { readonly kind: 'sync'; readonly decide: (request: number) => Answer }
  | { readonly kind: 'async'; readonly decide: (request: number) => Promise<Answer> };

/** For engines that say which rules match, and leave it to the caller which of them decides. */
export class Referee {
  readonly #effects: ReadonlyMap<string, Effect>;

  constructor(rules: readonly Rule[]) {
    this.#effects = new Map(rules.map(({ name, effect }) => [name, effect]));
  }

  /** A deny goes first, then a rule that needs no approval, then the first by name. */
  decide(names: Iterable<string>): Answer {
    let best: { readonly rule: string; readonly effect: Effect } | undefined;
    for (const rule of names) {
      const effect = this.#effects.get(rule);
      if (effect === undefined) throw new Error(`there is no rule ${rule}`);
      const ahead = best === undefined ? -1 : PRECEDENCE[effect] - PRECEDENCE[best.effect];
      if (best === undefined || ahead < 0 || (ahead === 0 && rule < best.rule)) best = { rule, effect };
    }
    return best === undefined ? UNMATCHED : { kind: OUTCOMES[best.effect], rule: best.rule };
  }
}

const PRECEDENCE: Readonly<Record<Effect, number>> = { deny: 0, allow: 1, approve: 2 };

export function at<Value>(list: readonly Value[], index: number): Value {
  const value = list[index];
  if (value === undefined) throw new Error(`there is no number ${index} here`);
  return value;
}
