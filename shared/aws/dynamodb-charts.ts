import { gunzipSync, gzipSync } from 'node:zlib';
import { GetItemCommand, PutItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { parseAccountId, parseOuId, type AccountId, type OuId } from '../domain/facts/ids.ts';
import type { OrganizationChart } from '../domain/facts/organization-chart.ts';
import type { Charts } from '../reconcile/charts.ts';
import { call } from './calls.ts';

/** One item, beside the peerings of the ledger's table. */
const KEY = { pk: { S: 'organization' }, sk: { S: 'chart' } };

const ouId = z.custom<OuId>((value) => parseOuId(value) === value);
const accountId = z.custom<AccountId>((value) => parseAccountId(value) === value);
const chartSchema = z.object({
  readAt: z.int(),
  /** Each distinct list of OUs, and the accounts under it. */
  paths: z.array(z.object({ ous: z.array(ouId), accounts: z.array(accountId) })),
});

/**
 * The chart in one item of the ledger's table, compressed: about six bytes an account, of the 400 KB that an item
 * holds.
 */
export class DynamoDbCharts implements Charts {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;

  constructor(client: DynamoDBClient, tableName: string) {
    this.#client = client;
    this.#tableName = tableName;
  }

  async save({ readAt, accounts }: OrganizationChart): Promise<void> {
    const byPath = Map.groupBy(accounts, ([, ous]) => ous.join('/'));
    const paths = [...byPath.values()].map((entries) => ({
      ous: entries[0]?.[1] ?? [],
      accounts: entries.map(([id]) => id),
    }));
    const chart = gzipSync(JSON.stringify({ readAt, paths }));
    const command = new PutItemCommand({ TableName: this.#tableName, Item: { ...KEY, chart: { B: chart } } });
    await this.#call('PutItem', () => this.#client.send(command));
  }

  /** @throws Error where the item is not of its form: who belongs to the organization must not be guessed */
  async load(): Promise<OrganizationChart | undefined> {
    const command = new GetItemCommand({ TableName: this.#tableName, Key: KEY });
    const { Item } = await this.#call('GetItem', () => this.#client.send(command));
    const bytes = Item?.['chart']?.B;
    if (bytes === undefined) return undefined;
    const json: unknown = JSON.parse(gunzipSync(bytes).toString());
    const { readAt, paths } = chartSchema.parse(json);
    const accounts = new Map(
      paths.flatMap((path) => path.accounts.map((id): [AccountId, readonly OuId[]] => [id, path.ous])),
    );
    return { readAt, accounts };
  }

  #call<Answer>(name: string, send: () => Promise<Answer>): Promise<Answer> {
    return call(name, `the ledger ${this.#tableName}`, send);
  }
}
