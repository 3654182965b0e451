import { NormalizedSchema } from '@smithy/core/schema';

import { requiredMembers } from './schema.ts';

export type SchemaRef = Parameters<typeof NormalizedSchema.of>[0];
type Copy = (value: unknown) => unknown;

const copiers = new Map<unknown, Copy>();

/**
 * What copies a value by the SDK's own schema, so that two parties share no object, as if it had been written and read
 * again. Members that are undefined or null are left out; a member that the schema does not have, or one that it
 * requires and that is missing, is an error of whoever made the value. Compiled once for each schema.
 */
export function copierOf(ref: SchemaRef): Copy {
  const known = copiers.get(ref);
  if (known !== undefined) return known;
  const copy = compile(NormalizedSchema.of(ref));
  copiers.set(ref, copy);
  return copy;
}

function compile(schema: NormalizedSchema): Copy {
  if (schema.isUnitSchema()) return () => ({});
  if (schema.isStructSchema()) return structureCopier(schema);
  if (schema.isListSchema()) {
    const copyItem = lazy(schema.getValueSchema());
    return (value) => {
      if (!Array.isArray(value)) throw new TypeError(`${schema.getName(true)}: not a list`);
      return value.map((item: unknown) => copyItem(item));
    };
  }
  if (schema.isMapSchema()) {
    const copyItem = lazy(schema.getValueSchema());
    return (value) =>
      Object.fromEntries(Object.entries(objectOf(value)).map(([key, item]) => [key, copyItem(item)]));
  }
  return copyScalar;
}

function structureCopier(schema: NormalizedSchema): Copy {
  const members = [...schema.structIterator()].map(([name, member]) => [name, lazy(member)] as const);
  const names = new Set(members.map(([name]) => name));
  const required = requiredMembers(schema);
  return (value) => {
    const source = objectOf(value);
    const result: Record<string, unknown> = {};
    for (const [name, copy] of members) {
      const item = source[name];
      if (item !== undefined && item !== null) result[name] = copy(item);
    }
    for (const name in source) {
      if (!names.has(name)) throw new TypeError(`${schema.getName(true)} has no member ${name}`);
    }
    for (const name of required) {
      if (result[name] === undefined) throw new TypeError(`${schema.getName(true)} lacks ${name}`);
    }
    return result;
  };
}

/** Shapes contain each other, some themselves: a member is compiled when it is first met. */
function lazy(schema: NormalizedSchema): Copy {
  if (!isNested(schema)) return copyScalar;
  let copy: Copy | undefined;
  return (value) => {
    copy ??= compile(schema);
    return copy(value);
  };
}

const isNested = (schema: NormalizedSchema): boolean =>
  schema.isUnitSchema() || schema.isStructSchema() || schema.isListSchema() || schema.isMapSchema();

function copyScalar(value: unknown): unknown {
  if (typeof value !== 'object') return value;
  if (value instanceof Date) return new Date(value.getTime());
  return value instanceof Uint8Array ? value.slice() : value;
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  throw new TypeError(`${typeof value} is not an object`);
}
