import { ledgerTable } from '../../support/dynamodb-engine.ts';
import { anEntry, aPeering, aRoute, AT, startLedgerTable, type LedgerTable } from '../../support/ledger.ts';

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
