import { isMap, isScalar, isSeq, LineCounter, type ParsedNode, parseDocument } from 'yaml';
import { parseAccountId, parseOuId } from '../../shared/domain/facts/ids.ts';
import { didYouMean } from '../../shared/domain/policy/language/suggest.ts';
import { type Organization, ouPath } from '../snapshot/organization.ts';

/** One name in the file, with what stands there now, or why nothing does. */
export interface NamedPlace {
  readonly line: number;
  readonly column: number;
  readonly name: string;
  readonly answer:
    { readonly kind: 'fixed'; readonly id: string } | { readonly kind: 'unknown'; readonly why: string };
}

export interface FixedText {
  readonly text: string;
  readonly places: readonly NamedPlace[];
}

/**
 * Writes ids in the place of account names and paths of OUs, in `accounts` and `ous` of a policy. Everything else of the
 * text stays as it is, comments and layout too. Never throws: of a text that is no YAML nothing is changed.
 */
export function fixIds(text: string, organization: Organization): FixedText {
  const lineCounter = new LineCounter();
  const { contents } = parseDocument(text, { lineCounter, prettyErrors: false });
  const places: NamedPlace[] = [];
  let fixed = text;
  // From the end, so that what is written moves nothing that is still to be.
  for (const { node, name, key } of namesIn(contents).toReversed()) {
    const [start, end] = node.range;
    const { line, col: column } = lineCounter.linePos(start);
    const answer = key === 'accounts' ? accountOf(name, organization) : ouOf(name, organization);
    places.unshift({ line, column, name, answer });
    if (answer.kind === 'fixed') {
      const written = key === 'accounts' ? `"${answer.id}"` : answer.id;
      fixed = fixed.slice(0, start) + written + fixed.slice(end);
    }
  }
  return { text: fixed, places };
}

interface NameNode {
  readonly node: ParsedNode;
  readonly name: string;
  readonly key: 'accounts' | 'ous';
}

/** Deeper than this no policy is: see the reader of YAML. */
const DEPTH_MAX = 32;

/** In the order of the text; what is an id already is not among them. */
function namesIn(node: ParsedNode | null, depth = 0): readonly NameNode[] {
  if (node === null || depth > DEPTH_MAX) return [];
  if (isSeq(node)) return node.items.flatMap((item) => namesIn(item, depth + 1));
  if (!isMap(node)) return [];
  return node.items.flatMap(({ key, value }) => {
    const word = isScalar(key) ? key.value : undefined;
    if (word === 'tags') return [];
    if ((word === 'accounts' || word === 'ous') && isSeq(value)) return listedNames(value.items, word);
    return namesIn(value, depth + 1);
  });
}

const listedNames = (items: readonly ParsedNode[], key: NameNode['key']): readonly NameNode[] =>
  items.flatMap((node): NameNode[] => {
    if (!isScalar(node) || typeof node.value !== 'string') return [];
    const isId = key === 'accounts' ? parseAccountId(node.value) : parseOuId(node.value);
    return isId === undefined ? [{ node, name: node.value, key }] : [];
  });

function accountOf(name: string, { snapshot }: Organization): NamedPlace['answer'] {
  const [first, second] = snapshot.accounts.filter((account) => account.name === name);
  if (second !== undefined) {
    return {
      kind: 'unknown',
      why: `the snapshot has several accounts '${name}': write the id that you mean`,
    };
  }
  if (first !== undefined) return { kind: 'fixed', id: first.id };
  const names = snapshot.accounts.map((account) => account.name);
  return { kind: 'unknown', why: `the snapshot has no account '${name}'${didYouMean(name, names)}` };
}

function ouOf(path: string, organization: Organization): NamedPlace['answer'] {
  const paths = new Map<string, string[]>();
  for (const id of organization.ous.keys()) {
    const known = ouPath(organization, id);
    paths.set(known, [...(paths.get(known) ?? []), id]);
  }
  const [first, second] = paths.get(path) ?? [];
  if (second !== undefined) {
    return { kind: 'unknown', why: `the snapshot has several OUs '${path}': write the id that you mean` };
  }
  if (first !== undefined) return { kind: 'fixed', id: first };
  return { kind: 'unknown', why: `the snapshot has no OU '${path}'${didYouMean(path, paths.keys())}` };
}
