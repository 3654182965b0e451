import { AwsError } from '../../types.ts';
import { compileCidr } from './cidr.ts';
import { PatternFault } from './invalid.ts';
import type { SourceNode } from './json-source.ts';
import { comparable, compileNumeric } from './numeric.ts';
import { exactly, onString, type ScalarMatch } from './scalar.ts';
import { assertSimple, compileWildcard } from './wildcard.ts';

/** One item of a leaf's list: looks at the leaf's value, or at whether there is none. */
export type LeafMatch = { readonly kind: 'value'; readonly fits: ScalarMatch } | { readonly kind: 'absent' };

type ObjectNode = SourceNode & { readonly kind: 'object' };
type TextNode = SourceNode & { readonly text: string };

const ONE_KEY = 'Only one key allowed in match expression';
const INTERNAL_FAILURE_STATUS = 500;
const ANYTHING_BUT_OPERAND = 'Value of anything-but must be an array or single string/number value.';

/**
 * Compiles `{"prefix": "eu-"}` and the like.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function compileExpression(expression: ObjectNode): LeafMatch {
  const [entry, second] = expression.entries;
  if (entry === undefined) throw new PatternFault('Match expression name not found', expression.end);
  const match = compileOperator(entry.name, entry.value);
  if (second !== undefined) {
    const isCounted = entry.name === 'numeric' || entry.name === 'anything-but';
    throw new PatternFault(isCounted ? 'Too many elements in numeric expression' : ONE_KEY, second.value.at);
  }
  return match;
}

function compileOperator(operator: string, operand: SourceNode): LeafMatch {
  const value = (fits: ScalarMatch): LeafMatch => ({ kind: 'value', fits });
  switch (operator) {
    case 'exactly':
      return value(exactly(textOf(operand, 'exact match pattern must be a string')));
    case 'exists':
      if (operand.kind !== 'literal' || operand.text === 'null') {
        throw new PatternFault('exists match pattern must be either true or false.', operand.at);
      }
      return operand.text === 'true' ? value(() => true) : { kind: 'absent' };
    case 'numeric':
      return value(compileNumeric(operand));
    case 'cidr':
      return value(compileCidr(operand));
    case 'anything-but':
      return value(compileAnythingBut(operand));
    case 'equals-ignore-case':
      return value(ignoringCase(textOf(operand, `${operator} match pattern must be a string`).text, 'whole'));
    case 'wildcard': {
      const node = textOf(operand, 'wildcard match pattern must be a string');
      const fits = compileWildcard(node);
      assertSimple(node);
      return value(onString(fits));
    }
    case 'prefix':
    case 'suffix':
      return value(compileAffix(operator, operand));
    default:
      throw new PatternFault(`Unrecognized match type ${operator}`, operand.at);
  }
}

function textOf(node: SourceNode, otherwise: string): TextNode {
  if (node.kind !== 'string') throw new PatternFault(otherwise, node.at);
  return node;
}

/** `{"prefix": "eu-"}`, or `{"prefix": {"equals-ignore-case": "eu-"}}`; the same with `suffix`. */
function compileAffix(operator: 'prefix' | 'suffix', operand: SourceNode): ScalarMatch {
  if (operand.kind !== 'object') {
    const { text } = textOf(operand, `${operator} match pattern must be a string`);
    return onString((value) => (operator === 'prefix' ? value.startsWith(text) : value.endsWith(text)));
  }
  const [entry, second] = operand.entries;
  const name = operator === 'prefix' ? 'Prefix' : 'Suffix';
  if (entry === undefined) throw new PatternFault(`${name} expression name not found`, operand.end);
  if (entry.name !== 'equals-ignore-case') {
    throw new PatternFault(`Unsupported ${operator} pattern: ${entry.name}`, entry.value.at);
  }
  const { text } = textOf(entry.value, 'equals-ignore-case match pattern must be a string');
  if (second !== undefined) throw new PatternFault(ONE_KEY, second.value.at);
  return ignoringCase(text, operator);
}

