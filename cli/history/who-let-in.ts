import { InvalidArgumentError } from 'commander';
import picocolors from 'picocolors';
import * as z from 'zod';
import { parseVpcId } from '../../shared/domain/facts/ids.ts';
import { HUB_HELP, REAL_HUB, type HubPlatform } from '../hub-command.ts';
import { manual, type AddSubcommand, type ExitCode, type Io } from '../io.ts';
import { printable } from '../policy/files.ts';
import type { Paint } from '../policy/table.ts';
import { entryPrinter, forEachPage, withHistoryOptions, type HistoryOptions } from './output.ts';
import { entryText, lookSchema, sidesLines, sidesSchema } from './words.ts';

const HELP = `
Prints the peerings of a VPC, and who let each of them in: by which rule of which policy, with which approval, and when; and how
it stands now. A peering that nothing was decided about since the hub has this command is not found by its VPC: autopeer list
names it, autopeer history has what is known of it.
${HUB_HELP}

Examples:
  $ autopeer who-let-in vpc-0f1e2d3c4b5a69788
  $ autopeer who-let-in vpc-0f1e2d3c4b5a69788 -o json | jq '.peerings[] | {peering, by: .letIn[0].rule}'`;

const peeringSchema = z.object({
  peering: z.string(),
  sides: sidesSchema,
  letIn: z.array(lookSchema),
  last: lookSchema.nullable(),
});
type Peering = z.infer<typeof peeringSchema>;
const pageSchema = z.object({ peerings: z.array(peeringSchema), next: z.string().nullable() });

/** `autopeer who-let-in VPC`: by whom and by what its peerings came to be. */
export const addWhoLetIn: AddSubcommand = (program, io, finish) => {
  withHistoryOptions(
    program
      .command('who-let-in')
      .description('print the peerings of a VPC, and who let each of them in')
      .argument('<vpc>', 'its id', parseVpc),
  )
    .addHelpText('after', manual(HELP, io))
    .action(async (vpc: string, options: HistoryOptions) =>
      finish(await whoLetIn(vpc, options, io, REAL_HUB)),
    );
};

/** @throws InvalidArgumentError */
function parseVpc(text: string): string {
  if (parseVpcId(text) !== undefined) return text;
  throw new InvalidArgumentError('Write the id of a VPC, such as vpc-0f1e2d3c4b5a69788.');
}

/** Asks for it, and prints it. In rows and lines there is one for each decision that let a peering in. */
export async function whoLetIn(
  vpc: string,
  options: HistoryOptions,
  io: Io,
  platform: HubPlatform,
): Promise<ExitCode> {
  const peerings: Peering[] = [];
  const request = { verb: 'who-let-in', input: { vpc }, result: pageSchema } as const;
  const isWhole = await forEachPage(request, options, io, platform, (page) => {
    peerings.push(...page.peerings);
  });
  if (!isWhole) return 2;
  switch (options.output) {
    case 'json':
      io.stdout.write(`${JSON.stringify({ vpc, peerings })}\n`);
      break;
    case 'text':
      io.stdout.write(textOf(vpc, peerings, picocolors.createColors(io.color)));
      break;
    case 'csv':
    case 'jsonl':
      entryPrinter(options.output, io).print(peerings.flatMap(({ letIn }) => letIn));
      break;
  }
  return 0;
}

const textOf = (vpc: string, peerings: readonly Peering[], paint: Paint): string =>
  peerings.length === 0
    ? `no peering of ${printable(vpc)} is recorded\n`
    : peerings.map((peering) => peeringText(peering, paint)).join('\n');

function peeringText({ peering, sides, letIn, last }: Peering, paint: Paint): string {
  const now =
    last === null
      ? 'nothing is recorded of it any more'
      : `last decision, at ${last.at}: ${last.verdict}: ${last.reason.text}`;
  return [
    `${paint.bold(printable(peering))}\n`,
    ...sidesLines(sides).map((line) => `${printable(line)}\n`),
    ...(letIn.length === 0 ? ['  nobody let it in\n'] : letIn.map((entry) => entryText(entry, paint))),
    `  ${printable(now)}\n`,
  ].join('');
}
