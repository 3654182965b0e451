import type { FailureNote } from '../domain/work/failure-note.ts';
import type { HubEvent } from '../domain/words/hub-event.ts';
import type { CauseRecord, KeptLetter, Letter } from '../domain/work/letter.ts';

/** A cause and the number of writes that it had, which the next write names so that none gets lost. */
export interface StoredCause {
  readonly version: number;
  readonly cause: CauseRecord;
}

/** Dead letters in the ledger, in a partition of their own. What has not come again for 90 days expires. */
export interface LetterBook {
  /** What the failing function wrote down of this message, if it could. */
  noteOf(messageId: string): Promise<FailureNote | undefined>;
  cause(causeId: string): Promise<StoredCause | undefined>;
  causes(): Promise<readonly CauseRecord[]>;
  /** Whether it was written: not where somebody else has written since `version`, 0 where nothing was stored. */
  storeCause(version: number, cause: CauseRecord): Promise<boolean>;
  forgetCause(causeId: string): Promise<void>;
  letter(causeId: string, letterId: string): Promise<Omit<KeptLetter, 'body'> | undefined>;
  /** By their ids. */
  letters(causeId: string): Promise<readonly Omit<KeptLetter, 'body'>[]>;
  /** @throws Error where it is not there */
  bodyOf(letter: Pick<KeptLetter, 'causeId' | 'id'>): Promise<string>;
  /** @throws Error where the body is larger than an item may be, even compressed */
  keep(letter: KeptLetter): Promise<void>;
  forget(letter: Pick<KeptLetter, 'causeId' | 'id'>): Promise<void>;
}

/** Sends a letter's body to the queue that it came from. */
export interface LetterQueues {
  send(letter: Letter): Promise<void>;
}

export interface HubEvents {
  publish(events: readonly HubEvent[]): Promise<void>;
}
