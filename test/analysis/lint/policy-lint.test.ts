import type { Organization } from '../../../analysis/snapshot/organization.ts';
import { loadPolicy } from '../../../shared/domain/policy/language/load.ts';
import { type LintFinding, lintPolicy } from '../../../analysis/lint/lint.ts';
import { sourceOf } from '../../support/policy-text.ts';
import { organization } from '../../support/organizations.ts';

const NOW = Date.UTC(2026, 11, 1);
const HEAD = 'version: 1\nregions: [eu-west-1, us-east-1]\n';

/** The warnings of a policy whose first two lines are there already; of advice see policy-lint-guards. */
function lint(yaml: string, of?: Organization): readonly LintFinding[] {
  const text = HEAD + yaml;
  const loaded = loadPolicy(text);
  if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults));
  return lintPolicy(sourceOf(text), loaded.policies.at(NOW), NOW, of).filter(
    ({ level }) => level === 'warning',
  );
}

/** Code and place of each finding: `never-matches allow[0].name`. */
const found = (yaml: string, of?: Organization): readonly string[] =>
  lint(yaml, of).map(({ code, path }) => `${code} ${path}`);

const rule = (requester: string, accepter: string): string =>
  `allow: [{ name: r, requester: ${requester}, accepter: ${accepter} }]`;

describe('a rule that expires', () => {
  const expiring = (expires: string): string =>
    `allow: [{ name: r, requester: { accounts: ["100000000001"] }, accepter: any, expires: ${expires} }]`;

  it.each([
    ['2026-11-30', ['expired-rule allow[0].expires']],
    ['2026-12-01', ['expiring-rule allow[0].expires']],
    ['2026-12-14', ['expiring-rule allow[0].expires']],
    ['2026-12-15', []],
  ])('on %s', (expires, findings) => {
    expect(found(expiring(expires))).toEqual(findings);
  });

  it('makes no rule useless that lasts longer', () => {
    const two = (one: string, other: string): string =>
      `allow: [{ name: a, between: [any, any]${one} }, { name: b, between: [any, any]${other} }]`;
    expect(found(two(', expires: 2027-03-31', ''))).toEqual(['covered allow[0].name']);
    expect(found(two(', expires: 2027-03-31', ', expires: 2027-03-31'))).toEqual(['covered allow[1].name']);
  });
});

describe('idle-except', () => {
  it.each([
    ['another account', '{ accounts: ["100000000001"], except: { accounts: ["100000000002"] } }', true],
    ['another region', '{ regions: [eu-west-1], except: { regions: [us-east-1] } }', true],
    ['a part of it', '{ accounts: ["100000000001"], except: { regions: [us-east-1] } }', false],
    ['by a tag', '{ accounts: ["100000000001"], except: { tags: { tier: pci } } }', false],
  ])('%s', (_, selector, isIdle) => {
    expect(found(rule(selector, 'any'))).toEqual(isIdle ? ['idle-except allow[0].requester.except'] : []);
  });
});

