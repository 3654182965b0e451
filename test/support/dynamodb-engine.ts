import { readFileSync } from 'node:fs';
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { parse } from 'yaml';
import * as z from 'zod';

/** A real engine with DynamoDB's API on the loopback interface. */
export interface DynamoDbEngine {
  client(): DynamoDBClient;
  close(): Promise<void>;
}

export async function startDynamoDb(): Promise<DynamoDbEngine> {
  const server = dynalite({ createTableMs: 0 });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = z.object({ port: z.int() }).parse(server.address());
  const clients: DynamoDBClient[] = [];
  return {
    client: () => {
      const client = new DynamoDBClient({
        endpoint: `http://127.0.0.1:${port}`,
        region: 'eu-west-1',
        maxAttempts: 1,
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      });
      clients.push(client);
      return client;
    },
    close: async () => {
      for (const client of clients) client.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

const tableSchema = z.object({
  KeySchema: z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) })),
  AttributeDefinitions: z.array(z.object({ AttributeName: z.string(), AttributeType: z.enum(['S']) })),
  BillingMode: z.literal('PAY_PER_REQUEST'),
  TimeToLiveSpecification: z.object({ AttributeName: z.string() }),
});

/** The properties of the table in the hub's template. */
export function ledgerTable(): z.infer<typeof tableSchema> {
  const template: unknown = parse(readFileSync('deploy/hub/ledger.yml', 'utf8'));
  const resource = z.object({ Properties: tableSchema });
  return z.object({ Resources: z.object({ Ledger: resource }) }).parse(template).Resources.Ledger.Properties;
}

/** Creates the hub's table under a name, and waits until it may be used. */
export async function createLedgerTable(client: DynamoDBClient, TableName: string): Promise<void> {
  const { KeySchema, AttributeDefinitions, BillingMode } = ledgerTable();
  await client.send(new CreateTableCommand({ TableName, KeySchema, AttributeDefinitions, BillingMode }));
  const describe = new DescribeTableCommand({ TableName });
  while ((await client.send(describe)).Table?.TableStatus !== 'ACTIVE');
}
