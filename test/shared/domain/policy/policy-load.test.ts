import { loadPolicy } from '../../../../shared/domain/policy/language/load.ts';
import { faultsOf, policyOf } from '../../../support/policy-builders.ts';

const HEAD = 'version: 1\nregions: [eu-west-1]\n';

describe('a policy file', () => {
  it('is loaded with its version, regions, defaults and guardrails', () => {
    const policy = policyOf('defaults: { unmatched: reject }\nguardrails: { unsanctioned: quarantine }');
    expect(policy.version).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(policy.regions).toEqual(['eu-west-1', 'us-east-1']);
    expect(policy.defaults.unmatched).toBe('reject');
    expect(policy.guardrails.unsanctioned).toBe('quarantine');
  });

  it('holds what no rule matches and reports what no rule allows, unless it says otherwise', () => {
    const { defaults, guardrails } = policyOf('');
    expect(defaults.unmatched).toBe('hold');
    expect(guardrails).toEqual({ unsanctioned: 'report', unapproved: 'report', atMost: 10 });
    expect(defaults.connect.routes.newCidrs).toBe('safe');
  });

  it('says what becomes of what nobody approved, how much is cut an hour, and of CIDRs that come later', () => {
    const { guardrails, allow } = policyOf(
      'guardrails: { unapproved: quarantine, atMost: 3 }\n' +
        'defaults: { connect: { routes: { newCidrs: hold } } }\n' +
        'allow:\n' +
        '  - { name: a, between: [any, any], connect: { routes: { newCidrs: route } } }\n' +
        '  - { name: b, between: [any, any], connect: { routes: { ipv6: false } } }\n',
    );
    expect(guardrails).toEqual({ unsanctioned: 'report', unapproved: 'quarantine', atMost: 3 });
    const newCidrs = allow.rules.map(({ rule }) => rule.connect.routes.newCidrs);
    expect(newCidrs).toEqual(['route', 'hold']);
  });

  it('has a live version that trial rules do not change', () => {
    const rules = (dryRun: string): string =>
      `allow: [{ name: a, between: [any, any] }, { name: b, between: [any, any]${dryRun} }]`;
    const live = policyOf('allow: [{ name: a, between: [any, any] }]');
    const tried = policyOf(rules(', dryRun: true'));
    expect(live.liveVersion).toBe(live.version);
    expect(tried.liveVersion).toBe(live.version);
    expect(tried.version).not.toBe(live.version);
    expect(policyOf(rules('')).liveVersion).not.toBe(live.version);
  });

  it('has a live version that owners and tickets do not change', () => {
    const rules = (notes: string) => policyOf(`allow: [{ name: a, between: [any, any]${notes} }]`);
    const [bare, noted] = [rules(''), rules(', owner: network team, ticket: NET-1')];
    expect(noted.liveVersion).toBe(bare.liveVersion);
    expect(noted.version).not.toBe(bare.version);
    expect(bare.liveVersion).toBe(bare.version);
    expect(noted.model.allow).toMatchObject([{ owner: 'network team', ticket: 'NET-1' }]);
  });

  it('keeps its version when only comments, layout or order change', () => {
    const one = policyOf(
      'groups:\n  a: { accounts: ["000000000001", "000000000002"], tags: { tier: [web, app], env: prod } }',
    );
    const other = policyOf(
      '# a comment\ngroups: {a: {tags: {env: [prod], tier: [app, web]}, accounts: ["000000000002", "000000000001"]}}',
    );
    expect(other.version).toBe(one.version);
  });

  it.each([
    ['a group', 'groups: { a: { accounts: ["000000000002"] } }'],
    ['a default', 'groups: { a: { accounts: ["000000000001"] } }\ndefaults: { unmatched: reject }'],
    ['a rule', 'groups: { a: { accounts: ["000000000001"] } }\ndeny: [{ name: d, between: [a, a] }]'],
  ])('has another version when %s changes', (_, changed) => {
    const before = policyOf('groups: { a: { accounts: ["000000000001"] } }');
    expect(policyOf(changed).version).not.toBe(before.version);
  });
});

describe('a file from another editor', () => {
  it.each([
    ['a byte order mark', '\uFEFFversion: 1\nregions: [eu-west-1]\n'],
    ['line ends of Windows', 'version: 1\r\nregions: [eu-west-1]\r\n'],
    ['JSON', '{"version": 1, "regions": ["eu-west-1"]}'],
    ['a document marker', '---\nversion: 1\nregions: [eu-west-1]\n'],
  ])('is read with %s', (_, text) => {
    expect(loadPolicy(text).kind).toBe('loaded');
  });
});

