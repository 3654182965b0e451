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
import { plural } from '../policy/files.ts';
import { linesOf } from './words.ts';

const HELP = `
Prints what autopeer gave up on, by cause: how many peerings, places or events, since when, and one example of the failure.
${HUB_HELP}

Example:
  $ autopeer dead-letters list --json | jq -r '.causes[].cause'`;

const listSchema = z.object({
  causes: z.array(
    z.object({
      cause: z.string(),
      code: z.string(),
      text: z.string(),
      letters: z.int(),
      first: z.string(),
      last: z.string(),
      told: z.string().nullable(),
    }),
  ),
});

/** `autopeer dead-letters list`: the causes of what failed for good. */
export const addList: AddSubcommand = (group, io, finish) => {
  withHubOptions(group.command('list').description('print what autopeer gave up on, by cause'))
    .addHelpText('after', manual(HELP, io))
    .action(async (options: HubOptions) => finish(await listDeadLetters(options, io, REAL_HUB)));
};

/** Asks for it, and prints it. */
export const listDeadLetters = (options: HubOptions, io: Io, platform: HubPlatform): Promise<ExitCode> =>
  sendCommand(
    { verb: 'dead-letters list', input: {}, result: listSchema, text: listText },
    options,
    io,
    platform,
  );

function listText({ causes }: z.infer<typeof listSchema>): string {
  const letters = causes.reduce((sum, cause) => sum + cause.letters, 0);
  return linesOf([
    letters === 0
      ? 'no dead letters'
      : `${plural(letters, 'dead letter')} of ${plural(causes.length, 'cause')}`,
    ...causes.flatMap((cause) => [
      `  ${cause.cause}  ${plural(cause.letters, 'letter')}, first at ${cause.first}, last at ${cause.last}`,
      `    ${cause.text}`,
    ]),
  ]);
}
