import { isAlias, isMap, isScalar, isSeq, LineCounter, type ParsedNode, parseDocument } from 'yaml';
import type { Finding, Path, PolicyFault } from './faults.ts';
import { showPath } from './faults.ts';

/** 10,000 rules take about 1.5 MB; a file far beyond that is not a policy. */
const TEXT_LENGTH_MAX = 4 * 1024 * 1024;
/** The language itself nests eight deep; the limit keeps hostile input from exhausting the stack. */
const DEPTH_MAX = 32;
const TOO_DEEP = `this is nested too deeply to be a policy: at most ${DEPTH_MAX} levels`;

/** A policy file read as plain values, which remembers where each of them stands. */
export interface YamlSource {
  readonly value: unknown;
  /** Gives a finding its line and column. */
  locate(finding: Finding): PolicyFault;
}

/** `source` is there unless the text is not YAML at all; faults may come besides. */
export interface YamlReading {
  readonly source: YamlSource | undefined;
  readonly faults: readonly PolicyFault[];
}

/** Reads YAML into plain values. Everything that YAML has beyond plain data is a fault here. */
export function readYaml(text: string): YamlReading {
  if (text.length > TEXT_LENGTH_MAX) {
    const message = `the file has ${text.length} characters; a policy has at most ${TEXT_LENGTH_MAX}`;
    return { source: undefined, faults: [{ line: 1, column: 1, path: '', message }] };
  }
  const lineCounter = new LineCounter();
  const parsed = parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: true, merge: false });
  const at = (offset: number, path: Path, message: string): PolicyFault => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1), path: showPath(path), message };
  };
  // What the parser gave up on has no value, and what it says of the rest of the file is noise.
  const exhausted = parsed.errors.find(({ code }) => code === 'RESOURCE_EXHAUSTION');
  if (exhausted !== undefined) return { source: undefined, faults: [at(exhausted.pos[0], [], TOO_DEEP)] };
  const faults = [...parsed.errors, ...parsed.warnings].map((error) =>
    at(error.pos[0], [], syntaxMessage(error.code, error.message)),
  );
  const report = (offset: number, path: Path, message: string): void => {
    faults.push(at(offset, path, message));
  };
  const value = plain(parsed.contents, [], report);
  // Most files have no fault, and noting every position takes as long as reading the values.
  let positions: ReadonlyMap<string, Position> | undefined;
  const locate = ({ path, message, atKey }: Finding): PolicyFault => {
    positions ??= positionsOf(parsed.contents);
    const position = nearestPosition(positions, path);
    return at(atKey === true ? position.key : position.value, path, message);
  };
  return { source: { value, locate }, faults };
}

function syntaxMessage(code: string, message: string): string {
  if (code === 'DUPLICATE_KEY') return 'this key is written twice in the same mapping: keep one';
  if (code === 'MULTIPLE_DOCS') return 'the file holds several YAML documents (---): keep one';
  return `this is not valid YAML: ${message}`;
}

type Report = (offset: number, path: Path, message: string) => void;

function plain(node: ParsedNode | null, path: Path, report: Report, key?: number): unknown {
  if (node === null) return null;
  const offset = startOf(node, key);
  if (path.length > DEPTH_MAX) {
    report(offset, path, TOO_DEEP);
    return null;
  }
  if (isAlias(node)) {
    report(offset, path, `a policy takes no YAML alias (*${node.source}): make it a group and use its name`);
    return undefined;
  }
  if (isScalar(node)) return node.value;
  if (isSeq(node)) return node.items.map((item, index) => plain(item, [...path, index], report));
  // A key that would reach an object's prototype is refused below.
  const members: Record<string, unknown> = {};
  if (!isMap(node)) return members;
  for (const { key: word, value } of node.items) {
    const start = word.range[0];
    const name = nameOf(word);
    if (name === undefined) report(start, path, 'a key must be a plain word here');
    else members[name] = plain(value, [...path, name], report, start);
  }
  return members;
}

/** The word that a key is; `undefined` for what is no key of a policy. */
function nameOf(key: ParsedNode): string | undefined {
  if (!isScalar(key) || key.value === null || key.value === '__proto__') return undefined;
  return typeof key.value === 'string' ? key.value : (key.source ?? '');
}

/** A key without a value is shown by the key: there is nothing else to point at. */
const startOf = ({ range }: ParsedNode, key: number | undefined): number =>
  range[0] === range[1] ? (key ?? range[0]) : range[0];

interface Position {
  readonly key: number;
  readonly value: number;
}

/** Where each path stands, by its JSON. */
function positionsOf(contents: ParsedNode | null): ReadonlyMap<string, Position> {
  const positions = new Map<string, Position>();
  const note = (node: ParsedNode | null, path: Path, key?: number): void => {
    // In `{ key }` the value has no node at all.
    const value = node === null ? (key ?? 0) : startOf(node, key);
    positions.set(JSON.stringify(path), { key: key ?? value, value });
    if (path.length > DEPTH_MAX) return;
    if (isSeq(node)) {
      for (const [index, item] of node.items.entries()) note(item, [...path, index]);
    } else if (isMap(node)) {
      for (const item of node.items) {
        const name = nameOf(item.key);
        if (name !== undefined) note(item.value, [...path, name], item.key.range[0]);
      }
    }
  };
  note(contents, []);
  return positions;
}

/** Where a path stands, or the nearest mapping or list around it when the path itself is missing. */
function nearestPosition(positions: ReadonlyMap<string, Position>, path: Path): Position {
  for (let length = path.length; length >= 0; length -= 1) {
    const position = positions.get(JSON.stringify(path.slice(0, length)));
    if (position !== undefined) return position;
  }
  return { key: 0, value: 0 };
}
