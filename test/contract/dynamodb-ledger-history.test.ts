import { ledgerTable } from '../support/dynamodb-engine.ts';
import { anEntry, aPeering, aRoute, AT, startLedgerTable, type LedgerTable } from '../support/ledger.ts';

let table: LedgerTable;
beforeAll(async () => {
  table = await startLedgerTable();
});
afterAll(() => table.close());

it('history is kept in the order of time, whatever the order of writing', async () => {
  const id = aPeering();
  const entries = [3, 1, 2].map((ms) => anEntry({ at: AT + ms }));
  for (const entry of entries) await table.ledger().append(id, entry);
  expect((await table.ledger().history(id)).map(({ at }) => at - AT)).toEqual([1, 2, 3]);
});

it('history gives back what was told, with and without a rule', async () => {
  const id = aPeering();
  const { rule: _rule, ...noRule } = anEntry({ at: AT + 1, verdict: 'hold', changes: [] });
  await table.ledger().append(id, anEntry());
  await table.ledger().append(id, noRule);
  expect(await table.ledger().history(id)).toEqual([anEntry(), noRule]);
});

it('entries of one millisecond all stay, in the order of writing', async () => {
  const id = aPeering();
  const verdicts = ['hold', 'connect', 'ignore'];
  for (const verdict of verdicts) await table.ledger().append(id, anEntry({ verdict }));
  expect((await table.ledger().history(id)).map(({ verdict }) => verdict)).toEqual(verdicts);
});

it('entries of two writers in one millisecond all stay', async () => {
  const id = aPeering();
  const writers = [table.ledger(), table.ledger(table.client())];
  const verdicts = ['a', 'b', 'c', 'd', 'e', 'f'];
  await Promise.all(
    writers.flatMap((writer) => verdicts.map((verdict) => writer.append(id, anEntry({ verdict })))),
  );
  expect((await table.ledger().history(id)).map(({ verdict }) => verdict).toSorted()).toEqual(verdicts);
});

it('an entry that is written again, because its answer was lost, is there once', async () => {
  const id = aPeering();
  await table.ledger().append(id, anEntry());
  await table.ledger().append(id, anEntry());
  expect(await table.ledger().history(id)).toHaveLength(1);
});

it('a millisecond with more entries than can be is a failure, and not an endless loop', async () => {
  const id = aPeering();
  for (let number = 0; number < 100; number++)
    await table.store(id, `history#${AT}#${String(number).padStart(4, '0')}`, {});
  await expect(table.ledger().append(id, anEntry())).rejects.toThrow(
    `${id} has 100 history entries of one millisecond`,
  );
});

it('history is not read with the claims, nor the claims with it', async () => {
  const id = aPeering();
  await table.ledger().append(id, anEntry());
  await table.ledger().confirm(id, [aRoute()]);
  expect((await table.ledger().read(id)).routes).toHaveLength(1);
  expect(await table.ledger().history(id)).toHaveLength(1);
});

it('history expires 400 days later, by the attribute that the template names', async () => {
  const id = aPeering();
  await table.ledger().append(id, anEntry());
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
  await table.ledger().append(id, anEntry({ changes }));
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
