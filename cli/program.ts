import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { addAdopt } from './adopt/adopt.ts';
import { addAdvise } from './advise/advise.ts';
import { addApprovals } from './approvals/approvals.ts';
import { addApprove } from './approvals/approve.ts';
import { addPending } from './approvals/pending.ts';
import { addReject } from './approvals/reject.ts';
import { addRevoke } from './approvals/revoke.ts';
import { addBrake } from './brake/brake.ts';
import { addCheck } from './reach/check.ts';
import { addCidr } from './cidr/cidr.ts';
import { addCompletion } from './completion/completion.ts';
import { addConsole } from './console/console.ts';
import { addCost } from './cost.ts';
import { addDeadLetters } from './dead-letters/dead-letters.ts';
import { addDemo } from './demo.ts';
import { addDeploy } from './deploy/deploy.ts';
import { addDoctor } from './doctor/doctor.ts';
import { addGraph } from './graph/graph.ts';
import { addHelp } from './help.ts';
import { addHistory } from './history/history.ts';
import { addLog } from './history/log.ts';
import { addWhoLetIn } from './history/who-let-in.ts';
import { addInit } from './init/init.ts';
import { guarded, type AddSubcommand, type ExitCode, type Io } from './io.ts';
import { addParse } from './parse.ts';
import { addDelete } from './peerings/delete.ts';
import { addList } from './peerings/list.ts';
import { addShow } from './peerings/show.ts';
import { addPlan } from './plan.ts';
import { addPolicy } from './policy/policy.ts';
import { addProfileOption } from './profile.ts';
import { addRemove } from './remove/remove.ts';
import { addRequest } from './request/request.ts';
import { addRelease } from './suspension/release.ts';
import { addSandbox } from './sandbox/sandbox.ts';
import { addSnapshot } from './snapshot/snapshot.ts';
import { addResume } from './suspension/resume.ts';
import { addStatus } from './suspension/status.ts';
import { addSuspend } from './suspension/suspend.ts';

/** In the order of the help. The last two look at those before them. */
const SUBCOMMANDS: readonly AddSubcommand[] = [
  addInit,
  addDemo,
  addParse,
  addPolicy,
  addAdopt,
  addList,
  addShow,
  addGraph,
  addRequest,
  addDelete,
  addPlan,
  addCheck,
  addCidr,
  addAdvise,
  addDeploy,
  addRemove,
  addDoctor,
  addConsole,
  addPending,
  addApprove,
  addReject,
  addRevoke,
  addApprovals,
  addHistory,
  addWhoLetIn,
  addLog,
  addSuspend,
  addResume,
  addStatus,
  addRelease,
  addBrake,
  addDeadLetters,
  addSandbox,
  addSnapshot,
  addCost,
  addCompletion,
  addHelp,
];

const EXAMPLES = `
Examples:
  $ autopeer demo                 the main job, on a simulated AWS
  $ autopeer policy check         of ./policy.yaml
  $ autopeer help policy check    what a command does, what it takes, and examples`;

/**
 * Runs the `autopeer` command.
 *
 * @param argv the arguments after the command's name, for example `['parse', 'events/create.json']`.
 * @returns the exit code; 2 where the arguments cannot be understood. An unforeseen error rejects.
 */
export async function run(argv: readonly string[], given: Io): Promise<ExitCode> {
  const io = guarded(given);
  let exitCode: ExitCode = 0;
  const program = programOf(io, (code) => (exitCode = code));
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander writes its own messages before it throws them. A command that throws one has written nothing.
    if (error instanceof InvalidArgumentError) io.stderr.write(`autopeer: ${error.message}\n`);
    // Asking for help is no error, everything else is bad usage.
    return error.exitCode === 0 ? 0 : 2;
  }
}

/**
 * The command with all its subcommands.
 *
 * @param finish is called at the end of a command that was done, with the exit code
 */
export function programOf(io: Io, finish: (exitCode: ExitCode) => void): Command {
  const program = new Command('autopeer')
    .description('Hands-off VPC peering for an AWS organization.')
    .version(io.installation.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print what a command does, what it takes, and examples')
    .showHelpAfterError('Run it with --help to see what it takes.')
    // An option belongs to the command before it: `sandbox --port` and `sandbox fault --port` are two.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => io.columns,
      getErrHelpWidth: () => io.columns,
      getOutHasColors: () => io.color,
      getErrHasColors: () => io.color,
    });
  for (const add of SUBCOMMANDS) add(program, io, finish);
  addProfileOption(program, io);
  program.addHelpText('after', EXAMPLES);
  return program;
}
