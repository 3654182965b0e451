import type { HistoryEntry } from './memory.ts';

/** An entry that is written before anything is done; the one after it says how it ended. */
export const isOpening = ({ planned, outcome }: HistoryEntry): boolean =>
  planned !== undefined && outcome === undefined;

/**
 * The decisions that let a peering in: the first one, and each by which another rule or another approval let it in, or that
 * let it in again. What a dry run would have done lets nobody in.
 *
 * @param history oldest first
 * @returns of the entries of one decision the one that says how it ended, where there is one
 */
export function letInBy(history: readonly HistoryEntry[]): readonly HistoryEntry[] {
  const decisions: HistoryEntry[] = [];
  let before: HistoryEntry | undefined;
  for (const entry of history) {
    // Waiting for EC2 is part of what it waits for.
    if (entry.isDryRun === true || entry.verdict === 'wait') continue;
    if (entry.verdict === 'connect') {
      if (before === undefined || !isSameDecision(before, entry)) decisions.push(entry);
      else if (before === decisions.at(-1) && isOpening(before)) decisions.splice(-1, 1, entry);
    }
    before = entry;
  }
  return decisions;
}

const isSameDecision = (one: HistoryEntry, other: HistoryEntry): boolean =>
  one.verdict === other.verdict && one.rule === other.rule && one.approval === other.approval;
