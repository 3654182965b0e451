import * as z from 'zod';
import { mapBounded } from '../reconcile/bounded.ts';
import type { KeptLetter } from '../domain/work/letter.ts';
import type { LetterBook } from '../letters/ports.ts';
import { sendAgain } from '../letters/retry.ts';
import { command, type CommandTools } from './command.ts';

/** A letter is a few calls, and the function has 30 seconds. Whoever has more asks again. */
const MAX_LETTERS = 500;
const LETTERS_AT_ONCE = 16;

/** A cause, as `list` names it, and one letter of it, as `show` names it; all letters where it is left out. */
const chosenSchema = z.strictObject({
  cause: z.string().regex(/^[a-z0-9-]{1,100}$/, 'not the name of a cause: see dead-letters list'),
  letter: z.string().min(1).max(200).optional(),
});
type Chosen = z.infer<typeof chosenSchema>;
type Listed = Omit<KeptLetter, 'body'>;

/** The causes that have letters, the newest last. */
export const listLetters = command(z.strictObject({}), async (_input, _caller, { letters: book }) => {
  const causes = await book.causes();
  const counted = await mapBounded(causes, LETTERS_AT_ONCE, async (cause) => ({
    cause: cause.id,
    code: cause.code,
    text: cause.text,
    letters: (await book.letters(cause.id)).length,
    first: instant(cause.firstAt),
    last: instant(cause.lastAt),
    told: cause.told === undefined ? null : instant(cause.told.at),
  }));
  const listed = counted.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
  return {
    causes: listed
      .filter(({ letters }) => letters > 0)
      .toSorted((one, other) => (one.last < other.last ? -1 : 1)),
  };
});

/** The letters of a cause; of one letter its body too. */
export const showLetters = command(chosenSchema, async ({ cause, letter }, _caller, { letters: book }) => {
  const found = await chosen({ cause, letter }, book);
  const shown = found.slice(0, MAX_LETTERS).map(letterWords);
  const [first] = found;
  const body = letter === undefined || first === undefined ? undefined : await book.bodyOf(first);
  return { letters: shown, left: found.length - shown.length, ...(body === undefined ? {} : { body }) };
});

/** Sends letters again. One that cannot be sent is kept, with the reason. */
export const retryLetters = command(chosenSchema, async (input, _caller, tools) => {
  const { letters: book } = tools;
  const found = await chosen(input, book);
  const tried = found.slice(0, MAX_LETTERS);
  const kept: (ReturnType<typeof letterWords> & { readonly why: string })[] = [];
  await mapBounded(tried, LETTERS_AT_ONCE, async (letter) => {
    try {
      await retry(letter, tools);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      kept.push({ ...letterWords(letter), why });
    }
  });
  const left = found.length - tried.length + kept.length;
  if (left === 0) await forgetEmpty(input.cause, book);
  return { sent: tried.length - kept.length, kept, left };
});

/** Forgets letters. What they were about is looked at again by the next event or sweep all the same. */
export const dropLetters = command(chosenSchema, async (input, _caller, { letters: book }) => {
  const found = await chosen(input, book);
  const dropped = found.slice(0, MAX_LETTERS);
  const results = await mapBounded(dropped, LETTERS_AT_ONCE, (letter) => book.forget(letter));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  const left = found.length - dropped.length;
  if (left === 0) await forgetEmpty(input.cause, book);
  return { dropped: dropped.length, left };
});

async function chosen({ cause, letter }: Chosen, book: LetterBook): Promise<readonly Listed[]> {
  if (letter === undefined) return book.letters(cause);
  const found = await book.letter(cause, letter);
  return found === undefined ? [] : [found];
}

/** First sent, then forgotten: whoever dies in between sends it twice. */
async function retry(letter: Listed, { letters: book, resend }: CommandTools): Promise<void> {
  await sendAgain({ ...letter, body: await book.bodyOf(letter) }, resend);
  await book.forget(letter);
}

/** A cause without letters is over: if it comes again, it is told as a new one. */
async function forgetEmpty(causeId: string, book: LetterBook): Promise<void> {
  if ((await book.letters(causeId)).length === 0) await book.forgetCause(causeId);
}

const letterWords = ({ id, about, times, firstAt, lastAt }: Listed) => ({
  letter: id,
  about,
  times,
  first: instant(firstAt),
  last: instant(lastAt),
});

const instant = (ms: number): string => new Date(ms).toISOString();
