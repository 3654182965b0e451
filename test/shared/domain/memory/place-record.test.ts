import { placesNotice, plainPlaces } from '../../../../shared/domain/words/place-notice.ts';
import {
  isUntold,
  knownDenial,
  recordAfterLook,
  type Denial,
  type PlaceRecord,
} from '../../../../shared/domain/memory/place-record.ts';
import { plainText, subjectOf } from '../../../../shared/notices/text.ts';
import { slackMessage } from '../../../../shared/notices/slack-message.ts';
import { ACCEPTER } from '../../../support/observed.ts';
import { accountId } from '../../../support/ids.ts';

const PLACE = { accountId: ACCEPTER.accountId, region: ACCEPTER.region };
const NO_ROLE: Denial = { kind: 'no-member-role', code: 'AccessDenied', reason: 'cannot assume it' };
const NO_READ: Denial = {
  kind: 'no-access',
  code: 'UnauthorizedOperation',
  call: 'DescribeVpcPeeringConnections',
  reason: 'denied',
};
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const aRecord = (overrides: Partial<PlaceRecord> = {}): PlaceRecord => ({
  place: PLACE,
  state: NO_ROLE,
  since: 0,
  lookedAt: 0,
  told: undefined,
  ...overrides,
});

describe('what a look writes', () => {
  it('nothing of a place that was always well', () => {
    expect(recordAfterLook(PLACE, undefined, { kind: 'ok' }, 5)).toBeUndefined();
  });

  it('the first denial, and what ends it', () => {
    const broken = recordAfterLook(PLACE, undefined, NO_ROLE, 5);
    expect(broken).toEqual(aRecord({ since: 5, lookedAt: 5 }));
    const told = aRecord({ told: 'no-member-role' });
    const well = recordAfterLook(PLACE, told, { kind: 'ok' }, 9);
    expect(well).toEqual(aRecord({ state: { kind: 'ok' }, since: 9, lookedAt: 9, told: 'no-member-role' }));
  });

  it('nothing while it stays the same, but once a day that somebody still looks', () => {
    expect(recordAfterLook(PLACE, aRecord(), NO_ROLE, 23 * HOUR)).toBeUndefined();
    expect(recordAfterLook(PLACE, aRecord(), NO_ROLE, 24 * HOUR)).toEqual(aRecord({ lookedAt: 24 * HOUR }));
    const well = aRecord({ state: { kind: 'ok' } });
    expect(recordAfterLook(PLACE, well, { kind: 'ok' }, 1000 * HOUR)).toBeUndefined();
  });

  it('another code of the same kind, which is no new trouble', () => {
    const before = aRecord({ told: 'no-member-role' });
    const next = recordAfterLook(PLACE, before, { ...NO_ROLE, code: 'AuthFailure' }, HOUR);
    expect(next).toMatchObject({ state: { code: 'AuthFailure' }, since: 0, told: 'no-member-role' });
  });
});

describe('a hint need not look', () => {
  it('where sweeps were denied for some minutes', () => {
    expect(knownDenial(aRecord(), 10 * MINUTE)).toEqual(NO_ROLE);
    expect(knownDenial(aRecord({ state: NO_READ }), HOUR)).toEqual(NO_READ);
  });

  it.each([
    ['of a place that is well', aRecord({ state: { kind: 'ok' } }), HOUR],
    ['within the minutes in which a new role spreads', aRecord(), 9 * MINUTE],
    ['where no sweep has looked for more than a day', aRecord(), 26 * HOUR],
    [
      'where only another read is denied, and the peerings are seen',
      aRecord({ state: { ...NO_READ, call: 'DescribeSubnets' } }),
      HOUR,
    ],
    ['of a place that nothing is known of', undefined, HOUR],
  ])('but it does %s', (_name, record, now) => {
    expect(knownDenial(record, now)).toBeUndefined();
  });
});

it('people are told of what they do not know', () => {
  expect(isUntold(aRecord())).toBe(true);
  expect(isUntold(aRecord({ told: 'no-member-role' }))).toBe(false);
  expect(isUntold(aRecord({ state: NO_READ, told: 'no-member-role' }))).toBe(true);
  expect(isUntold(aRecord({ state: { kind: 'ok' } }))).toBe(false);
  expect(isUntold(aRecord({ state: { kind: 'ok' }, told: 'no-access' }))).toBe(true);
});

it('300 places are one notice, which mail and Slack take', () => {
  const records = Array.from({ length: 300 }, (_, index) =>
    aRecord({ state: NO_READ, place: { ...PLACE, accountId: accountId(String(200_000_000_000 + index)) } }),
  );
  const notice = plainPlaces(placesNotice(NO_READ, records));
  expect(notice.detail.count).toBe(300);
  expect(notice.detail.about).toHaveLength(201);
  expect(notice.detail.about.at(-1)).toBe('and 100 more');
  expect(subjectOf(notice)).toBe('autopeer: Access Missing, 300 places, no-access');
  expect(plainText(notice)).toContain('- account 200000000000, eu-west-1');
  expect(plainText(notice)).toContain('UnauthorizedOperation');
  expect(JSON.stringify(slackMessage(notice))).toContain('300 places, no-access');
});
