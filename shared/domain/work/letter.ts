import type { FailureNote } from './failure-note.ts';

/**
 * Where a dead letter comes from, which is where it is sent again: the queue of peerings, of places, of what is looked at
 * again later, of what Slack is to be told; or the events that intake, start-sweep and notify are called with, which have no
 * queue.
 */
export const LETTER_SOURCES = ['work', 'sweep', 'recheck', 'slack', 'events'] as const;
export type LetterSource = (typeof LETTER_SOURCES)[number];

/** A message that autopeer gave up on. */
export interface Letter {
  /** The same for the same peering, place or event, so that one that fails every hour is one letter. */
  readonly id: string;
  /** For people: `peering pcx-…`, `account 111122223333, eu-west-1`, `event CreateVpcPeeringConnection of …`. */
  readonly about: string;
  readonly source: LetterSource;
  /** The message's group, where its queue has groups. */
  readonly groupId: string | undefined;
  readonly messageId: string;
  /** As it was: it can be sent again. */
  readonly body: string;
}

/** A letter as it is kept. */
export interface KeptLetter extends Letter {
  readonly causeId: string;
  /** Epoch milliseconds of its first and its last coming. */
  readonly firstAt: number;
  readonly lastAt: number;
  readonly times: number;
}

/** What letters have in common: the function that failed, and how. */
export interface LetterCause extends FailureNote {
  /** For people to type: `sweep-describevpcs-internalerror`. */
  readonly id: string;
  readonly source: LetterSource;
  /** The function's name behind the hub's: `sweepAccount`; unknown of events that no function took. */
  readonly functionName: string | undefined;
}

/** What is remembered of a cause. */
export interface CauseRecord extends LetterCause {
  readonly firstAt: number;
  readonly lastAt: number;
  /** How many letters it has, about so. */
  readonly letters: number;
  /** When people are to be told; absent where they know. Until then more letters may come, which are told with it. */
  readonly tellAt: number | undefined;
  /** What people were told last. */
  readonly told: { readonly at: number; readonly letters: number } | undefined;
}

/**
 * So long letters of a new cause are gathered before people are told. Shorter than the time after which a dead-letter queue
 * of deploy/hub/queues.yml hands out a message again, so that each letter of a new cause comes twice, and no oftener.
 */
export const GATHER_MS = 150_000;
/** A cause that spreads is told again. */
const TOLD_AGAIN_AT = 10;
/** A cause that goes on is kept; writing that down once a day is enough. */
const REFRESH_MS = 24 * 60 * 60 * 1000;
const CAUSE_ID_CHARACTERS = 80;

export function causeOf(
  { source, functionName }: Pick<LetterCause, 'source' | 'functionName'>,
  { code, text }: FailureNote,
): LetterCause {
  // Events of three functions share a source.
  const failing = source === 'events' ? (functionName ?? source) : source;
  const words = `${failing} ${code}`.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return { id: words.join('-').slice(0, CAUSE_ID_CHARACTERS), source, functionName, code, text };
}

/**
 * What is remembered once another letter has come.
 *
 * @param isNew whether the cause had no letter about the same before
 * @returns the same record where there is nothing to write
 */
export function withLetter(
  before: CauseRecord | undefined,
  cause: LetterCause,
  isNew: boolean,
  now: number,
): CauseRecord {
  const tellAt = now + GATHER_MS;
  if (before === undefined) {
    return { ...cause, firstAt: now, lastAt: now, letters: 1, tellAt, told: undefined };
  }
  if (!isNew) return now - before.lastAt < REFRESH_MS ? before : { ...before, lastAt: now };
  const letters = before.letters + 1;
  const hasSpread = before.told !== undefined && letters >= TOLD_AGAIN_AT * before.told.letters;
  return {
    ...before,
    lastAt: now,
    letters,
    tellAt: before.tellAt ?? (hasSpread ? tellAt : undefined),
  };
}

/** Nobody else is to tell it while somebody does. Who dies at it leaves it to whoever comes after that time. */
export const whileTelling = (cause: CauseRecord, now: number): CauseRecord => ({
  ...cause,
  tellAt: now + GATHER_MS,
});

/** @param letters as they were told */
export const onceTold = (cause: CauseRecord, letters: number, now: number): CauseRecord => ({
  ...cause,
  letters: Math.max(cause.letters, letters),
  tellAt: undefined,
  told: { at: now, letters },
});