describe('never-matches', () => {
  it.each([
    ['an outsider under an OU', '{ external: true, ous: [ou-ab12-prod0001], cidrs: [10.8.0.0/21] }'],
    ['one account and another', '{ groups: [one], accounts: ["100000000002"] }'],
    ['one region and another', '{ groups: [eu], regions: [us-east-1] }'],
    ['two ids of one VPC', '{ groups: [vpc], vpcs: [vpc-00000012] }'],
    ['two values of one tag', '{ groups: [web], tags: { tier: db } }'],
    ['CIDRs in two blocks apart', '{ groups: [ten], cidrs: [172.16.0.0/12] }'],
    ['CIDRs in IPv4 and in IPv6', '{ groups: [ten], cidrs: ["fd00::/8"] }'],
    [
      'a group that leaves outsiders out, said to be outside',
      '{ groups: [one], external: true, cidrs: [10.8.0.0/21] }',
    ],
  ])('%s', (_, selector) => {
    const groups = `groups:
  one: { accounts: ["100000000001"] }
  eu: { regions: [eu-west-1] }
  vpc: { vpcs: [vpc-00000011] }
  web: { tags: { tier: [web, api] } }
  ten: { cidrs: [10.0.0.0/8] }
`;
    const findings = found(`${groups}${rule(selector, 'any')}`);
    expect(findings).toContain('never-matches allow[0].name');
  });

  it('says why, and what to do', () => {
    const [finding] = lint(rule('{ external: true, ous: [ou-ab12-prod0001], cidrs: [10.8.0.0/21] }', 'any'));
    expect(finding).toMatchObject({
      line: 3,
      column: 17,
      message:
        'rule r can never match: no account outside the organization is under an OU. Correct its selectors, or take it out',
    });
  });

  it('neither side is governed', () => {
    const [finding] = lint(
      rule(
        '{ regions: [ap-south-1], accounts: ["100000000001"] }',
        '{ external: true, cidrs: [10.8.0.0/21] }',
      ),
    );
    expect(finding?.message).toContain('governed region (eu-west-1, us-east-1)');
  });

  it.each([
    ['one governed side is enough', '{ regions: [ap-south-1] }', '{ accounts: ["100000000001"] }'],
    [
      'of a list one entry is enough',
      '[{ external: true, ous: [ou-ab12-prod0001], cidrs: [10.8.0.0/21] }, any]',
      'any',
    ],
    ['a block inside the other', '{ groups: [ten], cidrs: [10.1.0.0/16, 172.16.0.0/12] }', 'any'],
    [
      'one value of a tag in common',
      '{ groups: [web], tags: { tier: web }, accounts: ["100000000001"] }',
      'any',
    ],
    ['two OUs, of which one is under the other', '{ groups: [prod], ous: [ou-ab12-payments] }', 'any'],
  ])('not claimed: %s', (_, requester, accepter) => {
    const groups = `groups:
  ten: { cidrs: [10.0.0.0/8] }
  web: { tags: { tier: [web, api] } }
  prod: { ous: [ou-ab12-prod0001] }
`;
    expect(found(groups + rule(requester, accepter)).filter((one) => one.startsWith('never'))).toEqual([]);
  });

  it('is not claimed of a side with more ways to match than can be looked at', () => {
    const impossible = '{ external: true, ous: [ou-ab12-prod0001], cidrs: [10.8.0.0/21] }';
    const many = `[${Array.from({ length: 300 }, (_, index) => `{ groups: [no], vpcs: [vpc-${String(index).padStart(8, '0')}] }`).join(', ')}]`;
    const yaml = `groups: { no: ${impossible} }\n`;
    expect(found(yaml + rule(many, 'any'))).toEqual([]);
    expect(found(yaml + rule('no', 'any'))).toEqual(['never-matches allow[0].name']);
  });

  it('of a deny rule too', () => {
    const deny =
      'deny: [{ name: d, between: [{ external: true, ous: [ou-ab12-prod0001], cidrs: [10.8.0.0/21] }, any] }]';
    expect(found(deny)).toEqual(['never-matches deny[0].name']);
  });
});

