import {
  DeleteItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  type AttributeValue,
} from '@aws-sdk/client-dynamodb';
import { DynamoDbLedger } from '../../shared/aws/dynamodb-ledger.ts';
import type { PeeringId } from '../../shared/domain/facts/ids.ts';
import type { HistoryEntry, LedgerRoute } from '../../shared/domain/memory/memory.ts';
import { createLedgerTable, startDynamoDb } from './dynamodb-engine.ts';
import { accountId, cidr, peeringId, region, routeTableId, vpcId } from './ids.ts';

const TABLE = 'autopeer-test-ledger';

type Item = Record<string, AttributeValue>;

/** The hub's table on a real engine, and ledgers on it. */
export async function startLedgerTable() {
  const engine = await startDynamoDb();
  const client = engine.client();
  await createLedgerTable(client, TABLE);
  const scan = async (): Promise<readonly Item[]> => {
    const items: Item[] = [];
    let ExclusiveStartKey: Item | undefined;
    do {
      const answer = await client.send(new ScanCommand({ TableName: TABLE, ExclusiveStartKey }));
      items.push(...(answer.Items ?? []));
      ExclusiveStartKey = answer.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
    return items;
  };
  const remove = async ({ pk, sk }: Item): Promise<void> => {
    if (pk === undefined || sk === undefined) return;
    await client.send(new DeleteItemCommand({ TableName: TABLE, Key: { pk, sk } }));
  };
  const logOf = async (id: PeeringId): Promise<readonly Item[]> =>
    (await scan()).filter(({ pk, sk }) => pk?.S?.startsWith('log#') === true && sk?.S?.includes(id) === true);
  return {
    name: TABLE,
    /** The items by which the entries of a peering are found. */
    logOf,
    /** Takes those away. */
    dropLog: async (id: PeeringId): Promise<void> => {
      for (const item of await logOf(id)) await remove(item);
    },
    /** Takes away what begins so. */
    drop: async (id: PeeringId, prefix: string): Promise<void> => {
      for (const item of await scan()) {
        if (item['pk']?.S === `peering#${id}` && item['sk']?.S?.startsWith(prefix) === true)
          await remove(item);
      }
    },
    /** Another client of the table, with connections of its own. */
    client: () => engine.client(),
    close: () => engine.close(),
    ledger: (on = client) => new DynamoDbLedger(on, TABLE),
    /** Every item of a peering, as it is stored. */
    stored: async (id: PeeringId): Promise<readonly Item[]> => {
      const KeyConditionExpression = 'pk = :pk';
      const ExpressionAttributeValues = { ':pk': { S: `peering#${id}` } };
      const command = new QueryCommand({
        TableName: TABLE,
        KeyConditionExpression,
        ExpressionAttributeValues,
      });
      return (await client.send(command)).Items ?? [];
    },
    /** Stores an item that the ledger may not know how to write. */
    store: async (id: PeeringId, sk: string, attributes: Item): Promise<void> => {
      const Item = { pk: { S: `peering#${id}` }, sk: { S: sk }, ...attributes };
      await client.send(new PutItemCommand({ TableName: TABLE, Item }));
    },
  };
}

export type LedgerTable = Awaited<ReturnType<typeof startLedgerTable>>;

let peerings = 0;
/** A peering that the ledger has never heard of, so that tests share the table and nothing else. */
export const aPeering = (): PeeringId => peeringId(`pcx-${(++peerings).toString(16).padStart(17, '0')}`);

export const aRoute = (number = 0, overrides: Partial<LedgerRoute> = {}): LedgerRoute => ({
  accountId: accountId('111111111111'),
  region: region('eu-west-1'),
  routeTableId: routeTableId(`rtb-${number.toString(16).padStart(17, '0')}`),
  destination: cidr('10.2.0.0/16'),
  ...overrides,
});

export const routes = (count: number): readonly LedgerRoute[] =>
  Array.from({ length: count }, (_, index) => aRoute(index));

export const AT = Date.UTC(2026, 0, 1);

export const anEntry = (overrides: Partial<HistoryEntry> = {}): HistoryEntry => ({
  at: AT,
  verdict: 'connect',
  rule: 'apps-to-shared',
  reason: { code: 'rule-allows', text: 'Rule apps-to-shared allows it.' },
  policyVersion: 'sha256:1234',
  changes: ['accepted the peering'],
  ...overrides,
});

export const SIDES = {
  requester: {
    accountId: accountId('111111111111'),
    region: region('eu-west-1'),
    vpcId: vpcId('vpc-11111111'),
  },
  accepter: {
    accountId: accountId('222222222222'),
    region: region('us-east-1'),
    vpcId: vpcId('vpc-22222222'),
  },
};
