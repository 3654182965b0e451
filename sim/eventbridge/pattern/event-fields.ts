import { isObject, isScalar, type Scalar } from './scalar.ts';

/** Which element of which list: two leaves fit together only where they agree on every list that they share. */
export type Membership = ReadonlyMap<number, number>;

/** A leaf of an event, under its dotted name. */
export interface EventField {
  readonly value: Scalar;
  readonly membership: Membership;
}

export type EventFields = ReadonlyMap<string, readonly EventField[]>;

/** Of what stands in no list. */
export const NOWHERE: Membership = new Map<number, number>();

/** Deeper lists and objects than this no event has. */
const MAX_DEPTH = 500;

/** Many rules look at one event; nobody changes an event once it is sent. */
const known = new WeakMap<object, EventFields>();

/** The leaves of an event by name; each value of a list is a leaf of its own, and an empty list has none. */
export function fieldsOf(event: Readonly<Record<string, unknown>>): EventFields {
  const fields = known.get(event) ?? readFields(event);
  known.set(event, fields);
  return fields;
}

function readFields(event: Readonly<Record<string, unknown>>): EventFields {
  const fields = new Map<string, EventField[]>();
  let lists = 0;
  const visit = (name: string, value: unknown, membership: Membership, depth: number): void => {
    if (depth > MAX_DEPTH) return;
    if (isScalar(value)) {
      const found = fields.get(name);
      if (found === undefined) fields.set(name, [{ value, membership }]);
      else found.push({ value, membership });
    } else if (Array.isArray(value)) {
      const list = lists++;
      for (const [index, item] of value.entries()) {
        visit(name, item, new Map(membership).set(list, index), depth + 1);
      }
    } else if (isObject(value)) {
      for (const [key, item] of Object.entries(value)) {
        visit(name === '' ? key : `${name}.${key}`, item, membership, depth + 1);
      }
    }
  };
  visit('', event, NOWHERE, 0);
  return fields;
}

/** Both memberships in one, or undefined where they are of different elements of one list. */
export function together(one: Membership, other: Membership): Membership | undefined {
  for (const [list, index] of other) {
    const present = one.get(list);
    if (present !== undefined && present !== index) return undefined;
  }
  return other.size === 0 ? one : new Map([...one, ...other]);
}
