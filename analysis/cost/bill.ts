import { PRICES, type PriceName } from './prices.ts';

/** What a bill depends on. */
export interface Usage {
  readonly accounts: number;
  readonly regions: number;
  readonly peerings: number;
  /** Minutes between two sweeps. */
  readonly sweepMinutes: number;
  /** Changes of routes, tables, subnets, CIDRs and tags that an account and region makes in a day. */
  readonly changesADay: number;
  /** GB a month through each peering. */
  readonly gigabytes: number;
  /** Where the two ends of a peering are. */
  readonly across: 'zone' | 'zones' | 'regions';
}

export interface Line {
  readonly what: string;
  readonly quantity: number;
  readonly price: PriceName;
  /** US dollars a month. */
  readonly usd: number;
}

export interface Bill {
  /** Of autopeer itself. */
  readonly own: readonly Line[];
  /** What AWS asks for the traffic through the peerings, with or without autopeer. */
  readonly transfer: readonly Line[];
}

const HOURS = 730;
const DAYS = HOURS / 24;
const MINUTES = HOURS * 60;

/** Places of a sweep, or messages, that one invocation takes. */
const BATCH = 10;
/** `npm run bench:calls`: a look at an account and region is one round trip of four calls; with start-up and slower pages. */
const SECONDS_A_BATCH = 2;
const GIGABYTES = 0.5;
/** Send, receive and delete; sends and receives come in tens. */
const REQUESTS_A_MESSAGE = 1.2;
/** Lambda polls a queue with five long polls of 20 seconds at a time, whether or not there is anything in it. */
const POLLS_A_MINUTE = 15;
/** A connect, `npm run bench:calls`: 39 calls. So often a peering changes in a month. */
const CHANGES_A_PEERING = 0.2;
const WRITES_A_CHANGE = 12;
const READS_A_LOOK = 2;
const LOG_BYTES_A_PLACE = 400;
const BYTES_A_GIGABYTE = 1e9;
/** Counters with their dimensions, without the one by account. */
const METRICS = 23;

/**
 * @param parts how many queues with a function behind them, and how many metrics of alarms, the hub's template has
 */
export function billOf(usage: Usage, parts: { readonly queues: number; readonly alarms: number }): Bill {
  const places = usage.accounts * usage.regions;
  const sweeps = MINUTES / usage.sweepMinutes;
  const changes = places * usage.changesADay * DAYS;
  const looks = places * sweeps + changes;
  const own = [
    line(
      'sweeps and looks: time of functions',
      (looks / BATCH) * SECONDS_A_BATCH * GIGABYTES,
      'lambdaSecond',
    ),
    line('sweeps and looks: invocations', looks / BATCH + sweeps, 'lambdaRequest'),
    line('messages about places and peerings', (looks + changes) * REQUESTS_A_MESSAGE, 'queueRequest'),
    line('polls of queues, also of empty ones', parts.queues * POLLS_A_MINUTE * MINUTES, 'queueRequest'),
    line('events that the accounts forward', changes, 'event'),
    line('ledger: writes', usage.peerings * CHANGES_A_PEERING * WRITES_A_CHANGE + sweeps, 'ledgerWrite'),
    line('ledger: reads', (looks / BATCH) * READS_A_LOOK, 'ledgerRead'),
    line('logs', (looks * LOG_BYTES_A_PLACE) / BYTES_A_GIGABYTE, 'logGigabyte'),
    line('metrics', METRICS, 'metric'),
    line('alarms', parts.alarms, 'alarm'),
    line('dashboard', 1, 'dashboard'),
  ];
  const price = ({ zone: 'sameZone', zones: 'acrossZones', regions: 'acrossRegions' } as const)[usage.across];
  const transfer = [line('data through the peerings', usage.peerings * usage.gigabytes, price)];
  return { own, transfer };
}

const line = (what: string, quantity: number, price: PriceName): Line => ({
  what,
  quantity,
  price,
  usd: quantity * PRICES[price].usd,
});

export const totalOf = (lines: readonly Line[]): number => lines.reduce((sum, { usd }) => sum + usd, 0);
