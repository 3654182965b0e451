import { type Node, quoted } from './tree.ts';

/** For zsh with its own completion system, which `compinit` switches on. */
export function zshScript(name: string, nodes: readonly Node[]): string {
  const inner = nodes.filter(({ path }) => path !== '').map(({ path }) => path);
  return `#compdef ${name}
# Completes ${name} in zsh. Made by: ${name} completion zsh
_${name}() {
  local at='' i
  local -a items flags
  for ((i = 2; i < CURRENT; i++)); do
    case "$at/$words[i]" in
      (${inner.join('|')}) at="$at/$words[i]" ;;
    esac
  done
  case "$at" in
${nodes.map(caseOf).join('\n')}
  esac
  if [[ $PREFIX == -* ]]; then
    _describe 'option' flags
  elif (( $#items )) && [[ $words[CURRENT-1] != --* ]]; then
    _describe 'command' items
  else
    _files
  fi
}
compdef _${name} ${name}
`;
}

function caseOf({ path, words, options }: Node): string {
  const items = words.map(({ text, about }) => described(text, about));
  const flags = options.map(({ name, about }) => described(name, about));
  return `    (${quoted(path)}) items=(${items.join(' ')}) flags=(${flags.join(' ')}) ;;`;
}

/** A colon ends what is completed. */
const described = (text: string, about: string): string =>
  quoted(about === '' ? text : `${text}:${about.replaceAll(':', String.raw`\:`)}`);
