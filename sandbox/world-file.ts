import { isMap, isNode, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import { showPath } from '../shared/domain/policy/language/faults.ts';
import { checkReferences } from './world-references.ts';
import type { Path, WorldFault, WorldFinding } from './world-fault.ts';
import { worldSchema, type WorldFile } from './world-schema.ts';

/** An alias may be used as often as this: more is a file that unfolds to more than it shows. */
const MAX_ALIASES = 1_000;

export type ReadWorld =
  | {
      readonly kind: 'read';
      readonly file: WorldFile;
      readonly locate: (finding: WorldFinding) => WorldFault;
    }
  /** Every fault at once, in the order of the file. */
  | { readonly kind: 'faulty'; readonly faults: readonly WorldFault[] };

/** Reads a world file, YAML or JSON. Never throws, whatever the text. */
export function readWorldFile(text: string): ReadWorld {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number, message: string): WorldFault => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1), message };
  };
  if (document.errors.length > 0) {
    return faulty(document.errors.map(({ pos, message }) => at(pos[0], `is not valid YAML: ${message}`)));
  }
  const locate = ({ path, message }: WorldFinding): WorldFault =>
    at(offsetOf(document, path), path.length === 0 ? message : `${showPath(path)}: ${message}`);
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    return faulty([at(0, error instanceof Error ? error.message : String(error))]);
  }
  const parsed = worldSchema.safeParse(value);
  const findings = [...schemaFindings(parsed.error), ...checkReferences(value)];
  if (parsed.success && findings.length === 0) return { kind: 'read', file: parsed.data, locate };
  return faulty(findings.map(locate));
}

function schemaFindings(error: ReturnType<typeof worldSchema.safeParse>['error']): readonly WorldFinding[] {
  return (error?.issues ?? []).flatMap((issue) => {
    const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
    if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
    return issue.keys.map((key) => ({ path: [...path, key], message: 'a world file has no such key here' }));
  });
}

/** Where a path stands in the text, or the nearest place around it when the path itself is missing. */
function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length >= 0; length--) {
    const parent = document.getIn(path.slice(0, length - 1), true);
    const last = path[length - 1];
    const key = isMap(parent)
      ? parent.items.find((pair) => isScalar(pair.key) && pair.key.value === last)?.key
      : undefined;
    const node = key ?? document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

const faulty = (faults: readonly WorldFault[]): ReadWorld => ({
  kind: 'faulty',
  faults: faults.toSorted((one, other) => one.line - other.line || one.column - other.column),
});
