import { Argument } from 'commander';
import { manual, type AddSubcommand } from '../io.ts';
import { bashScript } from './bash.ts';
import { fishScript } from './fish.ts';
import { nodesOf } from './tree.ts';
import { zshScript } from './zsh.ts';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;
const SHELLS = ['bash', 'zsh', 'fish'] as const;

const HELP = `
The script completes commands, options and files. It needs nothing else, and starts no process when you press Tab: load it
anew after an update of autopeer.

Exit code: 0; 2 if the shell is none of these.

Examples:
  $ eval "$(autopeer completion bash)"                                   # in ~/.bashrc
  $ eval "$(autopeer completion zsh)"                                    # in ~/.zshrc, after compinit
  $ autopeer completion fish > ~/.config/fish/completions/autopeer.fish  # once`;

/** `autopeer completion`: a script that completes commands and options. */
export const addCompletion: AddSubcommand = (program, io) => {
  program
    .command('completion')
    .description('print a script that completes commands, options and files in your shell')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .addHelpText('after', manual(HELP, io))
    .action((shell: keyof typeof SCRIPTS) => {
      io.stdout.write(SCRIPTS[shell](program.name(), nodesOf(program)));
    });
};
