import { availableParallelism } from 'node:os';
import Table from 'cli-table3';
import { Command } from 'commander';

import { bundle } from '../bundle.ts';
import { runAll, summarizePlans } from '../crew.ts';
import { readKnownPlans } from '../plan/known-plans.ts';
import type { RunSummary } from '../summary.ts';
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
  /** How many runs it took, or the known plan that showed it; undefined when none did. */
  readonly runs: string | undefined;
  readonly by: string;
}

const write = (text: string): void => void process.stdout.write(`${text}\n`);

const options = new Command('simulate:mutants')
  .description(
    'Puts one deliberate bug after another into the shipped code, in memory, and counts the runs until one shows it.',
  )
  .option('--seeds <count>', 'after so many runs a bug counts as missed', Number, 5000)
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
const missed = outcomes.filter(({ runs }) => runs === undefined);
write(`${outcomes.length - missed.length} of ${outcomes.length} caught`);
process.exitCode = missed.length === 0 ? 0 : 1;

async function hunt(mutant: Mutant): Promise<Outcome> {
  const bundlePath = await bundle(`mutant-${MUTANTS.indexOf(mutant)}`, WORKER, [mutant]);
  const shown = await firstShown(bundlePath, options.start);
  const outcome =
    shown === undefined
      ? { mutant, ...(await shownByKnown(bundlePath)) }
      : { mutant, runs: String(shown.seed - options.start + 1), by: shown.violations[0]?.invariant ?? '' };
  write(`${mutant.name}: ${outcome.runs ?? 'MISSED'} ${outcome.by}`);
  return outcome;
}

/** Some bugs need more luck than some thousand seeds have; the plans that once showed one may show it again. */
async function shownByKnown(bundlePath: string): Promise<Pick<Outcome, 'runs' | 'by'>> {
  const known = readKnownPlans();
  const runs = await summarizePlans(bundlePath, [...known.values()]);
  const at = runs.findIndex(({ violations }) => violations.length > 0);
  return { runs: [...known.keys()][at], by: runs[at]?.violations[0]?.invariant ?? '' };
}

/** The first run that goes wrong with the bug, and not without it: else it would show another one. */
async function firstShown(bundlePath: string, start: number): Promise<RunSummary | undefined> {
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
): Promise<RunSummary | undefined> {
  const runs: RunSummary[] = [];
  const { workers } = options;
  await runAll({ bundlePath, start, seeds, workers, untilBroken: true, onRun: (run) => runs.push(run) });
  const [first] = runs
    .filter(({ violations }) => violations.length > 0)
    .toSorted((one, other) => one.seed - other.seed);
  return first;
}

function tableOf(found: readonly Outcome[]): string {
  const table = new Table({ style: { head: [], border: [] }, head: ['bug', 'runs', 'shown by'] });
  for (const { mutant, runs, by } of found) table.push([mutant.name, runs ?? 'missed', by]);
  return table.toString();
}
