import tab from '@bomb.sh/tab/commander';
import { manual, type AddSubcommand } from './io.ts';

const HELP = `
Prints a script for your shell, which completes commands, options and files once it is loaded. It asks the command itself, so
that it stays right when autopeer is updated.

Examples:
  $ source <(autopeer completion bash)                                      # bash; put it into ~/.bashrc
  $ source <(autopeer completion zsh)                                       # zsh; put it into ~/.zshrc, after compinit
  $ autopeer completion fish > ~/.config/fish/completions/autopeer.fish     # fish`;

/** `autopeer completion`: what a shell needs to complete commands and options. It must be added after those. */
export const addCompletion: AddSubcommand = (program, io) => {
  tab(program, { completionCommandName: 'completion' });
  const command = program.commands.find((candidate) => candidate.name() === 'completion');
  command?.description('print a script that completes commands and options in your shell');
  command?.addHelpText('after', manual(HELP, io));
};
