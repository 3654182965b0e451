import type { Command } from 'commander';

/** What a command may touch outside itself, so that tests can run it without a process or a disk. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Whether people see the output on a terminal that shows colours. */
  readonly color: boolean;
  /** The file's bytes. Reads at most `maxBytes`, and rejects with a `FileTooLargeError` where there are more. */
  readFile(path: string, maxBytes: number): Promise<Uint8Array>;
}

export interface Output {
  write(text: string): void;
}

/** 0 done, 1 done and something is wrong with what was looked at, 2 could not be done (all of it). */
export type ExitCode = 0 | 1 | 2;

/** One subcommand, in one file: adds itself to the program, and calls `finish` at the end of its action. */
export type AddSubcommand = (program: Command, io: Io, finish: (exitCode: ExitCode) => void) => void;

/** A file is larger than its reader is willing to hold. */
export class FileTooLargeError extends Error {
  override readonly name = 'FileTooLargeError';

  constructor(maxBytes: number) {
    super(`is larger than ${maxBytes / MIB} MiB`);
  }
}

export const MIB = 1024 * 1024;
