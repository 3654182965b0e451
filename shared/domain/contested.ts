import { plainWords, unlinked } from './foreign-text.ts';
import type { HistoryEntry } from './memory.ts';
import type { Because } from './verdict.ts';

/** The same repair so often within the window is a fight with another tool, not a repair. */
export const CONTESTED_ROUNDS = 3;
export const CONTESTED_WINDOW_MS = 24 * 60 * 60 * 1000;
/** An action and an ARN, whose path may be long and is its owner's to choose. */
const CAUSE_CHARACTERS = 300;

/** What somebody fights over. */
export interface Contest {
  /** The changes to leave alone. */
  readonly changes: ReadonlySet<string>;
  readonly because: Because;
}

/**
 * Which of the changes that a plan would make have been made, and undone by somebody, again and again.
 *
 * @param changes what the plan would do, a sentence each, as the history has them
 * @param history oldest first
 * @param now epoch milliseconds
 * @param by what CloudTrail says was done there last and by whom, where that is known
 * @returns what to stop and why, or `undefined` where nobody fights
 */
export function contestIn(
  changes: readonly string[],
  history: readonly HistoryEntry[],
  now: number,
  by: string | undefined,
): Contest | undefined {
  const recent = history.filter(({ at }) => now - at < CONTESTED_WINDOW_MS);
  const all = changes.filter(
    (change) => recent.filter((entry) => entry.changes.includes(change)).length >= CONTESTED_ROUNDS,
  );
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
