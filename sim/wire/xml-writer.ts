import type { NormalizedSchema } from '@smithy/core/schema';

import { assertKnownMembers, nameTrait, recordOf } from './schema.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#xD;',
};

export const escapeXml = (text: string): string =>
  text.replace(/[&<>"'\r]/g, (char) => ESCAPES[char] ?? char);

/** An element with text in it. */
export const textElement = (name: string, text: string): string => `<${name}>${escapeXml(text)}</${name}>`;

/** How a service names elements where its schema does not say: lists and maps without an element around them. */
export interface XmlDialect {
  elementName(member: string): string;
  readonly mapKey: string;
  readonly mapValue: string;
}

/**
 * The members of a structure as XML elements, without an element around them.
 * @param dialect absent where the schema says how its members are written
 */
export function writeMembers(schema: NormalizedSchema, value: unknown, dialect?: XmlDialect): string {
  if (schema.isUnitSchema()) return '';
  const members = recordOf(value, schema.getName(true) ?? 'answer');
  assertKnownMembers(schema, members);
  let xml = '';
  for (const [name, member] of schema.structIterator()) {
    const item = members[name];
    if (item === undefined || item === null) continue;
    const element = nameTrait(member.getMemberTraits(), 'xmlName') ?? dialect?.elementName(name) ?? name;
    xml += writeElement(member, element, item, dialect);
  }
  return xml;
}

function writeElement(schema: NormalizedSchema, name: string, value: unknown, dialect?: XmlDialect): string {
  if (schema.isStructSchema()) return `<${name}>${writeMembers(schema, value, dialect)}</${name}>`;
  if (schema.isListSchema()) return writeList(schema, name, value, dialect);
  if (schema.isMapSchema()) return writeMap(schema, name, value, dialect);
  return textElement(name, scalarText(schema, value));
}

function writeList(schema: NormalizedSchema, name: string, value: unknown, dialect?: XmlDialect): string {
  if (!Array.isArray(value)) throw new TypeError(`${name}: the simulated service must answer with a list`);
  const member = schema.getValueSchema();
  if (dialect !== undefined || schema.getMergedTraits()['xmlFlattened'] !== undefined) {
    return value.map((item) => writeElement(member, name, item, dialect)).join('');
  }
  const element = nameTrait(member.getMergedTraits(), 'xmlName') ?? 'member';
  return `<${name}>${value.map((item) => writeElement(member, element, item)).join('')}</${name}>`;
}

function writeMap(schema: NormalizedSchema, name: string, value: unknown, dialect?: XmlDialect): string {
  const keyName = dialect?.mapKey ?? nameTrait(schema.getKeySchema().getMergedTraits(), 'xmlName') ?? 'key';
  const member = schema.getValueSchema();
  const valueName = dialect?.mapValue ?? nameTrait(member.getMergedTraits(), 'xmlName') ?? 'value';
  const entries = Object.entries(recordOf(value, name)).map(
    ([key, item]) => textElement(keyName, key) + writeElement(member, valueName, item, dialect),
  );
  const flat = dialect !== undefined || schema.getMergedTraits()['xmlFlattened'] !== undefined;
  if (flat) return entries.map((entry) => `<${name}>${entry}</${name}>`).join('');
  return `<${name}>${entries.map((entry) => `<entry>${entry}</entry>`).join('')}</${name}>`;
}

function scalarText(schema: NormalizedSchema, value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return String(value);
  throw new TypeError(`${schema.getName(true)}: ${typeof value} is not a value that AWS answers with`);
}
