import type { AttributeValue } from '@aws-sdk/client-dynamodb';

import { AwsError } from '../types.ts';
import type { TableDefinition } from './dynamodb-engine.ts';

export type Item = Readonly<Record<string, AttributeValue>>;

/** Where an item is: its partition, and its place there as text that sorts as DynamoDB does. */
interface Place {
  readonly partition: string;
  readonly sort: string;
}

/** The conditions that the shipped ledger writes. */
const CONDITION = /^(\w+) = (:\w+) AND (?:(\w+) BETWEEN (:\w+) AND (:\w+)|begins_with\((\w+), (:\w+)\))$/;

/** A table in memory. Its keys are texts. */
export class MemoryTable {
  readonly #hash: string;
  readonly #range: string | undefined;
  readonly #partitions = new Map<string, Map<string, Item>>();

  constructor({ TableName, KeySchema, AttributeDefinitions }: TableDefinition) {
    if (AttributeDefinitions.some(({ AttributeType }) => AttributeType !== 'S')) {
      throw new Error(`${TableName}: on the direct wire keys are texts`);
    }
    this.#hash = KeySchema[0]?.AttributeName ?? '';
    this.#range = KeySchema[1]?.AttributeName;
  }

  get(key: Item | undefined): Item | undefined {
    const { partition, sort } = this.placeOfKey(key);
    return this.#partitions.get(partition)?.get(sort);
  }

  put(item: Item | undefined): void {
    const { partition, sort } = this.placeOf(item);
    const items = this.#partitions.get(partition) ?? new Map<string, Item>();
    this.#partitions.set(partition, items.set(sort, item ?? {}));
  }

  delete(key: Item | undefined): void {
    const { partition, sort } = this.placeOfKey(key);
    this.#partitions.get(partition)?.delete(sort);
  }

  /** The items that fit, in their order. */
  query(condition: string, values: Item): readonly Item[] {
    const [, hash, value = '', between, from = '', to = '', begins, prefix = ''] =
      CONDITION.exec(condition) ?? [];
    if (hash !== this.#hash || this.#range === undefined || (between ?? begins) !== this.#range) {
      throw new Error(`the condition is not modelled on the direct wire: ${condition}`);
    }
    const textOf = (name: string): string => keyText(values[name]) ?? refuse(`${name} is no text`);
    const lower = sortable(textOf(begins === undefined ? from : prefix));
    const upper = begins === undefined ? sortable(textOf(to)) : undefined;
    if (upper !== undefined && upper < lower)
      refuse('BETWEEN requires a lower bound that is not above the upper');
    const fits = (sort: string): boolean =>
      upper === undefined ? sort.startsWith(lower) : sort >= lower && sort <= upper;
    return [...(this.#partitions.get(textOf(value)) ?? [])]
      .filter(([sort]) => fits(sort))
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([, item]) => item);
  }

  /** Whether an item comes after a key of its partition, in the order of the query. */
  isBehind(item: Item, key: Item, isForward: boolean): boolean {
    const [one, other] = [this.placeOf(item).sort, this.placeOfKey(key).sort];
    return isForward ? one > other : one < other;
  }

  /** The key of an item, or what there is of it. */
  keyOf(item: Item | undefined): Item {
    const names = [this.#hash, this.#range ?? this.#hash];
    return Object.fromEntries(Object.entries(item ?? {}).filter(([name]) => names.includes(name)));
  }

  /** @throws AwsError where the item has not the table's key */
  placeOf(item: Item | undefined): Place {
    const partition = keyText(item?.[this.#hash]);
    const sort = this.#range === undefined ? 'the only one' : keyText(item?.[this.#range]);
    if (partition === undefined || sort === undefined) return refuse('the key is not of the table’s schema');
    return { partition, sort: sortable(sort) };
  }

  /** @throws AwsError where it is more or less than the table's key */
  placeOfKey(key: Item | undefined): Place {
    const attributes = this.#range === undefined ? 1 : 2;
    if (Object.keys(key ?? {}).length !== attributes) refuse('the key is not of the table’s schema');
    return this.placeOf(key);
  }
}

export function refuse(message: string): never {
  throw new AwsError('ValidationException', message);
}

/** Keys must not be empty. */
const keyText = (value: AttributeValue | undefined): string | undefined => value?.S || undefined;

/** Text that JavaScript sorts by its UTF-8 bytes, as DynamoDB does. */
const sortable = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
