import { HUB_HELP, REAL_HUB, sendCommand, type HubPlatform, withHubOptions } from '../hub-command.ts';
import { manual, type AddSubcommand, type ExitCode, type Io } from '../io.ts';
import { plural, printable } from '../policy/files.ts';
import { terminalQuestions, type Ask } from '../questions.ts';
import { parseMinutes } from '../minutes.ts';
import { confirmed, withAnswerOptions, type AnswerOptions } from './answer.ts';
import { approvedSchema, whyNot } from './words.ts';

const HELP = `
Approves a peering whose rule says approval: both VPCs, every CIDR, what the rule gives and the traffic that its routes take.
You see all of it before you are asked. If any of it differs when autopeer accepts, your approval does not count, and it is
asked anew. The approver is who AWS says that you are: your policy says who may approve, and how many.
${HUB_HELP}

Examples:
  $ autopeer approve pcx-090ecd94e3a1bb4b8
  $ autopeer approve pcx-090ecd94e3a1bb4b8 --fingerprint 3f9c2a1b77d0 --reason "change 4711"
  $ autopeer approve pcx-090ecd94e3a1bb4b8 --for 1d`;

/** EC2 keeps a pending request for a week, in minutes. */
const MAX_MINUTES = 7 * 24 * 60;

interface Options extends AnswerOptions {
  /** In minutes. */
  readonly for?: number;
}

/** `autopeer approve PEERING`: says yes to exactly what is shown. */
export const addApprove: AddSubcommand = (program, io, finish) => {
  withHubOptions(
    withAnswerOptions(
      program.command('approve').description('approve a peering that waits for people'),
    ).option(
      '--for <duration>',
      'how long the approval counts for an accept, such as 2h or 1d; without it until EC2 drops the request',
      parseMinutes(MAX_MINUTES),
    ),
  )
    .addHelpText('after', manual(HELP, io))
    .action(async (peering: string, options: Options) =>
      finish(await approve(peering, options, io, REAL_HUB, terminalQuestions())),
    );
};

/** Shows what waits, asks, and sends the approval of exactly that. */
export async function approve(
  peering: string,
  options: Options,
  io: Io,
  platform: HubPlatform,
  ask: Ask | undefined,
): Promise<ExitCode> {
  const waiting = await confirmed(peering, 'approve', options, { io, platform, ask });
  if (waiting === undefined) return 2;
  const input = {
    peering,
    fingerprint: waiting.fingerprint,
    reason: options.reason,
    minutes: options.for,
  };
  return sendCommand(
    {
      verb: 'approve',
      input,
      result: approvedSchema,
      whyNot,
      text: (answer) => (answer.done ? `${printable(doneText(peering, answer.left))}\n` : ''),
    },
    options,
    io,
    platform,
  );
}

const doneText = (peering: string, left: number): string =>
  left === 0
    ? `${peering} is approved, and autopeer looks at it now`
    : `${peering}: your approval counts, ${plural(left, 'more approval')} missing`;
