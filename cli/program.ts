import { Command, CommanderError } from 'commander';
import { addBrake } from './brake/brake.ts';
import { addDeadLetters } from './dead-letters/dead-letters.ts';
import { addDemo } from './demo.ts';
import { guarded, type AddSubcommand, type ExitCode, type Io } from './io.ts';
import { addParse } from './parse.ts';
import { addPlan } from './plan.ts';
import { addPolicy } from './policy/policy.ts';
import { addSandbox } from './sandbox/sandbox.ts';
import { addSnapshot } from './snapshot.ts';

/** In the order of the help. */
const SUBCOMMANDS: readonly AddSubcommand[] = [
  addDemo,
  addParse,
  addPolicy,
  addPlan,
  addBrake,
  addDeadLetters,
  addSandbox,
  addSnapshot,
];

/**
 * Runs the `autopeer` command.
 *
 * @param argv the arguments after the command's name, for example `['parse', 'events/create.json']`.
 * @returns the exit code; 2 where the arguments cannot be understood. An unforeseen error rejects.
 */
export async function run(argv: readonly string[], given: Io): Promise<ExitCode> {
  const io = guarded(given);
  let exitCode: ExitCode = 0;
  const program = new Command('autopeer')
    .description('Hands-off VPC peering for an AWS organization.')
    .showHelpAfterError('Run it with --help to see what it takes.')
    // An option belongs to the command before it: `sandbox --port` and `sandbox fault --port` are two.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHasColors: () => io.color,
      getErrHasColors: () => io.color,
    });
  for (const add of SUBCOMMANDS) add(program, io, (code) => (exitCode = code));
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has written its message; asking for help is no error, everything else is bad usage.
    return error.exitCode === 0 ? 0 : 2;
  }
}
