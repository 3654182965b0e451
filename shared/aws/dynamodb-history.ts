import { GetItemCommand, QueryCommand, type DynamoDBClient, type QueryInput } from '@aws-sdk/client-dynamodb';
import { parsePeeringId, type PeeringId, type VpcId } from '../domain/facts/ids.ts';
import type { HistoryEntry, Memory } from '../domain/memory/memory.ts';
import type { Clock } from '../domain/work/log.ts';
import { mapBounded } from '../reconcile/bounded.ts';
import type { HistoryBook, LoggedEntry, Page, TimeSpan } from '../reconcile/history-book.ts';
import { call } from './calls.ts';
import type { Item } from './item-forms.ts';
import {
  HISTORY_DAYS,
  HISTORY_END,
  historyFrom,
  historyKey,
  historyPlace,
  keyOf,
  partitionOf,
  readHistoryItem,
  readSidesItem,
} from './ledger-items.ts';
import { logFrom, monthPartition, nextMonth, parseLogPlace, vpcPartition } from './log-items.ts';

/** An entry has some kilobytes: a page is far below the 6 MB that a function may answer. */
const ENTRIES_PER_PAGE = 100;
/** As much as DynamoDB reads in one query; an entry may have 100 KB. */
const PAGE_CHARACTERS = 1_000_000;
/** As many as are read while nobody waits long; a VPC has up to 125 peerings. */
const PEERINGS_PER_PAGE = 25;
/** Well under the 50 connections of the SDK's HTTP client. */
const READS_AT_ONCE = 16;
const DAY_MS = 86_400_000;

/** A range of one partition, both ends included, and how much of it. */
interface Range {
  readonly pk: string;
  readonly from: string;
  readonly to: string;
  readonly limit: number;
  readonly isBackwards?: boolean;
  /** The last sort key that was read. */
  readonly after?: string | undefined;
}

/** The history as people read it, in the ledger's table; ledger-items.ts and log-items.ts say where. */
export class DynamoDbHistory implements HistoryBook {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(client: DynamoDBClient, tableName: string, clock: Pick<Clock, 'now'>) {
    this.#client = client;
    this.#tableName = tableName;
    this.#clock = clock;
  }

  async entriesOf(peeringId: PeeringId, after?: string): Promise<Page<HistoryEntry>> {
    const pk = partitionOf(peeringId);
    const { items, isWhole } = await this.#query({
      pk,
      from: historyFrom(0),
      to: HISTORY_END,
      limit: ENTRIES_PER_PAGE,
      after: after === undefined ? undefined : historyKey(peeringId, after)['sk']?.S,
    });
    const last = items.at(-1);
    const next = isWhole || last === undefined ? undefined : historyPlace(last);
    return { items: items.map(readHistoryItem), next };
  }

  async lastOf(peeringId: PeeringId): Promise<HistoryEntry | undefined> {
    const pk = partitionOf(peeringId);
    const range = { pk, from: historyFrom(0), to: HISTORY_END, limit: 1, isBackwards: true };
    const { items } = await this.#query(range);
    return items.map(readHistoryItem)[0];
  }

  async log({ since, until }: TimeSpan, after?: string): Promise<Page<LoggedEntry>> {
    const places = await this.#logPlaces({ since, until }, after);
    const read = await mapBounded(places, READS_AT_ONCE, async (text) => {
      const place = parseLogPlace(text);
      if (place === undefined) throw new Error(`the log of the ledger ${this.#tableName} is broken: ${text}`);
      return { peeringId: place.peeringId, item: await this.#get(historyKey(place.peeringId, place.entry)) };
    });
    const items: LoggedEntry[] = [];
    let characters = 0;
    for (const [index, result] of read.entries()) {
      if (result.status === 'rejected') throw result.reason;
      const { peeringId, item } = result.value;
      characters += item?.['entry']?.S?.length ?? 0;
      if (items.length > 0 && characters > PAGE_CHARACTERS) return { items, next: places[index - 1] };
      // Who died while both were written has left no entry; the look was done again.
      if (item !== undefined) items.push({ peeringId, entry: readHistoryItem(item) });
    }
    return { items, next: places.length < ENTRIES_PER_PAGE ? undefined : places.at(-1) };
  }

  /** At most a page of places, from one month on to the next. */
  async #logPlaces({ since, until }: TimeSpan, after: string | undefined): Promise<readonly string[]> {
    // Nothing is older: so many months, and no more, are looked through.
    const oldest = this.#clock.now() - (HISTORY_DAYS + 1) * DAY_MS;
    const begin = Math.max(since, oldest, after === undefined ? 0 : (parseLogPlace(after)?.at ?? 0));
    const places: string[] = [];
    const end = Math.min(until, this.#clock.now() + DAY_MS);
    for (let at = begin; at < end && places.length < ENTRIES_PER_PAGE; at = nextMonth(at)) {
      const range = { pk: monthPartition(at), from: logFrom(begin), to: logFrom(end) };
      const limit = ENTRIES_PER_PAGE - places.length;
      const { items } = await this.#query({ ...range, limit, after: at === begin ? after : undefined });
      places.push(...items.map(sortKeyOf));
    }
    return places;
  }

  async peeringsOf(vpcId: VpcId, after?: string): Promise<Page<PeeringId>> {
    const range = { pk: vpcPartition(vpcId), from: 'pcx-', to: 'pcx.' };
    const { items, isWhole } = await this.#query({ ...range, limit: PEERINGS_PER_PAGE, after });
    const last = items.at(-1);
    return {
      items: items.flatMap((item) => parsePeeringId(sortKeyOf(item)) ?? []),
      next: isWhole || last === undefined ? undefined : sortKeyOf(last),
    };
  }

  async sidesOf(peeringId: PeeringId): Promise<Memory['sides']> {
    const item = await this.#get(keyOf(peeringId, 'sides'));
    return item === undefined ? undefined : readSidesItem(item);
  }

  async #query({ pk, from, to, limit, isBackwards, after }: Range) {
    const input: QueryInput = {
      TableName: this.#tableName,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: { ':pk': { S: pk }, ':from': { S: from }, ':to': { S: to } },
      Limit: limit,
      ...(isBackwards === true ? { ScanIndexForward: false } : {}),
      ...(after === undefined ? {} : { ExclusiveStartKey: { pk: { S: pk }, sk: { S: after } } }),
    };
    const answer = await this.#call('Query', () => this.#client.send(new QueryCommand(input)));
    return { items: answer.Items ?? [], isWhole: answer.LastEvaluatedKey === undefined };
  }

  async #get(Key: Item): Promise<Item | undefined> {
    const command = new GetItemCommand({ TableName: this.#tableName, Key, ConsistentRead: true });
    return (await this.#call('GetItem', () => this.#client.send(command))).Item;
  }

  #call<Answer>(name: string, send: () => Promise<Answer>): Promise<Answer> {
    return call(name, `the ledger ${this.#tableName}`, send);
  }
}

const sortKeyOf = (item: Item): string => item['sk']?.S ?? '';
