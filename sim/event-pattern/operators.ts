import { compileCidr } from './cidr.ts';
import { invalidPattern } from './invalid.ts';
import { compileNumeric } from './numeric.ts';
import { isObject, onString, type Scalar, type ScalarMatch } from './scalar.ts';
import { compileWildcard } from './wildcard.ts';

/** One item of a leaf's list: looks at the leaf's values, or at whether there are any. */
export type LeafMatch =
  | { readonly kind: 'value'; readonly fits: ScalarMatch }
  | { readonly kind: 'exists'; readonly wanted: boolean };

const ONE_KEY = 'Only one key allowed in match expression';

/** Operators that take a text, or for `anything-but` also a list of texts. */
const TEXT_OPERATORS: Readonly<Record<string, (text: string) => (value: string) => boolean>> = {
  prefix: (text) => (value) => value.startsWith(text),
  suffix: (text) => (value) => value.endsWith(text),
  'equals-ignore-case': (text) => (value) => value.toLowerCase() === text.toLowerCase(),
  wildcard: compileWildcard,
};

/**
 * Compiles `{"prefix": "eu-"}` and the like.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function compileExpression(expression: Readonly<Record<string, unknown>>): LeafMatch {
  const [operator, operand] = onlyEntry(expression, 'Match expression name not found');
  if (operator === 'exists') {
    if (typeof operand !== 'boolean')
      throw invalidPattern('exists match pattern must be either true or false.');
    return { kind: 'exists', wanted: operand };
  }
  return { kind: 'value', fits: compileValueOperator(operator, operand) };
}

function compileValueOperator(operator: string, operand: unknown): ScalarMatch {
  switch (operator) {
    case 'exactly':
      if (typeof operand !== 'string') throw invalidPattern('exact match pattern must be a string');
      return (value) => value === operand;
    case 'numeric':
      return compileNumeric(operand);
    case 'cidr':
      return compileCidr(operand);
    case 'anything-but':
      return compileAnythingBut(operand);
    case 'prefix':
    case 'suffix':
      if (isObject(operand)) return compileIgnoringCase(operator, operand);
      return compileText(operator, operand);
    default:
      if (!(operator in TEXT_OPERATORS)) throw invalidPattern(`Unrecognized match type ${operator}`);
      return compileText(operator, operand);
  }
}

function compileText(operator: string, operand: unknown): ScalarMatch {
  if (typeof operand !== 'string') throw invalidPattern(`${operator} match pattern must be a string`);
  const compile = TEXT_OPERATORS[operator];
  if (compile === undefined) throw invalidPattern(`Unrecognized match type ${operator}`);
  return onString(compile(operand));
}

/** `{"prefix": {"equals-ignore-case": "eu-"}}` and the same with `suffix`. */
function compileIgnoringCase(
  operator: 'prefix' | 'suffix',
  operand: Readonly<Record<string, unknown>>,
): ScalarMatch {
  const [inner, text] = onlyEntry(operand, `${operator} expression name not found`);
  if (inner !== 'equals-ignore-case') throw invalidPattern(`Unsupported ${operator} pattern: ${inner}`);
  if (typeof text !== 'string') throw invalidPattern('equals-ignore-case match pattern must be a string');
  const lower = text.toLowerCase();
  return onString((value) =>
    operator === 'prefix' ? value.toLowerCase().startsWith(lower) : value.toLowerCase().endsWith(lower),
  );
}

/** Fits every value, of whatever type, that its operand does not. */
function compileAnythingBut(operand: unknown): ScalarMatch {
  if (isObject(operand)) {
    const [operator, texts] = onlyEntry(operand, 'Anything-But expression name not found');
    if (!(operator in TEXT_OPERATORS)) throw invalidPattern(`Unsupported anything-but pattern: ${operator}`);
    const matches = listOf(texts).map((text) => {
      if (typeof text !== 'string') throw invalidPattern(`${operator} match pattern must be a string`);
      if (text === '') throw invalidPattern('Null prefix/suffix not allowed');
      return compileText(operator, text);
    });
    if (matches.length === 0) throw invalidPattern('Empty arrays are not allowed');
    return (value) => !matches.some((fits) => fits(value));
  }
  if (!Array.isArray(operand) && typeof operand !== 'string' && typeof operand !== 'number') {
    throw invalidPattern('Value of anything-but must be an array or single string/number value.');
  }
  const refused = new Set(listOf(operand).map(anythingButItem));
  const types = new Set([...refused].map((value) => typeof value));
  if (types.size !== 1) {
    throw invalidPattern(
      'Inside anything but list, either all values are number or string, mixed type is not supported',
    );
  }
  return (value) => !refused.has(value);
}

function anythingButItem(item: unknown): Scalar {
  if (typeof item === 'string' || typeof item === 'number') return item;
  throw invalidPattern('Inside anything but list, start|null|boolean is not supported.');
}

function onlyEntry(expression: Readonly<Record<string, unknown>>, missing: string): [string, unknown] {
  const [entry, ...others] = Object.entries(expression);
  if (entry === undefined) throw invalidPattern(missing);
  if (others.length > 0) throw invalidPattern(ONE_KEY);
  return entry;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);
