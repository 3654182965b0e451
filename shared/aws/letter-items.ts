import { gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod';
import type { FailureNote } from '../domain/work/failure-note.ts';
import { LETTER_SOURCES, type CauseRecord, type KeptLetter } from '../domain/work/letter.ts';
import type { StoredCause } from '../letters/ports.ts';
import { jsonAttribute, readItem, versionAttribute, type Item } from './item-forms.ts';

/**
 * Dead letters, in partitions of their own beside the peerings of the ledger's table; deploy/hub/roles.yml names them.
 *
 * - `dead-letters`, `cause#<cause>` is what letters have in common, and what people were told,
 * - `dead-letters`, `letter#<cause>#<id>` is one letter,
 * - `dead-letters`, `body#<cause>#<id>` is its body, compressed, so that lists need not read it,
 * - `failures`, `<message id>` is what a failing function wrote down of a message.
 */
const LETTERS = 'dead-letters';
const NOTES = 'failures';

const SECONDS_PER_DAY = 24 * 60 * 60;
/** As long as the logs are kept. */
const LETTER_DAYS = 90;
/** A letter is read from its queue within 14 days. */
const NOTE_DAYS = 30;

const keyOf = (pk: string, sk: string): Item => ({ pk: { S: pk }, sk: { S: sk } });
export const causeKey = (causeId: string): Item => keyOf(LETTERS, `cause#${causeId}`);
export const letterKey = (causeId: string, id: string): Item => keyOf(LETTERS, `letter#${causeId}#${id}`);
export const bodyKey = (causeId: string, id: string): Item => keyOf(LETTERS, `body#${causeId}#${id}`);
export const noteKey = (messageId: string): Item => keyOf(NOTES, messageId);

/** For queries of the partition of letters. */
export const LETTERS_PARTITION = { S: LETTERS };
export const CAUSES_PREFIX = 'cause#';
export const lettersPrefix = (causeId: string): string => `letter#${causeId}#`;

/** The table's TimeToLiveSpecification names this attribute; DynamoDB deletes some days later. */
const expiry = (at: number, days: number): Item => ({
  expiresAt: { N: String(Math.floor(at / 1000) + days * SECONDS_PER_DAY) },
});
const hasExpired = ({ expiresAt }: Item, now: number): boolean =>
  Number(expiresAt?.N ?? Infinity) * 1000 <= now;

const noteSchema = z.object({ code: z.string(), text: z.string() });
const causeSchema = noteSchema.extend({
  id: z.string(),
  source: z.enum(LETTER_SOURCES),
  functionName: z.string().optional(),
  firstAt: z.int(),
  lastAt: z.int(),
  letters: z.int().min(0),
  tellAt: z.int().optional(),
  told: z.object({ at: z.int(), letters: z.int().min(0) }).optional(),
});
const letterSchema = z.object({
  id: z.string(),
  about: z.string(),
  source: z.enum(LETTER_SOURCES),
  groupId: z.string().optional(),
  messageId: z.string(),
  causeId: z.string(),
  firstAt: z.int(),
  lastAt: z.int(),
  times: z.int().min(1),
});

export const causeItem = (version: number, cause: CauseRecord): Item => ({
  ...causeKey(cause.id),
  version: { N: String(version) },
  cause: { S: JSON.stringify(cause) },
  ...expiry(cause.lastAt, LETTER_DAYS),
});

/** @throws Error that names an item which is not of its form */
export function readCause(item: Item | undefined, now: number): StoredCause | undefined {
  if (item === undefined) return undefined;
  const { version, cause } = readItem(
    item,
    z.object({ version: versionAttribute, cause: jsonAttribute(causeSchema) }),
  );
  const { functionName, tellAt, told, ...rest } = cause;
  // One that has expired and is there still is overwritten as any other, by a write that names its version.
  const isOver = hasExpired(item, now);
  return {
    version,
    cause: {
      ...rest,
      functionName,
      told: isOver ? undefined : told,
      tellAt,
      letters: isOver ? 0 : rest.letters,
    },
  };
}

export const letterItem = ({ body: _apart, ...letter }: KeptLetter): Item => ({
  ...letterKey(letter.causeId, letter.id),
  letter: { S: JSON.stringify(letter) },
  ...expiry(letter.lastAt, LETTER_DAYS),
});

/** @throws Error that names an item which is not of its form */
export function readLetterItem(item: Item | undefined, now: number): Omit<KeptLetter, 'body'> | undefined {
  if (item === undefined || hasExpired(item, now)) return undefined;
  const { letter } = readItem(item, z.object({ letter: jsonAttribute(letterSchema) }));
  const { groupId, ...rest } = letter;
  return { ...rest, groupId };
}

/** An item has 400 KB at most, with its key. */
const MAX_BODY_BYTES = 390_000;

/** @throws Error where the body is too large */
export function bodyItem({ causeId, id, body, lastAt }: KeptLetter): Item {
  const bytes = gzipSync(body);
  if (bytes.byteLength > MAX_BODY_BYTES) {
    throw new Error(`the letter is too large to keep: ${bytes.byteLength} bytes compressed`);
  }
  return { ...bodyKey(causeId, id), body: { B: bytes }, ...expiry(lastAt, LETTER_DAYS) };
}

export function readBody(item: Item | undefined): string | undefined {
  const bytes = item?.['body']?.B;
  return bytes === undefined ? undefined : gunzipSync(bytes).toString();
}

export const noteItem = (messageId: string, note: FailureNote, at: number): Item => ({
  ...noteKey(messageId),
  note: { S: JSON.stringify(note) },
  ...expiry(at, NOTE_DAYS),
});

/** @throws Error that names an item which is not of its form */
export const readNote = (item: Item | undefined): FailureNote | undefined =>
  item === undefined ? undefined : readItem(item, z.object({ note: jsonAttribute(noteSchema) })).note;
