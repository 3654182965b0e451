import { AwsFailure, RoleNotAssumable } from './failure.ts';
import { plainWords } from '../words/foreign-text.ts';

/** Why something failed: what a failing function writes down before its message goes to the dead-letter queue. */
export interface FailureNote {
  /** The same for the same cause, wherever it happens: `"DescribeVpcs InternalError"`. It names no account and no id. */
  readonly code: string;
  /** One example in words, with the account, the call or the id that it happened to. */
  readonly text: string;
}

const CODE_CHARACTERS = 120;
const TEXT_CHARACTERS = 500;
/** Ids, account ids and counts: what differs from place to place. */
const PARTICULARS = /\b[a-z]+-[0-9a-f]{8,17}\b|\d+/g;

/** What to write down of an error. */
export function failureNote(error: unknown): FailureNote {
  const text = error instanceof Error ? error.message : String(error);
  return { code: plainWords(codeOf(error), CODE_CHARACTERS), text: plainWords(text, TEXT_CHARACTERS) };
}

function codeOf(error: unknown): string {
  if (error instanceof AwsFailure) return `${error.call} ${error.code}`;
  if (error instanceof RoleNotAssumable) return `AssumeRole ${error.code}`;
  return error instanceof Error ? codeOfName(error.name, error.message) : typeof error;
}

/** Errors whose words are our own, and alone tell one from another. */
const TOLD_BY_WORDS: ReadonlySet<string> = new Set(['Error', 'AggregateError', 'AwsFailure']);

const codeOfName = (name: string, message: string): string =>
  TOLD_BY_WORDS.has(name) ? message.replaceAll(PARTICULARS, '…') : name;

/** Of what a function threw there is only what Lambda wrote down. */
export const thrownNote = (errorType: string, errorMessage: string): FailureNote => ({
  code: plainWords(codeOfName(errorType, errorMessage), CODE_CHARACTERS),
  text: plainWords(errorMessage, TEXT_CHARACTERS),
});

/** What is returned together with a message that failed, and was not tried, fails for the same reason. */
export const notTried = ({ code, text }: FailureNote): FailureNote => ({
  code,
  text: plainWords(
    `not tried, because an earlier message of the same group failed: ${text}`,
    TEXT_CHARACTERS,
  ),
});

/** Where nobody was left to write anything down. */
export const NO_ANSWER: FailureNote = {
  code: 'no-answer',
  text: 'ended without an answer: time-out, memory or a crash at start',
};
