import type { AttributeValue, TransactWriteItem, WriteRequest } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';

import { DynamoDbEngine, type TableEngine } from '../../../sim/dynamodb/dynamodb-engine.ts';
import { DynamoDbMemory } from '../../../sim/dynamodb/dynamodb-memory.ts';
import { TransactingEngine } from '../../../sim/dynamodb/dynamodb-transactions.ts';
import { AwsError } from '../../../sim/types.ts';

const TableName = 'ledger';
const TABLE = {
  TableName,
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
  ],
};

type Call = readonly [action: string, input: object];
type Item = Record<string, AttributeValue>;

// Few, so that they meet; some are wrong.
const partition = fc.constantFrom('a', 'b');
const ascii = fc.constantFrom('history#1', 'history#2', 'route#1', 'route#10', 'told');
const sort = fc.oneof(ascii, fc.constantFrom('route#é', 'route#\u{ffee}', 'route#\u{1f600}'));
const rightKey = fc
  .record({ pk: partition, sk: sort })
  .map(({ pk, sk }): Item => ({ pk: { S: pk }, sk: { S: sk } }));
const wrongKey = fc.constantFrom<Item>(
  {},
  { pk: { S: 'a' } },
  { sk: { S: 'told' } },
  { pk: { S: '' }, sk: { S: 'told' } },
  { pk: { S: 'a' }, sk: { N: '1' } },
);
const key = fc.oneof({ weight: 9, arbitrary: rightKey }, wrongKey);
const rest = fc.constantFrom<Item>(
  {},
  { text: { S: 'x' } },
  { bytes: { B: new Uint8Array([0, 255]) }, count: { N: '7' } },
  { side: { M: { accountId: { S: '1' }, tags: { L: [{ BOOL: true }] } } } },
);
const item = fc.tuple(key, rest).map(([keys, others]): Item => ({ ...keys, ...others }));
const write = fc.oneof(
  item.map((Item): WriteRequest => ({ PutRequest: { Item } })),
  key.map((Key): WriteRequest => ({ DeleteRequest: { Key } })),
);

interface Condition {
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeValues?: Item;
  readonly ExpressionAttributeNames?: Record<string, string>;
}
const ofCount = { ExpressionAttributeNames: { '#count': 'count' } };
const condition = fc.constantFrom<Condition>(
  {},
  { ConditionExpression: 'attribute_not_exists(pk)' },
  { ConditionExpression: 'attribute_exists(bytes)' },
  { ConditionExpression: '#count = :n', ExpressionAttributeValues: { ':n': { N: '7.0' } }, ...ofCount },
  {
    ConditionExpression: 'attribute_not_exists(pk) OR #count > :n',
    ExpressionAttributeValues: { ':n': { N: '10' } },
    ...ofCount,
  },
  { ConditionExpression: 'bytes = :b', ExpressionAttributeValues: { ':b': { B: new Uint8Array([0, 255]) } } },
  { ConditionExpression: 'this is none' },
  { ConditionExpression: 'size(bytes) < :none' },
);
const increment = {
  UpdateExpression: 'ADD #count :one REMOVE bytes',
  ExpressionAttributeValues: { ':one': { N: '1' } },
};
const update = fc.constantFrom(
  { ...increment, ...ofCount },
  { ...increment, ...ofCount, ConditionExpression: 'attribute_exists(pk) AND NOT #count = :one' },
  { UpdateExpression: 'SET side.M = :one', ExpressionAttributeValues: { ':one': { N: '1' } } },
  { UpdateExpression: 'SET pk = :one', ExpressionAttributeValues: { ':one': { S: 'b' } } },
);
const conditionalPut = fc.tuple(item, condition).map(([Item, rest]) => ({ TableName, Item, ...rest }));
const conditionalDelete = fc.tuple(key, condition).map(([Key, rest]) => ({ TableName, Key, ...rest }));
const updating = fc.tuple(key, update).map(([Key, rest]) => ({ TableName, Key, ...rest }));
// Its members are required; the wire refuses a request without them before an engine sees it.
const part = fc.oneof(
  conditionalPut.map((Put): TransactWriteItem => ({ Put })),
  conditionalDelete.map((Delete): TransactWriteItem => ({ Delete })),
  conditionalDelete
    .filter(({ ConditionExpression }) => ConditionExpression !== undefined)
    .map(({ ConditionExpression = '', ...rest }): TransactWriteItem => ({
      ConditionCheck: { ...rest, ConditionExpression },
    })),
  updating.map((Update): TransactWriteItem => ({ Update })),
);

