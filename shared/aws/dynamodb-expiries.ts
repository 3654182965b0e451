import { GetItemCommand, PutItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { ExpiryBook } from '../reconcile/expiries.ts';
import { call } from './calls.ts';
import { jsonAttribute, readItem } from './item-forms.ts';

/** One item, beside the peerings of the ledger's table; deploy/hub/roles.yml names its partition. */
const KEY = { pk: { S: 'expiries' }, sk: { S: 'told' } };
const itemSchema = z.object({ marks: jsonAttribute(z.array(z.string())) });

/** An item holds 400 KB: a policy of 10,000 rules that all expire soon fits. */
const MAX_MARKS = 15_000;

/**
 * What people were told of rules that expire, in one item of the ledger's table. Only the start of a sweep writes it: of two
 * at once both may tell, and nothing is lost.
 */
export class DynamoDbExpiries implements ExpiryBook {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;

  constructor(client: DynamoDBClient, tableName: string) {
    this.#client = client;
    this.#tableName = tableName;
  }

  async told(): Promise<readonly string[]> {
    const command = new GetItemCommand({ TableName: this.#tableName, Key: KEY, ConsistentRead: true });
    const { Item } = await call('GetItem', this.#where(), () => this.#client.send(command));
    return Item === undefined ? [] : readItem(Item, itemSchema).marks;
  }

  async store(marks: readonly string[]): Promise<void> {
    const Item = { ...KEY, marks: { S: JSON.stringify(marks.slice(0, MAX_MARKS)) } };
    const command = new PutItemCommand({ TableName: this.#tableName, Item });
    await call('PutItem', this.#where(), () => this.#client.send(command));
  }

  #where(): string {
    return `the ledger ${this.#tableName}`;
  }
}
