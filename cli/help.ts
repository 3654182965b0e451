import type { Command } from 'commander';
import type { AddSubcommand } from './io.ts';

/** `autopeer help policy check`: the same as `autopeer policy check --help`, at any depth. */
export const addHelp: AddSubcommand = (program) => {
  program.helpCommand(false);
  program
    .command('help')
    .description('print what a command does, what it takes, and examples')
    .argument('[command...]', 'its name, such as: policy check')
    .addHelpText('after', '\nExamples:\n  $ autopeer help\n  $ autopeer help policy check')
    .action((names: string[]) => {
      let command = program;
      for (const name of names) command = subcommand(command, name);
      command.outputHelp();
    });
};

function subcommand(parent: Command, name: string): Command {
  const found = parent.commands.find(
    (command) => command.name() === name || command.aliases().includes(name),
  );
  if (found !== undefined) return found;
  const known = parent
    .createHelp()
    .visibleCommands(parent)
    .map((command) => command.name());
  const choice = known.length === 0 ? 'It has no commands of its own.' : `It has: ${known.join(', ')}.`;
  return parent.error(`error: '${parent.name()}' has no command '${name}'. ${choice}`);
}
