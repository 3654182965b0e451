import { InvalidArgumentError } from 'commander';
import picocolors from 'picocolors';
import { processEnv } from '../shared/settings.ts';
import { leaveAws } from './sandbox/leave-aws.ts';
import { shownPath } from './installation.ts';
import { manual, type AddSubcommand, type ExitCode, type Io } from './io.ts';
import { printable } from './policy/files.ts';
import { readPolicy } from './policy/read-policy.ts';

/** Only 32 bits of a seed count. */
const MAX_SEED = 2 ** 32 - 1;

const HELP = `
Plays the main job on a simulated AWS organization: requests that are connected, rejected and held, and a
deletion that is cleaned up. Needs no credentials and no network, and ends by itself. What it shows is read from
EC2's answers and from what the simulation recorded.

With --json each line is an object with a kind: start; part; side (before and after); call, event, read, decision,
wait, notice, look and failure, which are the timeline; check; summary. demo/json.ts describes them. The same
seed gives the same output, but for the real time that people are shown in the end.

Exit code: 0 if all went as the story says, 1 if not (EC2 differs, a dead letter, an alarm), 2 if the policy
cannot be read or has faults; then nothing runs.

Examples:
  $ autopeer demo
  $ autopeer demo --policy policy.yaml
  $ autopeer demo --json | jq 'select(.kind == "decision") | .reason.text'`;

interface Options {
  readonly policy?: string;
  readonly seed: number;
  readonly json: boolean;
}

/** `autopeer demo`: the main job, played for people. */
export const addDemo: AddSubcommand = (program, io, finish) => {
  program
    .command('demo')
    .description('play the main job on a simulated AWS organization')
    .option('--policy <file>', "the policy that the hub is deployed with (default: the demo's own)")
    .option('--seed <number>', 'what chance depends on: ids, and how late events are', parseSeed, 1)
    .option('--json', 'print JSON lines instead of text', false)
    .addHelpText('after', manual(HELP, io))
    .action(async (options: Options) => {
      leaveAws(processEnv());
      const startedAtMs = performance.now();
      finish(await demo(options, io, () => performance.now() - startedAtMs));
    });
};

/**
 * Plays the demo.
 *
 * @param realMs the real time since the start, which is shown to people only
 */
export async function demo({ policy, seed, json }: Options, io: Io, realMs: () => number): Promise<ExitCode> {
  const file = policy ?? shownPath(io.installation.demoPolicy);
  const loaded = await readPolicy(file, io);
  if (loaded === undefined) return 2;
  // Only here, so that the other commands do not load a whole simulated AWS.
  const { play } = await import('../demo/play.ts');
  const isAsTold = await play({
    seed,
    policyFile: printable(file),
    policyText: loaded.text,
    policy: loaded.policy,
    deployed: await io.installation.deployedCode(),
    form: json ? { kind: 'json' } : { kind: 'text', paint: picocolors.createColors(io.color) },
    write: (text) => io.stdout.write(text),
    realMs,
  });
  return isAsTold ? 0 : 1;
}

function parseSeed(text: string): number {
  const seed = Number(text);
  if (/^\d+$/.test(text) && seed <= MAX_SEED) return seed;
  throw new InvalidArgumentError(`Write a whole number from 0 to ${MAX_SEED}.`);
}
