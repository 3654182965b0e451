import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { processEnv } from '../../shared/settings.ts';
import { differentialPart } from './differential/part.ts';
import { motoPart } from './moto/main-job.ts';
import { boto3Part, cliPart } from './sandbox/parts.ts';
import { terraformPart } from './terraform/part.ts';
import type { Part, Report, RunOptions } from './part.ts';
import { missingTools } from './tools.ts';

/**
 * Other people's judgement of the work: `npm run test:conformance`.
 *
 * A part whose tool is not on this machine is named and left out; with `CI=true` that fails the run, unless `--optional`
 * names the part. The lanes run side
 * by side, the parts of a lane one after the other.
 */
const LANES: readonly (readonly Part[])[] = [
  [motoPart, differentialPart],
  [boto3Part, cliPart, terraformPart],
];
const PARTS = LANES.flat();

const USAGE = `npm run test:conformance -- [--only ${PARTS.map(({ name }) => name).join('|')}] [--runs N] [--seed S] [--path P] [--optional PART]`;
const MS_PER_SECOND = 1000;
/** The seed of a run that names none: another one each day, printed so that a failure can be repeated. */
const MS_PER_DAY = 86_400_000;

interface Row {
  readonly part: string;
  readonly result: 'agrees' | 'FAILED' | 'left out';
  readonly checks: string;
  readonly seconds: string;
  readonly notes: readonly string[];
}

async function main(): Promise<void> {
  const { chosen, optional, options } = readArguments();
  const isCi = processEnv()['CI'] === 'true';
  const rows = (
    await Promise.all(
      LANES.map((lane) =>
        runLane(
          lane.filter((part) => chosen.includes(part)),
          options,
        ),
      ),
    )
  ).flat();
  print(rows);
  const isLeftOut = rows.some(({ part, result }) => result === 'left out' && !optional.includes(part));
  if (isCi && isLeftOut) process.stderr.write('\nCI=true: a part that is left out fails the run\n');
  if (rows.some(({ result }) => result === 'FAILED') || (isCi && isLeftOut)) process.exitCode = 1;
}

interface Arguments {
  readonly chosen: readonly Part[];
  /** Names of parts that may be left out, even with `CI=true`. */
  readonly optional: readonly string[];
  readonly options: RunOptions;
}

function readArguments(): Arguments {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: 'string' },
        runs: { type: 'string' },
        seed: { type: 'string' },
        path: { type: 'string' },
        optional: { type: 'string', multiple: true, default: [] },
      },
    });
    const chosen = values.only === undefined ? PARTS : PARTS.filter(({ name }) => name === values.only);
    if (chosen.length === 0) throw new Error(`there is no part ${values.only}`);
    const runs = values.runs === undefined ? undefined : wholeNumber('--runs', values.runs);
    const seed =
      values.seed === undefined ? Math.floor(Date.now() / MS_PER_DAY) : wholeNumber('--seed', values.seed);
    return { chosen, optional: values.optional, options: { runs, seed, path: values.path } };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
    process.exit(2);
  }
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${name} takes a whole number`);
  return Number(text);
}

async function runLane(parts: readonly Part[], options: RunOptions): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const part of parts) rows.push(await runPart(part, options));
  return rows;
}

async function runPart(part: Part, options: RunOptions): Promise<Row> {
  const missing = missingTools(part.needs);
  if (missing.length > 0) {
    return { part: part.name, result: 'left out', checks: '', seconds: '', notes: missing };
  }
  // Printed at the end, so that what runs beside it does not come between.
  const lines = [part.name];
  const startedAt = performance.now();
  const seconds = (): string => ((performance.now() - startedAt) / MS_PER_SECOND).toFixed(1);
  try {
    const { checks, notes }: Report = await part.run(options, (line) => lines.push(line));
    return { part: part.name, result: 'agrees', checks, seconds: seconds(), notes };
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { part: part.name, result: 'FAILED', checks: '', seconds: seconds(), notes: [text] };
  } finally {
    process.stdout.write(`${lines.join('\n')}\n`);
  }
}

function print(rows: readonly Row[]): void {
  const table = new Table({ head: ['part', 'result', 'checks', 'seconds'], style: { head: [], border: [] } });
  for (const { part, result, checks, seconds } of rows) table.push([part, result, checks, seconds]);
  process.stdout.write(`\n${table.toString()}\n`);
  for (const { part, notes } of rows) {
    if (notes.length > 0) process.stdout.write(`\n${part}\n${notes.map((note) => `- ${note}\n`).join('')}`);
  }
}

await main();
