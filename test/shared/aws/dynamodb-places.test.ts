import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDbPlaces } from '../../../shared/aws/dynamodb-places.ts';
import type { PlaceRecord } from '../../../shared/domain/memory/place-record.ts';
import { RememberedPlaces } from '../../../shared/reconcile/places.ts';
import { accountId, peeringId, region } from '../../support/ids.ts';
import { startLedgerTable, type LedgerTable } from '../../support/ledger.ts';

const DAY = 24 * 60 * 60 * 1000;
const START = Date.UTC(2026, 0, 1);

let table: LedgerTable;
beforeEach(async () => {
  table = await startLedgerTable();
});
afterEach(() => table.close());

let now = START;
const clock = { now: () => now, sleep: async () => undefined };
beforeEach(() => {
  now = START;
});
const book = () => new DynamoDbPlaces(table.client(), table.name, clock);
const aPlace = (index = 0) => ({
  accountId: accountId(String(200_000_000_000 + index)),
  region: region('eu-west-1'),
});
const DENIED = {
  kind: 'no-access',
  code: 'UnauthorizedOperation',
  call: 'DescribeVpcs',
  reason: 'x',
} as const;
const aRecord = (overrides: Partial<PlaceRecord> = {}): PlaceRecord => ({
  place: aPlace(),
  state: DENIED,
  since: START,
  lookedAt: START,
  told: undefined,
  ...overrides,
});

it('nothing is known at first', async () => {
  expect(await book().list()).toEqual([]);
  expect(await book().read(aPlace())).toBeUndefined();
});

it.each([
  aRecord(),
  aRecord({ told: 'no-access' }),
  aRecord({ state: { kind: 'no-member-role', code: 'AccessDenied', reason: 'no role' } }),
  aRecord({ state: { kind: 'ok' }, told: 'no-member-role' }),
])('a record comes back as it was stored: %j', async (record) => {
  expect(await book().store(0, record)).toBe(true);
  expect(await book().read(record.place)).toEqual({ version: 1, record });
  expect(await book().list()).toEqual([{ version: 1, record }]);
});

it('of two writers of the same version one gets through', async () => {
  expect(await book().store(0, aRecord())).toBe(true);
  expect(await book().store(0, aRecord({ told: 'no-access' }))).toBe(false);
  expect(await book().store(1, aRecord({ told: 'no-access' }))).toBe(true);
  expect(await book().list()).toEqual([{ version: 2, record: aRecord({ told: 'no-access' }) }]);
});

it('a list of many pages is whole', async () => {
  const reason = 'x'.repeat(20_000);
  for (let index = 0; index < 60; index++) {
    await book().store(0, aRecord({ place: aPlace(index), state: { ...DENIED, reason } }));
  }
  expect(await book().list()).toHaveLength(60);
});

it('what nobody looks at any more is forgotten after a month', async () => {
  await book().store(0, aRecord());
  now += 29 * DAY;
  expect(await book().list()).toHaveLength(1);
  now += DAY;
  expect(await book().list()).toEqual([]);
});

it('an item that a later release may have written is left out, and the others are there', async () => {
  await book().store(0, aRecord());
  const Item = {
    pk: { S: 'places' },
    sk: { S: 'place#newer' },
    version: { N: '1' },
    place: { S: '{"v":2}' },
  };
  await table.client().send(new PutItemCommand({ TableName: table.name, Item }));
  expect(await book().list()).toHaveLength(1);
});

it('is no peering’s', async () => {
  await book().store(0, aRecord());
  expect((await table.ledger().read(peeringId('pcx-12345678'))).routes).toEqual([]);
});

describe('what a warm function remembers', () => {
  it('sees within a minute what another one has written, and at once that a place is well', async () => {
    const [one, other] = [new RememberedPlaces(book(), clock), new RememberedPlaces(book(), clock)];
    await one.remember(aPlace(), { kind: 'no-member-role', code: 'AccessDenied', reason: 'no role' });
    now += 20 * 60_000;
    expect(await other.denialAt(aPlace())).toMatchObject({ kind: 'no-member-role' });
    expect(await other.withoutRole(aPlace().accountId)).toEqual([aPlace()]);
    expect(await one.remember(aPlace(), { kind: 'ok' })).toBe('restored');
    expect(await other.denialAt(aPlace())).toBeUndefined();
    expect(await one.remember(aPlace(), { kind: 'ok' })).toBe('noted');
  });
});
