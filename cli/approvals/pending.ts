import {
  HUB_HELP,
  REAL_HUB,
  sendCommand,
  withHubOptions,
  type HubOptions,
  type HubPlatform,
} from '../hub-command.ts';
import { manual, type AddSubcommand, type ExitCode, type Io } from '../io.ts';
import { pendingSchema, waitingLines } from './words.ts';

const HELP = `
Prints each peering that waits for an approval: both sides with every CIDR, what the rule gives, whose traffic the routes
would take, who may approve it, and who has. autopeer approve says yes to exactly that.
${HUB_HELP}

Examples:
  $ autopeer pending
  $ autopeer pending --json | jq -r '.waiting[].peering'`;

/** `autopeer pending`: what waits for an approval. */
export const addPending: AddSubcommand = (program, io, finish) => {
  withHubOptions(program.command('pending').description('print the peerings that wait for an approval'))
    .addHelpText('after', manual(HELP, io))
    .action(async (options: HubOptions) => finish(await pending(options, io, REAL_HUB)));
};

/** Asks for it, and prints it. */
export const pending = (options: HubOptions, io: Io, platform: HubPlatform): Promise<ExitCode> =>
  sendCommand(
    {
      verb: 'pending',
      input: {},
      result: pendingSchema,
      text: ({ waiting }) =>
        waiting.length === 0
          ? 'nothing waits for an approval\n'
          : `${waiting.map((each) => waitingLines(each).join('\n')).join('\n\n')}\n`,
    },
    options,
    io,
    platform,
  );
