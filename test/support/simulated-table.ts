import { readFileSync } from 'node:fs';
import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type AttributeValue,
} from '@aws-sdk/client-dynamodb';
import { SimulatedAws } from '../../sim/aws.ts';

const ACCOUNT = '999988887777';
const REGION = 'eu-west-1';
const TABLE = 'autopeer-ledger';

type Item = Record<string, AttributeValue>;

/** The wires of the simulation, and with them its two engines of DynamoDB. */
export const WIRES = ['http', 'direct'] as const;

/** The hub's table in a simulated AWS, whose clock is the stores'. */
export function simulatedTable(wire: (typeof WIRES)[number]) {
  const template = readFileSync('deploy/hub/ledger.yml', 'utf8').replaceAll(
    '${self:custom.name}',
    'autopeer',
  );
  const aws = new SimulatedAws({ seed: 1, wire });
  aws.deployMember({ template, accountId: ACCOUNT, region: REGION });
  const client = new DynamoDBClient({ region: REGION, ...aws.client(ACCOUNT), maxAttempts: 3 });
  const clock = { now: () => aws.clock.now(), sleep: (ms: number) => aws.clock.sleep(ms) };
  const drive = <Result>(work: Promise<Result>): Promise<Result> => aws.clock.drive(work);
  return {
    aws,
    client,
    clock,
    drive,
    name: TABLE,
    /** Lets virtual time pass. */
    pass: (ms: number) => aws.clock.run(aws.clock.now() + ms),
    /** Calls of this action so far. */
    count: (action: string) => aws.calls.filter((call) => call.action === action).length,
    item: async (pk: string, sk: string): Promise<Item | undefined> => {
      const command = new GetItemCommand({ TableName: TABLE, Key: { pk: { S: pk }, sk: { S: sk } } });
      return (await drive(client.send(command))).Item;
    },
    store: (Item: Item) => drive(client.send(new PutItemCommand({ TableName: TABLE, Item }))),
  };
}
