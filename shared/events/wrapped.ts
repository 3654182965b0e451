/**
 * CloudTrail writes EC2's parameters and answers in two shapes. *Flat*: members in camelCase, at the top.
 * *Wrapped*, for newer actions: one more level, `<SomethingRequest>` with PascalCase inside and `<SomethingResponse>`
 * with camelCase inside. The wrapper's name is not always the action's, and which action is written how is nowhere
 * documented, so both are read everywhere, and a wrapper is known by what it holds.
 */
export type Field =
  | { readonly kind: 'found'; readonly value: unknown }
  | { readonly kind: 'absent' }
  /** Several wrappers hold the field: no shape of AWS's. */
  | { readonly kind: 'ambiguous' };

/** A wrapper is alone, or has `xmlns` and `requestId` beside it. More members than this are no wrapper's siblings. */
const MAX_WRAPPERS = 16;

/**
 * The field at `path` (camelCase names) of `requestParameters` or `responseElements`, in either shape.
 * Reads at most `MAX_WRAPPERS` members, two levels and the path's length deep; null and `""` are absent.
 */
export function readField(parameters: unknown, path: readonly string[]): Field {
  const flat = walk(parameters, path);
  if (flat !== undefined) return { kind: 'found', value: flat };
  const wrapped = members(parameters)
    .map((wrapper) => walk(wrapper, path))
    .filter((value) => value !== undefined);
  const [value, ...others] = wrapped;
  if (value === undefined) return { kind: 'absent' };
  return others.length === 0 ? { kind: 'found', value } : { kind: 'ambiguous' };
}

function walk(start: unknown, path: readonly string[]): unknown {
  let value: unknown = start;
  for (const name of path) value = own(value, name) ?? own(value, pascal(name));
  return value;
}

/** An own member only: `constructor` and its like are no parameters. */
function own(value: unknown, name: string): unknown {
  if (!isObject(value) || !Object.hasOwn(value, name)) return undefined;
  const member = value[name];
  return member === null || member === '' ? undefined : member;
}

function members(value: unknown): unknown[] {
  if (!isObject(value)) return [];
  const found: unknown[] = [];
  for (const name in value) {
    if (found.length === MAX_WRAPPERS) break;
    found.push(own(value, name));
  }
  return found;
}

const pascal = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
