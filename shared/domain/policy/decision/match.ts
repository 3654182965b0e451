import type { CompiledPolicy } from './compile.ts';
import { NO, viewOf, YES } from './conditions.ts';
import { Judgement } from './judgement.ts';
import type { Bearer } from './pair-index.ts';
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
  /** The first deny rule. */
  readonly denied: number | undefined;
  /** The first deny rule of which it cannot be known whether it matches. */
  readonly perhapsDenied: number | undefined;
  /** The first allow rule that asks for nothing more. */
  readonly allowed: number | undefined;
  /** The allow rules that need an approval, in order. */
  readonly approvals: readonly number[];
  /** The first allow rule of which it cannot be known whether it matches. */
  readonly perhapsAllowed: number | undefined;
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
export function matchRules({ selectors }: CompiledPolicy, { requester, accepter }: Judged): Match {
  let denied: number | undefined;
  let perhapsDenied: number | undefined;
  let allowed: number | undefined;
  const approvals: number[] = [];
  let perhapsAllowed: number | undefined;
  for (const place of selectors.index.candidates(requester, accepter)) {
    const pair = selectors.pairs[place];
    if (pair === undefined) throw new Error(`there is no pair ${place}`);
    const one = requester.judgement.of(pair.requester);
    const other = one === NO ? NO : accepter.judgement.of(pair.accepter);
    if (other === NO) continue;
    if (one === YES && other === YES) {
      denied = least(denied, pair.deny);
      allowed = least(allowed, pair.free);
      for (const rank of pair.approvals) approvals.push(rank);
    } else {
      perhapsDenied = least(perhapsDenied, pair.deny);
      perhapsAllowed = least(perhapsAllowed, least(pair.free, pair.approvals[0]));
    }
  }
  return { denied, perhapsDenied, allowed, approvals: inOrder(approvals), perhapsAllowed };
}

/** Without repetitions: a `between` may match both ways round. */
const inOrder = (ranks: readonly number[]): readonly number[] =>
  ranks.length < 2 ? ranks : [...new Set(ranks)].toSorted((one, other) => one - other);

function least(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined) return other;
  return other === undefined || one < other ? one : other;
}
