import * as z from 'zod';
import { HUB_HELP, REAL_HUB, sendCommand, withHubOptions, type HubPlatform } from '../hub-command.ts';
import { manual, type AddSubcommand, type ExitCode, type Io } from '../io.ts';
import { plural } from '../policy/files.ts';
import { inputOf, type LetterOptions } from './show.ts';
import { leftLine, linesOf, NO_SUCH } from './words.ts';

const HELP = `
Forgets the letters of a cause. The next event or sweep looks at the same peerings and places all the same; a notice that was
not delivered is gone.
${HUB_HELP}

Example:
  $ autopeer dead-letters drop intake-malformedevent`;

const droppedSchema = z.object({ dropped: z.int(), left: z.int() });

/** `autopeer dead-letters drop`: forgets letters. */
export const addDrop: AddSubcommand = (group, io, finish) => {
  withHubOptions(
    group
      .command('drop')
      .description('forget the letters of a cause')
      .argument('<cause>', 'as list names it')
      .option('--letter <id>', 'only this one'),
  )
    .addHelpText('after', manual(HELP, io))
    .action(async (cause: string, options: LetterOptions) =>
      finish(await dropDeadLetters(cause, options, io, REAL_HUB)),
    );
};

/** Asks for it, and prints how many are gone. */
export const dropDeadLetters = (
  cause: string,
  options: LetterOptions,
  io: Io,
  platform: HubPlatform,
): Promise<ExitCode> =>
  sendCommand(
    { verb: 'dead-letters drop', input: inputOf(cause, options), result: droppedSchema, text: droppedText },
    options,
    io,
    platform,
  );

const droppedText = ({ dropped, left }: z.infer<typeof droppedSchema>): string =>
  dropped === 0 && left === 0
    ? linesOf([NO_SUCH])
    : linesOf([`${plural(dropped, 'letter')} forgotten`, ...leftLine(left, 'run the same again')]);
