import type { NormalizedSchema } from '@smithy/core/schema';

import { AwsError } from '../types.ts';
import { knownMembers, recordOf, requiredMembers } from './schema.ts';

const refused = (path: string, expected: string): AwsError =>
  new AwsError('SerializationException', `${path === '' ? 'The body' : path} must be ${expected}`);

/** DynamoDB's values nest 32 deep, in two levels of JSON each; nothing else here nests as deep. */
const MAX_DEPTH = 100;

/** Reads parsed JSON by schema; members that the schema does not have are ignored, as AWS does. */
export function readJson(schema: NormalizedSchema, value: unknown, path = '', depth = 0): unknown {
  if (depth > MAX_DEPTH) throw new AwsError('SerializationException', 'The body is nested too deeply');
  if (schema.isUnitSchema()) return {};
  if (schema.isStructSchema()) return readStructure(schema, value, path, depth);
  if (schema.isListSchema()) {
    if (!Array.isArray(value)) throw refused(path, 'a list');
    return value.map((item, index) =>
      readJson(schema.getValueSchema(), item, `${path}[${index}]`, depth + 1),
    );
  }
  if (schema.isMapSchema()) {
    const entries = Object.entries(objectOf(value, path));
    return Object.fromEntries(
      entries.map(([key, item]) => [
        key,
        readJson(schema.getValueSchema(), item, `${path}.${key}`, depth + 1),
      ]),
    );
  }
  return readScalar(schema, value, path);
}

function readStructure(
  schema: NormalizedSchema,
  value: unknown,
  path: string,
  depth: number,
): Record<string, unknown> {
  const members = objectOf(value, path);
  const result: Record<string, unknown> = {};
  for (const [name, member] of schema.structIterator()) {
    const item = members[name];
    if (item === undefined || item === null) continue;
    result[name] = readJson(member, item, path === '' ? name : `${path}.${name}`, depth + 1);
  }
  for (const name of requiredMembers(schema)) {
    if (result[name] !== undefined) continue;
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value at '${path === '' ? name : `${path}.${name}`}' failed to satisfy constraint: Member must not be null`,
    );
  }
  return result;
}

function objectOf(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refused(path, 'an object');
  return value as Record<string, unknown>;
}

function readScalar(schema: NormalizedSchema, value: unknown, path: string): unknown {
  if (schema.isBooleanSchema()) {
    if (typeof value !== 'boolean') throw refused(path, 'a boolean');
    return value;
  }
  if (schema.isTimestampSchema()) {
    if (typeof value !== 'number') throw refused(path, 'a number of seconds');
    return new Date(value * 1000);
  }
  if (schema.isNumericSchema() || schema.isBigIntegerSchema()) {
    if (typeof value !== 'number') throw refused(path, 'a number');
    return value;
  }
  if (typeof value !== 'string') throw refused(path, 'a string');
  return schema.isBlobSchema() ? new Uint8Array(Buffer.from(value, 'base64')) : value;
}

/** Turns an answer into what `JSON.stringify` writes as AWS does: seconds for times, base64 for bytes. */
export function writeJson(schema: NormalizedSchema, value: unknown): unknown {
  if (schema.isUnitSchema()) return {};
  if (schema.isStructSchema()) {
    const members = recordOf(value, schema.getName(true) ?? 'answer');
    knownMembers(schema)(members);
    const entries = [...schema.structIterator()]
      .filter(([name]) => members[name] !== undefined && members[name] !== null)
      .map(([name, member]) => [name, writeJson(member, members[name])]);
    return Object.fromEntries(entries);
  }
  if (schema.isListSchema()) {
    if (!Array.isArray(value)) throw new TypeError(`${schema.getName(true)}: not a list`);
    return value.map((item) => writeJson(schema.getValueSchema(), item));
  }
  if (schema.isMapSchema()) {
    const entries = Object.entries(recordOf(value, schema.getName(true) ?? 'map'));
    return Object.fromEntries(entries.map(([key, item]) => [key, writeJson(schema.getValueSchema(), item)]));
  }
  if (value instanceof Date) return value.getTime() / 1000;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return value;
}
