import type { Node } from './tree.ts';

/** For bash 3.2 and later, with nothing else installed. */
export function bashScript(name: string, nodes: readonly Node[]): string {
  const inner = nodes.filter(({ path }) => path !== '').map(({ path }) => path);
  const valued = [...new Set(nodes.flatMap(({ options }) => options.filter(({ takesValue }) => takesValue)))];
  const flags = [...new Set(valued.map((option) => option.name))].toSorted();
  return `# Completes ${name} in bash. Made by: ${name} completion bash
_${name}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD - 1]}" at='' words='' options='' i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$at/\${COMP_WORDS[i]}" in
      ${inner.join('|')}) at="$at/\${COMP_WORDS[i]}" ;;
    esac
  done
  # The value of an option: bash completes files then.
  case "$previous" in ${flags.join('|')}) return ;; esac
  case "$at" in
${nodes.map(caseOf).join('\n')}
  esac
  if [[ $current == -* ]]; then words=$options; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _${name} ${name}
`;
}

const caseOf = ({ path, words, options }: Node): string =>
  `    '${path}') words='${words.map(({ text }) => text).join(' ')}' options='${options
    .map(({ name }) => name)
    .join(' ')}' ;;`;
