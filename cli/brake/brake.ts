import type { AddSubcommand } from '../io.ts';
import { addRelease } from './release.ts';
import { addShow } from './show.ts';

/** `autopeer brake`: what bounds how many peerings an hour lose their reachability. */
export const addBrake: AddSubcommand = (program, io, finish) => {
  const group = program
    .command('brake')
    .description('see and release what bounds how many peerings an hour are cut')
    .addHelpText(
      'after',
      '\nExamples:\n  $ autopeer brake show\n  $ autopeer brake release --count 40 --for 1h',
    );
  addRelease(group, io, finish);
  addShow(group, io, finish);
};
