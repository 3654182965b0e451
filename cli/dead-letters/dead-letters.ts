import type { AddSubcommand } from '../io.ts';
import { addDrop } from './drop.ts';
import { addList } from './list.ts';
import { addRetry } from './retry.ts';
import { addShow } from './show.ts';

/** `autopeer dead-letters`: what autopeer gave up on. */
export const addDeadLetters: AddSubcommand = (program, io, finish) => {
  const group = program
    .command('dead-letters')
    .description('see, send again and forget what failed for good')
    .addHelpText(
      'after',
      '\nExamples:\n  $ autopeer dead-letters list\n  $ autopeer dead-letters retry intake-malformedevent',
    );
  addList(group, io, finish);
  addShow(group, io, finish);
  addRetry(group, io, finish);
  addDrop(group, io, finish);
};
