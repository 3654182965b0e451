import * as z from 'zod';
import {
  HUB_HELP,
  REAL_HUB,
  sendCommand,
  withHubOptions,
  type HubOptions,
  type HubPlatform,
} from '../hub-command.ts';
import { manual, type AddSubcommand, type ExitCode, type Io } from '../io.ts';
import { plural, printable } from '../policy/files.ts';
import { releaseSchema, type Release } from './words.ts';

/** So many past releases are printed; --json has them all. */
const MAX_PAST = 10;

const HELP = `
Prints the peerings that lost their reachability within the last 60 minutes, the releases that run, and those that are over.
${HUB_HELP}

Example:
  $ autopeer brake show --json | jq .releases`;

const stateSchema = z.object({
  cut: z.array(z.object({ peeringId: z.string(), at: z.string() })),
  releases: z.array(releaseSchema),
  past: z.array(releaseSchema),
});

/** `autopeer brake show`: what was cut within the last hour, and who released what. */
export const addShow: AddSubcommand = (group, io, finish) => {
  withHubOptions(
    group.command('show').description('print what was cut within the last hour, and who released what'),
  )
    .addHelpText('after', manual(HELP, io))
    .action(async (options: HubOptions) => finish(await showBrake(options, io, REAL_HUB)));
};

/** Asks for it, and prints it. */
export const showBrake = (options: HubOptions, io: Io, platform: HubPlatform): Promise<ExitCode> =>
  sendCommand({ verb: 'brake show', input: {}, result: stateSchema, text: stateText }, options, io, platform);

function stateText({ cut, releases, past }: z.infer<typeof stateSchema>): string {
  const older = past.length - MAX_PAST;
  const lines = [
    `${plural(cut.length, 'peering')} lost reachability within the last 60 minutes`,
    ...cut.map(({ peeringId, at }) => `  ${peeringId}  ${at}`),
    `${plural(releases.length, 'release')} of the brake in force`,
    ...releases.map(releaseText),
    ...(past.length === 0 ? [] : ['over:', ...past.slice(-MAX_PAST).map(releaseText)]),
    ...(older > 0 ? [`  and ${older} older (--json)`] : []),
  ];
  return lines.map((line) => `${printable(line)}\n`).join('');
}

const releaseText = ({ count, used, until, by, at }: Release): string =>
  `  ${used} of ${count} used, until ${until}, released ${at} by ${by}`;
