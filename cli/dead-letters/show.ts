import * as z from 'zod';
import {
  HUB_HELP,
  REAL_HUB,
  sendCommand,
  withHubOptions,
  type HubOptions,
  type HubPlatform,
} from '../hub-command.ts';
import { manual, type AddSubcommand, type ExitCode, type Io } from '../io.ts';
import { leftLine, letterLine, letterSchema, linesOf, NO_SUCH } from './words.ts';

const HELP = `
Prints the letters of a cause: which peerings, places or events, and how often each has failed. With --letter also the body of
that one, as it is sent again.
${HUB_HELP}

Example:
  $ autopeer dead-letters show sweep-describevpcs-internalerror --letter 111122223333.eu-west-1`;

const shownSchema = z.object({ letters: z.array(letterSchema), left: z.int(), body: z.string().optional() });

/** Which letters of a cause; all of them where none is named. */
export interface LetterOptions extends HubOptions {
  readonly letter?: string;
}

/** `autopeer dead-letters show`: the letters of a cause. */
export const addShow: AddSubcommand = (group, io, finish) => {
  withHubOptions(
    group
      .command('show')
      .description('print the letters of a cause')
      .argument('<cause>', 'as list names it')
      .option('--letter <id>', 'only this one, with its body'),
  )
    .addHelpText('after', manual(HELP, io))
    .action(async (cause: string, options: LetterOptions) =>
      finish(await showDeadLetters(cause, options, io, REAL_HUB)),
    );
};

/** Asks for them, and prints them. */
export const showDeadLetters = (
  cause: string,
  options: LetterOptions,
  io: Io,
  platform: HubPlatform,
): Promise<ExitCode> =>
  sendCommand(
    { verb: 'dead-letters show', input: inputOf(cause, options), result: shownSchema, text: shownText },
    options,
    io,
    platform,
  );

export const inputOf = (cause: string, { letter }: LetterOptions): object => ({
  cause,
  ...(letter === undefined ? {} : { letter }),
});

function shownText({ letters, left, body }: z.infer<typeof shownSchema>): string {
  if (letters.length === 0) return linesOf([NO_SUCH]);
  return linesOf([
    ...letters.map(letterLine),
    ...leftLine(left, 'retry or drop these first'),
    ...(body === undefined ? [] : [body]),
  ]);
}