const call: fc.Arbitrary<Call> = fc.oneof(
  conditionalPut.map((input): Call => ['PutItem', input]),
  conditionalDelete.map((input): Call => ['DeleteItem', { ...input, ReturnValues: 'ALL_OLD' }]),
  updating.map((input): Call => ['UpdateItem', { ...input, ReturnValues: 'ALL_NEW' }]),
  fc
    .array(part, { minLength: 1, maxLength: 3 })
    .map((TransactItems): Call => ['TransactWriteItems', { TransactItems }]),
  key.map((Key): Call => ['GetItem', { TableName, Key, ConsistentRead: true }]),
  item.map((Item): Call => ['PutItem', { TableName, Item }]),
  fc.oneof(key, item).map((Key): Call => ['DeleteItem', { TableName, Key }]),
  fc
    .array(write, { minLength: 1, maxLength: 4 })
    .map((writes): Call => ['BatchWriteItem', { RequestItems: { [TableName]: writes } }]),
  fc
    .tuple(partition, ascii, ascii) // dynalite orders the bounds themselves as JavaScript does
    .map(([pk, from, to]) => query('sk BETWEEN :from AND :to', { ':pk': pk, ':from': from, ':to': to })),
  fc
    .tuple(partition, fc.oneof(sort, fc.constantFrom('history#', 'route#')))
    .map(([pk, prefix]) => query('begins_with(sk, :prefix)', { ':pk': pk, ':prefix': prefix })),
  fc
    .record({
      pk: partition,
      after: fc.option(ascii),
      Limit: fc.integer({ min: 1, max: 3 }),
      isForward: fc.boolean(),
    })
    .map(({ pk, after, Limit, isForward }) => {
      const bounds = { ':pk': pk, ':from': 'history#1', ':to': 'told' };
      const ExclusiveStartKey =
        after === null ? {} : { ExclusiveStartKey: { pk: { S: pk }, sk: { S: after } } };
      const paged = { Limit, ScanIndexForward: isForward, ...ExclusiveStartKey };
      return query('sk BETWEEN :from AND :to', bounds, paged);
    }),
);

function query(range: string, texts: Readonly<Record<string, string>>, more: object = {}): Call {
  const values = Object.entries(texts).map(([name, S]) => [name, { S }]);
  const ExpressionAttributeValues: unknown = Object.fromEntries(values);
  const KeyConditionExpression = `pk = :pk AND ${range}`;
  return ['Query', { TableName, KeyConditionExpression, ExpressionAttributeValues, ...more }];
}

/** What an engine says to each call: an answer, or an error. */
async function answersOf(tables: TableEngine, calls: readonly Call[]): Promise<readonly unknown[]> {
  const engine = new TransactingEngine(tables);
  engine.addTable(TABLE);
  const answers: unknown[] = [];
  for (const [action, input] of calls) {
    answers.push(
      await engine.run(action, input).catch((error: unknown) => {
        if (error instanceof AwsError) return { code: error.code, ...error.details };
        throw error;
      }),
    );
  }
  return answers;
}

test('the tables of the direct wire answer as dynalite does', async () => {
  const sameAnswers = fc.asyncProperty(fc.array(call, { maxLength: 20 }), async (calls) => {
    expect(await answersOf(new DynamoDbMemory(), calls)).toEqual(
      await answersOf(new DynamoDbEngine(), calls),
    );
  });
  await fc.assert(sameAnswers, { numRuns: 100 });
});

test.each([true, false])('pages come as dynalite’s do, forward: %s', async (ScanIndexForward) => {
  const puts = ['1', '2', '3', '4'].map((sk): Call => [
    'PutItem',
    { TableName, Item: { pk: { S: 'a' }, sk: { S: sk } } },
  ]);
  const starts = [undefined, '1', '2', '3', '4'];
  const pages = starts.flatMap((sk) =>
    [1, 2, 4, 5].map((Limit) => {
      const start = sk === undefined ? {} : { ExclusiveStartKey: { pk: { S: 'a' }, sk: { S: sk } } };
      const bounds = { ':pk': 'a', ':from': '1', ':to': '4' };
      return query('sk BETWEEN :from AND :to', bounds, { Limit, ScanIndexForward, ...start });
    }),
  );
  const calls = [...puts, ...pages];
  expect(await answersOf(new DynamoDbMemory(), calls)).toEqual(await answersOf(new DynamoDbEngine(), calls));
});

test('items sort by UTF-8, as dynalite does', async () => {
  const puts = ['\u{1f600}', '\u{ffee}', 'é', 'z'].map((sk): Call => [
    'PutItem',
    { TableName, Item: { pk: { S: 'a' }, sk: { S: `route#${sk}` } } },
  ]);
  const calls = [...puts, query('begins_with(sk, :prefix)', { ':pk': 'a', ':prefix': 'route#' })];
  expect(await answersOf(new DynamoDbMemory(), calls)).toEqual(await answersOf(new DynamoDbEngine(), calls));
});

test('a batch of more than 25 is refused, as dynalite does', async () => {
  const writes = Array.from({ length: 26 }, (_, index): WriteRequest => ({
    PutRequest: { Item: { pk: { S: 'a' }, sk: { S: String(index) } } },
  }));
  const calls: Call[] = [['BatchWriteItem', { RequestItems: { [TableName]: writes } }]];
  expect(await answersOf(new DynamoDbMemory(), calls)).toEqual(await answersOf(new DynamoDbEngine(), calls));
});

test.each<[string, object]>([
  ['Scan', { TableName }],
  ['Query', { TableName, KeyConditionExpression: 'pk = :pk' }],
  ['Query', { TableName, KeyConditionExpression: 'pk = :pk', IndexName: 'by-time' }],
])('what is not modelled ends the run: %s %j', async (action, input) => {
  await expect(answersOf(new DynamoDbMemory(), [[action, input]])).rejects.toThrow(
    'not modelled on the direct wire',
  );
});
