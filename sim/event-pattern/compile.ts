import { invalidPattern } from './invalid.ts';
import { compileExpression, type LeafMatch } from './operators.ts';
import { isObject, isScalar, type Scalar } from './scalar.ts';

/** Whether an event fits a pattern. */
export type EventMatch = (event: unknown) => boolean;

/** Fields of these names make `$or` a field like any other, for rules older than the operator. */
const RESERVED_IN_OR = new Set([
  'exactly',
  'prefix',
  'suffix',
  'wildcard',
  'numeric',
  'anything-but',
  'exists',
  'cidr',
  'equals-ignore-case',
  '=',
  '<',
  '<=',
  '>',
  '>=',
]);

/**
 * Compiles an EventBridge event pattern.
 *
 * Numbers are compared by value. EventBridge compares their text in an exact match, so that 300 and 3.0e2 differ
 * there; a parsed event no longer says which was written.
 *
 * @param pattern JSON text, or what it parses to
 * @throws AwsError InvalidEventPatternException
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 */
export function compilePattern(pattern: unknown): EventMatch {
  const parsed = typeof pattern === 'string' ? parseJson(pattern) : pattern;
  if (!isObject(parsed)) throw invalidPattern('Filter is not an object');
  const match = compileObject(parsed);
  return (event) => isObject(event) && match(event);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidPattern('The pattern is not valid JSON');
  }
}

type ObjectMatch = (event: Readonly<Record<string, unknown>>) => boolean;

/** Every field of a pattern must fit. */
function compileObject(pattern: Readonly<Record<string, unknown>>): ObjectMatch {
  const fields = Object.entries(pattern).map(([name, value]): ObjectMatch => {
    if (name === '$or' && isOr(value)) {
      const branches = value.map(compileObject);
      return (event) => branches.some((branch) => branch(event));
    }
    if (isObject(value)) {
      const match = compileObject(value);
      return (event) => fitsObject(event[name], match);
    }
    if (!Array.isArray(value)) throw invalidPattern(`"${name}" must be an object or an array`);
    const match = compileLeaf(value);
    return (event) => match(leaves(event[name]));
  });
  if (fields.length === 0) throw invalidPattern('Empty objects are not allowed');
  return (event) => fields.every((field) => field(event));
}

const isOr = (value: unknown): value is readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) &&
  value.length > 1 &&
  value.every((branch) => isObject(branch) && !Object.keys(branch).some((name) => RESERVED_IN_OR.has(name)));

/** In a list of objects, one and the same object must fit all of the nested pattern. */
function fitsObject(value: unknown, match: ObjectMatch): boolean {
  if (Array.isArray(value) && value.length > 0) return value.some((item) => fitsObject(item, match));
  // Of what is no object no field exists, which is what `exists: false` asks for.
  return match(isObject(value) ? value : {});
}

/** The leaf's values fit when any of them fits any item of the list. */
function compileLeaf(list: readonly unknown[]): (values: readonly Scalar[]) => boolean {
  const items = list.map((item): LeafMatch => {
    if (isObject(item)) return compileExpression(item);
    if (isScalar(item)) return { kind: 'value', fits: (value) => value === item };
    throw invalidPattern('Match value must be String, number, true, false, or null');
  });
  if (items.length === 0) throw invalidPattern('Empty arrays are not allowed');
  return (values) =>
    items.some((item) =>
      item.kind === 'exists' ? values.length > 0 === item.wanted : values.some((value) => item.fits(value)),
    );
}

/** The leaves of a field: one, or those of a list; an object is not a leaf. */
function leaves(value: unknown): readonly Scalar[] {
  if (Array.isArray(value)) return value.flatMap(leaves);
  return isScalar(value) ? [value] : [];
}
