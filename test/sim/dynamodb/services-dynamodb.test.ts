import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { CreateTableCommand, DynamoDBClient, GetItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';

import { DynamoDbLedger } from '../../../shared/aws/dynamodb-ledger.ts';
import type { SimulatedAws } from '../../../sim/aws.ts';
import { NO_MEMORY } from '../../../shared/domain/memory/memory.ts';
import { VirtualClock } from '../../../sim/clock.ts';
import { AwsError } from '../../../sim/types.ts';
import { anEntry, aPeering, aRoute, AT, routes, SIDES } from '../../support/ledger.ts';
import { as, failureOf, HUB, MEMBER, newAws, REGION } from '../world/services-support.ts';

const template = readFileSync('deploy/hub/ledger.yml', 'utf8').replaceAll('${self:custom.name}', 'autopeer');
const TABLE = 'autopeer-ledger';

/** An AWS with the hub's table in one place or more. */
function withTable(places: readonly (readonly [accountId: string, region: string])[] = [[HUB, REGION]]) {
  const aws = newAws();
  for (const [accountId, region] of places) aws.deployMember({ template, accountId, region });
  return aws;
}

const ledgerOf = (aws: SimulatedAws, accountId = HUB, region = REGION): DynamoDbLedger =>
  new DynamoDbLedger(new DynamoDBClient({ maxAttempts: 3, ...as(aws, accountId, region) }), TABLE);

/** A client with the credentials of a role that may do no more than the statement says. */
async function asRole(aws: SimulatedAws, Action: string, Resource: string): Promise<DynamoDBClient> {
  const trust = { Effect: 'Allow', Principal: { AWS: HUB }, Action: 'sts:AssumeRole' };
  const role = aws.iam.createRole(HUB, 'reconcile', { Statement: trust });
  aws.iam.putRolePolicy(role.arn, 'inline', { Statement: { Effect: 'Allow', Action, Resource } });
  const assume = new AssumeRoleCommand({ RoleArn: role.arn, RoleSessionName: 'test' });
  const { Credentials } = await aws.clock.drive(new STSClient(as(aws, HUB)).send(assume));
  return new DynamoDBClient({
    ...as(aws, HUB),
    credentials: {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
    },
  });
}

describe('the shipped ledger on the table of the shipped template', () => {
  test('keeps claims, sides and history', async () => {
    const aws = withTable();
    const ledger = ledgerOf(aws);
    const id = aPeering();
    await aws.clock.drive(ledger.write(id, { claims: routes(3), sides: SIDES }));
    await aws.clock.drive(ledger.write(id, { disclaims: [aRoute(0)], told: 'held' }));
    for (const [at, verdict] of ['hold', 'connect'].entries()) {
      await aws.clock.drive(ledger.write(id, { entry: anEntry({ at, verdict }) }));
    }

    expect(await aws.clock.drive(ledger.read(id))).toEqual({
      ...NO_MEMORY,
      sides: SIDES,
      routes: [aRoute(1), aRoute(2)],
      told: 'held',
    });
    expect((await aws.clock.drive(ledger.history(id))).map(({ verdict }) => verdict)).toEqual([
      'hold',
      'connect',
    ]);
  });

  test('has one table in each account and region', async () => {
    const places = [
      [HUB, REGION],
      [MEMBER, REGION],
      [HUB, 'us-east-1'],
    ] as const;
    const aws = withTable(places);
    const id = aPeering();
    await aws.clock.drive(ledgerOf(aws).write(id, { claims: [aRoute()] }));

    const counts = places.map(async (place) => (await ledgerOf(aws, ...place).read(id)).routes.length);
    expect(await aws.clock.drive(Promise.all(counts))).toEqual([1, 0, 0]);
  });

  test('writes an entry once, when the answer to it was lost', async () => {
    const aws = withTable();
    const ledger = ledgerOf(aws);
    const id = aPeering();
    aws.faults.loseAnswer('dynamodb', 'BatchWriteItem');
    await aws.clock.drive(ledger.write(id, { entry: anEntry() }));

    expect(aws.calls.map(({ action }) => action)).toEqual(['BatchWriteItem', 'BatchWriteItem']);
    expect(await aws.clock.drive(ledger.history(id))).toHaveLength(1);
  });

  test('fails as a fault says', async () => {
    const aws = withTable();
    aws.faults.failNext('dynamodb', 'Query', new AwsError('AccessDeniedException', 'no'));

    expect((await failureOf(aws, ledgerOf(aws).read(aPeering()))).message).toBe(
      'Query in the ledger autopeer-ledger failed: AccessDeniedException',
    );
  });

  test('fails where the table is not', async () => {
    const aws = newAws();

    expect((await failureOf(aws, ledgerOf(aws).read(aPeering()))).message).toBe(
      'Query in the ledger autopeer-ledger failed: ResourceNotFoundException',
    );
  });
});

describe('permissions', () => {
  const tableArn = `arn:aws:dynamodb:${REGION}:${HUB}:table/${TABLE}`;
  const get = new GetItemCommand({ TableName: TABLE, Key: { pk: { S: 'a' }, sk: { S: 'b' } } });

  test('a role may do what its policy allows on the table', async () => {
    const aws = withTable();
    const client = await asRole(aws, 'dynamodb:GetItem', tableArn);

    expect((await aws.clock.drive(client.send(get))).Item).toBeUndefined();
  });

  test.each([
    ['another action', 'dynamodb:PutItem', tableArn],
    ['another table', 'dynamodb:GetItem', `${tableArn}-2`],
  ])('a role that may only use %s is refused', async (_what, action, resource) => {
    const aws = withTable();
    const client = await asRole(aws, action, resource);

    expect(await failureOf(aws, client.send(get))).toEqual({
      name: 'AccessDeniedException',
      message: `User: arn:aws:sts::${HUB}:assumed-role/reconcile/test is not authorized to perform: dynamodb:GetItem on resource: ${tableArn} because no identity-based policy allows the dynamodb:GetItem action`,
      httpStatus: 400,
    });
  });
});

describe('errors are DynamoDB’s own', () => {
  test('of a table that is not there', async () => {
    const aws = newAws();
    const scan = new DynamoDBClient(as(aws, HUB)).send(new ScanCommand({ TableName: TABLE }));

    expect(await failureOf(aws, scan)).toEqual({
      name: 'ResourceNotFoundException',
      message: 'Requested resource not found',
      httpStatus: 400,
    });
  });

  test('of a key that is not the table’s', async () => {
    const aws = withTable();
    const get = new GetItemCommand({ TableName: TABLE, Key: { pk: { S: 'a' } } });

    expect(await failureOf(aws, new DynamoDBClient(as(aws, HUB)).send(get))).toEqual({
      name: 'ValidationException',
      message: 'The provided key element does not match the schema',
      httpStatus: 400,
    });
    expect(aws.calls.at(-1)?.errorCode).toBe('ValidationException');
  });

  test('of an action that is not modelled: tables come from stacks', async () => {
    const aws = newAws();
    const command = new CreateTableCommand({
      TableName: TABLE,
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    });

    expect(await failureOf(aws, new DynamoDBClient(as(aws, HUB)).send(command))).toMatchObject({
      name: 'UnknownOperationException',
      message: 'The simulation does not model dynamodb:CreateTable.',
    });
  });
});

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('virtual time', () => {
  test('stands still while the engine works, which takes real time', async () => {
    const aws = withTable();
    const startMs = aws.clock.now();
    let isLater = false;
    aws.clock.schedule(1, () => {
      isLater = true;
    });
    const id = aPeering();
    await aws.clock.drive(ledgerOf(aws).write(id, { claims: routes(60) }));
    await aws.clock.drive(ledgerOf(aws).read(id));

    expect(isLater).toBe(false);
    expect(aws.clock.now()).toBe(startMs);
  });

  test('takes as long for a call as the simulation’s latency says', async () => {
    const aws = newAws({ latencyMs: 80 });
    aws.deployMember({ template, accountId: HUB, region: REGION });
    const startMs = aws.clock.now();
    await aws.clock.drive(ledgerOf(aws).read(aPeering()));

    expect(aws.clock.now() - startMs).toBe(80);
  });

  test('orders what happens at once the same way in each run, loaded or not', async () => {
    const run = async (): Promise<readonly string[]> => {
      const aws = withTable();
      const seen: string[] = [];
      const id = aPeering();
      const writer = async (name: string): Promise<void> => {
        for (let step = 0; step < 3; step++) {
          await ledgerOf(aws).write(id, { entry: anEntry({ at: AT, verdict: `${name}${step}` }) });
          seen.push(`${name} wrote ${step}`);
        }
      };
      const reader = async (): Promise<void> => {
        const ec2 = new EC2Client(as(aws, HUB));
        for (let step = 0; step < 20; step++) {
          await ec2.send(new DescribeVpcsCommand({}));
          await turn(); // as reading a body or a file takes
          seen.push(`read ${step}`);
        }
      };
      await aws.clock.drive(Promise.all([writer('one'), writer('two'), reader()]));
      const history = await aws.clock.drive(ledgerOf(aws).history(id));
      return [...seen, ...history.map(({ verdict }) => verdict)];
    };
    const first = await run();

    // The engine begins when all else of the instant has come to rest.
    expect(first.slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, step) => `read ${step}`));
    expect(first).toHaveLength(20 + 3 + 3 + 6);
    expect(await run()).toEqual(first);
  });

  test('does not wait for ever', async () => {
    const clock = new VirtualClock(0, { maxHeldTurns: 100 });
    void clock.hold(new Promise(() => undefined));

    await expect(clock.run()).rejects.toThrow('real work under the simulation does not end');
  });
});

test('the engine is not loaded before a call needs it', () => {
  const script = `
    import { _cache } from 'node:module';
    import { SimulatedAws } from './sim/aws.ts';
    const aws = new SimulatedAws({ seed: 1 });
    aws.deployMember({ template: ${JSON.stringify(template)}, accountId: '${HUB}', region: '${REGION}' });
    await aws.clock.run();
    console.log(Object.keys(_cache).filter((path) => path.includes('dynalite')).length);
  `;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });

  expect(stdout.trim()).toBe('0');
});
