import type { Replacement } from '../bundle.ts';

/** A deliberate bug in the shipped code, which some run must show. */
export interface Mutant extends Replacement {
  readonly name: string;
}
