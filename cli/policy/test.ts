import type { AddSubcommand } from '../io.ts';

export const addTest: AddSubcommand = (program) => {
  program.command('test');
};
