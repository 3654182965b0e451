import { HUB_HELP, REAL_HUB, sendCommand, withHubOptions, type HubPlatform } from '../hub-command.ts';
import { manual, type AddSubcommand, type ExitCode, type Io } from '../io.ts';
import { printable } from '../policy/files.ts';
import { terminalQuestions, type Ask } from '../questions.ts';
import { confirmed, withAnswerOptions, type AnswerOptions } from './answer.ts';
import { rejectedSchema, whyNot } from './words.ts';

const HELP = `
Rejects a request that waits for an approval. A rejection is final: the requester must make a new request. The approvers of
the rule may reject. The first answer counts.
${HUB_HELP}

Example:
  $ autopeer reject pcx-090ecd94e3a1bb4b8 --reason "use the Transit Gateway"`;

/** `autopeer reject PEERING`: says no to a request. */
export const addReject: AddSubcommand = (program, io, finish) => {
  withHubOptions(
    withAnswerOptions(program.command('reject').description('reject a request that waits for people')),
  )
    .addHelpText('after', manual(HELP, io))
    .action(async (peering: string, options: AnswerOptions) =>
      finish(await reject(peering, options, io, REAL_HUB, terminalQuestions())),
    );
};

/** Shows what waits, asks, and sends the no. */
export async function reject(
  peering: string,
  options: AnswerOptions,
  io: Io,
  platform: HubPlatform,
  ask: Ask | undefined,
): Promise<ExitCode> {
  const waiting = await confirmed(peering, 'reject', options, { io, platform, ask });
  if (waiting === undefined) return 2;
  const input = { peering, fingerprint: waiting.fingerprint, reason: options.reason };
  const text = `${printable(`${peering} is rejected: autopeer does it now`)}\n`;
  return sendCommand(
    { verb: 'reject', input, result: rejectedSchema, whyNot, text: () => text },
    options,
    io,
    platform,
  );
}
