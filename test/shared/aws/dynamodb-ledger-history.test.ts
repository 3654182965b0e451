import { DynamoDbHistory } from '../../../shared/aws/dynamodb-history.ts';
import type { Page } from '../../../shared/reconcile/history-book.ts';
import { ledgerTable } from '../../support/dynamodb-engine.ts';
import { vpcId } from '../../support/ids.ts';
import {
  anEntry,
  aPeering,
  aRoute,
  AT,
  SIDES,
  startLedgerTable,
  type LedgerTable,
} from '../../support/ledger.ts';

let table: LedgerTable;
beforeAll(async () => {
  table = await startLedgerTable();
});
afterAll(() => table.close());

it('history is kept in the order of time, whatever the order of writing', async () => {
  const id = aPeering();
  const entries = [3, 1, 2].map((ms) => anEntry({ at: AT + ms }));
  for (const entry of entries) await table.ledger().write(id, { entry: entry });
  expect((await table.ledger().history(id)).map(({ at }) => at - AT)).toEqual([1, 2, 3]);
});

it('history gives back what was told, with and without a rule', async () => {
  const id = aPeering();
  const { rule: _rule, ...noRule } = anEntry({ at: AT + 1, verdict: 'hold', changes: [] });
  await table.ledger().write(id, { entry: anEntry() });
  await table.ledger().write(id, { entry: noRule });
  expect(await table.ledger().history(id)).toEqual([anEntry(), noRule]);
});

it('entries of one millisecond all stay', async () => {
  const id = aPeering();
  const verdicts = ['hold', 'connect', 'ignore'];
  for (const verdict of verdicts) await table.ledger().write(id, { entry: anEntry({ verdict }) });
  const history = await table.ledger().history(id);
  expect(new Set(history.map(({ verdict }) => verdict))).toEqual(new Set(verdicts));
});

it('what is planned and who caused it are in the history too', async () => {
  const id = aPeering();
  const entry = anEntry({
    planned: ['accept the peering'],
    by: 'CreateVpcPeeringConnection by arn:aws:iam::1:user/a',
  });
  await table.ledger().write(id, { entry });
  expect(await table.ledger().history(id)).toEqual([entry]);
});

it('an entry that is written again, because its answer was lost, is there once', async () => {
  const id = aPeering();
  await table.ledger().write(id, { entry: anEntry() });
  await table.ledger().write(id, { entry: anEntry() });
  expect(await table.ledger().history(id)).toHaveLength(1);
});

it('history is not read with the claims, nor the claims with it', async () => {
  const id = aPeering();
  await table.ledger().write(id, { entry: anEntry() });
  await table.ledger().write(id, { claims: [aRoute()] });
  expect((await table.ledger().read(id)).routes).toHaveLength(1);
  expect(await table.ledger().history(id)).toHaveLength(1);
});

it('history expires 400 days later, by the attribute that the template names', async () => {
  const id = aPeering();
  await table.ledger().write(id, { entry: anEntry() });
  const [item] = await table.stored(id);
  const { AttributeName } = ledgerTable().TimeToLiveSpecification;
  expect(item?.[AttributeName]).toEqual({ N: String(Date.UTC(2027, 1, 5) / 1000) });
});

it('an entry of thousands of steps keeps within what an item holds', async () => {
  const id = aPeering();
  const changes = Array.from(
    { length: 5000 },
    (_, index) => `wrote a route to table ${index} ${'.'.repeat(100)}`,
  );
  await table.ledger().write(id, { entry: anEntry({ changes }) });
  const [entry] = await table.ledger().history(id);
  expect(entry?.changes).toHaveLength(1001);
  expect(entry?.changes.at(-1)).toBe('and 4000 more');
});

it.each([{ entry: { S: '{' } }, { entry: { S: '{}' } }, { entry: { N: '1' } }])(
  'an entry that cannot be read is named: %j',
  async (attributes) => {
    const id = aPeering();
    await table.store(id, 'history#1767225600000#0000', attributes);
    await expect(table.ledger().history(id)).rejects.toThrow(`${id}, history#1767225600000#0000 is broken`);
  },
);

