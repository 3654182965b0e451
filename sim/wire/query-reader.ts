import type { NormalizedSchema } from '@smithy/core/schema';

import { AwsError } from '../types.ts';
import { numbered, type FormNode } from './form.ts';
import { nameTrait, requiredMembers } from './schema.ts';

/** How a service of the query family names the parameters of a form. */
export interface QueryDialect {
  memberKey(name: string, schema: NormalizedSchema): string;
  /** EC2 leaves out the `.member` that other query services put between a list and its indices. */
  readonly flatLists: boolean;
  /** EC2 refuses parameters that it does not know; STS and SNS ignore them. */
  readonly refusesUnknown: boolean;
  /** What keys and values of maps are called, for a service whose maps have no `entry` around them. */
  readonly flatMaps?: { readonly key: string; readonly value: string };
}

const capitalized = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** @see https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html */
export const EC2_DIALECT: QueryDialect = {
  memberKey: (name, schema) => {
    const traits = schema.getMergedTraits();
    return nameTrait(traits, 'ec2QueryName') ?? capitalized(nameTrait(traits, 'xmlName') ?? name);
  },
  flatLists: true,
  refusesUnknown: true,
};

/** @see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */
export const QUERY_DIALECT: QueryDialect = {
  memberKey: (name, schema) => nameTrait(schema.getMergedTraits(), 'xmlName') ?? name,
  flatLists: false,
  refusesUnknown: false,
};

const malformed = (path: string, value: string, expected: string): AwsError =>
  new AwsError(
    'InvalidParameterValue',
    `Value (${value}) for parameter ${path} is invalid. Expected ${expected}.`,
  );

/** Reads a value of the given schema out of a form; throws an {@link AwsError} for what AWS would refuse. */
export function readQuery(
  schema: NormalizedSchema,
  node: FormNode,
  dialect: QueryDialect,
  path = '',
): unknown {
  if (schema.isUnitSchema()) return {};
  if (schema.isStructSchema()) return readStructure(schema, node, dialect, path);
  if (schema.isListSchema()) return readList(schema, node, dialect, path);
  if (schema.isMapSchema()) return readMap(schema, node, dialect, path);
  return readScalar(schema, node.value ?? '', path);
}

function readStructure(
  schema: NormalizedSchema,
  node: FormNode,
  dialect: QueryDialect,
  path: string,
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  const unread = new Set(node.children.keys());
  for (const [name, member] of schema.structIterator()) {
    const key = dialect.memberKey(name, member);
    const child = node.children.get(key);
    if (child === undefined) continue;
    unread.delete(key);
    result[name] = readQuery(member, child, dialect, joined(path, key));
  }
  const [unknown] = unread;
  if (dialect.refusesUnknown && unknown !== undefined) {
    throw new AwsError('UnknownParameter', `The parameter ${joined(path, unknown)} is not recognized`);
  }
  for (const name of requiredMembers(schema)) {
    if (result[name] !== undefined) continue;
    const key = dialect.memberKey(name, schema.getMemberSchema(name));
    throw new AwsError('MissingParameter', `The request must contain the parameter ${joined(path, key)}`);
  }
  return result;
}

function readList(schema: NormalizedSchema, node: FormNode, dialect: QueryDialect, path: string): unknown[] {
  const value = schema.getValueSchema();
  const flat = dialect.flatLists || schema.getMergedTraits()['xmlFlattened'] !== undefined;
  const element = nameTrait(value.getMergedTraits(), 'xmlName') ?? 'member';
  const parent = flat ? node : node.children.get(element);
  if (parent === undefined) return []; // an empty list is written `Key=`
  return numbered(parent).map((child, index) => readQuery(value, child, dialect, `${path}.${index + 1}`));
}

function readMap(
  schema: NormalizedSchema,
  node: FormNode,
  dialect: QueryDialect,
  path: string,
): Record<string, unknown> {
  const { flatMaps } = dialect;
  const flat = flatMaps !== undefined || schema.getMergedTraits()['xmlFlattened'] !== undefined;
  const parent = flat ? node : node.children.get('entry');
  if (parent === undefined) return {};
  const keyName = flatMaps?.key ?? nameTrait(schema.getKeySchema().getMergedTraits(), 'xmlName') ?? 'key';
  const valueName =
    flatMaps?.value ?? nameTrait(schema.getValueSchema().getMergedTraits(), 'xmlName') ?? 'value';
  const entries = numbered(parent).map((entry): [string, unknown] => {
    const key = entry.children.get(keyName)?.value ?? '';
    const child = entry.children.get(valueName) ?? { children: new Map() };
    return [key, readQuery(schema.getValueSchema(), child, dialect, joined(path, key))];
  });
  return Object.fromEntries(entries);
}

function readScalar(schema: NormalizedSchema, text: string, path: string): unknown {
  if (schema.isBooleanSchema()) {
    const lower = text.toLowerCase();
    if (lower !== 'true' && lower !== 'false') throw malformed(path, text, 'a boolean');
    return lower === 'true';
  }
  if (schema.isNumericSchema() || schema.isBigIntegerSchema()) {
    const number = Number(text);
    if (text.trim() === '' || !Number.isFinite(number)) throw malformed(path, text, 'a number');
    return number;
  }
  if (schema.isTimestampSchema()) {
    const date = new Date(/^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : text);
    if (Number.isNaN(date.getTime())) throw malformed(path, text, 'a timestamp');
    return date;
  }
  if (schema.isBlobSchema()) return new Uint8Array(Buffer.from(text, 'base64'));
  return text;
}

const joined = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);
