import type { Command } from 'commander';
import type { Io } from './io.ts';

/** Each of them is an option of commands that call AWS with the credentials that the SDK finds. */
const CALLS_AWS = new Set(['--role-name', '--hub-region', '--members-profile']);

/**
 * `--profile NAME`, as with the AWS CLI, for every command that calls AWS: a profile of the files in ~/.aws, with keys, a role, or a
 * session of `aws sso login`. One that has such an option keeps its own.
 */
export function addProfileOption(program: Command, io: Io): void {
  const commands = allOf(program).filter(
    ({ options }) =>
      options.some(({ long }) => CALLS_AWS.has(long ?? '')) &&
      !options.some(({ long }) => long === '--profile'),
  );
  for (const command of commands) {
    command
      .option('--profile <name>', 'the profile of your AWS configuration; AWS_PROFILE if left out')
      .hook('preAction', () => {
        const { profile } = command.opts<{ readonly profile?: string }>();
        if (profile !== undefined) io.useProfile?.(profile);
      });
  }
}

const allOf = (command: Command): readonly Command[] =>
  command.commands.flatMap((sub) => [sub, ...allOf(sub)]);
