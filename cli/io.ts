import type { Command } from 'commander';
import type { Installation } from './installation.ts';
import { wrapParagraphs } from './width.ts';
import { printable } from '../shared/domain/words/foreign-text.ts';

/** What a command may touch outside itself, so that tests can run it without a process or a disk. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Whether people see the output on a terminal that shows colours. */
  readonly color: boolean;
  /** How wide text for people is, in characters. */
  readonly columns: number;
  readonly installation: Installation;
  /** Epoch milliseconds. */
  now(): number;
  /** Has the SDK take this profile of the AWS configuration from now on; absent where nobody calls AWS. */
  useProfile?(name: string): void;
  /** The file's bytes; those of standard input for {@link STDIN}. Reads at most `maxBytes`, and rejects with a `FileTooLargeError` where there are more. */
  readFile(path: string, maxBytes: number): Promise<Uint8Array>;
}

/** In the place of a file's name: standard input. */
export const STDIN = '-';

export interface Output {
  write(text: string): void;
}

/** What layout needs. */
const LAYOUT = /(\r?\n|\t)/;
/** With our own colours: bold, dim, the colours of letters, and their ends. None hides text or moves the cursor. */
const COLORED_LAYOUT = new RegExp(String.raw`(\r?\n|\t|\u001b\[(?:1|2|22|3[1-7]|39)m)`);

/**
 * The same outputs, which pass on nothing that a terminal obeys but our own colours: whatever a command forgets to clean,
 * and what is in the strings of JSON, is written as `\u001b`.
 */
export function guarded(io: Io): Io {
  const layout = io.color ? COLORED_LAYOUT : LAYOUT;
  const guard = (output: Output): Output => ({
    write: (text) => output.write(guardedText(text, layout)),
  });
  return { ...io, stdout: guard(io.stdout), stderr: guard(io.stderr) };
}

/** Text for a file that people print: JSON whose strings hold what members wrote. */
export const guardedText = (text: string, layout = LAYOUT): string =>
  // The layout itself is what was captured: each second part.
  text
    .split(layout)
    .map((part, index) => (index % 2 === 1 ? part : printable(part)))
    .join('');

/** What a command's help says below its options, as wide as the terminal. */
export const manual = (text: string, { columns }: Io): string => wrapParagraphs(text, columns);

/** 0 done, 1 done and something is wrong with what was looked at, 2 could not be done (all of it). */
export type ExitCode = 0 | 1 | 2;

/** One subcommand, in one file: adds itself to the program, and calls `finish` at the end of its action. */
export type AddSubcommand = (program: Command, io: Io, finish: (exitCode: ExitCode) => void) => void;

/** A file that a command will not read; the message says why, behind the file's name. */
export class UnreadableFileError extends Error {
  override readonly name: string = 'UnreadableFileError';
}

/** A file is larger than its reader is willing to hold. */
export class FileTooLargeError extends UnreadableFileError {
  override readonly name = 'FileTooLargeError';

  constructor(maxBytes: number) {
    super(`is larger than ${maxBytes / MIB} MiB`);
  }
}

export const MIB = 1024 * 1024;

/** The code of a failure of the file system, such as ENOENT; `undefined` of anything else. */
export function codeOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
