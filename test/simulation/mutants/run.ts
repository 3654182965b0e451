import { availableParallelism } from 'node:os';
import Table from 'cli-table3';
import { Command } from 'commander';

import { bundle } from '../bundle.ts';
import { liveAll, livePlans } from '../crew.ts';
import { readKnownPlans } from '../plan/known-plans.ts';
import type { LifeSummary } from '../summary.ts';
import { MUTANTS } from './list.ts';
import type { Mutant } from './mutant.ts';

interface Options {
  readonly seeds: number;
  readonly start: number;
  readonly only?: string;
  readonly workers: number;
}

interface Outcome {
  readonly mutant: Mutant;
  /** How many lives it took, or the known plan that showed it; undefined when none did. */
  readonly lives: string | undefined;
  readonly by: string;
}

const write = (text: string): void => void process.stdout.write(`${text}\n`);

const options = new Command('simulate:mutants')
  .description(
    'Puts one deliberate bug after another into the shipped code, in memory, and counts the lives until one shows it.',
  )
  .option('--seeds <count>', 'after so many lives a bug counts as missed', Number, 5000)
  .option('--start <seed>', 'the first seed', Number, 1)
  .option('--only <text>', 'only those with this in their name')
  .option('--workers <count>', 'threads', Number, availableParallelism())
  .parse()
  .opts<Options>();

const WORKER = 'test/simulation/worker.ts';
const unchanged = bundle('unchanged', WORKER);
const chosen = MUTANTS.filter(({ name }) => name.includes(options.only ?? ''));
const outcomes: Outcome[] = [];
for (const mutant of chosen) outcomes.push(await hunt(mutant));
write(tableOf(outcomes));
const missed = outcomes.filter(({ lives }) => lives === undefined);
write(`${outcomes.length - missed.length} of ${outcomes.length} caught`);
process.exitCode = missed.length === 0 ? 0 : 1;

async function hunt(mutant: Mutant): Promise<Outcome> {
  const bundlePath = await bundle(`mutant-${MUTANTS.indexOf(mutant)}`, WORKER, [mutant]);
  const shown = await firstShown(bundlePath, options.start);
  const outcome =
    shown === undefined
      ? { mutant, ...(await shownByKnown(bundlePath)) }
      : { mutant, lives: String(shown.seed - options.start + 1), by: shown.violations[0]?.invariant ?? '' };
  write(`${mutant.name}: ${outcome.lives ?? 'MISSED'} ${outcome.by}`);
  return outcome;
}

/** Some bugs need more luck than some thousand seeds have; the plans that once showed one may show it again. */
async function shownByKnown(bundlePath: string): Promise<Pick<Outcome, 'lives' | 'by'>> {
  const known = readKnownPlans();
  const lives = await livePlans(bundlePath, [...known.values()]);
  const at = lives.findIndex(({ violations }) => violations.length > 0);
  return { lives: [...known.keys()][at], by: lives[at]?.violations[0]?.invariant ?? '' };
}

/** The first life that goes wrong with the bug, and not without it: else it would show another one. */
async function firstShown(bundlePath: string, start: number): Promise<LifeSummary | undefined> {
  const broken = await firstBroken(bundlePath, start, options.start + options.seeds - start);
  if (broken === undefined) return undefined;
  if ((await firstBroken(await unchanged, broken.seed, 1)) === undefined) return broken;
  write(`seed ${broken.seed} goes wrong without any of these bugs`);
  return firstShown(bundlePath, broken.seed + 1);
}

async function firstBroken(
  bundlePath: string,
  start: number,
  seeds: number,
): Promise<LifeSummary | undefined> {
  const lives: LifeSummary[] = [];
  const { workers } = options;
  await liveAll({ bundlePath, start, seeds, workers, untilBroken: true, onLife: (life) => lives.push(life) });
  const [first] = lives
    .filter(({ violations }) => violations.length > 0)
    .toSorted((one, other) => one.seed - other.seed);
  return first;
}

function tableOf(found: readonly Outcome[]): string {
  const table = new Table({ style: { head: [], border: [] }, head: ['bug', 'lives', 'shown by'] });
  for (const { mutant, lives, by } of found) table.push([mutant.name, lives ?? 'missed', by]);
  return table.toString();
}
