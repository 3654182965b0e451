import {
  HUB_HELP,
  REAL_HUB,
  sendCommand,
  withHubOptions,
  type HubOptions,
  type HubPlatform,
} from '../hub-command.ts';
import { manual, type AddSubcommand, type ExitCode, type Io } from '../io.ts';
import { printable } from '../policy/files.ts';
import { parsePeering } from '../suspension/release.ts';
import { parseReason } from '../reason.ts';
import { revokedSchema, whyNot } from './words.ts';

const HELP = `
Takes back every approval of a peering. A request waits again. An active peering becomes unapproved: guardrails.unapproved of
the policy says whether autopeer only reports it or removes its routes. The approvers of the rule may revoke.
${HUB_HELP}

Example:
  $ autopeer revoke pcx-090ecd94e3a1bb4b8 --reason "the contract has ended"`;

interface Options extends HubOptions {
  readonly reason?: string;
}

/** `autopeer revoke PEERING`: takes an approval back. */
export const addRevoke: AddSubcommand = (program, io, finish) => {
  withHubOptions(
    program
      .command('revoke')
      .description('take back the approval of a peering')
      .argument('<peering>', 'its id', parsePeering)
      .option('--reason <text>', 'why, for everybody who looks it up', parseReason),
  )
    .addHelpText('after', manual(HELP, io))
    .action(async (peering: string, options: Options) =>
      finish(await revoke(peering, options, io, REAL_HUB)),
    );
};

/** Sends the command, and prints its outcome. */
export const revoke = (peering: string, options: Options, io: Io, platform: HubPlatform): Promise<ExitCode> =>
  sendCommand(
    {
      verb: 'revoke',
      input: { peering, reason: options.reason },
      result: revokedSchema,
      whyNot,
      text: (answer) =>
        answer.done ? `${printable(`the approval of ${peering} is taken back, as ${answer.by}`)}\n` : '',
    },
    options,
    io,
    platform,
  );
