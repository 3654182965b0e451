import { InvalidArgumentError } from 'commander';
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
import { wholeNumber } from '../sandbox/numbers.ts';
import { releaseSchema, type Release } from './words.ts';

/** The hub takes no more. */
const MAX_COUNT = 1000;
const MAX_MINUTES = 24 * 60;

const HELP = `
Lets so many further peerings lose their reachability, past the policy's guardrails.atMost an hour, until the time is
over. Look first at what is held: its notices say that the brake holds it. It adds to releases that still run.
${HUB_HELP}

Example:
  $ autopeer brake release --count 40 --for 1h`;

interface Options extends HubOptions {
  readonly count: number;
  /** In minutes. */
  readonly for: number;
}

/** `autopeer brake release`: lets further peerings be cut, for a while. */
export const addRelease: AddSubcommand = (group, io, finish) => {
  withHubOptions(
    group
      .command('release')
      .description('let further peerings be cut, for a while')
      .requiredOption('--count <n>', 'how many further peerings', wholeNumber(1, MAX_COUNT))
      .requiredOption('--for <duration>', 'how long: 30m, 2h; a day at most', parseMinutes),
  )
    .addHelpText('after', manual(HELP, io))
    .action(async (options: Options) => finish(await releaseBrake(options, io, REAL_HUB)));
};

/** Sends it, and prints what was released. */
export const releaseBrake = (options: Options, io: Io, platform: HubPlatform): Promise<ExitCode> =>
  sendCommand(
    {
      verb: 'brake release',
      input: { count: options.count, minutes: options.for },
      result: releaseSchema,
      text: releasedText,
    },
    options,
    io,
    platform,
  );

const releasedText = ({ count, until, by }: Release): string =>
  printable(`${plural(count, 'further peering')} may be cut until ${until}; recorded as released by ${by}`) +
  '\n';

function parseMinutes(text: string): number {
  const [, count, unit] = /^(\d{1,4})([mh])$/.exec(text) ?? [];
  const minutes = Number(count) * (unit === 'h' ? 60 : 1);
  if (minutes >= 1 && minutes <= MAX_MINUTES) return minutes;
  throw new InvalidArgumentError('Write a duration from 1m to 24h, such as 30m or 2h.');
}
