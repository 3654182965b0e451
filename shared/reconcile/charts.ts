import { AgingCache } from '../domain/work/aging-cache.ts';
import type { AccountId } from '../domain/facts/ids.ts';
import type { Clock } from '../domain/work/log.ts';
import type { OrganizationChart } from '../domain/facts/organization-chart.ts';
import type { Organization, Standing } from './ports.ts';

/** Where the chart of the last sweep is kept for those that follow. */
export interface Charts {
  save(chart: OrganizationChart): Promise<void>;
  load(): Promise<OrganizationChart | undefined>;
}

/** Each sweep draws the chart anew; one that is older is from before sweeps began to fail. */
const MAX_CHART_AGE_MS = 2 * 60 * 60 * 1000;
/** How long a warm function keeps it. */
const MAX_KEPT_MS = 5 * 60 * 1000;

/**
 * The organization as the start of the sweep read it, once for all: thousands of accounts, each asked for on its own,
 * would take longer than Organizations' request limits allow. What it does not have is asked for, such as an account
 * that was made since.
 *
 * Only for what is looked at and then queued: what is decided and done rests on what Organizations says then.
 */
export class ChartedOrganization implements Organization {
  readonly #charts: Charts;
  readonly #live: Organization;
  readonly #clock: Clock;
  readonly #kept: AgingCache<'chart', OrganizationChart | undefined>;

  constructor(charts: Charts, live: Organization, clock: Clock) {
    this.#charts = charts;
    this.#live = live;
    this.#clock = clock;
    this.#kept = new AgingCache(clock, MAX_KEPT_MS);
  }

  async standingOf(accountId: AccountId): Promise<Standing> {
    return (await this.find(accountId)).kind;
  }

  async find(accountId: AccountId): ReturnType<Organization['find']> {
    const chart = await this.#kept.get('chart', () => this.#charts.load());
    const isFresh = chart !== undefined && this.#clock.now() - chart.readAt < MAX_CHART_AGE_MS;
    const ous = isFresh ? chart.accounts.get(accountId) : undefined;
    return ous === undefined ? this.#live.find(accountId) : { kind: 'member', ous };
  }
}
