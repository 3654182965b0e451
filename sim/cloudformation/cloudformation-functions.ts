/** What the functions of a template need of the stack that they stand in. */
export interface FunctionScope {
  evaluate(value: unknown, path: string): unknown;
  ref(name: string, path: string): unknown;
  getAtt(logicalId: string, attribute: string, path: string): string;
  condition(name: string, path: string): boolean;
  mapping(map: string, first: string, second: string, path: string): unknown;
}

/** Stands for `AWS::NoValue`: the property that has it is left out. */
export const NO_VALUE = Symbol('AWS::NoValue');

type Evaluate = (argument: unknown, scope: FunctionScope, path: string) => unknown;

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html */
const FUNCTIONS: Readonly<Record<string, Evaluate>> = {
  Ref: (argument, scope, path) => scope.ref(text(argument, path), path),
  Condition: (argument, scope, path) => scope.condition(text(argument, path), path),
  'Fn::GetAtt': (argument, scope, path) => {
    const [id, ...attribute] = typeof argument === 'string' ? argument.split('.') : list(argument, path);
    return scope.getAtt(text(id, path), text(scope.evaluate(attribute.join('.'), path), path), path);
  },
  'Fn::Sub': substitute,
  'Fn::Join': (argument, scope, path) => {
    const [separator, items] = list(argument, path);
    const parts = list(scope.evaluate(items, `${path}[1]`), path).map((item) => text(item, path));
    return parts.join(text(separator, path));
  },
  'Fn::Split': (argument, scope, path) => {
    const [separator, source] = list(argument, path);
    return text(scope.evaluate(source, `${path}[1]`), path).split(text(separator, path));
  },
  'Fn::Select': (argument, scope, path) => {
    const [index, items] = list(argument, path);
    const chosen = list(scope.evaluate(items, `${path}[1]`), path)[Number(scope.evaluate(index, path))];
    if (chosen === undefined) throw new Error(`${path}: Fn::Select finds nothing at ${String(index)}`);
    return chosen;
  },
  'Fn::If': (argument, scope, path) => {
    const [name, whenTrue, whenFalse] = list(argument, path);
    const isTrue = scope.condition(text(name, path), path);
    return scope.evaluate(isTrue ? whenTrue : whenFalse, `${path}[${isTrue ? 1 : 2}]`);
  },
  'Fn::Equals': (argument, scope, path) => {
    const [left, right] = list(argument, path).map((item, index) =>
      scope.evaluate(item, `${path}[${index}]`),
    );
    return String(left) === String(right);
  },
  'Fn::And': (argument, scope, path) => conditions(argument, scope, path).every(Boolean),
  'Fn::Or': (argument, scope, path) => conditions(argument, scope, path).some(Boolean),
  'Fn::Not': (argument, scope, path) => !conditions(argument, scope, path)[0],
  'Fn::FindInMap': (argument, scope, path) => {
    const [map, first, second] = list(argument, path).map((item) => text(scope.evaluate(item, path), path));
    return scope.mapping(map ?? '', first ?? '', second ?? '', path);
  },
};

/** Evaluates `{ "Fn::Join": … }` and the like; undefined when the object is no function. */
export function evaluateFunction(
  value: Readonly<Record<string, unknown>>,
  scope: FunctionScope,
  path: string,
): { readonly result: unknown } | undefined {
  const [entry, ...others] = Object.entries(value);
  if (entry === undefined || others.length > 0) return undefined;
  const [name, argument] = entry;
  if (name !== 'Ref' && name !== 'Condition' && !name.startsWith('Fn::')) return undefined;
  // A policy statement may consist of a `Condition` block alone; the function's argument is a name.
  if (name === 'Condition' && typeof argument !== 'string') return undefined;
  const evaluate = FUNCTIONS[name];
  if (evaluate === undefined) throw new Error(`${path}: ${name} is not modelled`);
  return { result: evaluate(argument, scope, `${path}.${name}`) };
}

/** `"…${Name}…"`, `"…${Resource.Attribute}…"`, or both with a map of further names; `${!x}` stays `${x}`. */
function substitute(argument: unknown, scope: FunctionScope, path: string): string {
  const parts: readonly unknown[] = Array.isArray(argument) ? argument : [argument, {}];
  const [template, names] = parts;
  const own = record(names, path);
  return text(template, path).replaceAll(/\$\{([^}]*)\}/g, (whole, inner: string) => {
    if (inner.startsWith('!')) return `\${${inner.slice(1)}}`;
    const name = inner.trim();
    if (name in own) return text(scope.evaluate(own[name], path), `${path} ${whole}`);
    const [id = '', ...attribute] = name.split('.');
    const value = attribute.length === 0 ? scope.ref(id, path) : scope.getAtt(id, attribute.join('.'), path);
    return text(value, `${path} ${whole}`);
  });
}

function conditions(argument: unknown, scope: FunctionScope, path: string): boolean[] {
  return list(argument, path).map((item, index) => {
    const value = scope.evaluate(item, `${path}[${index}]`);
    if (typeof value !== 'boolean') throw new Error(`${path}[${index}]: not a condition`);
    return value;
  });
}

/** A text, or a number or boolean as one. */
export function text(value: unknown, path: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Error(`${path}: ${JSON.stringify(value) ?? String(value)} is not text`);
}

function list(value: unknown, path: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error(`${path}: ${JSON.stringify(value)} is not a list`);
}

function record(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new Error(`${path}: ${JSON.stringify(value)} is not an object`);
}
