import fc from 'fast-check';
import { adopt } from '../../../analysis/adopt/adopt.ts';
import { organizationOf, type Organization } from '../../../analysis/snapshot/organization.ts';
import { parseSnapshot } from '../../../analysis/snapshot/snapshot.ts';
import { loadPolicy } from '../../../shared/domain/policy/language/load.ts';
import { drawSnapshot } from '../../support/drawn-snapshots.ts';
import { drawn } from '../../support/policy-arbitraries.ts';

const HALF = 0.5;
const APPS = 'ou-ab12-apps0001';
const SHARED = '200000000000';
const vpcOf = (account: string): string => `vpc-${account.slice(-8)}`;
const appAccount = (index: number): string => String(100_000_000_001 + index);

interface Drawn {
  readonly apps?: number;
  readonly names?: readonly string[];
  readonly tags?: (index: number) => Readonly<Record<string, string>>;
  readonly peerings: readonly (readonly [string, string])[];
  readonly state?: string;
}

/** Apps in an OU, a VPC in each, and one account beside them. */
function anOrganization({
  apps = 6,
  names = [],
  tags = () => ({}),
  peerings,
  state = 'active',
}: Drawn): Organization {
  const accounts = Array.from({ length: apps }, (_, index) => ({
    id: appAccount(index),
    name: names[index] ?? `app-${index}`,
    ou: APPS,
  }));
  const vpc = (accountId: string, index: number) => ({
    id: vpcOf(accountId),
    accountId,
    region: 'eu-west-1',
    cidrs: [`10.${index}.0.0/16`],
    tags: tags(index),
  });
  const side = (accountId: string) => ({ accountId, region: 'eu-west-1', vpcId: vpcOf(accountId) });
  const vendor = { accountId: '999900001111', region: 'eu-west-1', vpcId: 'vpc-99990000' };
  const end = (account: string) => {
    if (account === 'vendor') return { ...vendor, cidrs: ['10.99.0.0/21'] };
    return account === 'stranger' ? vendor : side(account);
  };
  return organizationOf(
    parseSnapshot({
      version: 1,
      takenAt: '2026-11-20T06:00:00Z',
      ous: [{ id: APPS, name: 'Apps', parent: null }],
      accounts: [...accounts, { id: SHARED, name: 'shared services', ou: null }],
      vpcs: [...accounts.map(({ id }, index) => vpc(id, index)), vpc(SHARED, 200)],
      peerings: peerings.map(([requester, accepter], index) => ({
        id: `pcx-${String(index).padStart(8, '0')}`,
        state,
        requester: end(requester),
        accepter: end(accepter),
      })),
    }),
  );
}

const rulesOf = (drawn: Drawn, density = HALF): readonly string[] =>
  adopt(anOrganization(drawn), 'organization.json', density).proposals.map(
    ({ one, other, isBetween, covers, pairs }) =>
      `${one.words} ${isBetween ? 'and' : 'to'} ${other.words}: ${covers.length} of ${pairs}`,
  );

const spokes = (count: number): Drawn['peerings'] =>
  Array.from({ length: count }, (_, index) => [appAccount(index), SHARED]);

