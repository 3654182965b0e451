import {
  HUB_HELP,
  REAL_HUB,
  sendCommand,
  withHubOptions,
  type HubOptions,
  type HubPlatform,
} from '../hub-command.ts';
import { manual, type AddSubcommand, type ExitCode, type Io } from '../io.ts';
import { statusSchema, statusText } from './words.ts';

const HELP = `
Prints whether autopeer writes or is suspended, by whom, why and until when, and the same for suspensions that are over.
${HUB_HELP}

Example:
  $ autopeer status --json | jq .suspended`;

/** `autopeer status`: whether autopeer writes, or is suspended. */
export const addStatus: AddSubcommand = (program, io, finish) => {
  withHubOptions(program.command('status').description('print whether autopeer writes or is suspended'))
    .addHelpText('after', manual(HELP, io))
    .action(async (options: HubOptions) => finish(await showStatus(options, io, REAL_HUB)));
};

/** Asks for it, and prints it. */
export const showStatus = (options: HubOptions, io: Io, platform: HubPlatform): Promise<ExitCode> =>
  sendCommand({ verb: 'status', input: {}, result: statusSchema, text: statusText }, options, io, platform);
