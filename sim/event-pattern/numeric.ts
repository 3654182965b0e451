import { invalidPattern } from './invalid.ts';
import { isList, type ScalarMatch } from './scalar.ts';

/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-numeric-matching */
const NUMERIC_BOUND = 5e9;

const COMPARE: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

/** `["=", 5]`, `["<", 10]`, or a range that starts below: `[">", 0, "<=", 5]`. */
export function compileNumeric(terms: unknown): ScalarMatch {
  if (!isList(terms)) throw invalidPattern('Value of numeric must be an array.');
  const [operator, bound, upperOperator, upperBound, ...rest] = terms;
  if (typeof operator !== 'string')
    throw invalidPattern(`Invalid member in numeric match: ${String(operator)}`);
  const compare = COMPARE[operator];
  if (compare === undefined) throw invalidPattern(`Unrecognized numeric range operator: ${operator}`);
  const limit = numericBound(operator === '=' ? 'equals' : operator, bound);
  if (terms.length <= 2) return (value) => typeof value === 'number' && compare(value, limit);

  if (!operator.startsWith('>')) throw invalidPattern('Too many elements in numeric expression');
  if (typeof upperOperator !== 'string') {
    throw invalidPattern(`Bad value in numeric range: ${String(upperOperator)}`);
  }
  const compareUpper = upperOperator.startsWith('<') ? COMPARE[upperOperator] : undefined;
  if (compareUpper === undefined) throw invalidPattern(`Bad numeric range operator: ${upperOperator}`);
  const upperLimit = numericBound(upperOperator, upperBound);
  if (rest.length > 0) throw invalidPattern('Too many terms in numeric range expression');
  if (limit >= upperLimit) throw invalidPattern('Bottom must be less than top');
  return (value) => typeof value === 'number' && compare(value, limit) && compareUpper(value, upperLimit);
}

function numericBound(operator: string, value: unknown): number {
  if (typeof value !== 'number') throw invalidPattern(`Value of ${operator} must be numeric`);
  if (Math.abs(value) > NUMERIC_BOUND) {
    throw invalidPattern('Value must be between -5.0E9 and 5.0E9, inclusive');
  }
  return value;
}