describe('covered', () => {
  const two = (one: string, other: string): string => `allow:
  - { name: narrow, ${one} }
  - { name: wide, ${other} }
`;
  const ACCOUNT = 'requester: { accounts: ["100000000001"] }, accepter: any';
  const ACCOUNTS = 'requester: { accounts: ["100000000001", "100000000002"] }, accepter: any';

  it.each([
    ['an account among accounts', ACCOUNT, ACCOUNTS],
    [
      'a CIDR in a CIDR',
      'requester: { cidrs: [10.1.0.0/16] }, accepter: any',
      'requester: { cidrs: [10.0.0.0/8] }, accepter: any',
    ],
    ['one way of both', ACCOUNT, 'between: [{ accounts: ["100000000001"] }, any]'],
    [
      'a member under an OU, among members',
      'requester: { ous: [ou-ab12-prod0001] }, accepter: any',
      'requester: any, accepter: any',
    ],
    [
      'a list, entry by entry',
      'requester: [{ accounts: ["100000000001"] }, { accounts: ["100000000002"] }], accepter: any',
      ACCOUNTS,
    ],
    [
      'more fields',
      'requester: { accounts: ["100000000001"], regions: [eu-west-1], tags: { a: b } }, accepter: any',
      ACCOUNTS,
    ],
    [
      'one value of a tag',
      'requester: { tags: { a: b }, accounts: ["100000000001"] }, accepter: any',
      'requester: { tags: { a: [b, c] }, accounts: ["100000000001"] }, accepter: any',
    ],
    ['an approval that nobody is ever asked for', `${ACCOUNT}, approval: required`, ACCOUNTS],
  ])('%s', (_, narrow, wide) => {
    expect(found(two(narrow, wide)).filter((one) => one.startsWith('covered'))).toEqual([
      'covered allow[0].name',
    ]);
  });

  it.each([
    ['an approval is let off', ACCOUNT, `${ACCOUNTS}, approval: required`],
    ['options of its own, and it goes first by its name', `${ACCOUNT}, connect: { dns: false }`, ACCOUNTS],
    ['one account more', ACCOUNTS.replace('100000000002', '100000000003'), ACCOUNTS],
    ['only one way round', 'between: [{ accounts: ["100000000001"] }, any]', ACCOUNT],
    ['the other side differs', ACCOUNT, 'requester: any, accepter: { accounts: ["100000000001"] }'],
    [
      'a tag less',
      'requester: { accounts: ["100000000001"] }, accepter: any',
      'requester: { accounts: ["100000000001"], tags: { a: b } }, accepter: any',
    ],
    [
      'two halves of a block',
      'requester: { cidrs: [10.0.0.0/8] }, accepter: any',
      'requester: { cidrs: [10.0.0.0/9, 10.128.0.0/9] }, accepter: any',
    ],
    [
      'outsiders are let in',
      'requester: { external: true, accounts: ["999900001111"], cidrs: [10.8.0.0/21] }, accepter: any',
      'requester: any, accepter: any',
    ],
  ])('not claimed: %s', (_, narrow, wide) => {
    expect(found(two(narrow, wide))).not.toContain('covered allow[0].name');
  });

  it('of two that say the same, the second by name', () => {
    expect(found(two(ACCOUNT, ACCOUNT))).toEqual(['covered allow[1].name']);
  });

  it('options that never apply, because the wider rule goes first', () => {
    const [finding] = lint(`allow:
  - { name: b, ${ACCOUNT}, connect: { dns: false } }
  - { name: a, ${ACCOUNTS} }
`);
    expect(finding?.message).toContain('rule a matches all that it matches and goes first by its name');
  });

  it('an OU under an OU, only where the organization says so', () => {
    const yaml = two(
      'requester: { ous: [ou-ab12-payments] }, accepter: any',
      'requester: { ous: [ou-ab12-prod0001] }, accepter: any',
    );
    expect(found(yaml)).toEqual([]);
    expect(found(yaml, organization())).toEqual(['covered allow[0].name']);
  });

  it('of deny rules, unless people read its own reason', () => {
    const denies = (reason: string): string => `deny:
  - { name: a, between: [{ accounts: ["100000000001"] }, any]${reason} }
  - { name: b, between: [any, any] }
`;
    expect(found(denies(''))).toEqual(['covered deny[0].name']);
    expect(found(denies(', reason: PCI'))).toEqual([]);
  });
});

describe('cancelled-by-deny', () => {
  const policy = (allow: string, ...denies: string[]): string =>
    `allow: [{ name: r, ${allow} }]\ndeny:\n${denies.map((deny, index) => `  - { name: d${index}, ${deny} }\n`).join('')}`;
  const ALLOW = 'requester: { accounts: ["100000000001"] }, accepter: { accounts: ["100000000002"] }';

  it.each([
    ['by one, whichever way round', [ALLOW], ['between: [{ accounts: ["100000000002"] }, any]']],
    [
      'a CIDR that the deny holds whole',
      ['requester: { cidrs: [10.1.0.0/16] }, accepter: any'],
      ['between: [{ cidrs: [10.0.0.0/8] }, any]'],
    ],
    [
      'a list, by a deny for each entry',
      ['requester: [{ accounts: ["100000000001"] }, { accounts: ["100000000003"] }], accepter: any'],
      ['between: [{ accounts: ["100000000001"] }, any]', 'between: [{ accounts: ["100000000003"] }, any]'],
    ],
  ])('%s', (_, [allow = ''], denies) => {
    expect(found(policy(allow, ...denies))).toEqual(['cancelled-by-deny allow[0].name']);
  });

  it.each([
    [
      'a CIDR of which the deny holds a part',
      'requester: { cidrs: [10.0.0.0/8] }, accepter: any',
      'between: [{ cidrs: [10.1.0.0/16] }, any]',
    ],
    ['the other direction only', ALLOW, 'requester: { accounts: ["100000000002"] }, accepter: any'],
    ['a region less', ALLOW, 'between: [{ accounts: ["100000000001"], regions: [eu-west-1] }, any]'],
    [
      'one entry of a list',
      'requester: [{ accounts: ["100000000001"] }, { accounts: ["100000000003"] }], accepter: any',
      'between: [{ accounts: ["100000000001"] }, any]',
    ],
  ])('not claimed: %s', (_, allow, deny) => {
    expect(found(policy(allow, deny))).toEqual([]);
  });

  it('names the rules that do it', () => {
    const [finding] = lint(policy(ALLOW, 'between: [any, any]'));
    expect(finding?.message).toBe(
      'rule r allows nothing: deny rule d0 stops all that it matches. Narrow the deny, or take this rule out',
    );
  });
});

