import { matchesWildcard } from './wildcard.ts';

/** The values of a condition key in a request, by the key's name in lower case; undefined when it has none. */
export type ConditionContext = (key: string) => readonly string[] | undefined;

/** One line of a `Condition` block. */
export interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
  holds(context: ConditionContext): boolean;
}

type Compare = (pattern: string, value: string) => boolean;

/** An ARN's six parts are compared each on its own; `*` does not cross a colon of the first five. */
function arnLike(pattern: string, value: string): boolean {
  const parts = (arn: string): string[] => {
    const split = arn.split(':');
    return [...split.slice(0, 5), split.slice(5).join(':')];
  };
  const [wanted, actual] = [parts(pattern), parts(value)];
  return wanted.every((part, index) => matchesWildcard(part, actual[index] ?? ''));
}

/**
 * The modelled operators; what is not here is refused when the policy is read.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
const OPERATORS: Readonly<Record<string, { compare: Compare; negated: boolean }>> = {
  StringEquals: { compare: (pattern, value) => pattern === value, negated: false },
  StringNotEquals: { compare: (pattern, value) => pattern === value, negated: true },
  StringEqualsIgnoreCase: {
    compare: (pattern, value) => pattern.toLowerCase() === value.toLowerCase(),
    negated: false,
  },
  StringLike: { compare: matchesWildcard, negated: false },
  StringNotLike: { compare: matchesWildcard, negated: true },
  ArnEquals: { compare: arnLike, negated: false },
  ArnLike: { compare: arnLike, negated: false },
  ArnNotEquals: { compare: arnLike, negated: true },
  ArnNotLike: { compare: arnLike, negated: true },
  Bool: { compare: (pattern, value) => pattern.toLowerCase() === value.toLowerCase(), negated: false },
};

/** The keys for which the simulation knows the value in every request. */
export const KEYS: ReadonlySet<string> = new Set([
  'aws:principalarn',
  'aws:principalaccount',
  'aws:principalorgid',
  'aws:principalisawsservice',
  'aws:resourceaccount',
  'aws:resourceorgid',
  'aws:requestedregion',
  'aws:securetransport',
  'aws:sourcearn',
  'aws:sourceaccount',
  'aws:tagkeys',
  'dynamodb:leadingkeys',
  'ec2:region',
  'events:source',
  'events:detail-type',
  'lambda:functionurlauthtype',
  'lambda:invokedviafunctionurl',
  'sts:externalid',
  'sts:rolesessionname',
]);
const KEY_PREFIXES = ['aws:requesttag/'];

/** `${aws:PrincipalOrgID}` */
const VARIABLE = /\$\{([^}]*)\}/g;

const isModelled = (lower: string): boolean =>
  KEYS.has(lower) || KEY_PREFIXES.some((prefix) => lower.startsWith(prefix));

/** Reads one condition; throws for an operator or key that the simulation does not model. */
export function parseCondition(operator: string, key: string, values: readonly string[]): Condition {
  const lower = key.toLowerCase();
  const variables = values.flatMap((value) => [...value.matchAll(VARIABLE)].map(([, name = '']) => name));
  const stranger = [key, ...variables].find((name) => !isModelled(name.toLowerCase()));
  if (stranger !== undefined) throw new Error(`the condition key ${stranger} is not modelled`);
  if (operator === 'Null') {
    const holds = (context: ConditionContext): boolean =>
      values.includes(String(context(lower) === undefined));
    return { operator, key, values, holds };
  }
  const [, set, name = '', ifExists] =
    /^(?:(ForAllValues|ForAnyValue):)?(.*?)(IfExists)?$/.exec(operator) ?? [];
  const modelled = OPERATORS[name];
  if (modelled === undefined) throw new Error(`the condition operator ${operator} is not modelled`);
  const { compare, negated } = modelled;
  const holds = (context: ConditionContext): boolean => {
    const actual = context(lower);
    const patterns = values.flatMap((pattern) => withVariables(pattern, context) ?? []);
    const fits = (value: string): boolean => patterns.some((pattern) => compare(pattern, value)) !== negated;
    // ForAllValues is true of no values; a negated operator is true of a missing key.
    if (actual === undefined)
      return ifExists !== undefined || set === 'ForAllValues' || (negated && set === undefined);
    return set === 'ForAnyValue' ? actual.some(fits) : actual.every(fits);
  };
  return { operator, key, values, holds };
}

/**
 * A value with its policy variables filled in; undefined, so that it equals nothing, where the request lacks one.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
function withVariables(pattern: string, context: ConditionContext): string | undefined {
  let isKnown = true;
  const filled = pattern.replaceAll(VARIABLE, (_, key: string) => {
    const [value] = context(key.toLowerCase()) ?? [];
    if (value === undefined) isKnown = false;
    return value ?? '';
  });
  return isKnown ? filled : undefined;
}
