import type { AddSubcommand } from '../io.ts';

export const addCheck: AddSubcommand = (program) => {
  program.command('check');
};
