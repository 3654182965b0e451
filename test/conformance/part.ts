import type { Tool } from './tools.ts';

/** What was asked of the whole run. */
export interface RunOptions {
  readonly runs: number | undefined;
  readonly seed: number;
  /** Of the sequence to repeat, as a failure prints it. */
  readonly path: string | undefined;
}

/** What a part found: how much of it was checked, and what a reader of the summary should know. */
export interface Report {
  readonly checks: string;
  readonly notes: readonly string[];
}

/** One opinion of somebody else. `run` throws when that opinion is another one. */
export interface Part {
  readonly name: string;
  readonly needs: readonly Tool[];
  /** @param say prints a line about what was checked */
  run(options: RunOptions, say: (line: string) => void): Promise<Report>;
}

/** Runs named steps one after the other; the name of one that fails leads its message. */
export class Steps {
  readonly #say: (line: string) => void;
  #count = 0;

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  async run(name: string, check: () => Promise<void>): Promise<void> {
    try {
      await check();
    } catch (error) {
      throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
    this.#count++;
    this.#say(`  ✓ ${name}`);
  }

  get count(): number {
    return this.#count;
  }
}
