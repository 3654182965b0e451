import { Help } from 'commander';
import type { Env } from '../shared/settings.ts';

/** What is read easily; a wider terminal does not make lines longer. */
const MAX_COLUMNS = 120;
/** Narrower than this, wrapping makes nothing better. */
const MIN_COLUMNS = 40;
/** Where nobody says how wide it is: what terminals have had since terminals were. */
const DEFAULT_COLUMNS = 80;

/**
 * How wide text for people is: `COLUMNS` decides, then the terminal.
 *
 * @param terminal the terminal's width in characters, where the output is one
 */
export function columnsOf(env: Env, terminal: number | undefined): number {
  const told = Number(env['COLUMNS']);
  const columns = Number.isInteger(told) && told > 0 ? told : (terminal ?? DEFAULT_COLUMNS);
  return Math.min(Math.max(columns, MIN_COLUMNS), MAX_COLUMNS);
}

/**
 * Breaks the paragraphs of a text at spaces. Lines that are indented stay as they are: they are examples and tables.
 */
export function wrapParagraphs(text: string, columns: number): string {
  const help = new Help();
  const paragraphs: string[] = [];
  let isOpen = false;
  for (const line of text.split('\n')) {
    const isText = /^\S/.test(line);
    if (isText && isOpen) paragraphs.push(`${paragraphs.pop()} ${line}`);
    else paragraphs.push(line);
    isOpen = isText;
  }
  return paragraphs
    .map((paragraph) => (/^\S/.test(paragraph) ? help.boxWrap(paragraph, columns) : paragraph))
    .join('\n');
}
