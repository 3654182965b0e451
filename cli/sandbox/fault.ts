import { type Command, InvalidArgumentError } from 'commander';
import { manual, type ExitCode, type Io } from '../io.ts';
import { isUnreachable, tellUnreachable } from './unreachable.ts';
import { DEFAULT_PORT, MAX_PORT, wholeNumber } from './numbers.ts';

const MAX_CALLS = 10_000;
const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
]);

const HELP = `
Faults add up: what is not named stays as it is. Without options it prints what is on. A reset of the sandbox ends
all of them.

Exit code: 0; 2 if no sandbox answers there.

Examples:
  $ autopeer sandbox fault --throttle 0.3 --lag 5s
  $ autopeer sandbox fault --deny 222222222222
  $ autopeer sandbox fault --hang ec2.us-east-1 sts.eu-west-1
  $ autopeer sandbox fault --clear`;

interface Options {
  readonly throttle?: number;
  readonly dropEvents?: number;
  readonly duplicateEvents?: number;
  readonly lag?: number;
  readonly deny?: readonly string[];
  readonly hang?: readonly string[];
  readonly crashAfterCall?: number;
  readonly clear: boolean;
  readonly port: number;
}

/** `autopeer sandbox fault`: makes a running sandbox fail. */
export function addFault(sandbox: Command, io: Io, finish: (exitCode: ExitCode) => void): void {
  sandbox
    .command('fault')
    .description('make a sandbox that runs on this machine fail, as AWS does at times')
    .option('--throttle <share>', 'the share of calls that are throttled, 0 to 1', parseShare)
    .option('--drop-events <share>', 'the share of CloudTrail events that never arrive', parseShare)
    .option('--duplicate-events <share>', 'the share of CloudTrail events that arrive twice', parseShare)
    .option(
      '--lag <duration>',
      'how long EC2 does not show what was just written: 500ms, 5s, 1m',
      parseDuration,
    )
    .option('--deny <account...>', "accounts in which autopeer's member role may do nothing")
    .option('--hang <endpoint...>', 'endpoints that never answer, such as ec2.us-east-1')
    .option(
      '--crash-after-call <n>',
      'the next invocation that makes n AWS calls dies there',
      wholeNumber(1, MAX_CALLS),
    )
    .option('--clear', 'end every fault first', false)
    .option('--port <number>', 'where the sandbox listens', wholeNumber(1, MAX_PORT), DEFAULT_PORT)
    .addHelpText('after', manual(HELP, io))
    .action(async (options: Options) => finish(await fault(options, io, fetch)));
}

/** Switches faults on and off, and prints what is on then. */
export async function fault(
  { port, clear, lag, ...change }: Options,
  io: Io,
  request: typeof fetch,
): Promise<ExitCode> {
  const url = `http://127.0.0.1:${port}/_autopeer/faults`;
  const body = { ...change, ...(lag === undefined ? {} : { lagMs: lag }) };
  try {
    if (clear) await request(url, { method: 'DELETE' });
    const response =
      Object.keys(body).length === 0
        ? await request(url)
        : await request(url, { method: 'POST', body: JSON.stringify(body) });
    const text = await response.text();
    (response.ok ? io.stdout : io.stderr).write(text);
    return response.ok ? 0 : 2;
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    tellUnreachable(io, port);
    return 2;
  }
}

function parseShare(text: string): number {
  const share = Number(text);
  if (text.trim() !== '' && share >= 0 && share <= 1) return share;
  throw new InvalidArgumentError('Write a number from 0 to 1.');
}

function parseDuration(text: string): number {
  const [, count, unit] = /^(\d{1,6})(ms|s|m)$/.exec(text) ?? [];
  const unitMs = UNIT_MS.get(unit ?? '');
  if (unitMs === undefined) throw new InvalidArgumentError('Write a duration, such as 500ms, 5s or 1m.');
  return Number(count) * unitMs;
}
