import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Command } from 'commander';

import { readHubTemplate } from '../../sim/world/packaged-template.ts';
import { bundle } from './bundle.ts';
import { runAll } from './crew.ts';
import { runPlan } from './organization-run.ts';
import { deedsOf, digestOfAll } from './digest.ts';
import { drawPlan } from './plan/draw-plan.ts';
import type { Plan } from './plan/plan.ts';
import { reportText } from './report.ts';
import { shrink } from './shrink.ts';
import { Tally, type RunSummary } from './summary.ts';
import { digestOf, traceOf } from './trace.ts';
import { checkTrials } from './trials.ts';

interface Options {
  readonly seeds: number;
  readonly start: number;
  readonly seed?: number;
  readonly trace?: boolean;
  readonly reads?: boolean;
  readonly seconds?: number;
  readonly workers: number;
  readonly shrink: boolean;
  readonly digest?: boolean;
}

/** Where plans of violations go. */
const FOLDER = 'coverage/simulation';
/** Broken runs that are shrunk and shown; more of them say the same. */
const SHOWN = 3;

const write = (text: string): void => void process.stdout.write(`${text}\n`);

const program = new Command('simulate')
  .description(
    'Runs a whole organization in virtual time, once for each seed, and checks what must always hold.',
  )
  .option('--seeds <count>', 'how many runs', Number, 1000)
  .option('--start <seed>', 'the first seed', Number, 1)
  .option('--seed <seed>', 'one run only', Number)
  .option('--trace', 'with --seed: everything that happened')
  .option('--reads', 'with --trace: the calls that only read too')
  .option('--seconds <seconds>', 'stop after so long, whatever is left of the seeds', Number)
  .option('--no-shrink', 'only name the runs that go wrong')
  .option('--digest', 'what autopeer did, as one number: the same for two commits that do the same')
  .option('--workers <count>', 'threads', Number, availableParallelism());

async function simulateMany(options: Options): Promise<boolean> {
  const { seeds, start, seconds, workers, shrink: isShrunk, digest: withDigest = false } = options;
  write(`runs from seed ${start}`);
  // Before the threads start: where the template in git is old, two of them would package into the same folder.
  readHubTemplate();
  const tally = new Tally();
  const digests: { readonly seed: number; readonly digest: string }[] = [];
  const begun = performance.now();
  await runAll({
    start,
    seeds,
    workers,
    withDigest,
    bundlePath: await bundle('simulate', 'test/simulation/worker.ts'),
    ...(seconds === undefined ? {} : { budgetMs: seconds * 1000 }),
    onRun: (run) => {
      tally.add(run);
      if (run.digest !== undefined) digests.push({ seed: run.seed, digest: run.digest });
      if (run.violations.length > 0) write(headline(run));
    },
  });
  for (const { seed } of tally.broken.slice(0, isShrunk ? SHOWN : 0)) await explain(drawPlan(seed));
  write(reportText(tally, (performance.now() - begun) / 1000, workers));
  if (withDigest) write(`\n${digests.length} runs did ${digestOfAll(digests)}`);
  return tally.broken.length === 0;
}

async function simulateOne(
  seed: number,
  { trace, reads, digest: withDigest, shrink: isShrunk }: Options,
): Promise<boolean> {
  const run = await runPlan(drawPlan(seed));
  const violations = [...run.violations, ...(await checkTrials(drawPlan(seed), run))];
  if (trace === true) write(traceOf(run.stage, { withReads: reads === true }).join('\n'));
  for (const { invariant, text } of violations) write(`${invariant}: ${text}`);
  write(`seed ${seed}: ${violations.length} violations, history ${digestOf(run.stage)}`);
  if (withDigest === true) write(`it did ${deedsOf(run.stage.world.aws.calls)}`);
  if (run.violations.length > 0 && trace !== true && isShrunk) await explain(drawPlan(seed));
  return violations.length === 0;
}

const headline = ({ seed, violations }: RunSummary): string =>
  `seed ${seed}: ${violations[0]?.invariant}: ${violations[0]?.text}`;

/** Shrinks a broken run, shows what is left of it, and keeps its plan for a regression test. */
async function explain(plan: Plan): Promise<void> {
  const [first] = (await runPlan(plan)).violations;
  if (first === undefined) return;
  const isStillWrong = async (candidate: Plan): Promise<boolean> =>
    (await runPlan(candidate)).violations.some(({ invariant }) => invariant === first.invariant);
  const smallest = await shrink(plan, isStillWrong);
  const run = await runPlan(smallest);
  const path = `${FOLDER}/${first.invariant}-${plan.seed}.json`;
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(path, `${JSON.stringify(smallest, undefined, 2)}\n`);
  write(
    `\nseed ${plan.seed}, shrunk to ${smallest.steps.length} steps and ${smallest.faults.length} faults (${path}):`,
  );
  write(traceOf(run.stage, { withReads: false }).join('\n'));
  for (const { invariant, text } of run.violations) write(`${invariant}: ${text}`);
  write('');
}

const options = program.parse().opts<Options>();
process.exitCode = (await (options.seed === undefined
  ? simulateMany(options)
  : simulateOne(options.seed, options)))
  ? 0
  : 1;
