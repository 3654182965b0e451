/**
 * Text that people of other accounts wrote: tags, names, ARNs, error texts. It is shown as words, and as nothing else:
 * it begins no line of its own, moves no cursor, changes no reading direction, and hides nothing.
 */

/**
 * Characters that show nothing by themselves or change how others are shown: controls (C0, DEL, C1), line and paragraph
 * separators, format characters (bidirectional controls, zero-width ones, tags), what Unicode lets a screen leave out
 * (variation selectors, fillers), lone halves of surrogate pairs, and code points that are no characters.
 */
const UNSEEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu;
const UNSEEN_RUN = new RegExp(`${UNSEEN.source}+`, 'gu');
/** Every kind of space and line break, and the braille pattern without a dot, which looks like one. */
const SPACES = /[\s\p{Z}\u0085\u2800]+/gu;
/** What joins the parts of an emoji. Without it the parts stand side by side. */
const EMOJI_JOINERS = /(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}])[\uFE0F\u200D]+/gu;
/** No language stacks more accents on a letter; what does would reach into the lines above and below. */
const STACKED_ACCENTS = /(\p{M}{4})\p{M}+/gu;
/** Stands where unseen characters stood: without it `pro<zero-width space>d` would read `prod`. */
const REPLACEMENT = '\uFFFD';
const ELLIPSIS = '…';
/** So much of a text is read for each character that may be shown: no stranger decides how long it takes. */
const READ_FOR_EACH = 10;

/**
 * Text on one line, without anything that cannot be seen, each run of spaces as one.
 *
 * @param maxCharacters code points at most; longer text ends in an ellipsis
 */
export function plainWords(text: string, maxCharacters: number): string {
  const read = text.slice(0, READ_FOR_EACH * maxCharacters);
  const plain = read
    .replaceAll(EMOJI_JOINERS, '')
    .replaceAll(SPACES, ' ')
    .replaceAll(UNSEEN_RUN, REPLACEMENT)
    .replaceAll(STACKED_ACCENTS, '$1')
    .trim();
  const characters = Array.from(plain);
  if (characters.length <= maxCharacters && read.length === text.length) return plain;
  const kept = characters.slice(0, maxCharacters - ELLIPSIS.length).join('');
  return `${kept.trimEnd()}${ELLIPSIS}`;
}

/** As much of a value as tells it from another, and leaves room for the sentence around it. */
const QUOTED_CHARACTERS = 100;
/** Everything that looks like a double quote. */
const DOUBLE_QUOTES = /["“”„‟″‶＂〝〞〟]/gu;

/**
 * A value in a sentence, so that it reads as a quotation: `"web"`. It ends at the next double quote, for none is left
 * inside, and no link in it can be followed.
 */
export const quoted = (text: string): string =>
  `"${unlinked(plainWords(text, QUOTED_CHARACTERS)).replaceAll(DOUBLE_QUOTES, "'")}"`;

const LINKS = /:\/\/\S*|\bwww\.\S*/giu;

/**
 * Text in which mail programs, chats and terminals find no link with a scheme or `www.`: `https:/ /evil .example/x`. The
 * spaces can be seen, and who wants the address can still read it. A bare host name stays as it is, for it looks like
 * any other value: `10.1.0.0/16`, `api.eu`.
 */
export const unlinked = (text: string): string =>
  text.replaceAll(LINKS, (link) => link.replaceAll('://', ':/ /').replaceAll('.', ' .'));

/**
 * Text for a terminal: what cannot be seen is written as JSON would, `\u001b`. In JSON it means the same as before, for
 * there it stands in strings only. Line breaks and tabs are written so too.
 */
export const printable = (text: string): string => text.replaceAll(UNSEEN, escapeCharacter);

function escapeCharacter(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
