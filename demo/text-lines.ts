import type picocolors from 'picocolors';

/** Paints text for a terminal, or leaves it as it is. */
export type Paint = ReturnType<typeof picocolors.createColors>;

/** Readable side by side with an editor. */
export const COLUMNS = 98;

/** Breaks text at its spaces, so that no line is longer than `width`, a single word apart. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** `1 route`, `2 routes` */
export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

/** `12.0 s` of milliseconds; minutes where it is more than one. */
export function seconds(ms: number): string {
  const all = Math.round(ms / 100) / 10;
  if (all < 60) return `${all.toFixed(1)} s`;
  return `${Math.floor(all / 60)} min ${Math.round(all % 60)} s`;
}

/** A peering's or route table's id in a table, where the whole of it would leave no room. */
export const shortId = (id: string): string => id.slice(0, 12);
