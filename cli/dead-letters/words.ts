import * as z from 'zod';
import { printable } from '../policy/files.ts';

export const letterSchema = z.object({
  letter: z.string(),
  about: z.string(),
  times: z.int(),
  first: z.string(),
  last: z.string(),
});

/** `  pcx-…  3 times since 2026-11-28T09:12:40.120Z  peering pcx-…` */
export const letterLine = ({ letter, about, times, first, last }: z.infer<typeof letterSchema>): string =>
  `  ${letter}  ${times === 1 ? `at ${last}` : `${times} times since ${first}, last at ${last}`}  ${about}`;

/** Each line for itself: a line break in a value does not begin another. */
export const linesOf = (lines: readonly string[]): string =>
  lines.map((line) => `${printable(line)}\n`).join('');

/** Where more was left than one command does. */
export const leftLine = (left: number, todo: string): readonly string[] =>
  left === 0 ? [] : [`${left} more are left: ${todo}`];

export const NO_SUCH = 'there is no such dead letter: autopeer dead-letters list names the causes';
