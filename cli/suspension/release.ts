import { InvalidArgumentError } from 'commander';
import * as z from 'zod';
import { parsePeeringId } from '../../shared/domain/facts/ids.ts';
import {
  HUB_HELP,
  REAL_HUB,
  sendCommand,
  withHubOptions,
  type HubOptions,
  type HubPlatform,
} from '../hub-command.ts';
import { manual, type AddSubcommand, type ExitCode, type Io } from '../io.ts';
import { printable } from '../policy/files.ts';

const HELP = `
Ends the wait of a contested peering: another tool undid the same change three times within a day, and
autopeer leaves it alone for a day. Let that tool leave it alone first. autopeer then looks at the peering at once.
${HUB_HELP}

Example:
  $ autopeer release pcx-090ecd94e3a1bb4b8`;

const releasedSchema = z.object({ peering: z.string(), released: z.boolean(), by: z.string().optional() });

/** `autopeer release PEERING`: ends the day's wait of a contested one. */
export const addRelease: AddSubcommand = (program, io, finish) => {
  withHubOptions(
    program
      .command('release')
      .description('let autopeer go on with a contested peering')
      .argument('<peering>', 'its id', parsePeering),
  )
    .addHelpText('after', manual(HELP, io))
    .action(async (peering: string, options: HubOptions) =>
      finish(await release(peering, options, io, REAL_HUB)),
    );
};

/** Sends the command, and prints its outcome. */
export const release = (
  peering: string,
  options: HubOptions,
  io: Io,
  platform: HubPlatform,
): Promise<ExitCode> =>
  sendCommand(
    { verb: 'release', input: { peering }, result: releasedSchema, text: releasedText },
    options,
    io,
    platform,
  );

const releasedText = ({ peering, released, by }: z.infer<typeof releasedSchema>): string =>
  printable(
    released
      ? `${peering} is looked at now, and goes on; recorded as released by ${by}`
      : `autopeer remembers nothing of ${peering}: there is nothing to release`,
  ) + '\n';

export function parsePeering(text: string): string {
  const id = parsePeeringId(text);
  if (id !== undefined) return id;
  throw new InvalidArgumentError('Write the id of a peering, which begins with pcx-.');
}
