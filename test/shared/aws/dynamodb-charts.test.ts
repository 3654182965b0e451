import { DynamoDbCharts } from '../../../shared/aws/dynamodb-charts.ts';
import type { OrganizationChart } from '../../../shared/domain/facts/organization-chart.ts';
import { accountId, ouId, peeringId } from '../../support/ids.ts';
import { startLedgerTable, type LedgerTable } from '../../support/ledger.ts';

let table: LedgerTable;
beforeAll(async () => {
  table = await startLedgerTable();
});
afterAll(() => table.close());

const charts = () => new DynamoDbCharts(table.client(), table.name);
const ou = (number: number) => ouId(`ou-ab12-${String(number).padStart(8, '0')}`);

/** Accounts in so many OUs, three levels deep. */
const chartOfSize = (accounts: number, readAt = 1): OrganizationChart => ({
  readAt,
  accounts: new Map(
    Array.from({ length: accounts }, (_, index) => [
      // As AWS gives them out: no order that compresses well.
      accountId(String((index * 7_919_999_983) % 999_999_999_989).padStart(12, '0')),
      index === 0 ? [] : [ou(index % 500), ou(9_000_000 + (index % 20)), ou(99_000_000)],
    ]),
  ),
});

it('there is none before the first sweep', async () => {
  const fresh = await startLedgerTable();
  expect(await new DynamoDbCharts(fresh.client(), fresh.name).load()).toBeUndefined();
  await fresh.close();
});

it('comes back as it was saved, and the last one counts', async () => {
  await charts().save(chartOfSize(3, 1));
  await charts().save(chartOfSize(5, 2));
  expect(await charts().load()).toEqual(chartOfSize(5, 2));
});

it('of 20,000 accounts is within what an item holds', async () => {
  await charts().save(chartOfSize(20_000));
  expect((await charts().load())?.accounts.size).toBe(20_000);
});

it('is no peering’s', async () => {
  await charts().save(chartOfSize(3));
  expect((await table.ledger().read(peeringId('pcx-12345678'))).routes).toEqual([]);
});
