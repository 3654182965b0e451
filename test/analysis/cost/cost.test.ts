import { readFileSync } from 'node:fs';
import { billOf, totalOf, type Usage } from '../../../analysis/cost/bill.ts';
import { HUB_PARTS } from '../../../analysis/cost/hub-parts.ts';
import { readHubTemplate } from '../../../sim/world/packaged-template.ts';
import { runCli } from '../../support/run-cli.ts';

const USAGE: Usage = {
  accounts: 100,
  regions: 2,
  peerings: 50,
  sweepMinutes: 60,
  changesADay: 5,
  gigabytes: 100,
  across: 'zones',
};
const own = (usage: Partial<Usage>): number => totalOf(billOf({ ...USAGE, ...usage }, HUB_PARTS).own);
const transfer = (usage: Partial<Usage>): number =>
  totalOf(billOf({ ...USAGE, ...usage }, HUB_PARTS).transfer);

it('the parts that always cost something are those of the template', () => {
  const template = readHubTemplate();
  const count = (word: string): number => template.split(`"${word}"`).length - 1;
  expect(HUB_PARTS).toEqual({
    queues: count('AWS::Lambda::EventSourceMapping'),
    // An alarm of several metrics reads each.
    alarms: count('AWS::CloudWatch::Alarm') + count('ReturnData') - count('Expression'),
  });
});

it('more accounts, regions, sweeps and changes cost more; peerings and their traffic are the transfer', () => {
  expect(own({ accounts: 1000 })).toBeGreaterThan(own({}));
  expect(own({ regions: 4 })).toBeGreaterThan(own({}));
  expect(own({ sweepMinutes: 15 })).toBeGreaterThan(own({}));
  expect(own({ changesADay: 50 })).toBeGreaterThan(own({}));
  expect(own({ gigabytes: 10_000 })).toBe(own({}));
  expect(transfer({ across: 'zone' })).toBe(0);
  expect(transfer({})).toBeCloseTo(50 * 100 * 0.02);
  expect(transfer({ peerings: 100 })).toBeCloseTo(100 * 100 * 0.02);
});

it('an empty organization costs what runs while nothing happens', () => {
  const idle = billOf({ ...USAGE, accounts: 0, peerings: 0 }, HUB_PARTS).own.filter(({ usd }) => usd > 0.01);
  expect(idle.map(({ what }) => what)).toEqual([
    'polls of queues, also of empty ones',
    'metrics',
    'alarms',
    'dashboard',
  ]);
});

describe('autopeer cost', () => {
  it('prints each line with its quantity and price, and the sums', async () => {
    const { exitCode, stdout } = await runCli(['cost', '--accounts', '100', '--regions', '2']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('100 accounts in 2 regions, 50 peerings, a sweep every 60 minutes');
    expect(stdout).toMatch(/autopeer itself .* \d+\.\d\d/);
    expect(stdout).toMatch(/transfer, the same without autopeer .* 100\.00/);
  });

  it('takes the counts of a snapshot', async () => {
    const files = { 'o.json': readFileSync('docs/sample/organization.json', 'utf8') };
    const { json } = await runCli(['cost', '--org', 'o.json', '--json'], files);
    expect(json()).toMatchObject({
      usage: { accounts: 26, regions: 2, peerings: 8 },
      own: { total: expect.any(Number) },
    });
  });

  it.each([
    ['--accounts', 'many'],
    ['--accounts', '-1'],
    ['--regions', '1.5'],
    ['--sweep-minutes', '0'],
    ['--across', 'oceans'],
    ['--gigabytes', ''],
  ])('%s %j is refused', async (option, value) => {
    expect(await runCli(['cost', option, value])).toMatchObject({ exitCode: 2, stdout: '' });
  });
});
