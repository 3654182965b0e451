import { readFileSync } from 'node:fs';
import { CHECKS, CODES } from '../../../analysis/doctor/catalog.ts';
import { denialWords, denyingPolicy } from '../../../analysis/doctor/denial.ts';
import { diagnose } from '../../../analysis/doctor/diagnose.ts';
import type { Facts, Health, HubFacts, Known, Unread } from '../../../analysis/doctor/facts.ts';

const NOW = Date.UTC(2026, 0, 1, 12);
const HUB = '999988887777';

const known = <Value>(value: Value): Known<Value> => ({ kind: 'known', value });
const unknown: Unread = { kind: 'unknown', why: 'it may not be read' };

const HEALTH: Health = {
  version: '0.1.0',
  lastSweep: { at: new Date(NOW - 60_000).toISOString(), accounts: 3 },
  suspended: null,
  cutWithinHour: 0,
  deadLetters: [],
  places: [],
  blocked: [],
};

const HUB_FACTS: HubFacts = {
  caller: known(HUB),
  madeAt: known('2026-01-01T00:00:00.000Z'),
  health: known(HEALTH),
  busPolicy: known(
    '{"Action":"events:PutEvents","aws:PrincipalArn":"arn:aws:iam::*:role/autopeer-prod-forward-*"}',
  ),
  rules: known([{ name: 'autopeer-prod-intake', isOnHubBus: true, isEnabled: true }]),
  lastQueues: known([{ name: 'last', messages: 0 }]),
  ledger: known({ deletionProtection: true, pointInTime: true }),
  alarms: known([{ name: 'autopeer-prod-alarm', state: 'OK' }]),
  hasSlackWebhook: known(false),
  subscriptions: known(1),
  alarmSubscriptions: known(1),
};

const facts = (hub: Partial<HubFacts> = {}, accounts: Facts['accounts'] = known([])): Facts => ({
  now: NOW,
  expected: {
    version: '0.1.0',
    name: 'autopeer-prod',
    hubRegion: 'eu-west-1',
    hubRules: ['autopeer-prod-intake'],
    alarms: ['autopeer-prod-alarm'],
    forwardPattern: '{}',
    memberActions: [],
    optionalMemberActions: [],
    cutsAnHour: 10,
  },
  hub: { ...HUB_FACTS, ...hub },
  accounts,
});

const found = (given: Facts): readonly string[] =>
  diagnose(given)
    .filter(({ severity }) => severity !== 'ok')
    .map(({ code, severity, found: words }) => `${code} ${severity} ${words}`);
const withHealth = (health: Partial<Health>): Facts => facts({ health: known({ ...HEALTH, ...health }) });

describe('a check', () => {
  it('says nothing where nothing is wrong', () => {
    expect(found(facts())).toEqual([]);
  });

  it.each<[string, Facts, readonly string[]]>([
    [
      'a hub that is not there',
      facts({ madeAt: known(undefined) }),
      [
        'AP101 failure there is no hub autopeer-prod in eu-west-1',
        `AP103 warning account ${HUB} does not show the hub`,
      ],
    ],
    [
      'a hub from before it told its release',
      withHealth({ version: null }),
      ['AP102 warning the hub is of no known release, this command 0.1.0'],
    ],
    [
      'a bus without a policy',
      facts({ busPolicy: known(undefined) }),
      ['AP104 failure the bus has no policy: no account’s events come in'],
    ],
    [
      'a rule that is gone',
      facts({ rules: known([]) }),
      ['AP105 failure the rule autopeer-prod-intake is not there'],
    ],
    [
      'an alarm that is gone',
      facts({ alarms: known([]) }),
      ['AP108 failure the alarm autopeer-prod-alarm is not there'],
    ],
    [
      'notices that nobody hears',
      facts({ subscriptions: known(0) }),
      ['AP109 warning nobody is subscribed to the notices, and Slack is not set'],
    ],
    [
      'alarms that nobody hears',
      facts({ alarmSubscriptions: known(0) }),
      ['AP117 warning nobody is subscribed to the alarms'],
    ],
    [
      'notices that perhaps nobody hears',
      facts({ subscriptions: unknown }),
      ['AP109 not-known it may not be read'],
    ],
    ['a hub that has never swept', withHealth({ lastSweep: null }), ['AP111 failure no sweep has ever run']],
    [
      'a hub that is new',
      facts({
        madeAt: known(new Date(NOW - 60_000).toISOString()),
        health: known({ ...HEALTH, lastSweep: null }),
      }),
      ['AP111 warning no sweep has run yet: the first one starts within an hour of the deployment'],
    ],
    [
      'a brake that is reached',
      withHealth({ cutWithinHour: 10 }),
      ['AP114 warning 10 peerings were cut within the hour, and 10 may be: what is more is held'],
    ],
  ])('shows %s', (_what, given, expected) => {
    expect(found(given)).toEqual(expected);
  });

  it('that could not read anything says so, and neither well nor wrong', () => {
    const hub = Object.fromEntries(Object.keys(HUB_FACTS).map((name) => [name, unknown]));
    const findings = diagnose(facts(hub, unknown));
    expect(new Set(findings.map(({ severity }) => severity))).toEqual(new Set(['not-known']));
    expect(findings.map(({ code }) => code)).toEqual(CODES);
  });

  it('of many places with the same fault is one finding', () => {
    const place = (account: string) => ({
      account,
      region: 'eu-west-1',
      state: 'no-member-role',
      code: 'AccessDenied',
      since: '',
    });
    const [finding] = diagnose(withHealth({ places: [place('111111111111'), place('222222222222')] }));
    expect(finding).toMatchObject({
      code: 'AP116',
      where: ['111111111111 eu-west-1', '222222222222 eu-west-1'],
      link: 'docs/doctor.md#ap116',
    });
  });
});

describe('which policy denies', () => {
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
  it.each([
    [
      '… on resource: arn:aws:iam::1:role/r with an explicit deny in a service control policy',
      'a service control policy denies it',
    ],
    [
      '… because no service control policy allows the ec2:DescribeVpcs action',
      'no service control policy allows it',
    ],
    ['… with an explicit deny in a resource control policy', 'a resource control policy denies it'],
    ['… with an explicit deny in an identity-based policy', 'an identity-based policy denies it'],
    [
      '… because no identity-based policy allows the sts:AssumeRole action',
      'no identity-based policy allows it',
    ],
    [
      '… because no resource-based policy allows the sts:AssumeRole action',
      'no resource-based policy allows it',
    ],
    ['… because no permissions boundary allows the iam:GetRole action', 'no permissions boundary allows it'],
    ['… because no session policy allows the iam:GetRole action', 'no session policy allows it'],
    ['… with an explicit deny in a VPC endpoint policy', 'a VPC endpoint policy denies it'],
  ])('%s', (message, words) => {
    const policy = denyingPolicy(message);
    expect(policy === undefined ? undefined : denialWords(policy)).toBe(words);
  });

  it('AWS does not always say', () => {
    expect(denyingPolicy('User: arn is not authorized to perform: sts:AssumeRole')).toBeUndefined();
  });
});

it('docs/doctor.md has each check, with its words', () => {
  const page = readFileSync('docs/doctor.md', 'utf8').replaceAll(/\s+/g, ' ');
  for (const code of CODES) {
    expect(page).toContain(`### ${code}`);
    expect(page).toContain(`| ${code} | ${CHECKS[code].title}`.slice(0, 60));
    expect(page).toContain(CHECKS[code].todo);
  }
});
