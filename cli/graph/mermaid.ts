import type { Graph } from '../../analysis/graph/model.ts';
import { boxesOf, keyOf, type Box } from './nested.ts';

/** Above this Mermaid draws nothing, unless its page says otherwise (`maxEdges`). */
export const MERMAID_EDGES_MAX = 500;
/** Above this many characters neither (`maxTextSize`). */
export const MERMAID_TEXT_MAX = 50_000;

/** For a Markdown page of GitHub or GitLab, in a block named `mermaid`. */
export function mermaidOf(graph: Graph): string {
  return [
    'flowchart LR',
    ...boxesOf(graph).flatMap((box) => subgraph(box, '  ')),
    ...graph.peerings.map(({ state, requester, accepter }) => {
      const link = state === 'active' ? '---' : `-.-|${label(state)}|`;
      return `  ${keyOf(requester)} ${link} ${keyOf(accepter)}`;
    }),
    '',
  ].join('\n');
}

const subgraph = ({ key, label: text, boxes, vpcs }: Box, indent: string): readonly string[] => [
  `${indent}subgraph ${key}[${label(text)}]`,
  ...boxes.flatMap((box) => subgraph(box, `${indent}  `)),
  ...vpcs.map((vpc) => `${indent}  ${vpc.key}[${label(vpc.label)}]`),
  `${indent}end`,
];

/**
 * A label in quotes. All but letters, digits and a few harmless signs are Mermaid's entities (`#34;`): Mermaid gives labels a
 * meaning as Markdown and as HTML. The dot is one too, so that `1. x` makes no list.
 *
 * @see https://mermaid.js.org/syntax/flowchart.html#special-characters-that-break-syntax
 */
const label = (text: string): string =>
  `"${text.replaceAll(/[^\p{L}\p{N}\p{M} _,/()-]|^-/gu, (sign) => `#${sign.codePointAt(0)};`)}"`;
