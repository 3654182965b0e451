import { manual, type AddSubcommand, type ExitCode, type Io } from '../io.ts';
import { chosenPolicy, withPolicyArgument } from './policy-file.ts';
import { readPolicy } from './read-policy.ts';

const HELP = `
A policy may name other files of its folder, so that each can have its own owners: include: [network.yaml, data.yaml].
Every command reads them, and autopeer deploy puts them together. This prints the one file that they make, for a
deployment by other means.

Exit code: 0 if the policy is valid, 2 if it has faults or some file cannot be read.

Examples:
  $ autopeer policy merge > merged.yaml
  $ autopeer policy merge policy.yaml | autopeer policy check -`;

/** `autopeer policy merge FILE`: a policy and what it includes, as one file. */
export const addMerge: AddSubcommand = (group, io, finish) => {
  withPolicyArgument(
    group.command('merge').description('print a policy with the files that it includes, as one'),
  )
    .addHelpText('after', manual(HELP, io))
    .action(async (file: string | undefined, { policy }: { readonly policy?: string }) => {
      finish(await merge(chosenPolicy(file, policy), io));
    });
};

async function merge(file: string, io: Io): Promise<ExitCode> {
  const read = await readPolicy(file, io);
  if (read === undefined) return 2;
  io.stdout.write(read.text);
  return 0;
}
