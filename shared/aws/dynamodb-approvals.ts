import {
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import type { PeeringId } from '../domain/facts/ids.ts';
import type { AskedApproval, GivenApproval } from '../domain/memory/approvals.ts';
import { AwsFailure } from '../domain/work/failure.ts';
import type { ApprovalBook, Approvals } from '../reconcile/approvals.ts';
import {
  ASKED_PARTITION,
  ASKED_PREFIX,
  askedItemSchema,
  askedKey,
  GIVEN_PARTITION,
  givenItemSchema,
  givenKey,
  givenPrefix,
} from './approval-items.ts';
import { call, collectPages } from './calls.ts';
import { readItem, stillAt, type Item } from './item-forms.ts';

/** Only people write what they said, and few at once. */
const MAX_ATTEMPTS = 10;

/**
 * What waits for people, and what they said, in the ledger's table; approval-items.ts says where. Each method throws an
 * AwsFailure where the table cannot be used, or an Error that names the item that is broken: then nothing is accepted.
 */
export class DynamoDbApprovals implements Approvals, ApprovalBook {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;

  constructor(client: DynamoDBClient, tableName: string) {
    this.#client = client;
    this.#tableName = tableName;
  }

  async givenTo(peeringId: PeeringId): Promise<readonly GivenApproval[]> {
    const items = await this.#query(GIVEN_PARTITION, givenPrefix(peeringId));
    return items.map((item) => readItem(item, givenItemSchema).given);
  }

  async ask(asked: AskedApproval): Promise<void> {
    const Item = { ...askedKey(asked.key.peeringId), asked: { S: JSON.stringify(asked) } };
    const command = new PutItemCommand({ TableName: this.#tableName, Item });
    await this.#call('PutItem', () => this.#client.send(command));
  }

  async unask(peeringId: PeeringId): Promise<void> {
    const command = new DeleteItemCommand({ TableName: this.#tableName, Key: askedKey(peeringId) });
    await this.#call('DeleteItem', () => this.#client.send(command));
  }

  async asked(): Promise<readonly AskedApproval[]> {
    const items = await this.#query(ASKED_PARTITION, ASKED_PREFIX);
    return items.map((item) => readItem(item, askedItemSchema).asked);
  }

  async askedOf(peeringId: PeeringId): Promise<AskedApproval | undefined> {
    const item = await this.#get(askedKey(peeringId));
    return item === undefined ? undefined : readItem(item, askedItemSchema).asked;
  }

  async change(
    peeringId: PeeringId,
    fingerprint: string,
    change: (given: GivenApproval | undefined) => GivenApproval | undefined,
  ): Promise<void> {
    const key = givenKey(peeringId, fingerprint);
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const item = await this.#get(key);
      const { version, given } =
        item === undefined ? { version: 0, given: undefined } : readItem(item, givenItemSchema);
      const changed = change(given);
      if (changed === undefined || (await this.#store(key, version, changed))) return;
    }
    throw new Error(
      `the approval of ${peeringId} in the ledger ${this.#tableName} was changed by others ${MAX_ATTEMPTS} times in a row`,
    );
  }

  /** Whether it was written: not where somebody else has written since. */
  async #store(key: Item, version: number, given: GivenApproval): Promise<boolean> {
    const Item = { ...key, version: { N: String(version + 1) }, given: { S: JSON.stringify(given) } };
    const command = new PutItemCommand({ TableName: this.#tableName, Item, ...stillAt(version) });
    try {
      await this.#call('PutItem', () => this.#client.send(command));
      return true;
    } catch (error) {
      if (error instanceof AwsFailure && error.code === 'ConditionalCheckFailedException') return false;
      throw error;
    }
  }

  async #get(Key: Item): Promise<Item | undefined> {
    const command = new GetItemCommand({ TableName: this.#tableName, Key, ConsistentRead: true });
    const { Item: found } = await this.#call('GetItem', () => this.#client.send(command));
    return found;
  }

  #query(partition: string, prefix: string): Promise<readonly Item[]> {
    const pk = { S: partition };
    return collectPages(async (lastSortKey) => {
      const command = new QueryCommand({
        TableName: this.#tableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': pk, ':prefix': { S: prefix } },
        ExclusiveStartKey: lastSortKey === undefined ? undefined : { pk, sk: { S: lastSortKey } },
      });
      const answer = await this.#call('Query', () => this.#client.send(command));
      return { items: answer.Items ?? [], nextToken: answer.LastEvaluatedKey?.['sk']?.S };
    });
  }

  #call<Answer>(name: string, send: () => Promise<Answer>): Promise<Answer> {
    return call(name, `the ledger ${this.#tableName}`, send);
  }
}
