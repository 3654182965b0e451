import type { AddSubcommand } from '../io.ts';

export const addExplain: AddSubcommand = (program) => {
  program.command('explain');
};
