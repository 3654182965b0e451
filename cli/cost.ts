import Table from 'cli-table3';
import { InvalidArgumentError } from 'commander';
import { billOf, totalOf, type Line, type Usage } from '../analysis/cost/bill.ts';
import { PRICES, PRICES_AS_OF } from '../analysis/cost/prices.ts';
import { HUB_PARTS } from '../analysis/cost/hub-parts.ts';
import { manual, type AddSubcommand, type ExitCode, type Io } from './io.ts';
import { readOrganization } from './policy/files.ts';

const HELP = `
An estimate, by line: what autopeer itself costs a month, and apart from it what AWS asks for the traffic through the
peerings, which is the same without autopeer. List prices of US East (N. Virginia), without free tiers; each with its
source. How much of each an organization uses is measured by npm run bench:calls, or assumed: docs/cost.md says which.

With --org, accounts, regions and active peerings are those of a snapshot.

Exit code: 0; 2 if an option or the snapshot cannot be read.

Examples:
  $ autopeer cost --accounts 100 --regions 2 --peerings 60
  $ autopeer cost --org organization.json --gigabytes 500 --across zones
  $ autopeer cost --accounts 1000 --sweep-minutes 15 --json | jq .own.total`;

interface Options {
  readonly org?: string;
  readonly accounts?: number;
  readonly regions?: number;
  readonly peerings?: number;
  readonly sweepMinutes: number;
  readonly changesADay: number;
  readonly gigabytes: number;
  readonly across: Usage['across'];
  readonly json: boolean;
}

const SWEEP_MINUTES = 60;
const CHANGES_A_DAY = 5;
const GIGABYTES = 100;
/** What is asked about where nothing is said. */
const EXAMPLE = { accounts: 100, regions: 2, peerings: 50 };
const CENTS = 2;

/** `autopeer cost`: the bill of a month. */
export const addCost: AddSubcommand = (program, io, finish) => {
  program
    .command('cost')
    .description('estimate what autopeer costs a month, and the traffic through the peerings')
    .option('--org <snapshot>', 'take accounts, regions and peerings from a snapshot')
    .option('--accounts <count>', `how many accounts (default: ${EXAMPLE.accounts})`, wholeNumber)
    .option(
      '--regions <count>',
      `how many regions the policy governs (default: ${EXAMPLE.regions})`,
      wholeNumber,
    )
    .option('--peerings <count>', `how many peerings are active (default: ${EXAMPLE.peerings})`, wholeNumber)
    .option('--sweep-minutes <minutes>', 'minutes between two sweeps', minutes, SWEEP_MINUTES)
    .option(
      '--changes-a-day <count>',
      'changes of routes, subnets, tags … an account and region makes a day',
      amount,
      CHANGES_A_DAY,
    )
    .option('--gigabytes <count>', 'GB a month through each peering', amount, GIGABYTES)
    .option(
      '--across <what>',
      'what lies between the ends of a peering: zone (nothing), zones, regions',
      readAcross,
      'zones',
    )
    .option('--json', 'print one JSON object', false)
    .addHelpText('after', manual(HELP, io))
    .action(async (options: Options) => {
      finish(await estimate(options, io));
    });
};

function amount(text: string): number {
  const count = Number(text);
  if (text.trim() === '' || !Number.isFinite(count) || count < 0) {
    throw new InvalidArgumentError(`'${text}' is not a number from 0 on.`);
  }
  return count;
}

function wholeNumber(text: string): number {
  const count = amount(text);
  if (!Number.isInteger(count)) throw new InvalidArgumentError(`'${text}' is not a whole number.`);
  return count;
}

function minutes(text: string): number {
  const count = wholeNumber(text);
  if (count === 0) throw new InvalidArgumentError('A sweep every minute is the least.');
  return count;
}

function readAcross(text: string): Usage['across'] {
  if (text === 'zone' || text === 'zones' || text === 'regions') return text;
  throw new InvalidArgumentError(`'${text}' is none of zone, zones, regions.`);
}

async function estimate({ org, json, ...options }: Options, io: Io): Promise<ExitCode> {
  const known = org === undefined ? EXAMPLE : await countsOf(org, io);
  if (known === undefined) return 2;
  const usage: Usage = {
    accounts: options.accounts ?? known.accounts,
    regions: options.regions ?? known.regions,
    peerings: options.peerings ?? known.peerings,
    sweepMinutes: options.sweepMinutes,
    changesADay: options.changesADay,
    gigabytes: options.gigabytes,
    across: options.across,
  };
  const { own, transfer } = billOf(usage, HUB_PARTS);
  io.stdout.write(json ? `${JSON.stringify(jsonOf(usage, own, transfer))}\n` : textOf(usage, own, transfer));
  return 0;
}

async function countsOf(file: string, io: Io): Promise<typeof EXAMPLE | undefined> {
  const organization = await readOrganization(file, io);
  if (organization === undefined) return undefined;
  const { accounts, regions, vpcs, peerings } = organization.snapshot;
  return {
    accounts: accounts.length,
    regions: (regions ?? [...new Set(vpcs.map(({ region }) => region))]).length,
    peerings: peerings.filter(({ state }) => state === 'active').length,
  };
}

function textOf(
  { accounts, regions, peerings, sweepMinutes }: Usage,
  own: readonly Line[],
  transfer: readonly Line[],
): string {
  const table = new Table({
    head: ['a month', 'quantity', 'unit', 'USD'],
    colAligns: ['left', 'right', 'left', 'right'],
    style: { head: [], border: [] },
  });
  const rows = (title: string, lines: readonly Line[]): void => {
    for (const { what, quantity, price, usd } of lines) {
      table.push([
        what,
        quantity.toLocaleString('en-US', { maximumFractionDigits: 1 }),
        PRICES[price].per,
        dollars(usd),
      ]);
    }
    table.push([title, '', '', dollars(totalOf(lines))]);
  };
  rows('autopeer itself', own);
  rows('transfer, the same without autopeer', transfer);
  return (
    `${accounts} accounts in ${regions} regions, ${peerings} peerings, a sweep every ${sweepMinutes} minutes\n` +
    `${table.toString()}\n` +
    `List prices of US East (N. Virginia) as of ${PRICES_AS_OF}, without free tiers. docs/cost.md says what is measured and what assumed.\n`
  );
}

const dollars = (usd: number): string => usd.toFixed(CENTS);

const jsonOf = (usage: Usage, own: readonly Line[], transfer: readonly Line[]) => ({
  usage,
  pricesAsOf: PRICES_AS_OF,
  own: { total: totalOf(own), lines: own.map(lineJson) },
  transfer: { total: totalOf(transfer), lines: transfer.map(lineJson) },
});

const lineJson = ({ what, quantity, price, usd }: Line) => ({ what, quantity, usd, price: PRICES[price] });