describe('deny-hits-nothing', () => {
  const deny = (one: string, other = 'any'): string => `deny: [{ name: d, between: [${one}, ${other}] }]`;
  const idle = (yaml: string, of = organization()): readonly string[] =>
    found(yaml, of).filter((one) => one.startsWith('deny-hits'));

  it.each([
    ['an OU without accounts', '{ ous: [ou-ab12-empty001] }', 'any'],
    ['an account that is not there', '{ accounts: ["100000000009"] }', 'any'],
    ['a tag that no VPC has', '{ tags: { tier: wbe } }', 'any'],
    ['a CIDR that no VPC has', '{ cidrs: [10.77.0.0/16] }', 'any'],
    [
      'an account in an OU in which it is not',
      '{ accounts: ["100000000001"], ous: [ou-ab12-sandbox1] }',
      'any',
    ],
    ['a member as an outsider', '{ accounts: ["100000000001"], external: true }', 'any'],
    ['a VPC and itself', '{ vpcs: [vpc-00000011] }', '{ vpcs: [vpc-00000011] }'],
  ])('%s', (_, one, other) => {
    expect(idle(deny(one, other))).toEqual(['deny-hits-nothing deny[0].name']);
  });

  it.each([
    ['an OU by its parent', '{ ous: [ou-ab12-workload] }', '{ ous: [ou-ab12-sandbox1] }'],
    ['an account without a VPC: it may make one', '{ accounts: ["100000000005"] }', 'any'],
    ['a tag that a VPC has', '{ tags: { tier: web } }', 'any'],
    ['any CIDR of several', '{ cidrs: [10.9.0.0/24] }', 'any'],
    ['outsiders, of whom no snapshot knows', '{ external: true }', 'any'],
    ['an outsider by its account', '{ accounts: ["999900001111"], external: true }', 'any'],
    ['a vendor by the CIDR that its peering shows', '{ external: true, cidrs: [192.168.8.0/21] }', 'any'],
  ])('not claimed: %s', (_, one, other) => {
    expect(idle(deny(one, other))).toEqual([]);
  });

  it('is not claimed without a snapshot', () => {
    expect(found(deny('{ ous: [ou-ab12-empty001] }'))).toEqual([]);
  });

  it('is not claimed where a part of the organization could not be read', () => {
    const unread = [{ accountId: '100000000005', reason: 'access denied' }];
    expect(idle(deny('{ tags: { tier: wbe } }'), organization({ unread }))).toEqual([]);
  });

  it('is not claimed where a governed region was not looked at', () => {
    expect(idle(deny('{ tags: { tier: wbe } }'), organization({ regions: ['eu-west-1'] }))).toEqual([]);
    expect(
      idle(deny('{ tags: { tier: wbe } }'), organization({ regions: ['eu-west-1', 'us-east-1'] })),
    ).toHaveLength(1);
  });
});

describe('tags-alone', () => {
  it.each([
    ['the requester', '{ tags: { open: "yes" } }', 'any', 'requester'],
    ['the accepter', 'any', '{ tags: { open: "yes" }, regions: [eu-west-1] }', 'accepter'],
    ['through a group', 'open', 'any', 'requester'],
    ['one entry of a list', '[{ accounts: ["100000000001"] }, open]', 'any', 'requester'],
    [
      'with a CIDR, which its account chooses too',
      '{ groups: [open], cidrs: [10.0.0.0/8] }',
      'any',
      'requester',
    ],
  ])('%s', (_, requester, accepter, side) => {
    const yaml = `groups: { open: { tags: { open: "yes" } } }\n${rule(requester, accepter)}`;
    expect(found(yaml)).toContain(`tags-alone allow[0].${side}`);
  });

  it('either side of a between', () => {
    const yaml = 'allow: [{ name: r, between: [{ accounts: ["100000000001"] }, { tags: { a: b } }] }]';
    expect(found(yaml)).toEqual(['tags-alone allow[0].between']);
  });

  it.each([
    ['an account', '{ tags: { open: "yes" }, accounts: ["100000000001"] }'],
    ['an OU through a group', '{ groups: [prod], tags: { open: "yes" } }'],
    ['a VPC id', '{ tags: { open: "yes" }, vpcs: [vpc-00000011] }'],
  ])('not claimed with %s', (_, requester) => {
    const yaml = `groups: { prod: { ous: [ou-ab12-prod0001] } }\n${rule(requester, 'any')}`;
    expect(found(yaml).filter((one) => one.startsWith('tags'))).toEqual([]);
  });

  it('is not claimed of a deny: that has a code of its own', () => {
    const deny = 'deny: [{ name: d, between: [{ tags: { a: b } }, any] }]';
    expect(found(deny)).toEqual(['deny-by-tags deny[0].between']);
  });
});