describe('all faults come at once', () => {
  it('with line, column, path, and what to write instead, in the order of the file', () => {
    const faults = faultsOf(
      [
        'version: 1',
        'regions: [eu-west-1]',
        'groups:',
        '  prod: { ous: [ou-ab12-prod0001] }',
        '  apps: { acounts: ["111122223333"] }',
        'allow:',
        '  - { name: x, requester: prd, accepter: apps, aproval: required }',
        '  - { name: x, between: [prod, apps], requester: prod }',
        'defaults: { unmatched: hol }',
      ].join('\n'),
    );
    expect(faults).toEqual([
      "5:11 groups.apps.acounts: unknown key 'acounts', did you mean 'accounts'?",
      "7:27 allow[0].requester: unknown group 'prd', did you mean 'prod'?",
      "7:48 allow[0].aproval: unknown key 'aproval', did you mean 'approval'?",
      "8:13 allow[1].name: the rule name 'x' is taken by allow[0]: give each rule its own",
      '8:16 allow[1].between: write either between, or requester and accepter: not between with requester',
      "9:24 defaults.unmatched: expected one of hold, reject, ignore, found 'hol', did you mean 'hold'?",
    ]);
  });
});

describe('bad input gets a clear fault', () => {
  const cases: readonly (readonly [what: string, text: string, fault: RegExp])[] = [
    ['an empty file', '', /^1:1 : the file is empty: write at least version: 1/],
    ['only a comment', '# nothing\n', /the file is empty/],
    [
      'something else than a mapping',
      'hello',
      /expected a policy \(a mapping with version, .*\), found 'hello'/,
    ],
    [
      'a ticket that is a number',
      `${HEAD}allow: [{ name: a, between: [any, any], ticket: 123 }]`,
      /expected where it was agreed, such as NET-123, in quotes where it looks like a number, found the number 123/,
    ],
    [
      'an owner that nobody reads to its end',
      `${HEAD}deny: [{ name: a, between: [any, any], owner: ${'x'.repeat(101)} }]`,
      /it is too long: write at most 100 characters/,
    ],
    [
      'a deny rule that expires',
      `${HEAD}deny: [{ name: a, between: [any, any], expires: 2027-03-31 }]`,
      /^3:40 deny\[0\].expires: a deny rule does not expire, .*: take the rule out when its time is over; or write an allow rule/,
    ],
    ...[
      '2027-02-29',
      '2027-3-1',
      '2027-03-31 12:00',
      '2027-03-31T12:00:00',
      '2027-03-31T24:00:00Z',
      'soon',
    ].map((expires): [string, string, RegExp] => [
      `the expiry ${expires}`,
      `${HEAD}allow: [{ name: a, between: [any, any], expires: "${expires}" }]`,
      /expected a date, such as 2027-03-31, or a time, such as 2027-03-31T18:00:00Z, found '/,
    ]),
    [
      'an include that nobody has put together',
      `${HEAD}include: [network.yaml]`,
      /^3:10 include: the files were not put together: deploy with autopeer deploy, or write one file with autopeer policy merge/,
    ],
    ['no version', 'regions: [eu-west-1]', /version is missing: write version: 1/],
    [
      'an unknown version',
      'version: 2\nregions: [eu-west-1]',
      /found the number 2: this autopeer knows no other/,
    ],
    ['a version as text', 'version: "1"\nregions: [eu-west-1]', /expected version 1, found '1'/],
    ['no regions', 'version: 1', /regions is missing: write a list, such as \[eu-west-1\]/],
    [
      'a region that is none',
      'version: 1\nregions: [europe]',
      /expected a region, such as eu-west-1, found 'europe'/,
    ],
    [
      'a rule without a name',
      `${HEAD}allow:\n  - { name: a, between: [any, any] }\n  - { between: [any, any] }`,
      /^5:5 allow\[1\]\.name: allow\[1\]\.name is missing: write a name/,
    ],
    ['broken YAML', `${HEAD}groups: { a: [`, /this is not valid YAML/],
    ['a key written twice', `${HEAD}allow: []\nallow: []`, /4:1 : this key is written twice/],
    ['two documents', `${HEAD}---\n${HEAD}`, /several YAML documents/],
    ['an unknown YAML tag', `${HEAD}groups: { a: !secret x }`, /not valid YAML: Unresolved tag/],
    [
      'an alias',
      `${HEAD}groups: { a: &a { accounts: ["111122223333"] }, b: *a }`,
      /takes no YAML alias \(\*a\)/,
    ],
    ['a merge key', `${HEAD}groups: { a: { <<: { external: true } } }`, /unknown key '<<'/],
    [
      'a key named __proto__',
      `${HEAD}groups: { __proto__: { external: true } }`,
      /a key must be a plain word/,
    ],
    ['a list as a key', `${HEAD}groups: { [a]: { external: true } }`, /a key must be a plain word/],
    ['an unknown key', `${HEAD}alow: []`, /3:1 alow: unknown key 'alow', did you mean 'allow'\?/],
    [
      'a section without a value',
      `${HEAD}allow:\n`,
      /allow has no value: write a list of rules, or leave the key/,
    ],
    [
      'an account id as a number',
      `${HEAD}groups: { a: { accounts: [012345678901] } }`,
      /leading zeros are lost; write "012345678901"/,
    ],
    [
      'an account id with a wrong length',
      `${HEAD}groups: { a: { accounts: ["123"] } }`,
      /twelve digits.*found '123'/,
    ],
    [
      'one account id without a list',
      `${HEAD}groups: { a: { accounts: "111122223333" } }`,
      /expected a list, such as/,
    ],
    [
      'a CIDR with host bits',
      `${HEAD}groups: { a: { cidrs: [10.1.2.3/16] } }`,
      /has host bits set: write 10.1.0.0\/16/,
    ],
    ['an IPv6 CIDR with host bits', `${HEAD}groups: { a: { cidrs: ["fd00::1/8"] } }`, /write fd00::\/8/],
    [
      'a CIDR that is none',
      `${HEAD}groups: { a: { cidrs: [10.0.0.0] } }`,
      /expected a CIDR, such as 10.0.0.0\/16/,
    ],
    [
      'an empty group',
      `${HEAD}groups: { a: {} }`,
      /3:14 groups.a: an empty selector would take in every VPC/,
    ],
    [
      'a group without a value',
      `${HEAD}groups:\n  a:\n`,
      /4:3 groups.a: groups.a has no value: write a selector/,
    ],
    ['an empty list', `${HEAD}groups: { a: { accounts: [] } }`, /the list is empty: name at least one/],
    ['empty tags', `${HEAD}groups: { a: { tags: {} } }`, /tags is empty/],
    [
      'a tag as a number',
      `${HEAD}groups: { a: { tags: { tier: 1 } } }`,
      /a tag's value, in quotes.*found the number 1/,
    ],
    [
      'yes for true',
      `${HEAD}groups: { a: { external: yes } }`,
      /expected true or false, such as external: true, found 'yes'/,
    ],
    ['a bad group name', `${HEAD}groups: { 1a: { external: true } }`, /expected a name: a letter, then/],
    ['a group that is built in', `${HEAD}groups: { any: { external: true } }`, /the group 'any' is built in/],
    [
      'a circle of groups',
      `${HEAD}groups: { a: { groups: [b] }, b: { groups: [c] }, c: { groups: [b] } }`,
      /go in a circle: b → c → b/,
    ],
    [
      'approvers who are nobody',
      `${HEAD}approvers: { net: { accounts: ["000000000001"] } }`,
      /approvers 'net' name nobody: write iam, slack or slackGroups/,
    ],
    [
      'a name of Slack',
      `${HEAD}approvers: { net: { slack: [anna] } }`,
      /expected the id of a Slack user, such as U0123ABCD/,
    ],
    [
      'a user as a group',
      `${HEAD}approvers: { net: { slackGroups: [U0123ABCD] } }`,
      /expected the id of a Slack user group/,
    ],
    [
      'a person of Slack alone',
      `${HEAD}people: { anna: { slack: [U0123ABCD] } }`,
      /'anna' is known in Slack only/,
    ],
    [
      'a person who is several roles',
      `${HEAD}people: { a: { slack: [U0123ABCD], iam: ["arn:aws:iam::000000000001:role/x*"] } }`,
      /expected the ARN of one IAM role or user, without \*/,
    ],
    [
      'an identity of two people',
      `${HEAD}people: { a: { slack: [U0123ABCD], identityCenter: [jo] }, b: { slack: [U0123ABCE], identityCenter: [jo] } }`,
      /jo is 'a' already/,
    ],
    ['a group of itself', `${HEAD}groups: { a: { groups: [a] } }`, /go in a circle: a → a/],
    ['an unknown group of a group', `${HEAD}groups: { a: { groups: [bee] } }`, /unknown group 'bee'/],
    ['a rule with one end', `${HEAD}allow: [{ name: a, requester: any }]`, /the rule lacks accepter/],
    ['a rule without a name', `${HEAD}deny: [{ between: [any, any] }]`, /deny\[0\].name is missing/],
    [
      'a between of one',
      `${HEAD}deny: [{ name: d, between: [any] }]`,
      /expected two sides.*found a list of 1/,
    ],
    [
      'a name used by allow and deny',
      `${HEAD}allow: [{ name: a, between: [any, any] }]\ndeny: [{ name: a, between: [any, any] }]`,
      /taken by allow\[0\]/,
    ],
    [
      'another kind of approval',
      `${HEAD}allow: [{ name: a, between: [any, any], approval: true }]`,
      /expected required, or \{ by: \[network-team\] \}, found the boolean true/,
    ],
    [
      'unknown tables',
      `${HEAD}defaults: { connect: { routes: { tables: mian } } }`,
      /found 'mian', did you mean 'main'\?/,
    ],
    [
      'a limit out of range',
      `${HEAD}defaults: { limits: { peeringsPerVpc: 200 } }`,
      /a whole number from 1 to 125, found the number 200/,
    ],
    [
      'a brake out of range',
      `${HEAD}guardrails: { atMost: 0 }`,
      /guardrails.atMost: expected a whole number from 1 to 1000, found the number 0/,
    ],
    [
      'a guardrail that does not exist',
      `${HEAD}guardrails: { unapproved: delete }`,
      /guardrails.unapproved: expected one of report, quarantine, found 'delete'/,
    ],
    [
      'another word for new CIDRs',
      `${HEAD}defaults: { connect: { routes: { newCidrs: routes } } }`,
      /expected one of safe, hold, route, found 'routes', did you mean 'route'/,
    ],
    [
      'a limit with a fraction',
      `${HEAD}defaults: { limits: { routesPerTable: 1.5 } }`,
      /a whole number from 1 to 1000/,
    ],
  ];

  it.each(cases)('%s', (_, text, fault) => {
    expect(faultsOf(text)).toContainEqual(expect.stringMatching(fault));
  });

  it.each(cases)('and only a few lines of it: %s', (_, text) => {
    expect(faultsOf(text).length).toBeLessThan(4);
  });
});

