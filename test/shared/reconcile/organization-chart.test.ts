import { chartOf } from '../../../shared/domain/facts/organization-chart.ts';
import type { Membership } from '../../../shared/domain/policy/decision/side.ts';
import { ChartedOrganization, type Charts } from '../../../shared/reconcile/charts.ts';
import { accountId, ouId } from '../../support/ids.ts';

const MINUTE_MS = 60_000;
const [APPS, TEAM] = [ouId('ou-ab12-apps0001'), ouId('ou-ab12-team0001')];
const IN_TEAM = accountId('111111111111');
const AT_ROOT = accountId('222222222222');
const UNLISTED = accountId('333333333333');

const chart = (readAt: number) =>
  chartOf(
    {
      ous: [
        { id: TEAM, name: 'Team', parent: APPS },
        { id: APPS, name: 'Apps', parent: null },
      ],
      accounts: [
        { id: IN_TEAM, name: 'in team', ou: TEAM },
        { id: AT_ROOT, name: 'at root', ou: null },
      ],
    },
    readAt,
  );

/** An organization whose chart is of moment 0, and which says `live` of whoever is asked for. */
function organizationAt(nowMs: number, charts: Partial<Charts> = {}) {
  const asked: string[] = [];
  let loads = 0;
  const live: Membership = { kind: 'external' };
  const organization = new ChartedOrganization(
    {
      save: () => Promise.reject(new Error('a sweep draws no chart')),
      load: async () => {
        loads += 1;
        return chart(0);
      },
      ...charts,
    },
    {
      standingOf: () => Promise.reject(new Error('not asked')),
      find: async (id) => {
        asked.push(id);
        return live;
      },
    },
    { now: () => nowMs, sleep: async () => undefined },
  );
  return { organization, asked, loads: () => loads };
}

it('an account has the OUs above it, the nearest first', async () => {
  const { organization, asked } = organizationAt(MINUTE_MS);
  expect(await organization.find(IN_TEAM)).toEqual({ kind: 'member', ous: [TEAM, APPS] });
  expect(await organization.find(AT_ROOT)).toEqual({ kind: 'member', ous: [] });
  expect(asked).toEqual([]);
});

it('the chart is loaded once for all accounts', async () => {
  const { organization, loads } = organizationAt(MINUTE_MS);
  await Promise.all([
    organization.find(IN_TEAM),
    organization.standingOf(AT_ROOT),
    organization.find(IN_TEAM),
  ]);
  expect(loads()).toBe(1);
});

it('an account that it does not have is asked for: it may be new, or a stranger', async () => {
  const { organization, asked } = organizationAt(MINUTE_MS);
  expect(await organization.find(UNLISTED)).toEqual({ kind: 'external' });
  expect(asked).toEqual([UNLISTED]);
});

it.each([
  ['is two hours old', 120 * MINUTE_MS, {}],
  ['is not there', MINUTE_MS, { load: async () => undefined }],
])('every account is asked for when the chart %s', async (_name, nowMs, charts) => {
  const { organization, asked } = organizationAt(nowMs, charts);
  await organization.find(IN_TEAM);
  expect(asked).toEqual([IN_TEAM]);
});