describe('few rules, that people would write', () => {
  it('most accounts of an OU with one account: the OU', () => {
    expect(rulesOf({ peerings: spokes(4) })).toEqual(['Apps to account shared services: 4 of 6']);
  });

  it('few of them: each for itself, since the OU would open more than there is', () => {
    const rules = rulesOf({ peerings: spokes(2) });
    expect(rules).toHaveLength(2);
    expect(rules[0]).toBe('account app-0 to account shared services: 1 of 1');
  });

  it('with a density of 1 a rule opens nothing new', () => {
    expect(rulesOf({ peerings: spokes(5) }, 1)).toHaveLength(5);
    expect(rulesOf({ peerings: spokes(6) }, 1)).toEqual(['Apps to account shared services: 6 of 6']);
  });

  it('those with a tag: the OU and the tag', () => {
    const tags = (index: number): Record<string, string> => ({
      tier: index < 3 ? 'web' : 'batch',
      Name: 'x',
    });
    expect(rulesOf({ peerings: spokes(3), tags }, 1)).toEqual([
      'Apps, tag tier=web to account shared services: 3 of 3',
    ]);
  });

  it('some asked, and some were asked: between', () => {
    const peerings = spokes(6).map(([app, shared], index): [string, string] =>
      index % 2 === 0 ? [app, shared] : [shared, app],
    );
    const [rule] = rulesOf({ peerings });
    expect(rule).toMatch(/^(Apps and account shared services|account shared services and Apps): 6 of 6$/);
  });

  it('each with each, either way round: one rule', () => {
    const peerings = [0, 1, 2, 3].flatMap((one) =>
      [0, 1, 2, 3]
        .filter((other) => other > one)
        .map((other): [string, string] =>
          (one + other) % 2 === 0
            ? [appAccount(one), appAccount(other)]
            : [appAccount(other), appAccount(one)],
        ),
    );
    expect(rulesOf({ apps: 4, peerings }, 1)).toEqual(['Apps to Apps: 6 of 6']);
  });

  it('a vendor: its account with the CIDRs that the peering shows', () => {
    const { text, leftOut } = adopt(anOrganization({ peerings: [['vendor', SHARED]] }), 'o.json', HALF);
    expect(text).toContain('accounts: [ "999900001111" ], external: true, cidrs: [ 10.99.0.0/21 ]');
    expect(leftOut).toEqual([]);
  });
});

it('what no rule can allow is named, with the reason', () => {
  const { leftOut, active } = adopt(
    anOrganization({
      peerings: [
        ['stranger', SHARED],
        ['vendor', 'stranger'],
        [appAccount(0), SHARED],
      ],
    }),
    'o.json',
    HALF,
  );
  expect(active).toBe(3);
  expect(leftOut.map(({ why }) => why)).toEqual([
    'the CIDRs of the side outside the organization are not in the snapshot',
    'neither side is in the organization',
  ]);
});

it('a peering that is not active asks for nothing', () => {
  const { text, active } = adopt(
    anOrganization({ peerings: spokes(3), state: 'pending-acceptance' }),
    'o.json',
    HALF,
  );
  expect([active, text]).toEqual([0, expect.not.stringContaining('allow:')]);
});

it('an organization without peerings gets a policy that allows nothing', () => {
  const { text } = adopt(anOrganization({ peerings: [] }), 'o.json', HALF);
  expect(loadPolicy(text).kind).toBe('loaded');
});

it('names that people chose stay words: no comment, key or value of theirs becomes YAML', () => {
  const hostile = ['a\nallow: []', '# x', '"', 'null', 'any', '\u202Eevil', ': {', '- - -', 'ÄÖ', '💥'];
  const organization = anOrganization({
    apps: hostile.length,
    names: hostile,
    tags: () => ({ 'a\nb: c': 'd\ne: f', Name: 'x\ny: z' }),
    peerings: hostile.map((_, index) => [appAccount(index), SHARED]),
  });
  for (const density of [0, HALF, 1]) {
    const { leftOut, text } = adopt(organization, 'o\nx: y', density);
    expect(leftOut).toEqual([]);
    expect(text).not.toMatch(/\u202E/);
  }
});

it('whatever is peered is allowed by the policy, or named', () => {
  fc.assert(
    fc.property(drawn(drawSnapshot), fc.constantFrom(0, 0.3, HALF, 1), (snapshot, density) => {
      const organization = organizationOf(snapshot);
      // It decides each peering by its own text, and throws where that has a fault.
      const { proposals, leftOut, active } = adopt(organization, 'o.json', density);
      const covered = proposals.flatMap(({ covers }) => covers.map(({ peering }) => peering.id));
      expect(new Set(covered).size).toBe(covered.length);
      expect(covered.length + leftOut.length).toBe(active);
      for (const { why } of leftOut) {
        expect(why).toMatch(/^(neither side is in the organization|the CIDRs of the side outside)/);
      }
    }),
  );
});
