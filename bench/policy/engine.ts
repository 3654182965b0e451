import type { PolicyRequest } from '../../shared/domain/policy/side.ts';
import type { Selector, Answer, Rule } from './rules.ts';

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

export const ENGINES = ['autopeer', 'cedar', 'json-rules-engine'] as const;
export type EngineName = (typeof ENGINES)[number];

/** The requests must be there for every index that is asked. */
export function at<Value>(list: readonly Value[], index: number): Value {
  const value = list[index];
  if (value === undefined) throw new Error(`there is no request ${index}`);
  return value;
}
