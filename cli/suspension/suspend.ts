import {
  HUB_HELP,
  REAL_HUB,
  sendCommand,
  withHubOptions,
  type HubOptions,
  type HubPlatform,
} from '../hub-command.ts';
import { manual, type AddSubcommand, type ExitCode, type Io } from '../io.ts';
import { parseMinutes } from '../minutes.ts';
import { parseReason } from '../reason.ts';
import { nowText, statusSchema } from './words.ts';

/** The hub takes no more. */
const MAX_MINUTES = 30 * 24 * 60;

const HELP = `
Stops every write of autopeer to EC2 in the whole organization: accepts, rejects, routes, DNS, tags and deletes. It goes
on reading, deciding and notifying: a notice "Peering Planned" says what would be done. The functions see it within 5
seconds. Each finishes what it has begun, which takes some seconds more. Your name is recorded, and everybody is
notified.

A second suspend replaces the first, with its own end and reason. autopeer resume ends it.
${HUB_HELP}

Examples:
  $ autopeer suspend --reason "change 4711: a look at the routes of prod"
  $ autopeer suspend --for 2h`;

interface Options extends HubOptions {
  /** In minutes. */
  readonly for?: number;
  readonly reason?: string;
}

/** `autopeer suspend`: stops every write to EC2. */
export const addSuspend: AddSubcommand = (program, io, finish) => {
  withHubOptions(
    program
      .command('suspend')
      .description('stop every write to EC2, in the whole organization')
      .option(
        '--for <duration>',
        'how long: 30m, 2h, 7d; until autopeer resume if left out',
        parseMinutes(MAX_MINUTES),
      )
      .option('--reason <text>', 'why, for everybody who is notified', parseReason),
  )
    .addHelpText('after', manual(HELP, io))
    .action(async (options: Options) => finish(await suspend(options, io, REAL_HUB)));
};

/** Sends it, and prints what is so now. */
export const suspend = (options: Options, io: Io, platform: HubPlatform): Promise<ExitCode> =>
  sendCommand(
    {
      verb: 'suspend',
      input: { minutes: options.for, reason: options.reason },
      result: statusSchema,
      text: nowText,
    },
    options,
    io,
    platform,
  );
