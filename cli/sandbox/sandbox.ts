import { InvalidArgumentError } from 'commander';
import type { ChosenWorld, Started } from '../../sandbox/start.ts';
import { processEnv } from '../../shared/settings.ts';
import { faultText } from '../fault-text.ts';
import { shownPath } from '../installation.ts';
import { manual, MIB, type AddSubcommand, type ExitCode, type Io } from '../io.ts';
import { printable, readText, tellFaults } from '../policy/files.ts';
import { readPolicy } from '../policy/read-policy.ts';
import { addFault } from './fault.ts';
import { leaveAws } from './leave-aws.ts';
import { DEFAULT_PORT, MAX_PORT, wholeNumber } from './numbers.ts';
import { addPolicySwap } from './policy.ts';
import { addWatch } from './watch.ts';
import { untilStopped } from './until-stopped.ts';

/** A thousand accounts and twenty thousand peerings come to about 3 MiB. */
const MAX_WORLD_BYTES = 32 * MIB;
/** Only 32 bits of a seed count. */
const MAX_SEED = 2 ** 32 - 1;
/** A day a second: faster than that nobody can watch. */
const MAX_SPEED = 86_400;

const HELP = `
Serves a simulated AWS with autopeer in it on 127.0.0.1, until it is stopped (Ctrl-C). A client needs nothing but
AWS_ENDPOINT_URL. An access key id of twelve digits acts as that account, any other as 123456789012; signatures are
not checked.

Worlds: demo is the organization of autopeer demo; empty has only the hub and the management account; anything else is
a file. docs/sandbox.md describes it, and what else there is.

Examples:
  $ autopeer sandbox
  $ autopeer sandbox --world empty --speed 60
  $ autopeer sandbox watch
  $ autopeer sandbox policy policy.yaml
  $ autopeer sandbox fault --throttle 0.3`;

interface Options {
  readonly port: number;
  readonly world: string;
  readonly policy?: string;
  readonly seed: number;
  readonly speed: number;
}

/** `autopeer sandbox`: a simulated AWS for other people's clients. */
export const addSandbox: AddSubcommand = (program, io, finish) => {
  const command = program
    .command('sandbox')
    .enablePositionalOptions()
    .description('serve a simulated AWS with autopeer in it on this machine')
    .option(
      '--port <number>',
      'where it listens; 0 for any free port',
      wholeNumber(0, MAX_PORT),
      DEFAULT_PORT,
    )
    .option('--world <world>', 'demo, empty or a world file', 'demo')
    .option('--policy <file>', "the policy that the hub is deployed with (default: the demo's own)")
    .option('--seed <number>', 'what chance depends on', wholeNumber(0, MAX_SEED), 1)
    .option('--speed <factor>', 'virtual seconds in a real one', parseSpeed, 1)
    .addHelpText('after', manual(HELP, io))
    .action(async (options: Options) => {
      leaveAws(processEnv());
      finish(await sandbox(options, io, untilStopped));
    });
  addFault(command, io, finish);
  addWatch(command, io, finish);
  addPolicySwap(command, io, finish);
};

/**
 * Serves until `stopped` resolves.
 *
 * @param stopped is called once the server listens, right before people are told
 */
export async function sandbox(
  { port, world: worldName, policy: policyFile, seed, speed }: Options,
  io: Io,
  stopped: () => Promise<void>,
): Promise<ExitCode> {
  const { installation } = io;
  const policy = await readPolicy(policyFile ?? shownPath(installation.demoPolicy), io);
  if (policy === undefined) return 2;
  const world = await chosenWorld(worldName, io);
  if (world === undefined) return 2;
  // Only here, so that the other commands do not load a whole simulated AWS.
  const { startSandbox } = await import('../../sandbox/start.ts');
  const started = await startSandbox({
    world,
    policy: policy.text,
    regions: policy.policy.regions,
    seed,
    speed,
    port,
    deployed: await installation.deployedCode(),
    onFault: (error) => io.stderr.write(faultText(error, processEnv())),
  });
  if (started.kind === 'faulty') {
    tellFaults(
      io,
      worldName,
      started.faults.map((fault) => ({ ...fault, path: '' })),
    );
    return 2;
  }
  if (started.kind === 'no-port') {
    io.stderr.write(`autopeer: port ${port} cannot be used (${started.code}): choose another with --port\n`);
    return 2;
  }
  const console = await openSandboxConsole(started, io);
  // Before people read that it is ready: whoever stops it then must be heard.
  const end = stopped();
  io.stdout.write(`${started.welcome}${console === undefined ? '' : `In a browser: ${console.url}\n`}`);
  await end;
  await console?.close();
  await started.stop();
  io.stdout.write('stopped\n');
  return 0;
}

/** The console of this sandbox, on a port of its own: the sandbox itself lets in everybody on this machine. */
async function openSandboxConsole({ sandbox, url }: Extract<Started, { kind: 'started' }>, io: Io) {
  const [{ sandboxSource }, { openConsole }] = await Promise.all([
    import('../console/sandbox-source.ts'),
    import('../console/console.ts'),
  ]);
  return openConsole(sandboxSource(sandbox, url, io), 0, io);
}

/** Nothing once people have been told why the file cannot be read. */
async function chosenWorld(world: string, io: Io): Promise<ChosenWorld | undefined> {
  if (world === 'demo' || world === 'empty') return { kind: world };
  const text = await readText(world, io, MAX_WORLD_BYTES);
  return text === undefined ? undefined : { kind: 'file', name: printable(world), text };
}

function parseSpeed(text: string): number {
  const speed = Number(text);
  if (text.trim() !== '' && speed > 0 && speed <= MAX_SPEED) return speed;
  throw new InvalidArgumentError(`Write a number above 0, at most ${MAX_SPEED}.`);
}
