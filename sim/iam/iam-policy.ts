import { parseCondition, type Condition, type ConditionContext } from './iam-conditions.ts';
import { matchesWildcard } from './wildcard.ts';

/** Whom a resource policy or a trust policy names. */
export interface Principals {
  readonly any: boolean;
  /** ARNs and account ids. */
  readonly aws: readonly string[];
  readonly services: readonly string[];
}

export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  /** In lower case, as the case of actions does not count. */
  readonly actions: readonly string[];
  readonly notActions?: readonly string[];
  /** Empty in a trust policy, whose resource is the role. */
  readonly resources: readonly string[];
  readonly notResources?: readonly string[];
  readonly principals?: Principals;
  readonly conditions: readonly Condition[];
}

export interface Policy {
  readonly statements: readonly Statement[];
}

const STATEMENT_KEYS = new Set([
  'Sid',
  'Effect',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Principal',
  'Condition',
]);

/** Reads a policy document; throws for anything that the evaluation below does not model. */
export function parsePolicy(document: unknown, where: string): Policy {
  const statements = listOf(objectOf(document, where)['Statement']);
  return {
    statements: statements.map((statement, index) =>
      parseStatement(statement, `${where}.Statement[${index}]`),
    ),
  };
}

function parseStatement(value: unknown, where: string): Statement {
  const statement = objectOf(value, where);
  const stranger = Object.keys(statement).find((key) => !STATEMENT_KEYS.has(key));
  if (stranger !== undefined) throw new Error(`${where}: ${stranger} is not modelled`);
  const effect = statement['Effect'];
  if (effect !== 'Allow' && effect !== 'Deny') throw new Error(`${where}: Effect must be Allow or Deny`);
  if (statement['Action'] === undefined && statement['NotAction'] === undefined) {
    throw new Error(`${where}: neither Action nor NotAction`);
  }
  const principal = statement['Principal'];
  return {
    effect,
    actions: actionNames(statement['Action'], `${where}.Action`),
    ...(statement['NotAction'] === undefined
      ? {}
      : { notActions: actionNames(statement['NotAction'], where) }),
    resources: resourcePatterns(statement['Resource'], `${where}.Resource`),
    ...(statement['NotResource'] === undefined
      ? {}
      : { notResources: resourcePatterns(statement['NotResource'], `${where}.NotResource`) }),
    ...(principal === undefined ? {} : { principals: parsePrincipals(principal, `${where}.Principal`) }),
    conditions: parseConditions(statement['Condition'], `${where}.Condition`),
  };
}

function parseConditions(value: unknown, where: string): Condition[] {
  if (value === undefined) return [];
  return Object.entries(objectOf(value, where)).flatMap(([operator, keys]) =>
    Object.entries(objectOf(keys, `${where}.${operator}`)).map(([key, values]) =>
      parseCondition(operator, key, scalars(values, `${where}.${operator}.${key}`)),
    ),
  );
}

function parsePrincipals(value: unknown, where: string): Principals {
  if (value === '*') return { any: true, aws: [], services: [] };
  const principals = objectOf(value, where);
  const stranger = Object.keys(principals).find((key) => key !== 'AWS' && key !== 'Service');
  if (stranger !== undefined) throw new Error(`${where}: ${stranger} is not modelled`);
  const aws = texts(principals['AWS'], `${where}.AWS`);
  const services = texts(principals['Service'], `${where}.Service`);
  return { any: aws.includes('*'), aws: aws.filter((principal) => principal !== '*'), services };
}

/** Whether a statement is about this action on this resource under these conditions; the principal is apart. */
export function applies(
  statement: Statement,
  request: { action: string; resource: string; context: ConditionContext },
): boolean {
  const action = request.action.toLowerCase();
  const isAction = (pattern: string): boolean => matchesWildcard(pattern, action);
  const isResource = (pattern: string): boolean => matchesWildcard(pattern, request.resource);
  const { notActions, notResources } = statement;
  if (notActions === undefined ? !statement.actions.some(isAction) : notActions.some(isAction)) return false;
  if (notResources !== undefined) {
    if (notResources.some(isResource)) return false;
  } else if (statement.resources.length > 0 && !statement.resources.some(isResource)) {
    return false;
  }
  return statement.conditions.every((condition) => condition.holds(request.context));
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

const actionNames = (value: unknown, where: string): string[] =>
  texts(value, where).map((name) => name.toLowerCase());

/**
 * AWS takes no wildcard in the part of an ARN that names the resource's type, such as `vpc` of `vpc/vpc-1`.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html#arns-paths-wildcards
 */
function resourcePatterns(value: unknown, where: string): string[] {
  const patterns = texts(value, where);
  const wrong = patterns.find((pattern) => /^(?:[^:]*:){5}[^/:]*[*?][^/:]*[/:]/.test(pattern));
  if (wrong !== undefined) throw new Error(`${where}: a wildcard in the type of a resource: ${wrong}`);
  return patterns;
}

/** Texts outside conditions, where policy variables are not modelled. */
function texts(value: unknown, where: string): string[] {
  return scalars(value, where).map((text) => {
    if (text.includes('${')) throw new Error(`${where}: policy variables are not modelled: ${text}`);
    return text;
  });
}

function scalars(value: unknown, where: string): string[] {
  if (value === undefined) return [];
  return listOf(value).map((item) => {
    const text = typeof item === 'boolean' || typeof item === 'number' ? String(item) : item;
    if (typeof text !== 'string') throw new Error(`${where}: ${JSON.stringify(item)} is not text`);
    return text;
  });
}

function objectOf(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`${where}: ${JSON.stringify(value)} is not an object`);
  }
  return value as Record<string, unknown>;
}
