import {
  HUB_HELP,
  REAL_HUB,
  sendCommand,
  withHubOptions,
  type HubOptions,
  type HubPlatform,
} from '../hub-command.ts';
import { manual, type AddSubcommand, type ExitCode, type Io } from '../io.ts';
import { plural, printable } from '../policy/files.ts';
import { parsePeering } from '../suspension/release.ts';
import { answerText, approvalsSchema, shortFingerprint } from './words.ts';

const HELP = `
Prints who approved a peering, who rejected it, and who took an approval back, with when and why. It is kept for good.
${HUB_HELP}

Example:
  $ autopeer approvals pcx-090ecd94e3a1bb4b8`;

/** `autopeer approvals PEERING`: who let it in. */
export const addApprovals: AddSubcommand = (program, io, finish) => {
  withHubOptions(
    program
      .command('approvals')
      .description('print who approved a peering, and who did not')
      .argument('<peering>', 'its id', parsePeering),
  )
    .addHelpText('after', manual(HELP, io))
    .action(async (peering: string, options: HubOptions) =>
      finish(await approvals(peering, options, io, REAL_HUB)),
    );
};

/** Asks for it, and prints it. */
export const approvals = (
  peering: string,
  options: HubOptions,
  io: Io,
  platform: HubPlatform,
): Promise<ExitCode> =>
  sendCommand(
    {
      verb: 'approvals',
      input: { peering },
      result: approvalsSchema,
      text: ({ approvals: given }) => {
        const lines = given.flatMap(({ fingerprint, rule, approved, until, left, rejected, revoked }) => [
          `${shortFingerprint(fingerprint)}, rule ${rule}`,
          ...approved.map((answer) => `  approved by ${answerText(answer)}`),
          ...(left === 0 ? [] : [`  ${plural(left, 'approval')} missing`]),
          ...(until === undefined ? [] : [`  for an accept until ${until}`]),
          ...(rejected === null ? [] : [`  rejected by ${answerText(rejected)}`]),
          ...(revoked === null ? [] : [`  taken back by ${answerText(revoked)}`]),
        ]);
        return lines.length === 0
          ? `nobody has approved ${printable(peering)}\n`
          : lines.map((line) => `${printable(line)}\n`).join('');
      },
    },
    options,
    io,
    platform,
  );
