import { readdirSync, readFileSync } from 'node:fs';
import { Session, type Profiler } from 'node:inspector/promises';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import Table from 'cli-table3';
import { Command } from 'commander';

interface Count {
  covered: number;
  all: number;
}

function tableOf(scripts: ReadonlyMap<string, Profiler.ScriptCoverage>): string {
  const table = new Table({ style: { head: [], border: [] }, head: ['layer', 'files', 'characters run'] });
  const files = readdirSync('shared', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join('shared', name));
  const byLayer = Map.groupBy(files, (file) => dirname(file));
  for (const [layer, own] of [...byLayer].toSorted(([one], [other]) => (one < other ? -1 : 1))) {
    const counts = own.flatMap((file) => {
      const script = scripts.get(pathToFileURL(file).href);
      return script === undefined ? [] : [countOf(file, script)];
    });
    table.push([
      layer,
      `${counts.length} of ${own.length}`,
      counts.length === 0 ? 'in no function' : percent(counts),
    ]);
  }
  return table.toString();
}

function countOf(file: string, { functions }: Profiler.ScriptCoverage): Count {
  const code = stripTypeScriptTypes(readFileSync(file, 'utf8'))
    .replaceAll(/\/\*[\s\S]*?\*\//g, blank)
    .replaceAll(/^\s*\/\/.*$/gm, blank);
  const counts = new Uint32Array(code.length).fill(1);
  // Outer ranges come first, and inner ones say more.
  for (const { ranges } of functions) {
    for (const { startOffset, endOffset, count } of ranges) counts.fill(count, startOffset, endOffset);
  }
  const places = [...code.matchAll(/\S/g)].map(({ index }) => index);
  return { covered: places.filter((place) => counts[place] !== 0).length, all: places.length };
}

const blank = (text: string): string => text.replaceAll(/\S/g, ' ');

function percent(counts: readonly Count[]): string {
  const sum = (of: (count: Count) => number): number => counts.reduce((total, count) => total + of(count), 0);
  return `${((100 * sum(({ covered }) => covered)) / sum(({ all }) => all)).toFixed(1)} %`;
}

/**
 * How much of `shared/` the simulation alone runs, by layer: V8's own counts, in characters of code, of the sources as
 * Node loads them. Node replaces types by blanks, so that places in the file and in what runs are the same.
 */
const { seeds, start } = new Command('simulate:coverage')
  .option('--seeds <count>', 'how many runs', Number, 200)
  .option('--start <seed>', 'the first seed', Number, 1)
  .parse()
  .opts<{ readonly seeds: number; readonly start: number }>();

const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
const { summarizeSeed } = await import('./summary.ts');
for (let seed = start; seed < start + seeds; seed++) await summarizeSeed(seed);
const { result } = await session.post('Profiler.takePreciseCoverage');
process.stdout.write(`${tableOf(new Map(result.map((script) => [script.url, script])))}\n`);