describe('for people, page by page,', () => {
  const DAY_MS = 86_400_000;
  const book = (now = AT + 365 * DAY_MS) =>
    new DynamoDbHistory(table.client(), table.name, { now: () => now });
  const SPAN = { since: AT - DAY_MS, until: AT + 365 * DAY_MS };
  const VPCS = [vpcId('vpc-11111111'), vpcId('vpc-22222222')];

  /** Every page of a list, until the last. */
  async function pages<Item>(read: (after: string | undefined) => Promise<Page<Item>>): Promise<Item[][]> {
    const all: Item[][] = [];
    let after: string | undefined;
    do {
      const page = await read(after);
      all.push([...page.items]);
      after = page.next;
    } while (after !== undefined && all.length < 20);
    return all;
  }

  it('a history of hundreds of entries comes whole, in order, and once', async () => {
    const id = aPeering();
    for (let ms = 0; ms < 205; ms += 1) await table.ledger().write(id, { entry: anEntry({ at: AT + ms }) });
    const read = await pages((after) => book().entriesOf(id, after));
    expect(read.map(({ length }) => length)).toEqual([100, 100, 5]);
    expect(read.flat().map(({ at }) => at - AT)).toEqual(Array.from({ length: 205 }, (_, ms) => ms));
    expect(await book().lastOf(id)).toMatchObject({ at: AT + 204 });
  });

  it('of what the ledger has never heard there is nothing', async () => {
    const id = aPeering();
    expect(await book().entriesOf(id)).toEqual({ items: [], next: undefined });
    expect(await book().lastOf(id)).toBeUndefined();
    expect(await book().sidesOf(id)).toBeUndefined();
    expect(await book().peeringsOf(vpcId('vpc-99999999'))).toEqual({ items: [], next: undefined });
  });

  it('the log has the entries of all peerings of a span by their time, across months', async () => {
    const since = AT + 700 * DAY_MS;
    const ids = Array.from({ length: 3 }, aPeering);
    // Some on each day of four months, written backwards.
    const days = Array.from({ length: 110 }, (_, day) => 109 - day);
    for (const day of days) {
      const id = ids[day % 3] ?? aPeering();
      await table.ledger().write(id, { entry: anEntry({ at: since + day * DAY_MS }), vpcs: VPCS });
    }
    const now = since + 200 * DAY_MS;
    const span = { since: since + 2 * DAY_MS, until: since + 107 * DAY_MS };
    const read = await pages((after) => book(now).log(span, after));
    expect(read.map(({ length }) => length)).toEqual([100, 5]);
    expect(read.flat().map(({ entry }) => (entry.at - since) / DAY_MS)).toEqual(
      Array.from({ length: 105 }, (_, index) => index + 2),
    );
    expect(read.flat().map(({ peeringId }) => peeringId)).toEqual(
      Array.from({ length: 105 }, (_, index) => ids[(index + 2) % 3]),
    );
  });

  it('the log ends a page early where entries are large', async () => {
    const since = AT + 1500 * DAY_MS;
    const changes = Array.from({ length: 900 }, (_, index) => `route ${index} ${'.'.repeat(300)}`);
    for (let ms = 0; ms < 9; ms += 1) {
      await table.ledger().write(aPeering(), { entry: anEntry({ at: since + ms, changes }) });
    }
    const read = await pages((after) => book(since + DAY_MS).log({ since, until: since + DAY_MS }, after));
    expect(read.map(({ length }) => length)).toEqual([3, 3, 3]);
    expect(read.flat().map(({ entry }) => entry.at - since)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('the log does without an entry that was never written, and without those of older releases', async () => {
    const at = AT + 2500 * DAY_MS;
    const [lost, old, kept] = [aPeering(), aPeering(), aPeering()];
    for (const id of [lost, old, kept])
      await table.ledger().write(id, { entry: anEntry({ at }), vpcs: VPCS });
    await table.drop(lost, `history#${at}#`);
    await table.dropLog(old);
    const { items } = await book(at + DAY_MS).log({ since: at, until: at + 1 });
    expect(items.map(({ peeringId }) => peeringId)).toEqual([kept]);
    expect((await book().entriesOf(old)).items).toHaveLength(1);
  });

  it('a VPC has its peerings once each, page by page, whatever their number', async () => {
    const vpc = vpcId('vpc-33333333');
    const ids = Array.from({ length: 30 }, aPeering);
    for (const id of ids) {
      for (const ms of [1, 2]) {
        await table
          .ledger()
          .write(id, { entry: anEntry({ at: AT + ms }), vpcs: [vpc, vpcId('vpc-44444444')], sides: SIDES });
      }
    }
    const read = await pages((after) => book().peeringsOf(vpc, after));
    expect(read.map(({ length }) => length)).toEqual([25, 5]);
    expect(read.flat()).toEqual(ids);
    expect((await book().peeringsOf(vpcId('vpc-44444444'))).items).toHaveLength(25);
    expect(await book().sidesOf(ids[0] ?? aPeering())).toEqual(SIDES);
  });

  it('what finds an entry costs the smallest write, and ends with it', async () => {
    const at = AT + 3500 * DAY_MS;
    const id = aPeering();
    await table.ledger().write(id, { entry: anEntry({ at }), vpcs: VPCS });
    const [item] = await table.logOf(id);
    expect(Object.keys(item ?? {}).toSorted()).toEqual(['expiresAt', 'pk', 'sk']);
    const [entry] = await table.stored(id);
    expect(item?.['expiresAt']).toEqual(entry?.['expiresAt']);
    // A write of up to 1 KB is one unit.
    expect(JSON.stringify(item).length).toBeLessThan(300);
  });

  it('more than is kept is not looked for', async () => {
    const span = { since: 0, until: SPAN.until };
    await expect(book().log(span)).resolves.toBeDefined();
    const { items } = await book(AT + 600 * DAY_MS).log({ since: 0, until: AT + 100 * DAY_MS });
    expect(items).toEqual([]);
  });
});
