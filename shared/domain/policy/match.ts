import type { CompiledPolicy, RuleSet } from './compile.ts';
import { MAYBE, NO, viewOf } from './conditions.ts';
import { Judgement } from './judgement.ts';
import type { Bearer, Ends } from './pair-index.ts';
import type { PolicySide } from './side.ts';

/** One side of a request under one policy. */
export interface JudgedSide extends Bearer {
  readonly judgement: Judgement;
}

export interface Judged {
  readonly requester: JudgedSide;
  readonly accepter: JudgedSide;
}

/** The rules that match, by rank. */
export interface Match {
  /** The first that matches and asks for nothing more. */
  readonly free: number | undefined;
  /** Those that match and need an approval, in order. Not looked for where there is a free one. */
  readonly approvals: readonly number[];
  /** The first of which it cannot be known whether it matches. Not looked for where one matches. */
  readonly possible: number | undefined;
}

export function judgeSide({ selectors }: CompiledPolicy, side: PolicySide): JudgedSide {
  const view = viewOf(side);
  return {
    judgement: new Judgement(selectors.nodes, view),
    traits: selectors.traits.of(view),
    isBlind: view.tags === undefined || view.blocks === undefined,
  };
}

/** Finds the rules that match, without a look at the others. */
export function matchRules({ index, pairs }: RuleSet<unknown>, { requester, accepter }: Judged): Match {
  let free: number | undefined;
  let possible: number | undefined;
  let approvals: number[] = [];
  for (const place of index.candidates(requester, accepter)) {
    const pair = pairs[place];
    if (pair === undefined) throw new Error(`there is no pair ${place}`);
    const one = requester.judgement.of(pair.requester);
    const other = one === NO ? NO : accepter.judgement.of(pair.accepter);
    if (other === NO) continue;
    if (one === MAYBE || other === MAYBE) {
      possible = least(possible, least(pair.free, pair.approvals[0]));
    } else {
      free = least(free, pair.free);
      if (pair.approvals.length > 0) approvals = approvals.concat(pair.approvals);
    }
  }
  // A `between` may match both ways round.
  if (approvals.length > 1) approvals = [...new Set(approvals)].toSorted((one, other) => one - other);
  return { free, approvals, possible };
}

/** Of the ways round of a rule, the one that costs least. */
export function bestEnds(ends: readonly Ends[], cost: (ends: Ends) => number): Ends {
  const [first, second] = ends;
  if (first === undefined) throw new Error('a rule has ends');
  return second !== undefined && cost(second) < cost(first) ? second : first;
}

function least(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined) return other;
  return other === undefined || one < other ? one : other;
}
