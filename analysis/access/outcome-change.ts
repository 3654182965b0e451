import { both, type Growth } from './growth.ts';
import type { Outcome } from './outcome.ts';
import { compareTerms } from './terms.ts';

/** How one outcome differs from another. */
export interface OutcomeChange {
  readonly growth: Growth;
  readonly facets: readonly Facet[];
  /** Which options changed, for people: `dns: off → on`. */
  readonly options: readonly string[];
}

/** In what respects a decision changed. */
export type Facet =
  /** Accept, hold, reject or ignore; or why. */
  | 'decision'
  | 'approval-needed'
  | 'approval-dropped'
  /** The same decision by another rule. */
  | 'rule'
  /** What is done on both sides, or a limit. */
  | 'options';

/** `undefined` where nothing changed. */
export function changeOf(before: Outcome, after: Outcome): OutcomeChange | undefined {
  const facets: Facet[] = [];
  if (before.access === 'open' && after.access === 'approval') facets.push('approval-needed');
  else if (before.access === 'approval' && after.access === 'open') facets.push('approval-dropped');
  else if (before.kind !== after.kind || before.code !== after.code) facets.push('decision');
  if (facets.length === 0 && before.rule !== after.rule) facets.push('rule');
  const terms = before.terms && after.terms && compareTerms(before.terms, after.terms);
  if (terms !== undefined && terms.options.length > 0) facets.push('options');
  if (facets.length === 0) return undefined;
  const access = accessGrowth(before, after);
  return { growth: both(access, terms?.growth ?? 'same'), facets, options: terms?.options ?? [] };
}

const LEVELS = { closed: 0, approval: 1, open: 2 } as const;

function accessGrowth(before: Outcome, after: Outcome): Growth {
  if (before.access === 'unknown' || after.access === 'unknown') return unknownGrowth(before, after);
  const [from, to] = [LEVELS[before.access], LEVELS[after.access]];
  return to === from ? 'same' : to > from ? 'grew' : 'shrank';
}

/** Nothing is more than open and nothing less than closed; of all else, once the fact is known, nobody knows. */
function unknownGrowth(before: Outcome, after: Outcome): Growth {
  if (before.access === 'open' || after.access === 'closed') return 'shrank';
  return after.access === 'open' ? 'grew' : 'unclear';
}
