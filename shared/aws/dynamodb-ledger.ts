import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  PutItemCommand,
  QueryCommand,
  type DynamoDBClient,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import type { PeeringId } from '../domain/facts/ids.ts';
import { mapBounded } from '../reconcile/bounded.ts';
import type { HistoryEntry, Memory } from '../domain/memory/memory.ts';
import type { Ledger, LedgerPage } from '../reconcile/ledger.ts';
import { call, collectPages } from './calls.ts';
import type { Item } from './item-forms.ts';
import {
  claimItem,
  claimKey,
  HISTORY_END,
  historyFrom,
  historyItem,
  keyOf,
  MEMORY_RANGES,
  partitionOf,
  readHistory,
  readMemory,
  sidesItem,
  toldItem,
} from './ledger-items.ts';
import { logItems } from './log-items.ts';
import {
  ASKED_KEY,
  askedItem,
  blockedItem,
  blockedKey,
  consentItem,
  cutItem,
  cutKey,
  dnsKey,
  missingItem,
  missingKey,
  PLANNED_KEY,
  plannedItem,
  SUSPICION_KEY,
  suspicionItem,
} from './ledger-notes.ts';

/** BatchWriteItem takes no more. */
const REQUESTS_PER_BATCH = 25;
/** 200 items at once: a partition takes 1,000 writes a second. */
const BATCHES_AT_ONCE = 8;
/** Well under the 50 connections of the SDK's HTTP client. */
const ITEMS_AT_ONCE = 16;

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
    const parts = await Promise.all(
      MEMORY_RANGES.map(({ from, to }) =>
        this.#query(peeringId, 'sk BETWEEN :from AND :to', { ':from': { S: from }, ':to': { S: to } }),
      ),
    );
    return readMemory(parts.flat());
  }

  async write(peeringId: PeeringId, page: LedgerPage): Promise<void> {
    const { sides, told, entry, vpcs = [] } = page;
    const notes = [...putNotes(page)].map((note) => ({ ...keyOf(peeringId, ''), ...note }));
    const items = [...(page.claims ?? []).map((route) => claimItem(peeringId, route)), ...notes];
    if (sides !== undefined) items.push(sidesItem(peeringId, sides));
    if (told !== undefined) items.push(toldItem(peeringId, told));
    if (entry !== undefined) items.push(historyItem(peeringId, entry), ...logItems(peeringId, entry, vpcs));
    const puts = items.map((Item): WriteRequest => ({ PutRequest: { Item } }));
    const forgotten = [...forgottenNotes(page)].map((key) => ({ ...keyOf(peeringId, ''), ...key }));
    const keys = [...(page.disclaims ?? []).map((route) => claimKey(peeringId, route)), ...forgotten];
    await this.#writeAll([...puts, ...keys.map((Key): WriteRequest => ({ DeleteRequest: { Key } }))]);
  }

  async history(peeringId: PeeringId, since = 0): Promise<readonly HistoryEntry[]> {
    const values = { ':from': { S: historyFrom(since) }, ':to': { S: HISTORY_END } };
    return readHistory(await this.#query(peeringId, 'sk BETWEEN :from AND :to', values));
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
    const TableName = this.#tableName;
    if (PutRequest?.Item !== undefined) {
      const command = new PutItemCommand({ TableName, Item: PutRequest.Item });
      await this.#call('PutItem', () => this.#client.send(command));
    } else if (DeleteRequest?.Key !== undefined) {
      const command = new DeleteItemCommand({ TableName, Key: DeleteRequest.Key });
      await this.#call('DeleteItem', () => this.#client.send(command));
    }
  }

  #call<Answer>(name: string, send: () => Promise<Answer>): Promise<Answer> {
    return call(name, `the ledger ${this.#tableName}`, send);
  }
}

function* putNotes({
  consent,
  cuts,
  suspicion,
  dns,
  blocked,
  planned,
  missing,
  asked,
}: LedgerPage): Generator<Item> {
  if (consent !== undefined) yield consentItem(consent);
  for (const cut of cuts ?? []) yield cutItem(cut);
  if (suspicion !== undefined && suspicion !== null) yield suspicionItem(suspicion);
  for (const role of dns ?? []) yield dnsKey(role);
  for (const step of blocked ?? []) yield blockedItem(step);
  for (const route of missing ?? []) yield missingItem(route);
  if (planned !== undefined && planned !== null) yield plannedItem(planned);
  if (asked !== undefined && asked !== null) yield askedItem(asked);
}

function* forgottenNotes({
  uncuts,
  suspicion,
  undns,
  planned,
  unblocked,
  unmissing,
  asked,
}: LedgerPage): Generator<Item> {
  for (const cut of uncuts ?? []) yield cutKey(cut);
  if (suspicion === null) yield SUSPICION_KEY;
  for (const role of undns ?? []) yield dnsKey(role);
  if (planned === null) yield PLANNED_KEY;
  if (asked === null) yield ASKED_KEY;
  for (const step of unblocked ?? []) yield blockedKey(step);
  for (const route of unmissing ?? []) yield missingKey(route);
}

/** BatchWriteItem refuses two requests for one item. */
function withoutRepeats(requests: readonly WriteRequest[]): WriteRequest[] {
  const keyTextOf = ({ PutRequest, DeleteRequest }: WriteRequest): string => {
    const key = PutRequest?.Item ?? DeleteRequest?.Key;
    return JSON.stringify([key?.['pk']?.S, key?.['sk']?.S]);
  };
  return [...new Map(requests.map((request) => [keyTextOf(request), request])).values()];
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
