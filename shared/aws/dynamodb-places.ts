import { GetItemCommand, PutItemCommand, QueryCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { AwsFailure } from '../domain/work/failure.ts';
import { parseAccountId, parseRegion } from '../domain/facts/ids.ts';
import type { Clock } from '../domain/work/log.ts';
import type { Place } from '../domain/facts/peering.ts';
import type { PlaceRecord } from '../domain/memory/place-record.ts';
import type { PlaceBook, StoredPlace } from '../reconcile/places.ts';
import { call, collectPages } from './calls.ts';
import { form, jsonAttribute, readItem, stillAt, versionAttribute, type Item } from './item-forms.ts';

/** One item a place, `place#<account>#<region>`, in a partition beside the peerings of the ledger's table; deploy/hub/roles.yml names it. */
const PARTITION = { S: 'places' };
const PREFIX = 'place#';
const keyOf = ({ accountId, region }: Place): Item => ({
  pk: PARTITION,
  sk: { S: `${PREFIX}${accountId}#${region}` },
});

/** Of a place that no sweep looks at any more, and of one that is well. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1000;

const instant = z.int();
const denial = <Kind extends string>(kind: Kind) =>
  z.object({ kind: z.literal(kind), code: z.string(), call: z.string().optional(), reason: z.string() });
const itemSchema = z.object({
  version: versionAttribute,
  place: jsonAttribute(
    z.object({
      place: z.object({
        accountId: form(parseAccountId, 'an account id'),
        region: form(parseRegion, 'a region'),
      }),
      state: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('ok') }),
        denial('no-member-role'),
        denial('no-access'),
      ]),
      since: instant,
      lookedAt: instant,
      told: z.enum(['ok', 'no-member-role', 'no-access']).optional(),
    }),
  ),
});

/**
 * The states of places in the ledger's table.
 *
 * @example
 * const book = new DynamoDbPlaces(new DynamoDBClient({ region: 'eu-west-1' }), 'autopeer-prod-ledger', clock);
 * for (const { record } of await book.list()) print(record.place, record.state.kind, record.since);
 */
export class DynamoDbPlaces implements PlaceBook {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(client: DynamoDBClient, tableName: string, clock: Pick<Clock, 'now'>) {
    this.#client = client;
    this.#tableName = tableName;
    this.#clock = clock;
  }

  async list(): Promise<readonly StoredPlace[]> {
    const items = await collectPages(async (lastSortKey) => {
      const command = new QueryCommand({
        TableName: this.#tableName,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': PARTITION, ':prefix': { S: PREFIX } },
        ExclusiveStartKey: lastSortKey === undefined ? undefined : { pk: PARTITION, sk: { S: lastSortKey } },
      });
      const answer = await this.#call('Query', () => this.#client.send(command));
      return { items: answer.Items ?? [], nextToken: answer.LastEvaluatedKey?.['sk']?.S };
    });
    // DynamoDB deletes some days after that time.
    return items.filter((item) => !this.#hasExpired(item)).flatMap((item) => readStored(item) ?? []);
  }

  async read(place: Place): Promise<StoredPlace | undefined> {
    const command = new GetItemCommand({
      TableName: this.#tableName,
      Key: keyOf(place),
      ConsistentRead: true,
    });
    const { Item } = await this.#call('GetItem', () => this.#client.send(command));
    // One that has expired and is there still is overwritten as any other, by a write that names its version.
    return Item === undefined ? undefined : toStored(readItem(Item, itemSchema));
  }

  async store(version: number, record: PlaceRecord): Promise<boolean> {
    const last = record.state.kind === 'ok' ? record.since : record.lookedAt;
    const Item = {
      ...keyOf(record.place),
      version: { N: String(version + 1) },
      place: { S: JSON.stringify(record) },
      // The table's TimeToLiveSpecification names this attribute; see deploy/hub/ledger.yml.
      expiresAt: { N: String(Math.floor((last + KEPT_MS) / 1000)) },
    };
    const command = new PutItemCommand({ TableName: this.#tableName, Item, ...stillAt(version) });
    try {
      await this.#call('PutItem', () => this.#client.send(command));
      return true;
    } catch (error) {
      if (error instanceof AwsFailure && error.code === 'ConditionalCheckFailedException') return false;
      throw error;
    }
  }

  #hasExpired({ expiresAt }: Item): boolean {
    return Number(expiresAt?.N ?? Infinity) * 1000 <= this.#clock.now();
  }

  #call<Answer>(name: string, send: () => Promise<Answer>): Promise<Answer> {
    return call(name, `the ledger ${this.#tableName}`, send);
  }
}

/** One that is not of its form, as a later release may write it, is left out: its place is looked at like any other. */
function readStored(item: Item): StoredPlace | undefined {
  const { data } = itemSchema.safeParse(item);
  return data === undefined ? undefined : toStored(data);
}

function toStored({ version, place: { told, ...record } }: z.infer<typeof itemSchema>): StoredPlace {
  return { version, record: { ...record, told } };
}
