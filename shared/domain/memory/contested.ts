import { plainWords, unlinked } from '../words/foreign-text.ts';
import type { HistoryEntry } from './memory.ts';
import type { Because } from '../connection/verdict.ts';

/** The same repair so often within the window is a fight with another tool, not a repair. */
export const CONTESTED_ROUNDS = 3;
export const CONTESTED_WINDOW_MS = 24 * 60 * 60 * 1000;
/** An action and an ARN, whose path may be long and is its owner's to choose. */
const CAUSE_CHARACTERS = 300;

/** A change that a plan would make, a sentence as the history has it, and the sentence for taking it back ourselves. */
export interface Repair {
  readonly change: string;
  readonly undone: string;
}

/** What somebody fights over. */
export interface Contest {
  /** The changes to leave alone. */
  readonly changes: ReadonlySet<string>;
  readonly because: Because;
}

/**
 * Which of the changes that a plan would make have been made, and undone by somebody, again and again.
 *
 * @param repairs what the plan would do; what autopeer took back itself, nobody else undid
 * @param history oldest first
 * @param now epoch milliseconds
 * @param by what CloudTrail says was done there last and by whom, where that is known
 * @returns what to stop and why, or `undefined` where nobody fights
 */
export function contestIn(
  repairs: readonly Repair[],
  history: readonly HistoryEntry[],
  now: number,
  by: string | undefined,
): Contest | undefined {
  const recent = history.filter(({ at }) => now - at < CONTESTED_WINDOW_MS);
  const times = (change: string): number => recent.filter((entry) => entry.changes.includes(change)).length;
  const all = repairs
    .filter(({ change, undone }) => times(change) - times(undone) >= CONTESTED_ROUNDS)
    .map(({ change }) => change);
  const [contested] = all;
  if (contested === undefined) return undefined;
  const cause = by ?? recent.findLast((entry) => entry.changes.includes(contested))?.by;
  const who =
    cause === undefined
      ? 'CloudTrail names who undid it'
      : `what CloudTrail told of last was ${unlinked(plainWords(cause, CAUSE_CHARACTERS))}`;
  const text =
    `somebody undoes it again and again: ${contested}. It was done ${CONTESTED_ROUNDS} times within a day; ${who}. ` +
    'Let that tool leave it alone, or take it out of the rule; it is tried again after a day';
  return { changes: new Set(all), because: { code: 'contested', text } };
}
