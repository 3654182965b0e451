import type { AddSubcommand } from '../io.ts';
import { addCheck } from './check.ts';
import { addDiff } from './diff.ts';
import { addExplain } from './explain.ts';
import { addMerge } from './merge.ts';
import { addTest } from './test.ts';
import { addWhoCan } from './who-can.ts';

/** In the order of the help. */
const SUBCOMMANDS: readonly AddSubcommand[] = [addCheck, addTest, addExplain, addWhoCan, addDiff, addMerge];

/** `autopeer policy …`: what a policy means, before it is deployed. */
export const addPolicy: AddSubcommand = (program, io, finish) => {
  const group = program
    .command('policy')
    .description('check, test and question a policy before it is deployed')
    .addHelpText('after', '\nExamples:\n  $ autopeer policy check --strict\n  $ autopeer policy test');
  for (const add of SUBCOMMANDS) add(group, io, finish);
};
