import type { CompiledEnds, CompiledPolicy, Pair, RuleSet } from './compile.ts';
import { NO, viewOf, YES } from './conditions.ts';
import { Judgement } from './judgement.ts';
import { judgeCandidates } from './node-index.ts';
import type { Role } from '../peering.ts';
import type { PolicySide } from './side.ts';

/** Both sides of one request, judged against every selector that can match them. */
export interface Judged {
  readonly requester: Judgement;
  readonly accepter: Judgement;
}

/** The rules that match, by rank. */
export interface Match {
  /** The first that matches and asks for nothing more. */
  readonly free: number | undefined;
  /** Those that match and need an approval, in order. */
  readonly approvals: readonly number[];
  /** The first of which it cannot be known whether it matches. */
  readonly possible: number | undefined;
}

export function judgeSides(
  policy: CompiledPolicy,
  sides: { readonly requester: PolicySide; readonly accepter: PolicySide },
): Judged {
  const { nodes, flags, index } = policy.selectors;
  const judgeSide = (role: Role): Judgement => {
    const judgement = new Judgement(nodes, flags, viewOf(sides[role]), role);
    judgeCandidates(index, judgement);
    return judgement;
  };
  return { requester: judgeSide('requester'), accepter: judgeSide('accepter') };
}

/** Finds the rules that match, without a look at the others. */
export function matchRules(set: RuleSet<unknown>, { requester, accepter }: Judged): Match {
  let free: number | undefined;
  let possible: number | undefined;
  let approvals: number[] = [];
  const take = (pair: Pair, sure: boolean): void => {
    if (sure) {
      free = least(free, pair.free);
      approvals = approvals.concat(pair.approvals);
    } else {
      possible = least(possible, least(pair.free, pair.approvals[0]));
    }
  };
  for (const id of requester.matched) {
    const partners = set.pairs[id];
    if (partners === undefined) continue;
    const sure = requester.settled(id) === YES;
    if (partners.byAccepter === undefined) {
      for (const pair of partners.list) {
        const verdict = accepter.settled(pair.accepter);
        if (verdict !== NO) take(pair, sure && verdict === YES);
      }
    } else {
      for (const partner of accepter.matched) {
        const pair = partners.byAccepter.get(partner);
        if (pair !== undefined) take(pair, sure && accepter.settled(partner) === YES);
      }
    }
  }
  // A `between` may match both ways round.
  if (approvals.length > 1) approvals = [...new Set(approvals)].toSorted((one, other) => one - other);
  return { free, approvals, possible };
}

/** Of the ways round of a rule, the one that costs least. */
export function bestEnds(ends: readonly CompiledEnds[], cost: (ends: CompiledEnds) => number): CompiledEnds {
  const [first, second] = ends;
  if (first === undefined) throw new Error('a rule has ends');
  return second !== undefined && cost(second) < cost(first) ? second : first;
}

function least(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined) return other;
  return other === undefined || one < other ? one : other;
}