describe('hostile input is refused without a crash', () => {
  it('ten megabytes', () => {
    const text = `${HEAD}# ${'x'.repeat(10 * 1024 * 1024)}`;
    expect(faultsOf(text)).toEqual([
      expect.stringMatching(/^1:1 : the file has \d+ characters; a policy has at most/),
    ]);
  });

  it('a bomb of aliases', () => {
    const levels = Array.from({ length: 12 }, (_, level) => {
      const inner =
        level === 0
          ? '"111122223333"'
          : Array(10)
              .fill(`*l${level - 1}`)
              .join(', ');
      return `  l${level}: &l${level} { accounts: [${inner}] }`;
    });
    const faults = faultsOf(`${HEAD}groups:\n${levels.join('\n')}\n`);
    expect(faults.length).toBe(110);
    expect(faults[0]).toMatch(/takes no YAML alias/);
  });

  it.each([
    ['forty levels', '['.repeat(40) + ']'.repeat(40)],
    ['lists without end', '['.repeat(100_000)],
    ['mappings without end', '{a: '.repeat(100_000)],
    ['lists without end, closed', '['.repeat(100_000) + ']'.repeat(100_000)],
  ])('%s within one another', (_, nested) => {
    expect(faultsOf(`${HEAD}groups: ${nested}`)).toContainEqual(expect.stringMatching(/^3:\d+ .*too deeply/));
  });

  it('groups nested too deeply to follow', () => {
    const groups = Array.from({ length: 5_000 }, (_, index) => `  g${index}: { groups: [g${index + 1}] }`);
    const faults = faultsOf(`${HEAD}groups:\n${groups.join('\n')}\n  g5000: { external: false }\n`);
    expect(faults).toEqual([expect.stringMatching(/groups refer to groups more than 16 deep/)]);
  });

  it('more faults than anybody reads', () => {
    const rules = Array.from(
      { length: 3_000 },
      (_, index) => `  - { name: r${index}, between: [a${index}, b] }`,
    );
    expect(faultsOf(`${HEAD}allow:\n${rules.join('\n')}`)).toHaveLength(1_000);
  });

  it.each([
    '\u0000',
    '\uFEFF',
    '%YAML 9.9',
    '- - -',
    '? !!binary x',
    '"',
    '\t\t',
    '&a *a',
    '{{{}}}',
    '!!set {a}',
  ])('the text %j', (text) => {
    expect(loadPolicy(text).kind).toBe('faulty');
  });
});
