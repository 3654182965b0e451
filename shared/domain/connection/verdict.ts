import { atMost } from '../words/at-most.ts';
import type { RoutePicture } from './compare.ts';
import { MAX_SENTENCES } from './obstacles.ts';
import type { Restoration } from './restore.ts';
import type { Ask } from './answers.ts';
import type { Terms } from './terms.ts';
import type { Observed } from '../facts/observed.ts';
import type { Consent } from '../memory/memory.ts';
import type { Step } from './step.ts';
import { sortedUnique } from '../policy/language/canonical.ts';
import type { ConnectOptions } from '../policy/language/connect.ts';
import type { Unapproved, Unsanctioned } from '../policy/language/guardrails.ts';

/** Why, as one code of a closed list and one sentence for people. */
export interface Because {
  readonly code: string;
  readonly text: string;
}

/** What the policy's guardrails want done about an active peering. */
export type Measure = Unsanctioned | Unapproved;

/** What autopeer does with a peering. `decide` says what the policy wants; the verdict adds what EC2 allows. */
export type Verdict =
  /** Accept it if it is pending, and keep both sides connected. */
  | {
      readonly kind: 'connect';
      readonly rule: string;
      readonly because: Because;
      readonly connect: ConnectOptions;
      /** `accepted`: autopeer leaves routes to others, for good or for a while, and does not say that traffic flows. */
      readonly standing: 'connected' | 'accepted';
      readonly terms: Terms;
      /** Where the routes stand. */
      readonly picture: RoutePicture;
      /** What stands in the way on an active peering, a sentence each. */
      readonly problems: readonly string[];
      /** What the routes take from wider ones, because the rule says that they may, a sentence each. */
      readonly taken: readonly string[];
      /** The routes that a guardrail took away: which are put back, and which cannot be. */
      readonly restoration: Restoration;
      /** What the ledger is to remember as judged. */
      readonly consent: Consent;
      /** What came after the approval, and waits for another one. */
      readonly ask?: Ask;
    }
  | {
      readonly kind: 'hold';
      readonly because: Because;
      /** The rule that waits for an approval, or the deny rule of a request that only the requester's side can be kept from. */
      readonly rule?: string;
      /** The request is about to expire, and nobody can accept it after that. */
      readonly isExpiring: boolean;
      /** What the rule would have it get, where it is allowed and only something in EC2 stands in the way. */
      readonly connect?: ConnectOptions;
      /** The request is denied and its accepter cannot be written: the requester's side takes it back, where it may. */
      readonly withdraw?: true;
      /** What people may approve. */
      readonly ask?: Ask;
    }
  | { readonly kind: 'reject'; readonly because: Because; readonly rule: string | undefined }
  | { readonly kind: 'ignore'; readonly because: Because }
  /** Active, and no rule allows it as it is. */
  | {
      readonly kind: 'unsanctioned';
      /** `unapproved`: a rule allows it once a person approves, and nobody did. */
      readonly standing: 'unsanctioned' | 'unapproved';
      readonly because: Because;
      /** The deny rule that stops it, or the rule that waits for an approval. */
      readonly rule: string | undefined;
      readonly measure: Measure;
      /** Why the measure is not taken at this look. */
      readonly withheld?: 'unconfirmed' | 'brake';
      /** `undefined` where a side could not be read. */
      readonly consent: Consent | undefined;
      /** What people may approve. */
      readonly ask?: Ask;
    }
  /** It is over, and what points at it may go. */
  | { readonly kind: 'clean-up'; readonly because: Because }
  /** EC2 has not settled yet: look again later. */
  | { readonly kind: 'wait'; readonly because: Because };

export const holdBecause = (because: Because): Extract<Verdict, { kind: 'hold' }> => ({
  kind: 'hold',
  because,
  isExpiring: false,
});

export const ignore = (code: string, text: string): Verdict => ({ kind: 'ignore', because: { code, text } });
export const wait = (code: string, text: string): Verdict => ({ kind: 'wait', because: { code, text } });

/**
 * What EC2 refuses for good is part of how the peering stands.
 *
 * @param problems AWS's answers
 * @param refused the steps that it refused
 * @param observed a request whose answer is refused expires like any other that is held
 */
export function verdictWithProblems(
  verdict: Verdict,
  problems: readonly string[],
  refused: readonly Step[],
  observed: Observed,
): Verdict {
  const [first] = problems;
  if (first === undefined) return verdict;
  const answer = refused.find(({ kind }) => kind === 'accept' || kind === 'reject');
  if (answer !== undefined) {
    const isExpiring = observed.kind === 'open' && observed.isExpiring;
    return { ...holdBecause({ code: `${answer.kind}-blocked`, text: first }), isExpiring };
  }
  if (verdict.kind !== 'connect') return verdict;
  return { ...verdict, problems: atMost(sortedUnique([...problems, ...verdict.problems]), MAX_SENTENCES) };
}
