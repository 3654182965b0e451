import Table from 'cli-table3';
import type picocolors from 'picocolors';

export type Paint = ReturnType<typeof picocolors.createColors>;

const NO_LINES = Object.fromEntries(
  ['top', 'bottom', 'left', 'right']
    .flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`])
    .concat('mid', 'left-mid', 'mid-mid', 'right-mid', 'middle')
    .map((name) => [name, '']),
);

/** Columns without lines, indented by two, with a heading; a cell may have several lines. Ends in a line break. */
export function columns(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  paint: Paint,
): string {
  const table = new Table({
    chars: NO_LINES,
    style: { head: [], border: [], 'padding-left': 2, 'padding-right': 0 },
  });
  table.push(heading.map((cell) => paint.dim(cell)));
  for (const row of rows) {
    const cells = row.map((cell) => cell.split('\n'));
    const height = Math.max(...cells.map(({ length }) => length));
    // A row for each line: cli-table3 takes a time that is quadratic in the length of a cell of several lines.
    for (let line = 0; line < height; line += 1) table.push(cells.map((lines) => lines[line] ?? ''));
  }
  const lines = table.toString().split('\n');
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}