function ignoringCase(text: string, part: 'whole' | 'prefix' | 'suffix'): ScalarMatch {
  const wanted = text.toLowerCase();
  return onString((value) => {
    const lower = value.toLowerCase();
    switch (part) {
      case 'whole':
        return lower === wanted;
      case 'prefix':
        return lower.startsWith(wanted);
      case 'suffix':
        return lower.endsWith(wanted);
    }
  });
}

/** Fits every leaf, of whatever type, that its operand does not. */
function compileAnythingBut(operand: SourceNode): ScalarMatch {
  const refused = operand.kind === 'object' ? refusedByOperator(operand) : refusedValues(operand);
  return (value) => !refused.some((fits) => fits(value));
}

function refusedByOperator(operand: ObjectNode): ScalarMatch[] {
  const [entry, second] = operand.entries;
  if (entry === undefined) throw new PatternFault('Anything-But expression name not found', operand.end);
  const compile = NEGATED[entry.name];
  if (compile === undefined) {
    throw new PatternFault(`Unsupported anything-but pattern: ${entry.name}`, entry.value.at);
  }
  const { value } = entry;
  if (value.kind === 'object' || value.kind === 'literal') {
    throw new PatternFault(ANYTHING_BUT_OPERAND, value.at);
  }
  const matches = value.kind === 'array' ? inList(() => value.items.map(compile)) : [compile(value)];
  // EventBridge takes such a list and then fails of it.
  if (matches.length === 0) throw new AwsError('InternalFailure', '', INTERNAL_FAILURE_STATUS);
  if (second !== undefined) {
    throw new PatternFault('Too many elements in numeric expression', second.value.at);
  }
  return matches;
}

/** The operators within `anything-but`, each with the words that it has there. */
const NEGATED: Readonly<Record<string, (node: SourceNode) => ScalarMatch>> = {
  prefix: (node) => compileAffix('prefix', affixText(node)),
  suffix: (node) => compileAffix('suffix', affixText(node)),
  'equals-ignore-case': (node) => {
    const otherwise =
      'Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.';
    return ignoringCase(textOf(node, otherwise).text, 'whole');
  },
  wildcard: (node) => onString(compileWildcard(textOf(node, 'wildcard match pattern must be a string'))),
};

function affixText(node: SourceNode): TextNode {
  const text = textOf(node, 'prefix/suffix match pattern must be a string');
  if (text.text === '') throw new PatternFault('Null prefix/suffix not allowed', text.end);
  return text;
}

function refusedValues(operand: SourceNode): ScalarMatch[] {
  switch (operand.kind) {
    case 'string':
      return [exactly(operand)];
    case 'number':
      comparable(operand.text);
      return [exactly(operand)];
    case 'array':
      break;
    case 'object':
    case 'literal':
      throw new PatternFault(ANYTHING_BUT_OPERAND, operand.at);
  }
  const matches = inList(() => operand.items.map(refusedItem));
  const kinds = new Set(operand.items.map(({ kind }) => kind));
  if (kinds.size !== 1) {
    throw new PatternFault(
      'Inside anything but list, either all values are number or string, mixed type is not supported',
      operand.end,
    );
  }
  return matches;
}

function refusedItem(item: SourceNode): ScalarMatch {
  if (item.kind === 'number') comparable(item.text);
  if (item.kind === 'string' || item.kind === 'number') return exactly(item);
  throw new PatternFault('Inside anything but list, start|null|boolean is not supported.', item.at);
}

/** Faults within a list are caught and thrown once more, which adds their place once more. */
function inList(compile: () => ScalarMatch[]): ScalarMatch[] {
  try {
    return compile();
  } catch (error) {
    if (error instanceof PatternFault) throw new PatternFault(error.message, error.offset, 2);
    throw error;
  }
}
