import type { Deadline } from '../domain/work/deadline.ts';
import type { Clock, Log, Metrics } from '../domain/work/log.ts';
import { onceTold, whileTelling, withLetter, type LetterCause } from '../domain/work/letter.ts';
import { workFailed } from '../domain/words/failed-notice.ts';
import type { HubEvents, LetterBook, StoredCause } from './ports.ts';
import { causeOfLetter, readLetter, readRecords, type DeadRecord, type SourceQueues } from './read-letter.ts';

export interface LettersDeps {
  readonly book: LetterBook;
  readonly bus: HubEvents;
  readonly queues: SourceQueues;
  /** What the hub is called, which its functions' names start with. */
  readonly hubName: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** What Lambda reads back: the messages that the queue is to deliver again. */
interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** Of writers at once one gets through each time, and there are few. */
const MAX_ATTEMPTS = 20;

/**
 * Takes letters out of a dead-letter queue. Each is kept in the ledger, and people are notified of its cause; only then
 * the queue lets it go. The notice of a new cause waits until its first letter comes the second time, so that one notice
 * counts all that came meanwhile.
 * What fails here is delivered again, and goes to the last queue in the end.
 *
 * @throws ZodError for an event that is not from SQS
 */
export async function takeLetters(
  event: unknown,
  deps: LettersDeps,
  deadline: Deadline,
): Promise<BatchAnswer> {
  const returned: string[] = [];
  // One after the other: letters of one cause come together, and the second finds what the first has done.
  for (const record of readRecords(event)) {
    try {
      if ((await deadline.keep(() => take(record, deps))) === 'not-told') returned.push(record.messageId);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      deps.log.write({ code: 'letter.failed', messageId: record.messageId, reason });
      returned.push(record.messageId);
    }
  }
  return { batchItemFailures: returned.map((itemIdentifier) => ({ itemIdentifier })) };
}

async function take(record: DeadRecord, deps: LettersDeps): Promise<'told' | 'not-told'> {
  const { cause, version } = await keep(record, deps);
  if (cause.tellAt === undefined) return 'told';
  if (deps.clock.now() < cause.tellAt) return 'not-told';
  return tell({ cause, version }, deps);
}

/** @returns the cause as it is stored now */
async function keep(record: DeadRecord, deps: LettersDeps): Promise<StoredCause> {
  const { book, clock, log } = deps;
  const found = readLetter(record, deps.queues, deps.hubName);
  const { letter } = found;
  const cause = causeOfLetter(found, await book.noteOf(letter.messageId));
  const before = await book.letter(cause.id, letter.id);
  const isSame = before?.messageId === letter.messageId;
  // First the cause: a letter that is there, whoever may have died here, has one.
  const stored = await count(cause, before === undefined, deps);
  if (isSame) return stored;
  const [lastAt, times] = [clock.now(), (before?.times ?? 0) + 1];
  await book.keep({ ...letter, causeId: cause.id, firstAt: before?.firstAt ?? lastAt, lastAt, times });
  log.write({ code: 'letter.kept', messageId: letter.messageId, cause: cause.id });
  return stored;
}

async function count(cause: LetterCause, isNew: boolean, { book, clock }: LettersDeps): Promise<StoredCause> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const stored = await book.cause(cause.id);
    const next = withLetter(stored?.cause, cause, isNew, clock.now());
    if (stored !== undefined && next === stored.cause) return stored;
    const version = stored?.version ?? 0;
    if (await book.storeCause(version, next)) return { version: version + 1, cause: next };
  }
  throw busy(cause);
}

/** Claims the notification by a write, publishes it, and writes that it is published. */
async function tell({ cause, version }: StoredCause, deps: LettersDeps): Promise<'told' | 'not-told'> {
  const { book, bus, clock, log, metrics } = deps;
  if (!(await book.storeCause(version, whileTelling(cause, clock.now())))) return 'not-told';
  const letters = await book.letters(cause.id);
  await bus.publish([
    workFailed(
      cause,
      letters.map(({ about }) => about),
      deps.hubName,
    ),
  ]);
  if (cause.told === undefined) metrics.count('DeadLetterCause', {});
  log.write({ code: 'letter.told', cause: cause.id, letters: letters.length });
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const stored = await book.cause(cause.id);
    // Somebody has dropped it meanwhile.
    if (stored === undefined) return 'told';
    if (await book.storeCause(stored.version, onceTold(stored.cause, letters.length, clock.now())))
      return 'told';
  }
  throw busy(cause);
}

const busy = ({ id }: LetterCause): Error =>
  new Error(`the cause ${id} was changed by others ${MAX_ATTEMPTS} times in a row`);
