import type { NormalizedSchema } from '@smithy/core/schema';
import { nameTrait } from '../wire/schema.ts';

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
type JsonObject = Readonly<Record<string, Json>>;

const EC2_XMLNS = 'http://ec2.amazonaws.com/doc/2016-11-15/';

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

const xmlNameOf = (name: string, schema: NormalizedSchema): string =>
  nameTrait(schema.getMergedTraits(), 'xmlName') ?? name;

/** The members of a structure that have a value. */
function* presentMembers(
  schema: NormalizedSchema,
  value: unknown,
): Generator<[string, NormalizedSchema, unknown]> {
  if (schema.isUnitSchema()) return;
  for (const [name, member] of schema.structIterator()) {
    const item = memberOf(value, name);
    if (item !== undefined && item !== null) yield [name, member, item];
  }
}

/** What lists are called in the flat shape of a request, where that is not the SDK's XML name. (Recorded) */
const REQUEST_LISTS: Readonly<Record<string, string>> = {
  TagSpecifications: 'tagSpecificationSet',
  Resources: 'resourcesSet',
  Tags: 'tagSet',
};

/** The flat shape of a request: `{ vpcId, tagSpecificationSet: { items: [...] } }`. */
export function flatRequest(schema: NormalizedSchema, input: unknown): JsonObject {
  const result: Record<string, Json> = {};
  for (const [name, member, value] of presentMembers(schema, input)) {
    if (name === 'TagSpecifications') {
      result['tagSpecificationSet'] = items(
        listOf(value).map((one) => tagSpecification(member.getValueSchema(), one)),
      );
    } else if (name === 'Resources') {
      result['resourcesSet'] = items(listOf(value).map((id) => ({ resourceId: String(id) })));
    } else {
      result[REQUEST_LISTS[name] ?? lowerFirst(xmlNameOf(name, member))] = flatValue(member, value);
    }
  }
  return result;
}

/** Within a tag specification, and only there, the tags are a plain list. (Recorded) */
function tagSpecification(schema: NormalizedSchema, value: unknown): JsonObject {
  const resourceType = memberOf(value, 'ResourceType');
  const tag = schema.getMemberSchema('Tags').getValueSchema();
  return {
    ...(resourceType !== undefined && {
      resourceType: flatValue(schema.getMemberSchema('ResourceType'), resourceType),
    }),
    tags: listOf(memberOf(value, 'Tags')).map((one) => flatValue(tag, one)),
  };
}

/** The flat shape of an answer. An answer without members, and one that says only `Return`, is `_return: true`. */
export function flatResponse(schema: NormalizedSchema, output: unknown, requestId: string): JsonObject {
  const result: Record<string, Json> = { requestId };
  for (const [name, member, value] of presentMembers(schema, output)) {
    result[name === 'Return' ? '_return' : xmlNameOf(name, member)] = flatValue(member, value);
  }
  return schema.isUnitSchema() ? { requestId, _return: true } : result;
}

function flatValue(schema: NormalizedSchema, value: unknown): Json {
  if (schema.isListSchema()) {
    return items(listOf(value).map((item) => flatValue(schema.getValueSchema(), item)));
  }
  if (schema.isStructSchema()) {
    const result: Record<string, Json> = {};
    for (const [name, member, item] of presentMembers(schema, value)) {
      result[lowerFirst(xmlNameOf(name, member))] = flatValue(member, item);
    }
    return result;
  }
  if (value instanceof Date) return value.getTime();
  return typeof value === 'number' || typeof value === 'boolean' ? value : String(value);
}

/** An empty list is an empty object. (Recorded) */
const items = (list: readonly Json[]): JsonObject => (list.length === 0 ? {} : { items: list });

/** The wrapped shape of a request: `{ <Action>Request: { VpcPeeringConnectionId, … } }`, named as on the wire. */
export function wrappedRequest(action: string, schema: NormalizedSchema, input: unknown): JsonObject {
  return { [`${action}Request`]: wrappedMembers(schema, input, wireName) };
}

/** The wrapped shape of an answer: its XML, made JSON. */
export function wrappedResponse(
  action: string,
  schema: NormalizedSchema,
  output: unknown,
  requestId: string,
): JsonObject {
  const members = wrappedMembers(schema, output, xmlNameOf);
  return {
    [`${action}Response`]: { xmlns: EC2_XMLNS, requestId, ...(members === '' ? {} : members) },
  };
}

type Naming = (name: string, schema: NormalizedSchema) => string;

const wireName: Naming = (name, schema) => {
  const traits = schema.getMergedTraits();
  const upperFirst = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
  return nameTrait(traits, 'ec2QueryName') ?? upperFirst(nameTrait(traits, 'xmlName') ?? name);
};

/** Empty is the empty text. */
function wrappedMembers(schema: NormalizedSchema, value: unknown, naming: Naming): JsonObject | '' {
  const result: Record<string, Json> = {};
  for (const [name, member, item] of presentMembers(schema, value)) {
    result[naming(name, member)] = wrappedValue(member, item, naming);
  }
  return Object.keys(result).length === 0 ? '' : result;
}

function wrappedValue(schema: NormalizedSchema, value: unknown, naming: Naming): Json {
  if (schema.isListSchema()) return wrappedList(schema.getValueSchema(), listOf(value), naming);
  if (schema.isStructSchema()) return wrappedMembers(schema, value, naming);
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'number' || typeof value === 'boolean' ? value : jsonOfText(String(value));
}

/** One element stands alone, several in an array; in a request each bears its number as `tag`. (Recorded) */
function wrappedList(item: NormalizedSchema, list: readonly unknown[], naming: Naming): Json {
  const isRequest = naming === wireName;
  const elements = list.map((value, index): Json => {
    const element = wrappedValue(item, value, naming);
    if (!isRequest) return element;
    return isObject(element) ? { tag: index + 1, ...element } : { tag: index + 1, content: element };
  });
  const [only, ...others] = elements;
  if (only === undefined) return '';
  const found = others.length === 0 ? only : elements;
  return isRequest ? found : { item: found };
}

const isObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whatever made the JSON took digits for a number: account ids lose their leading zeros. (Recorded) */
const jsonOfText = (text: string): Json => (/^\d+$/.test(text) ? Number(text) : text);
