import {
  HUB_HELP,
  REAL_HUB,
  sendCommand,
  withHubOptions,
  type HubOptions,
  type HubPlatform,
} from '../hub-command.ts';
import { manual, type AddSubcommand, type ExitCode, type Io } from '../io.ts';
import { nowText, statusSchema } from './words.ts';

const HELP = `
Ends autopeer suspend. It starts a sweep, which does within some minutes what was held meanwhile. A guardrail
still takes two looks before it cuts. Everybody is notified. Where nothing is suspended, nothing changes.
${HUB_HELP}

Example:
  $ autopeer resume`;

/** `autopeer resume`: lets autopeer write again. */
export const addResume: AddSubcommand = (program, io, finish) => {
  withHubOptions(program.command('resume').description('let autopeer write again after a suspend'))
    .addHelpText('after', manual(HELP, io))
    .action(async (options: HubOptions) => finish(await resume(options, io, REAL_HUB)));
};

/** Sends it, and prints what is so now. */
export const resume = (options: HubOptions, io: Io, platform: HubPlatform): Promise<ExitCode> =>
  sendCommand({ verb: 'resume', input: {}, result: statusSchema, text: nowText }, options, io, platform);
