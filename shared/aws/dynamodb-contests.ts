import { GetItemCommand, PutItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { CONTESTED_WINDOW_MS } from '../domain/memory/contested.ts';
import type { PeeringId } from '../domain/facts/ids.ts';
import type { Role, SideLocation } from '../domain/facts/peering.ts';
import type { ContestRelease, Contests } from '../reconcile/contests.ts';
import { call } from './calls.ts';
import { jsonAttribute, readItem, type Item } from './item-forms.ts';
import { keyOf as ledgerKeyOf, readMemory } from './ledger-items.ts';

const itemSchema = z.object({ release: jsonAttribute(z.object({ by: z.string(), at: z.int() })) });

/** An item a peering, in a partition of their own, so that the commands need not write what is remembered of a peering. */
const keyOf = (peeringId: PeeringId) => ({ pk: { S: 'contests' }, sk: { S: peeringId } });

/** Releases in the ledger's table. They end by themselves with what they release. */
export class DynamoDbContests implements Contests {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;

  constructor(client: DynamoDBClient, tableName: string) {
    this.#client = client;
    this.#tableName = tableName;
  }

  async releaseOf(peeringId: PeeringId): Promise<ContestRelease | undefined> {
    const item = await this.#get(keyOf(peeringId));
    return item === undefined ? undefined : readItem(item, itemSchema).release;
  }

  async release(peeringId: PeeringId, { by, at }: ContestRelease): Promise<void> {
    const item = {
      ...keyOf(peeringId),
      release: { S: JSON.stringify({ by, at }) },
      // The table's TimeToLiveSpecification names this attribute; see deploy/hub/ledger.yml.
      expiresAt: { N: String(Math.ceil((at + 2 * CONTESTED_WINDOW_MS) / 1000)) },
    };
    const command = new PutItemCommand({ TableName: this.#tableName, Item: item });
    await this.#call('PutItem', () => this.#client.send(command));
  }

  async sidesOf(peeringId: PeeringId): Promise<Readonly<Record<Role, SideLocation>> | undefined> {
    const item = await this.#get(ledgerKeyOf(peeringId, 'sides'));
    return item === undefined ? undefined : readMemory([item]).sides;
  }

  async #get(Key: Item): Promise<Item | undefined> {
    const command = new GetItemCommand({ TableName: this.#tableName, Key, ConsistentRead: true });
    const { Item: found } = await this.#call('GetItem', () => this.#client.send(command));
    return found;
  }

  #call<Answer>(name: string, send: () => Promise<Answer>): Promise<Answer> {
    return call(name, `the ledger ${this.#tableName}`, send);
  }
}
