import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  PutItemCommand,
  QueryCommand,
  type DynamoDBClient,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { AwsFailure } from '../domain/failure.ts';
import type { PeeringId } from '../domain/ids.ts';
import type { Role, SideLocation } from '../domain/peering.ts';
import { mapBounded } from '../reconcile/bounded.ts';
import type { HistoryEntry, LedgerRoute, Memory } from '../domain/memory.ts';
import type { Ledger } from '../reconcile/ledger.ts';
import { call, collectPages } from './calls.ts';
import {
  claimItem,
  claimKey,
  entryValue,
  HISTORY_PREFIX,
  historyItem,
  MEMORY_RANGE,
  partitionOf,
  readHistory,
  readMemory,
  sidesItem,
  type Item,
} from './ledger-items.ts';

/** BatchWriteItem takes no more. */
const REQUESTS_PER_BATCH = 25;
/** 200 items at once: a partition takes 1,000 writes a second. */
const BATCHES_AT_ONCE = 8;
/** Well under the 50 connections of the SDK's HTTP client. */
const ITEMS_AT_ONCE = 16;
/** The work queue keeps the writers of one peering apart, so that a second entry in a millisecond is rare. */
const MAX_ENTRIES_PER_MILLISECOND = 100;

/**
 * The ledger in one DynamoDB table with the keys `pk` and `sk`; ledger-items.ts says what is in it.
 *
 * @example
 * const ledger = new DynamoDbLedger(new DynamoDBClient({ region: 'eu-west-1' }), 'autopeer-prod-ledger');
 * const { routes } = await ledger.read(peeringId);
 */
export class DynamoDbLedger implements Ledger {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;

  constructor(client: DynamoDBClient, tableName: string) {
    this.#client = client;
    this.#tableName = tableName;
  }

