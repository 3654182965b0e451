import * as z from 'zod';
import { HUB_HELP, REAL_HUB, sendCommand, withHubOptions, type HubPlatform } from '../hub-command.ts';
import { manual, type AddSubcommand, type ExitCode, type Io } from '../io.ts';
import { plural } from '../policy/files.ts';
import { inputOf, type LetterOptions } from './show.ts';
import { leftLine, letterLine, letterSchema, linesOf, NO_SUCH } from './words.ts';

const HELP = `
Sends the letters of a cause again, as they were, to the queue or the function that they came from. Mend the cause
first: a letter that fails again counts as a new cause. A letter that cannot be sent is kept, and the reason is printed.
${HUB_HELP}

Example:
  $ autopeer dead-letters retry work-createroute-internalerror`;

const retriedSchema = z.object({
  sent: z.int(),
  kept: z.array(letterSchema.extend({ why: z.string() })),
  left: z.int(),
});

/** `autopeer dead-letters retry`: sends letters again. */
export const addRetry: AddSubcommand = (group, io, finish) => {
  withHubOptions(
    group
      .command('retry')
      .description('send the letters of a cause again')
      .argument('<cause>', 'as list names it')
      .option('--letter <id>', 'only this one'),
  )
    .addHelpText('after', manual(HELP, io))
    .action(async (cause: string, options: LetterOptions) =>
      finish(await retryDeadLetters(cause, options, io, REAL_HUB)),
    );
};

/** Asks for it, and prints what was sent. */
export const retryDeadLetters = (
  cause: string,
  options: LetterOptions,
  io: Io,
  platform: HubPlatform,
): Promise<ExitCode> =>
  sendCommand(
    { verb: 'dead-letters retry', input: inputOf(cause, options), result: retriedSchema, text: retriedText },
    options,
    io,
    platform,
  );

function retriedText({ sent, kept, left }: z.infer<typeof retriedSchema>): string {
  if (sent === 0 && left === 0) return linesOf([NO_SUCH]);
  return linesOf([
    `${plural(sent, 'letter')} sent again`,
    ...kept.flatMap((letter) => [`kept: ${letterLine(letter).trimStart()}`, `  ${letter.why}`]),
    ...leftLine(left - kept.length, 'run the same again'),
  ]);
}
