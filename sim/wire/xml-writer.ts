import type { NormalizedSchema } from '@smithy/core/schema';

import { knownMembers, nameTrait, recordOf } from './schema.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#xD;',
};

const SPECIAL = /[&<>"'\r]/;
const SPECIALS = /[&<>"'\r]/g;

/** Most texts have nothing to escape, and looking is cheaper than replacing. */
export const escapeXml = (text: string): string =>
  SPECIAL.test(text) ? text.replace(SPECIALS, (char) => ESCAPES[char] ?? char) : text;

/** An element with text in it. */
export const textElement = (name: string, text: string): string => `<${name}>${escapeXml(text)}</${name}>`;

/** How a service names elements where its schema does not say: lists and maps without an element around them. */
export interface XmlDialect {
  elementName(member: string): string;
  readonly mapKey: string;
  readonly mapValue: string;
}

/** Writes one value of the shape that it was made for. */
type Write = (value: unknown) => string;

/** By dialect. A shape is looked through once: a list of a thousand VPCs holds twenty thousand elements. */
const STRUCTURES = new Map<XmlDialect | undefined, WeakMap<object, Write>>();

/**
 * The members of a structure as XML elements, without an element around them.
 * @param dialect absent where the schema says how its members are written
 */
export function writeMembers(schema: NormalizedSchema, value: unknown, dialect?: XmlDialect): string {
  return schema.isUnitSchema() ? '' : structureWriter(schema, dialect)(value);
}

function structureWriter(schema: NormalizedSchema, dialect?: XmlDialect): Write {
  let write: Write | undefined;
  // Made on the first value, because a shape may hold itself.
  return (value) => (write ??= knownStructureWriter(schema, dialect))(value);
}

function knownStructureWriter(schema: NormalizedSchema, dialect?: XmlDialect): Write {
  const known = STRUCTURES.get(dialect) ?? new WeakMap<object, Write>();
  STRUCTURES.set(dialect, known);
  const shape = schema.getSchema();
  const key = typeof shape === 'object' ? shape : schema;
  const write = known.get(key) ?? newStructureWriter(schema, dialect);
  known.set(key, write);
  return write;
}

function newStructureWriter(schema: NormalizedSchema, dialect?: XmlDialect): Write {
  const members = [...schema.structIterator()].map(([name, member]) => {
    const element = nameTrait(member.getMemberTraits(), 'xmlName') ?? dialect?.elementName(name) ?? name;
    return { name, write: elementWriter(member, element, dialect) };
  });
  const what = schema.getName(true) ?? 'answer';
  const assertKnown = knownMembers(schema);
  return (value) => {
    const record = recordOf(value, what);
    assertKnown(record);
    let xml = '';
    for (const { name, write } of members) {
      const item = record[name];
      if (item !== undefined && item !== null) xml += write(item);
    }
    return xml;
  };
}

function elementWriter(schema: NormalizedSchema, name: string, dialect?: XmlDialect): Write {
  const [open, close] = [`<${name}>`, `</${name}>`];
  if (schema.isStructSchema()) {
    const write = structureWriter(schema, dialect);
    return (value) => open + write(value) + close;
  }
  if (schema.isListSchema()) return listWriter(schema, name, dialect);
  if (schema.isMapSchema()) return mapWriter(schema, name, dialect);
  return (value) => open + escapeXml(scalarText(schema, value)) + close;
}

function listWriter(schema: NormalizedSchema, name: string, dialect?: XmlDialect): Write {
  const member = schema.getValueSchema();
  const isFlat = dialect !== undefined || schema.getMergedTraits()['xmlFlattened'] !== undefined;
  const element = isFlat ? name : (nameTrait(member.getMergedTraits(), 'xmlName') ?? 'member');
  const write = elementWriter(member, element, dialect);
  return (value) => {
    if (!Array.isArray(value)) {
      throw new TypeError(`${name}: the simulated service must answer with a list`);
    }
    let items = '';
    for (const item of value) items += write(item);
    return isFlat ? items : `<${name}>${items}</${name}>`;
  };
}

function mapWriter(schema: NormalizedSchema, name: string, dialect?: XmlDialect): Write {
  const keyName = dialect?.mapKey ?? nameTrait(schema.getKeySchema().getMergedTraits(), 'xmlName') ?? 'key';
  const member = schema.getValueSchema();
  const valueName = dialect?.mapValue ?? nameTrait(member.getMergedTraits(), 'xmlName') ?? 'value';
  const write = elementWriter(member, valueName, dialect);
  const isFlat = dialect !== undefined || schema.getMergedTraits()['xmlFlattened'] !== undefined;
  const wrap = isFlat ? name : 'entry';
  return (value) => {
    const entries = Object.entries(recordOf(value, name)).map(
      ([key, item]) => `<${wrap}>${textElement(keyName, key)}${write(item)}</${wrap}>`,
    );
    return isFlat ? entries.join('') : `<${name}>${entries.join('')}</${name}>`;
  };
}

function scalarText(schema: NormalizedSchema, value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  throw new TypeError(`${schema.getName(true)}: ${typeof value} is not a value that AWS answers with`);
}
