import type { Command, Option } from 'commander';

/** A command, as far as a shell needs it. */
export interface Node {
  /** `/policy/check`; the program itself is the empty text. */
  readonly path: string;
  readonly words: readonly Word[];
  readonly options: readonly Flag[];
  /** Whether it takes files, where no word is meant. */
  readonly takesFiles: boolean;
}

/** A subcommand, or one of the values that an argument may have. */
export interface Word {
  readonly text: string;
  readonly about: string;
}

export interface Flag {
  /** `--policy` */
  readonly name: string;
  readonly about: string;
  readonly takesValue: boolean;
}

/** Every command of a program, those that are hidden apart. */
export function nodesOf(command: Command, path = ''): readonly Node[] {
  const help = command.createHelp();
  const subcommands = help.visibleCommands(command);
  const choices = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []);
  const node = {
    path,
    words: [
      ...subcommands.map((sub) => ({ text: sub.name(), about: sub.description() })),
      ...choices.map((text) => ({ text, about: '' })),
    ],
    options: help.visibleOptions(command).flatMap(flagOf),
    takesFiles: subcommands.length === 0 && choices.length === 0,
  };
  return [node, ...subcommands.flatMap((sub) => nodesOf(sub, `${path}/${sub.name()}`))];
}

function flagOf({ long, description, required, optional }: Option): readonly Flag[] {
  if (long === undefined || long === null) return [];
  return [{ name: long, about: description, takesValue: required || optional }];
}

/** Text in single quotes, as bash and zsh read it. */
export const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
