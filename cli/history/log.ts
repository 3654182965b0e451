import { InvalidArgumentError } from 'commander';
import * as z from 'zod';
import { HUB_HELP, REAL_HUB, type HubPlatform } from '../hub-command.ts';
import { manual, type AddSubcommand, type ExitCode, type Io } from '../io.ts';
import { entryPrinter, forEachPage, withHistoryOptions, type HistoryOptions } from './output.ts';
import { parseWhen } from './when.ts';
import { entrySchema, type Entry } from './words.ts';

const HELP = `
Prints what autopeer decided and did in the whole organization, the oldest first: each decision with its reason, rule and policy,
who approved it, what was planned and done, how it ended, and what people were told. A decision is kept for 400 days. What was
decided before the hub had this command is not in the log; autopeer history of the peering has it.
${HUB_HELP}

Examples:
  $ autopeer log
  $ autopeer log --since 2026-11-01 --until 2026-12-01 -o csv > november.csv
  $ autopeer log --since 24h -o jsonl | jq 'select(.verdict == "reject")'`;

const DEFAULT_SINCE = '7d';

interface LogOptions extends HistoryOptions {
  readonly since: (now: number) => number;
  readonly until?: (now: number) => number;
}

const pageSchema = z.object({ entries: z.array(entrySchema), next: z.string().nullable() });

/** `autopeer log`: what was decided in the whole organization. */
export const addLog: AddSubcommand = (program, io, finish) => {
  withHistoryOptions(
    program
      .command('log')
      .description('print what autopeer decided and did in the whole organization')
      .option(
        '--since <when>',
        `how long ago (12h, 7d, 2w), a day (2026-11-01, UTC) or an instant; ${DEFAULT_SINCE} if left out`,
        parseWhen,
        parseWhen(DEFAULT_SINCE),
      )
      .option('--until <when>', 'the same, for the end; now if left out', parseWhen),
  )
    .addHelpText('after', manual(HELP, io))
    .action(async (options: LogOptions) => finish(await log(options, io, REAL_HUB)));
};

/** Asks for it, and prints it. */
export async function log(options: LogOptions, io: Io, platform: HubPlatform): Promise<ExitCode> {
  const now = io.now();
  const [from, to] = [options.since(now), options.until?.(now) ?? now];
  if (from >= to) throw new InvalidArgumentError('--since must be before --until, and not in the future.');
  const span = { since: instant(from), until: instant(to) };
  const request = { verb: 'log', input: span, result: pageSchema } as const;
  if (options.output === 'json') {
    const all: Entry[] = [];
    const isWhole = await forEachPage(request, options, io, platform, ({ entries }) => {
      all.push(...entries);
    });
    if (isWhole) io.stdout.write(`${JSON.stringify({ ...span, entries: all })}\n`);
    return isWhole ? 0 : 2;
  }
  const printer = entryPrinter(options.output, io);
  const isWhole = await forEachPage(request, options, io, platform, ({ entries }) => printer.print(entries));
  if (isWhole) printer.end(`nothing was decided from ${span.since} to ${span.until}\n`);
  return isWhole ? 0 : 2;
}

const instant = (ms: number): string => new Date(ms).toISOString();
