import type { Node } from './tree.ts';

/** For fish 3 and later. */
export function fishScript(name: string, nodes: readonly Node[]): string {
  const inner = nodes.filter(({ path }) => path !== '').map(({ path }) => path);
  return `# Completes ${name} in fish. Made by: ${name} completion fish
function __${name}_at
  set -l at ''
  for word in (commandline -opc)[2..-1]
    switch "$at/$word"
      case ${inner.join(' ')}
        set at "$at/$word"
    end
  end
  test "$at" = "$argv[1]"
end
${nodes.flatMap((node) => linesOf(name, node)).join('\n')}
`;
}

function linesOf(program: string, { path, words, options, takesFiles }: Node): readonly string[] {
  const here = `complete -c ${program} -n "__${program}_at '${path}'"`;
  return [
    ...(takesFiles ? [] : [`${here} -f`]),
    ...words.map(({ text, about }) => `${here} -a ${quoted(text)}${aboutText(about)}`),
    ...options.map(
      ({ name, about, takesValue }) =>
        `${here} -l ${name.replace(/^--/, '')}${takesValue ? ' -r -F' : ''}${aboutText(about)}`,
    ),
  ];
}

const aboutText = (about: string): string => (about === '' ? '' : ` -d ${quoted(about)}`);

/** In fish, a backslash before a quote is what other shells need more for. */
const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
