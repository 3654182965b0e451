import { PatternFault } from './invalid.ts';
import type { SourceNode } from './json-source.ts';
import type { ScalarMatch } from './scalar.ts';

const COMPARE: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

/** A list's items one after the other, as a streaming parser sees them, and then its end. */
class Terms {
  readonly #list: SourceNode & { readonly kind: 'array' };
  #next = 0;

  constructor(list: SourceNode & { readonly kind: 'array' }) {
    this.#list = list;
  }

  next(): SourceNode | undefined {
    return this.#list.items[this.#next++];
  }

  /** Where the parser stands at this term, or at the end of the list. */
  placeOf(node: SourceNode | undefined): number {
    return node?.at ?? this.#list.end;
  }
}

/**
 * `["=", 5]`, `["<", 10]`, or a range that starts below: `[">", 0, "<=", 5]`.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-numeric-matching
 */
export function compileNumeric(operand: SourceNode): ScalarMatch {
  if (operand.kind !== 'array') throw new PatternFault('Value of numeric must be an array.', operand.at);
  const terms = new Terms(operand);
  const first = terms.next();
  if (first?.kind !== 'string') {
    const place = first === undefined ? operand.end : first.end;
    throw new PatternFault(`Invalid member in numeric match: ${tokenText(first)}`, place);
  }
  const operator = first.text;
  const second = terms.next();
  const compare = COMPARE[operator];
  if (compare === undefined) {
    throw new PatternFault(`Unrecognized numeric range operator: ${operator}`, terms.placeOf(second));
  }
  const limit = boundOf(operator === '=' ? 'equals' : operator, second, terms);
  const third = terms.next();
  if (third === undefined) return (value) => typeof value === 'number' && compare(value, limit);
  if (!operator.startsWith('>')) {
    throw new PatternFault('Too many elements in numeric expression', third.at);
  }
  const [compareUpper, upperLimit] = upperBound(third, terms);
  if (limit >= upperLimit) throw new PatternFault('Bottom must be less than top', operand.end);
  return (value) => typeof value === 'number' && compare(value, limit) && compareUpper(value, upperLimit);
}

function upperBound(
  third: SourceNode,
  terms: Terms,
): [compare: (value: number, bound: number) => boolean, limit: number] {
  if (third.kind !== 'string') {
    throw new PatternFault(`Bad value in numeric range: ${tokenText(third)}`, third.at);
  }
  const compare = third.text.startsWith('<') ? COMPARE[third.text] : undefined;
  if (compare === undefined) throw new PatternFault(`Bad numeric range operator: ${third.text}`, third.end);
  const limit = boundOf(third.text, terms.next(), terms);
  const extra = terms.next();
  if (extra !== undefined) throw new PatternFault('Too many terms in numeric range expression', extra.at);
  return [compare, limit];
}

function boundOf(operator: string, node: SourceNode | undefined, terms: Terms): number {
  if (node?.kind !== 'number') {
    throw new PatternFault(`Value of ${operator} must be numeric`, terms.placeOf(node));
  }
  return comparable(node.text, node.end);
}

/** A number that a double holds exactly as it is written; others EventBridge does not compare. */
export function comparable(text: string, place?: number): number {
  const value = Number(text);
  if (!Number.isFinite(value) || normalized(String(value)) !== normalized(text)) {
    throw new PatternFault(`Cannot compare number : ${text}`, place);
  }
  return value;
}

/** Sign, digits without zeros around them, and the exponent: the same for every way to write one number. */
function normalized(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}

/** How a token is named in an error. */
function tokenText(node: SourceNode | undefined): string {
  switch (node?.kind) {
    case undefined:
      return ']';
    case 'object':
      return '{';
    case 'array':
      return '[';
    case 'string':
    case 'number':
    case 'literal':
      return node.text;
  }
}
