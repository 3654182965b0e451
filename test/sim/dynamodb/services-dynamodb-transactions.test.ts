import { readFileSync } from 'node:fs';
import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';

import type { SimulatedAws } from '../../../sim/aws.ts';
import { as, failureOf, HUB, newAws, REGION } from '../world/services-support.ts';

const template = readFileSync('deploy/hub/ledger.yml', 'utf8').replaceAll('${self:custom.name}', 'autopeer');
const TableName = 'autopeer-ledger';
const tableArn = `arn:aws:dynamodb:${REGION}:${HUB}:table/${TableName}`;

const keyOf = (sk: string) => ({ pk: { S: 'a' }, sk: { S: sk } });
const put = (sk: string, version: number): TransactWriteItem => ({
  Put: { TableName, Item: { ...keyOf(sk), version: { N: String(version) } } },
});
const putIf = (sk: string, version: number): TransactWriteItem => ({
  Put: {
    TableName,
    Item: { ...keyOf(sk), version: { N: String(version + 1) } },
    ConditionExpression: 'version = :version',
    ExpressionAttributeValues: { ':version': { N: String(version) } },
  },
});
const checkNone = (sk: string): TransactWriteItem => ({
  ConditionCheck: { TableName, Key: keyOf(sk), ConditionExpression: 'attribute_not_exists(pk)' },
});
const transaction = (...TransactItems: TransactWriteItem[]) =>
  new TransactWriteItemsCommand({ TransactItems });

async function versions(aws: SimulatedAws, client: DynamoDBClient, ...keys: string[]) {
  const answers = keys.map((sk) => client.send(new GetItemCommand({ TableName, Key: keyOf(sk) })));
  return (await aws.clock.drive(Promise.all(answers))).map(({ Item }) => Item?.['version']?.N);
}

