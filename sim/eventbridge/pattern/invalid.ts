import { AwsError } from '../../types.ts';

/** How much of a pattern EventBridge repeats in its errors. */
const SHOWN_CHARACTERS = 500;

/** Why a pattern is refused, and where EventBridge stood when it saw that; not of every reason it tells where. */
export class PatternFault extends Error {
  readonly offset: number | undefined;
  /** How often the place is told: EventBridge says it twice of what it finds within a list of `anything-but`. */
  readonly repeats: number;

  constructor(reason: string, offset?: number, repeats = 1) {
    super(reason);
    this.offset = offset;
    this.repeats = repeats;
  }
}

/** EventBridge's refusal of a pattern, in the words of its rule compiler and its JSON parser. */
export function invalidPattern(text: string, { message, offset, repeats }: PatternFault): AwsError {
  const place = offset === undefined ? '' : placeOf(text, offset).repeat(repeats);
  return new AwsError(
    'InvalidEventPatternException',
    `Event pattern is not valid. Reason: ${message}${place}`,
  );
}

function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  const column = (before.at(-1) ?? '').length + 1;
  const hidden = text.length - SHOWN_CHARACTERS;
  const shown = `"${text.slice(0, SHOWN_CHARACTERS)}"${hidden > 0 ? `[truncated ${hidden} chars]` : ''}`;
  return `\n at [Source: (String)${shown}; line: ${before.length}, column: ${column}]`;
}
