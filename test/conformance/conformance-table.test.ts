import { readFileSync } from 'node:fs';
import { KNOWN_DIFFERENCES } from './differential/differences/all.ts';
import { differencesTable } from './differential/table.ts';

/** The cells of the only table of a Markdown text, without the line under its head. */
function tableOf(markdown: string): readonly (readonly string[])[] {
  const lines = markdown.split('\n').filter((line) => line.startsWith('|'));
  return lines
    .filter((line) => !/^\|[ |-]+\|$/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split(' | ')
        .map((cell) => cell.trim()),
    );
}

describe('the known differences from moto', () => {
  it('are those of docs/conformance.md: run `npm run conformance:table` when this fails', () => {
    expect(tableOf(readFileSync('docs/conformance.md', 'utf8'))).toEqual(differencesTable());
  });

  it('each have a name of their own', () => {
    const ids = KNOWN_DIFFERENCES.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(KNOWN_DIFFERENCES)('name AWS’s own documentation: $id', ({ source }) => {
    expect(source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/\S+$/);
  });
});
