import { availableParallelism } from 'node:os';
import Table from 'cli-table3';
import { Command } from 'commander';

import { bundle } from '../bundle.ts';
import { liveAll } from '../crew.ts';
import type { LifeSummary } from '../summary.ts';
import { MUTANTS, type Mutant } from './list.ts';

interface Options {
  readonly seeds: number;
  readonly start: number;
  readonly only?: string;
  readonly workers: number;
}

interface Outcome {
  readonly mutant: Mutant;
  /** How many lives it took; undefined when none showed it. */
  readonly lives: number | undefined;
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

const chosen = MUTANTS.filter(({ name }) => name.includes(options.only ?? ''));
const outcomes: Outcome[] = [];
for (const mutant of chosen) outcomes.push(await hunt(mutant));
write(tableOf(outcomes));
const missed = outcomes.filter(({ lives }) => lives === undefined);
write(`${outcomes.length - missed.length} of ${outcomes.length} caught`);
process.exitCode = missed.length === 0 ? 0 : 1;

async function hunt(mutant: Mutant): Promise<Outcome> {
  const name = `mutant-${MUTANTS.indexOf(mutant)}`;
  const bundlePath = await bundle(name, 'test/simulation/worker.ts', [mutant]);
  const lives: LifeSummary[] = [];
  await liveAll({
    bundlePath,
    start: options.start,
    seeds: options.seeds,
    workers: options.workers,
    untilBroken: true,
    onLife: (life) => lives.push(life),
  });
  const [first] = lives
    .filter(({ violations }) => violations.length > 0)
    .toSorted((one, other) => one.seed - other.seed);
  const outcome = {
    mutant,
    lives: first === undefined ? undefined : first.seed - options.start + 1,
    by: first?.violations[0]?.invariant ?? '',
  };
  write(`${mutant.name}: ${outcome.lives ?? 'MISSED'} ${outcome.by}`);
  return outcome;
}

function tableOf(found: readonly Outcome[]): string {
  const table = new Table({ style: { head: [], border: [] }, head: ['bug', 'lives', 'shown by'] });
  for (const { mutant, lives, by } of found) table.push([mutant.name, lives ?? 'missed', by]);
  return table.toString();
}
