import { KNOWN_DIFFERENCES } from './differences/all.ts';

const HEAD = ['about', 'the simulation', 'moto', 'AWS does as', 'source'] as const;
const RIGHT = { sim: 'the simulation', moto: 'moto', either: 'it does not say' } as const;

/** The cells of the table in docs/conformance.md, its head first. */
export function differencesTable(): readonly (readonly string[])[] {
  const rows = KNOWN_DIFFERENCES.map(({ id, sim, moto, right, source }) => [
    id,
    sim,
    moto,
    RIGHT[right],
    `[${source.slice(source.lastIndexOf('/') + 1).replace('.html', '')}](${source})`,
  ]);
  return [HEAD, ...rows];
}

/** The same as Markdown. */
export function differencesMarkdown(): string {
  const [head = [], ...rows] = differencesTable();
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
