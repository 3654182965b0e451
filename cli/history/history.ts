import * as z from 'zod';
import { HUB_HELP, REAL_HUB, type HubPlatform } from '../hub-command.ts';
import { manual, type AddSubcommand, type ExitCode, type Io } from '../io.ts';
import { printable } from '../policy/files.ts';
import { parsePeering } from '../suspension/release.ts';
import { entryPrinter, forEachPage, withHistoryOptions, type HistoryOptions } from './output.ts';
import { entrySchema, sidesLines, sidesSchema, type Entry, type Sides } from './words.ts';

const HELP = `
Prints what became of a peering, the oldest first: each decision with its reason, rule and policy, who approved it, what was
planned and done, what stood in the way, how it ended, and what people were told. What people approved, rejected or took back
stands in between. A decision is kept for 400 days, an approval for good.
${HUB_HELP}

Examples:
  $ autopeer history pcx-090ecd94e3a1bb4b8
  $ autopeer history pcx-090ecd94e3a1bb4b8 -o csv > pcx-090ecd94e3a1bb4b8.csv
  $ autopeer history pcx-090ecd94e3a1bb4b8 -o jsonl | jq 'select(.kind == "approved")'`;

const pageSchema = z.object({
  peering: z.string(),
  sides: sidesSchema,
  entries: z.array(entrySchema),
  next: z.string().nullable(),
});

/** `autopeer history PEERING`: what became of it. */
export const addHistory: AddSubcommand = (program, io, finish) => {
  withHistoryOptions(
    program
      .command('history')
      .description('print what became of a peering: each decision, its reason, and who approved it')
      .argument('<peering>', 'its id', parsePeering),
  )
    .addHelpText('after', manual(HELP, io))
    .action(async (peering: string, options: HistoryOptions) =>
      finish(await history(peering, options, io, REAL_HUB)),
    );
};

/** Asks for it, and prints it. */
export async function history(
  peering: string,
  options: HistoryOptions,
  io: Io,
  platform: HubPlatform,
): Promise<ExitCode> {
  const request = { verb: 'history', input: { peering }, result: pageSchema } as const;
  if (options.output === 'json') {
    const all: { sides: Sides; entries: Entry[] } = { sides: null, entries: [] };
    const isWhole = await forEachPage(request, options, io, platform, ({ sides, entries }) => {
      all.sides = sides;
      all.entries.push(...entries);
    });
    if (isWhole) io.stdout.write(`${JSON.stringify({ peering, ...all })}\n`);
    return isWhole ? 0 : 2;
  }
  const printer = entryPrinter(options.output, io);
  let isFirst = options.output === 'text';
  const isWhole = await forEachPage(request, options, io, platform, ({ sides, entries }) => {
    if (isFirst && sides !== null) io.stdout.write(`${[peering, ...sidesLines(sides)].join('\n')}\n\n`);
    isFirst = false;
    printer.print(entries);
  });
  if (isWhole) printer.end(`nothing is recorded of ${printable(peering)}\n`);
  return isWhole ? 0 : 2;
}