describe('unused-group', () => {
  it('one that no rule uses, and one that only such a group uses', () => {
    const yaml = `groups:
  used: { groups: [inner] }
  inner: { accounts: ["100000000001"] }
  idle: { groups: [deeper] }
  deeper: { accounts: ["100000000002"] }
${rule('[used]', '{ groups: [used], regions: [eu-west-1] }')}
`;
    expect(found(yaml)).toEqual(['unused-group groups.idle', 'unused-group groups.deeper']);
  });
});

describe('public-cidr', () => {
  it.each(['8.8.8.0/24', '0.0.0.0/0', '172.0.0.0/8', '2a05:d018::/32', '::/0', '100.0.0.0/8'])(
    '%s',
    (cidr) => {
      expect(found(rule(`{ cidrs: [10.0.0.0/8, "${cidr}"] }`, 'any'))).toEqual([
        'public-cidr allow[0].requester.cidrs[1]',
      ]);
    },
  );

  it.each(['10.1.0.0/16', '172.31.0.0/16', '192.168.0.0/16', '100.64.0.0/10', 'fd12:3456::/32', 'fc00::/7'])(
    'not claimed: %s',
    (cidr) => {
      expect(found(rule(`{ cidrs: ["${cidr}"] }`, 'any'))).toEqual([]);
    },
  );

  it('says where in a group', () => {
    const yaml = `groups: { g: { cidrs: [8.0.0.0/8] } }\n${rule('g', 'any')}`;
    expect(lint(yaml)).toMatchObject([{ line: 3, column: 24, path: 'groups.g.cidrs[0]' }]);
  });
});

describe('ids that the organization does not have', () => {
  const unknown = (selector: string): readonly string[] =>
    lint(rule(selector, 'any'), organization()).map(({ code, message }) => `${code}: ${message}`);

  it.each([
    ['ous: [ou-ab12-prod0002]', 'unknown-ou', 'did you mean ou-ab12-prod0001?'],
    ['accounts: ["100000000009"]', 'unknown-account', 'write external: true'],
    ['vpcs: [vpc-00000077]', 'unknown-vpc', 'no VPC vpc-00000077'],
    [
      'accounts: ["100000000001"], external: true, cidrs: [10.8.0.0/21]',
      'member-as-external',
      'is in the organization',
    ],
  ])('%s', (fields, code, message) => {
    expect(unknown(`{ ${fields} }`)).toEqual([expect.stringContaining(message)]);
    expect(unknown(`{ ${fields} }`)[0]).toContain(`${code}: `);
  });

  it.each([
    'ous: [ou-ab12-prod0001]',
    'accounts: ["100000000001"]',
    'accounts: ["999900001111"], external: true, cidrs: [10.8.0.0/21]',
    'vpcs: [vpc-00000011]',
    'vpcs: [vpc-00000088], external: true, cidrs: [10.8.0.0/21]',
  ])('not claimed: %s', (fields) => {
    expect(unknown(`{ ${fields} }`)).toEqual([]);
  });

  it('are not looked for without a snapshot', () => {
    expect(found(rule('{ ous: [ou-ab12-nowhere1] }', 'any'))).toEqual([]);
  });

  it('a VPC is not missed where a part of the organization could not be read', () => {
    const unread = [{ accountId: '100000000005', reason: 'access denied' }];
    expect(found(rule('{ vpcs: [vpc-00000077] }', 'any'), organization({ unread }))).toEqual([]);
  });
});

it('10,000 rules are looked through in seconds', () => {
  const rules = Array.from({ length: 10_000 }, (_, index) => {
    const account = (offset: number): string => String(100_000_000_000 + index * 2 + offset);
    return `  - { name: r${index}, requester: { accounts: ["${account(0)}"] }, accepter: { accounts: ["${account(1)}"] } }\n`;
  });
  const startedAt = performance.now();
  expect(found(`allow:\n${rules.join('')}`)).toEqual([]);
  expect(performance.now() - startedAt).toBeLessThan(30_000);
});
