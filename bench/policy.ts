import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { disagreement, mixOf } from './policy/agreement.ts';
import { ENGINES, type EngineName, TRANSLATIONS } from './policy/engines.ts';
import { type Effort, measure, type Measured, measuredSchema } from './policy/measure.ts';
import { goalsOf, type Report, tableOf } from './policy/report.ts';
import { makeWorkload } from './policy/workload.ts';

/**
 * Policy decisions per second, side by side: the same rules and the same requests through autopeer, Cedar and
 * json-rules-engine, each in a fresh process, one after the other. Stops with the first answer on which they differ.
 *
 * `--json` prints one object, `--quick` takes smaller samples of the same.
 */
const SIZES = [100, 1000, 10_000] as const;
const RULES_MAX = Math.max(...SIZES);
const FULL = {
  requests: 10_000,
  effort: { requestsMin: 200, budgetMs: 4000, warmUpMs: 1000 } satisfies Effort,
};
const QUICK = {
  requests: 2000,
  effort: { requestsMin: 20, budgetMs: 500, warmUpMs: 300 } satisfies Effort,
};
const CHILD_OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

interface Options {
  readonly seed: number;
  readonly quick: boolean;
  readonly json: boolean;
  /** Set in a child process: what it measures. */
  readonly child: { readonly engine: EngineName; readonly rules: number } | undefined;
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      engine: { type: 'string' },
      rules: { type: 'string' },
    },
  });
  const engine = ENGINES.find((name) => name === values.engine);
  const rules = SIZES.find((size) => size === Number(values.rules));
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(seed)) throw new Error('--seed takes an integer');
  const child = engine === undefined || rules === undefined ? undefined : { engine, rules };
  return { seed, quick: values.quick, json: values.json, child };
}

const scaleOf = ({ quick }: Options) => (quick ? QUICK : FULL);

const workloadOf = (options: Options, rules: number) =>
  makeWorkload(options.seed, { rules, rulesMax: RULES_MAX, requests: scaleOf(options).requests });

async function measureHere(
  options: Options,
  { engine, rules }: NonNullable<Options['child']>,
): Promise<void> {
  const workload = workloadOf(options, rules);
  const measured = await measure(workload, TRANSLATIONS[engine](workload), scaleOf(options).effort);
  process.stdout.write(JSON.stringify(measured));
}

function measureInFreshProcess({ seed, quick }: Options, engine: EngineName, rules: number): Measured {
  const script = ['--expose-gc', import.meta.filename, '--engine', engine, '--rules', String(rules)];
  const flags = ['--seed', String(seed), ...(quick ? ['--quick'] : [])];
  const { stdout, status, stderr } = spawnSync(process.execPath, [...script, ...flags], {
    encoding: 'utf8',
    maxBuffer: CHILD_OUTPUT_BYTES_MAX,
  });
  if (status !== 0) throw new Error(`${engine} with ${rules} rules failed: ${stderr}`);
  return measuredSchema.parse(JSON.parse(stdout));
}

function run(options: Options): Report {
  const results: Report['results'][number][] = [];
  const mixes: Report['mixes'][number][] = [];
  let comparedAnswers = 0;
  for (const rules of SIZES) {
    const answered = ENGINES.map((engine) => {
      process.stderr.write(`${engine}, ${rules} rules …\n`);
      const { answers, ...figures } = measureInFreshProcess(options, engine, rules);
      results.push({ engine, rules, ...figures });
      return { engine, answers };
    });
    const workload = workloadOf(options, rules);
    const difference = disagreement(workload, answered);
    if (difference !== undefined) throw new Error(`the engines do not agree on ${difference}`);
    const [own, ...others] = answered.map(({ answers }) => answers);
    comparedAnswers += others.reduce((sum, { length }) => sum + length, 0);
    mixes.push({ rules, requests: own?.length ?? 0, ...mixOf(workload, own ?? []) });
  }
  return {
    node: process.version,
    seed: options.seed,
    quick: options.quick,
    comparedAnswers,
    mixes,
    results: results.toSorted(
      (one, other) => ENGINES.indexOf(one.engine) - ENGINES.indexOf(other.engine) || one.rules - other.rules,
    ),
    goals: goalsOf(results),
  };
}

const options = readOptions();
if (options.child === undefined) {
  const report = run(options);
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : tableOf(report));
} else {
  await measureHere(options, options.child);
}