describe.each(['http', 'direct'] as const)('over the wire %s', (wire) => {
  function withTable() {
    const aws = newAws({ wire });
    aws.deployMember({ template, accountId: HUB, region: REGION });
    return { aws, client: new DynamoDBClient({ ...as(aws, HUB), maxAttempts: 3 }) };
  }

  test('a transaction writes all', async () => {
    const { aws, client } = withTable();
    await aws.clock.drive(client.send(transaction(put('one', 1), put('two', 1), checkNone('three'))));
    const update = {
      TableName,
      Key: keyOf('one'),
      UpdateExpression: 'ADD version :one',
      ExpressionAttributeValues: { ':one': { N: '1' } },
    };
    const remove = { TableName, Key: keyOf('two') };
    await aws.clock.drive(client.send(transaction({ Update: update }, { Delete: remove })));

    expect(await versions(aws, client, 'one', 'two', 'three')).toEqual(['2', undefined, undefined]);
  });

  test('or nothing, and says which condition does not hold', async () => {
    const { aws, client } = withTable();
    await aws.clock.drive(client.send(transaction(put('one', 1), put('two', 1), put('three', 1))));
    const failure = client.send(transaction(putIf('one', 1), putIf('two', 2), checkNone('three')));

    await expect(aws.clock.drive(failure)).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      message:
        'Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed, ConditionalCheckFailed]',
      CancellationReasons: [
        { Code: 'None' },
        { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' },
        { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' },
      ],
    });
    expect(await versions(aws, client, 'one', 'two')).toEqual(['1', '1']);
  });

  test('of two at once on the same version one is done', async () => {
    const { aws, client } = withTable();
    await aws.clock.drive(client.send(transaction(put('one', 1), put('two', 1))));
    const both = [1, 2].map(() => client.send(transaction(putIf('one', 1), putIf('two', 1))));
    const results = await aws.clock.drive(Promise.allSettled(both));

    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await versions(aws, client, 'one', 'two')).toEqual(['2', '2']);
  });

  test('a single write says so where its condition does not hold', async () => {
    const { aws, client } = withTable();
    const { Put } = putIf('one', 1);

    expect(await failureOf(aws, client.send(new PutItemCommand(Put ?? { TableName, Item: {} })))).toEqual({
      name: 'ConditionalCheckFailedException',
      message: 'The conditional request failed',
      httpStatus: 400,
    });
  });

  test.each<[string, readonly TransactWriteItem[], string]>([
    ['two actions on one item', [put('one', 1), checkNone('one')], 'multiple operations on one item'],
    ['an item of two actions', [{ ...put('one', 1), ...checkNone('two') }], 'only contain one of'],
    ['an item of no action', [{}], 'only contain one of'],
    ['no items', [], '1 to 100 actions'],
    ['too many', Array.from({ length: 101 }, (_, index) => put(String(index), 1)), '1 to 100 actions'],
    [
      'an expression that is none',
      [put('one', 1), { ConditionCheck: { TableName, Key: keyOf('two'), ConditionExpression: 'so so' } }],
      'Invalid ConditionExpression',
    ],
    ['a key that is not the table’s', [{ Delete: { TableName, Key: { pk: { S: 'a' } } } }], 'key'],
  ])('%s is refused, and nothing is written', async (_what, items, message) => {
    const { aws, client } = withTable();
    const failure = await failureOf(aws, client.send(transaction(...items)));

    expect(failure).toMatchObject({ name: 'ValidationException', httpStatus: 400 });
    expect(failure.message).toContain(message);
    expect(await versions(aws, client, 'one')).toEqual([undefined]);
  });

  test('a table that is not there', async () => {
    const aws = newAws({ wire });
    const client = new DynamoDBClient(as(aws, HUB));

    expect(await failureOf(aws, client.send(transaction(put('one', 1))))).toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});

const one = (token: string, version: number) =>
  new TransactWriteItemsCommand({ TransactItems: [putIf('one', version)], ClientRequestToken: token });

function withOne() {
  const aws = newAws();
  aws.deployMember({ template, accountId: HUB, region: REGION });
  const client = new DynamoDBClient({ ...as(aws, HUB), maxAttempts: 3 });
  return { aws, client, start: () => aws.clock.drive(client.send(transaction(put('one', 1)))) };
}

describe('a token', () => {
  test('makes a transaction one, which the SDK sends again after its answer was lost', async () => {
    const { aws, client, start } = withOne();
    await start();
    aws.faults.loseAnswer('dynamodb', 'TransactWriteItems');
    await aws.clock.drive(client.send(transaction(putIf('one', 1))));

    expect(aws.calls.filter(({ action }) => action === 'TransactWriteItems')).toHaveLength(3);
    expect(await versions(aws, client, 'one')).toEqual(['2']);
  });

  test('is for one transaction only, for ten minutes', async () => {
    const { aws, client, start } = withOne();
    await start();
    await aws.clock.drive(client.send(one('a', 1)));
    expect(await failureOf(aws, client.send(one('a', 2)))).toMatchObject({
      name: 'IdempotentParameterMismatchException',
    });
    await aws.clock.run(aws.clock.now() + 10 * 60_000);
    await aws.clock.drive(client.send(one('a', 2)));

    expect(await versions(aws, client, 'one')).toEqual(['3']);
  });
});

describe('permissions', () => {
  async function asRole(aws: SimulatedAws, Action: readonly string[], Condition = {}) {
    const trust = { Effect: 'Allow', Principal: { AWS: HUB }, Action: 'sts:AssumeRole' };
    const role = aws.iam.createRole(HUB, 'reconcile', { Statement: trust });
    const statement = { Effect: 'Allow', Action, Resource: tableArn, Condition };
    aws.iam.putRolePolicy(role.arn, 'inline', { Statement: statement });
    const assume = new AssumeRoleCommand({ RoleArn: role.arn, RoleSessionName: 'test' });
    const { Credentials } = await aws.clock.drive(new STSClient(as(aws, HUB)).send(assume));
    const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '' } = Credentials ?? {};
    return new DynamoDBClient({ ...as(aws, HUB), credentials: { accessKeyId, secretAccessKey } });
  }
  const work = transaction(put('one', 1), checkNone('two'));
  const leading = (...keys: string[]) => ({ 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': keys } });

  test.each([
    ['dynamodb:ConditionCheckItem', ['dynamodb:PutItem', 'dynamodb:TransactWriteItems'], {}],
    ['dynamodb:PutItem', ['dynamodb:ConditionCheckItem', 'dynamodb:UpdateItem'], {}],
    ['dynamodb:PutItem', ['dynamodb:PutItem', 'dynamodb:ConditionCheckItem'], leading('b')],
  ])('each action needs its own: %s', async (missing, actions, condition) => {
    const { aws } = withOne();
    const client = await asRole(aws, actions, condition);

    const { name, message } = await failureOf(aws, client.send(work));
    expect(name).toBe('AccessDeniedException');
    expect(message).toContain(`not authorized to perform: ${missing} on resource: ${tableArn}`);
  });

  test('and no other', async () => {
    const { aws } = withOne();
    const client = await asRole(aws, ['dynamodb:PutItem', 'dynamodb:ConditionCheckItem'], leading('a'));

    await expect(aws.clock.drive(client.send(work))).resolves.toBeDefined();
  });
});
