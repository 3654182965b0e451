import { type Command, InvalidArgumentError } from 'commander';

/** The policy, where no command is told another: in the folder where people are. */
export const POLICY_FILE = 'policy.yaml';

/** `--policy FILE`, which means the same for every command. */
export const withPolicy = (command: Command): Command =>
  command.option('--policy <file>', 'the policy; - is standard input', POLICY_FILE);

/** The policy of a command that takes it as an argument too. */
export const withPolicyArgument = (command: Command): Command =>
  command
    .argument('[file]', `the policy; - is standard input (default: "${POLICY_FILE}")`)
    .option('--policy <file>', 'the policy, as with other commands');

/** @throws InvalidArgumentError where two are named */
export function chosenPolicy(argument: string | undefined, option: string | undefined): string {
  if (argument !== undefined && option !== undefined && argument !== option) {
    throw new InvalidArgumentError(`two policies are named: ${argument} and --policy ${option}`);
  }
  return argument ?? option ?? POLICY_FILE;
}
