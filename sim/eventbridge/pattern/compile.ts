import { fieldsOf, NOWHERE, together, type EventFields, type Membership } from './event-fields.ts';
import { invalidPattern, PatternFault } from './invalid.ts';
import { JsonSyntaxError, parseSource, type SourceNode } from './json-source.ts';
import { compileExpression, type LeafMatch } from './operators.ts';
import { exactly, isObject } from './scalar.ts';

/** Whether an event fits a pattern. */
export type EventMatch = (event: unknown) => boolean;

/** What each field must fit, by its dotted name; of a field that is named twice the later counts. */
type Rule = Map<string, readonly LeafMatch[]>;

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

/** Every way through the `$or`s of a pattern: more than this EventBridge does not take. */
const MAX_COMBINATIONS = 1_000;

/**
 * Compiles an EventBridge event pattern. Names are joined by dots, as EventBridge does: a field `a.b` and a field `b`
 * within `a` are the same.
 *
 * @param pattern JSON text, or what it parses to
 * @throws AwsError InvalidEventPatternException
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 */
export function compilePattern(pattern: unknown): EventMatch {
  const text = typeof pattern === 'string' ? pattern : (JSON.stringify(pattern) ?? '');
  const rules = compileText(text).map((rule) => [...rule].toSorted(byName));
  return (event) => {
    if (!isObject(event)) return false;
    const fields = fieldsOf(event);
    return rules.some((rule) => fits(rule, 0, fields, NOWHERE));
  };
}

const byName = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number =>
  Number(one > other) - Number(one < other);

function compileText(text: string): readonly Rule[] {
  try {
    const source = parseSource(text);
    if (source.kind !== 'object') throw new PatternFault('Filter is not an object', source.at);
    return compileObject(source, '', [new Map()]);
  } catch (error) {
    if (error instanceof PatternFault) throw invalidPattern(text, error);
    if (error instanceof JsonSyntaxError) {
      throw invalidPattern(text, new PatternFault(error.message, error.offset));
    }
    throw error;
  }
}

type ObjectNode = SourceNode & { readonly kind: 'object' };

/** Adds the fields of an object to every rule; an `$or` makes of each rule as many as it has branches. */
function compileObject(node: ObjectNode, prefix: string, rules: readonly Rule[]): readonly Rule[] {
  if (node.entries.length === 0) throw new PatternFault('Empty objects are not allowed', node.end);
  let result = rules;
  for (const { name, value } of node.entries) {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const branches = name === '$or' ? branchesOf(value) : undefined;
    if (branches !== undefined) {
      const before = result;
      result = branches.flatMap((branch) =>
        compileObject(
          branch,
          prefix,
          before.map((rule) => new Map(rule)),
        ),
      );
      if (result.length > MAX_COMBINATIONS) throw new PatternFault('Rule is too complex', value.end);
    } else if (value.kind === 'object') {
      result = compileObject(value, path, result);
    } else if (value.kind === 'array') {
      const leaves = compileLeaves(value);
      for (const rule of result) rule.set(path, leaves);
    } else {
      throw new PatternFault(`"${name}" must be an object or an array`, value.at);
    }
  }
  return result;
}

/** The branches of `$or`, or undefined where it is but a field of that name. */
function branchesOf(value: SourceNode): readonly ObjectNode[] | undefined {
  if (value.kind !== 'array' || value.items.length < 2) return undefined;
  const branches = value.items.filter((item) => item.kind === 'object');
  if (branches.length < value.items.length) return undefined;
  const isReserved = branches.some(({ entries }) => entries.some(({ name }) => RESERVED_IN_OR.has(name)));
  return isReserved ? undefined : branches;
}

function compileLeaves(list: SourceNode & { readonly kind: 'array' }): readonly LeafMatch[] {
  if (list.items.length === 0) throw new PatternFault('Empty arrays are not allowed', list.end);
  return list.items.map((item): LeafMatch => {
    if (item.kind === 'object') return compileExpression(item);
    if (item.kind !== 'array') return { kind: 'value', fits: exactly(item) };
    throw new PatternFault('Match value must be String, number, true, false, or null', item.at);
  });
}

type SortedRule = readonly (readonly [string, readonly LeafMatch[]])[];

/** Whether the rule fits from its `index`-th field on, given the elements of lists that the fields before stand in. */
function fits(rule: SortedRule, index: number, fields: EventFields, membership: Membership): boolean {
  const entry = rule[index];
  if (entry === undefined) return true;
  const [name, leaves] = entry;
  let isPresent = false;
  for (const { value, membership: own } of fields.get(name) ?? []) {
    const both = together(membership, own);
    if (both === undefined) continue;
    isPresent = true;
    const matches = leaves.some((leaf) => leaf.kind === 'value' && leaf.fits(value));
    if (matches && fits(rule, index + 1, fields, both)) return true;
  }
  return (
    !isPresent && leaves.some(({ kind }) => kind === 'absent') && fits(rule, index + 1, fields, membership)
  );
}
