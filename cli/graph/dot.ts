import type { Graph } from '../../analysis/graph/model.ts';
import type { PeeringState } from '../../shared/domain/facts/peering.ts';
import { boxesOf, keyOf, type Box } from './nested.ts';

/** For Graphviz: `autopeer graph --format dot | dot -Tsvg > peerings.svg`. */
export function dotOf(graph: Graph): string {
  return [
    'graph autopeer {',
    '  graph [rankdir=LR, fontname="sans-serif", style=rounded, color=gray50];',
    '  node [shape=box, style=rounded, fontname="sans-serif"];',
    '  edge [fontname="sans-serif", fontsize=10];',
    ...boxesOf(graph).flatMap((box) => cluster(box, '  ')),
    ...graph.peerings.map(
      ({ id, state, requester, accepter }) =>
        `  ${keyOf(requester)} -- ${keyOf(accepter)} [id=${quote(id)}, tooltip=${quote(`${id} ${state}`)}${look(state)}];`,
    ),
    '}',
    '',
  ].join('\n');
}

const cluster = ({ key, label, boxes, vpcs }: Box, indent: string): readonly string[] => [
  `${indent}subgraph cluster_${key} {`,
  `${indent}  label=${quote(label)};`,
  ...boxes.flatMap((box) => cluster(box, `${indent}  `)),
  ...vpcs.map((vpc) => `${indent}  ${vpc.key} [label=${quote(vpc.label)}, tooltip=${quote(vpc.region)}];`),
  `${indent}}`,
];

const look = (state: PeeringState): string =>
  state === 'active' ? '' : `, style=dashed, label=${quote(state)}`;

/**
 * A string of DOT. A backslash begins an escape there (`\N` is the node's name), and `&` one of HTML.
 *
 * @see https://graphviz.org/doc/info/lang.html
 * @see https://graphviz.org/docs/attr-types/escString/
 */
const quote = (text: string): string =>
  `"${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