  /** @throws Error that names an item which is not of its form: what is ours must not be guessed */
  async read(peeringId: PeeringId): Promise<Memory> {
    const values = { ':from': { S: MEMORY_RANGE.from }, ':to': { S: MEMORY_RANGE.to } };
    return readMemory(await this.#query(peeringId, 'sk BETWEEN :from AND :to', values));
  }

  /** BatchWriteItem takes no conditions, hence a call for each route. */
  async intend(peeringId: PeeringId, routes: readonly LedgerRoute[]): Promise<void> {
    await forAll(routes, ITEMS_AT_ONCE, async (route) => {
      const Item = claimItem(peeringId, route, 'intended');
      // Where the claim is there already, it stays: one that is `written` must not become uncertain again.
      await this.#putIf('attribute_not_exists(pk)', Item);
    });
  }

  async confirm(peeringId: PeeringId, routes: readonly LedgerRoute[]): Promise<void> {
    const items = routes.map((route) => claimItem(peeringId, route, 'written'));
    await this.#writeAll(items.map((Item) => ({ PutRequest: { Item } })));
  }

  async disclaim(peeringId: PeeringId, routes: readonly LedgerRoute[]): Promise<void> {
    const keys = routes.map((route) => claimKey(peeringId, route));
    await this.#writeAll(keys.map((Key) => ({ DeleteRequest: { Key } })));
  }

  async remember(peeringId: PeeringId, sides: Readonly<Record<Role, SideLocation>>): Promise<void> {
    await this.#put(sidesItem(peeringId, sides));
  }

  async append(peeringId: PeeringId, entry: HistoryEntry): Promise<void> {
    for (let sequence = 0; sequence < MAX_ENTRIES_PER_MILLISECOND; sequence++) {
      const item = historyItem(peeringId, entry, sequence);
      // The same entry is there when the SDK repeats a call whose answer was lost: then it is done.
      const isNewOrSame = 'attribute_not_exists(pk) OR entry = :entry';
      if (await this.#putIf(isNewOrSame, item, { ':entry': entryValue(entry) })) return;
    }
    throw new Error(`${peeringId} has ${MAX_ENTRIES_PER_MILLISECOND} history entries of one millisecond`);
  }

  async history(peeringId: PeeringId): Promise<readonly HistoryEntry[]> {
    const values = { ':prefix': { S: HISTORY_PREFIX } };
    return readHistory(await this.#query(peeringId, 'begins_with(sk, :prefix)', values));
  }

  #query(peeringId: PeeringId, range: string, values: Item): Promise<readonly Item[]> {
    const pk = { S: partitionOf(peeringId) };
    return collectPages(async (lastSortKey) => {
      const command = new QueryCommand({
        TableName: this.#tableName,
        ConsistentRead: true,
        KeyConditionExpression: `pk = :pk AND ${range}`,
        ExpressionAttributeValues: { ':pk': pk, ...values },
        ExclusiveStartKey: lastSortKey === undefined ? undefined : { pk, sk: { S: lastSortKey } },
      });
      const answer = await this.#call('Query', () => this.#client.send(command));
      return { items: answer.Items ?? [], nextToken: answer.LastEvaluatedKey?.['sk']?.S };
    });
  }

  async #put(Item: Item): Promise<void> {
    const command = new PutItemCommand({ TableName: this.#tableName, Item });
    await this.#call('PutItem', () => this.#client.send(command));
  }

  /** @returns false when the condition did not hold, and nothing was written */
  async #putIf(condition: string, Item: Item, values?: Item): Promise<boolean> {
    const command = new PutItemCommand({
      TableName: this.#tableName,
      Item,
      ConditionExpression: condition,
      ExpressionAttributeValues: values,
    });
    try {
      await this.#call('PutItem', () => this.#client.send(command));
      return true;
    } catch (error) {
      if (error instanceof AwsFailure && error.code === 'ConditionalCheckFailedException') return false;
      throw error;
    }
  }

  async #writeAll(requests: readonly WriteRequest[]): Promise<void> {
    const distinct = withoutRepeats(requests);
    const batches = Array.from({ length: Math.ceil(distinct.length / REQUESTS_PER_BATCH) }, (_, index) =>
      distinct.slice(index * REQUESTS_PER_BATCH, (index + 1) * REQUESTS_PER_BATCH),
    );
    await forAll(batches, BATCHES_AT_ONCE, (batch) => this.#writeBatch(batch));
  }

  async #writeBatch(batch: WriteRequest[]): Promise<void> {
    const command = new BatchWriteItemCommand({ RequestItems: { [this.#tableName]: batch } });
    const answer = await this.#call('BatchWriteItem', () => this.#client.send(command));
    // DynamoDB answers 200 for a batch of which it throttled some. A single item that it throttles is an error,
    // which the SDK repeats with its own waits and its own bound: so what is left goes one by one.
    const left = answer.UnprocessedItems?.[this.#tableName] ?? [];
    await forAll(left, ITEMS_AT_ONCE, (request) => this.#writeOne(request));
  }

  async #writeOne({ PutRequest, DeleteRequest }: WriteRequest): Promise<void> {
    if (PutRequest?.Item !== undefined) await this.#put(PutRequest.Item);
    if (DeleteRequest?.Key === undefined) return;
    const command = new DeleteItemCommand({ TableName: this.#tableName, Key: DeleteRequest.Key });
    await this.#call('DeleteItem', () => this.#client.send(command));
  }

  #call<Answer>(name: string, send: () => Promise<Answer>): Promise<Answer> {
    return call(name, `the ledger ${this.#tableName}`, send);
  }
}

/** BatchWriteItem refuses two requests for one item. */
function withoutRepeats(requests: readonly WriteRequest[]): WriteRequest[] {
  const sortKeyOf = ({ PutRequest, DeleteRequest }: WriteRequest): string | undefined =>
    (PutRequest?.Item ?? DeleteRequest?.Key)?.['sk']?.S;
  return [...new Map(requests.map((request) => [sortKeyOf(request), request])).values()];
}

/** @throws the first failure, after every item was tried */
async function forAll<Item>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const results = await mapBounded(items, limit, work);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
