import { errorWithCode, runCli } from '../support/run-cli.ts';
import { SNAPSHOT } from '../support/organizations.ts';

const HEAD = 'version: 1\nregions: [eu-west-1, us-east-1]\n';
const GROUPS = `groups:
  prod: { ous: [ou-ab12-prod0001] }
  sandbox: { ous: [ou-ab12-sandbox1] }
  vendor: { accounts: ["999900001111"], external: true, cidrs: [192.168.8.0/21] }
`;
const PROD_TO_SANDBOX = '  - { name: prod-to-sandbox, requester: prod, accepter: sandbox }\n';
const VENDOR = '  - { name: vendor-to-prod, requester: vendor, accepter: prod }\n';
const policy = (allow: string, rest = ''): string => `${HEAD}${GROUPS}${allow && `allow:\n${allow}`}${rest}`;

const OLD = policy(PROD_TO_SANDBOX + VENDOR);

const diff = (
  after: string,
  args: readonly string[] = [],
  { before = OLD, snapshot = SNAPSHOT }: { readonly before?: string; readonly snapshot?: unknown } = {},
) =>
  runCli(['policy', 'diff', 'old.yaml', 'new.yaml', '--org', 'o.json', ...args], {
    'old.yaml': before,
    'new.yaml': after,
    'o.json': JSON.stringify(snapshot),
  });

describe('pain 26: nobody knows what a policy change will do before it did it', () => {
  test('a live peering that no rule allows any more comes first', async () => {
    const { exitCode, stdout } = await diff(policy(PROD_TO_SANDBOX));
    const text = [
      'Access shrinks, and grows nowhere.',
      '',
      'Live peerings: 1 of 1 peering will be decided otherwise',
      '  - connected (accept by vendor-to-prod) → unsanctioned: reported (hold, no rule)',
      '      pcx-00000001 active: vpc-00000099 of 999900001111, eu-west-1 → vpc-00000011 of web-prod, eu-west-1',
    ].join('\n');
    expect(stdout.startsWith(text)).toBe(true);
    expect(exitCode).toBe(0);
  });

  test('what the guardrails will do to it is said', async () => {
    const { stdout } = await diff(policy(PROD_TO_SANDBOX, 'guardrails: { unsanctioned: delete }\n'));
    expect(stdout).toContain('→ unsanctioned: deleted (hold, no rule)');
    expect(stdout).toContain('active peerings that no rule allows: report → delete');
  });

  test('a guardrail alone changes what becomes of a peering that no rule allows', async () => {
    const guarded = (word: string): string =>
      policy(PROD_TO_SANDBOX, `guardrails: { unsanctioned: ${word} }\n`);
    const { stdout } = await diff(guarded('quarantine'), [], { before: guarded('report') });
    expect(stdout).toContain(
      '- unsanctioned: reported (hold, no rule) → unsanctioned: loses its routes (hold, no rule)',
    );
    expect(stdout).toContain('0 of 12 pairs change');
  });

  test('pairs that lose access, with how many and which', async () => {
    const { exitCode, stdout } = await diff(policy(VENDOR));
    expect(stdout).toContain('Pairs of VPCs (requester → accepter): 2 of 12 pairs change: 2 lose access');
    expect(stdout).toContain('- accept by prod-to-sandbox → hold, no rule  2 pairs; decision changed');
    expect(stdout).toContain('e.g. vpc-00000011 of web-prod, eu-west-1 → vpc-00000014 of twin, us-east-1');
    expect(exitCode).toBe(0);
  });

  test('that an approval is needed now', async () => {
    const after = OLD.replace('accepter: sandbox }', 'accepter: sandbox, approval: required }');
    const { exitCode, stdout } = await diff(after);
    expect(stdout).toContain('hold for approval by prod-to-sandbox  2 pairs; approval now needed');
    expect(exitCode).toBe(0);
  });

  test('that no approval is needed any more', async () => {
    const before = OLD.replace('accepter: sandbox }', 'accepter: sandbox, approval: required }');
    const { exitCode, stdout } = await diff(OLD, [], { before });
    expect(stdout).toContain('+ hold for approval by prod-to-sandbox → accept by prod-to-sandbox');
    expect(exitCode).toBe(1);
  });

  test('that given approvals count no more, for they cover the policy they were given under', async () => {
    const approved = (rest: string): string => policy(VENDOR.replace(' }', ', approval: required }') + rest);
    const { exitCode, stdout } = await diff(approved(PROD_TO_SANDBOX), [], { before: approved('') });
    const state = 'needs an approval (hold for approval by vendor-to-prod)';
    expect(stdout).toContain(`- ${state} → ${state}\n`);
    expect(stdout).toContain('it must be given anew');
    expect(exitCode).toBe(1);
  });

  test('that another rule decides, at no change of access', async () => {
    const { exitCode, stdout } = await diff(OLD.replace('prod-to-sandbox', 'renamed'));
    expect(stdout).toContain('Access stays the same.');
    expect(stdout).toContain('~ accept by prod-to-sandbox → accept by renamed  2 pairs; rule changed');
    expect(exitCode).toBe(0);
  });

  test.each([
    ['dns: off → on', 'connect: { dns: false }', 'connect: { dns: true }', 1],
    ['dns: on → off', 'connect: { dns: true }', 'connect: { dns: false }', 0],
    [
      'newCidrs: safe → route',
      'connect: { routes: { newCidrs: safe } }',
      'connect: { routes: { newCidrs: route } }',
      1,
    ],
    [
      'newCidrs: safe → hold',
      'connect: { routes: { newCidrs: safe } }',
      'connect: { routes: { newCidrs: hold } }',
      0,
    ],
    ['oneSided: off → on', 'oneSided: false', 'oneSided: true', 1],
    ['ipv6: off → on', 'connect: { routes: { ipv6: false } }', 'connect: { routes: { ipv6: true } }', 1],
    [
      'destinations: subnet-cidrs → vpc-cidrs',
      'connect: { routes: { destinations: subnet-cidrs } }',
      'connect: { routes: { destinations: vpc-cidrs } }',
      1,
    ],
    [
      'destinations: vpc-cidrs → 10.1.0.0/16',
      'connect: { routes: { destinations: vpc-cidrs } }',
      'connect: { routes: { destinations: [10.1.0.0/16] } }',
      1,
    ],
    [
      'destinations: 10.1.0.0/16 and 10.2.0.0/16 → 10.1.0.0/16',
      'connect: { routes: { destinations: [10.1.0.0/16, 10.2.0.0/16] } }',
      'connect: { routes: { destinations: [10.1.0.0/16] } }',
      0,
    ],
    [
      'tables: associated → all',
      'connect: { routes: { tables: associated } }',
      'connect: { routes: { tables: all } }',
      1,
    ],
    [
      'tables: main → tagged autopeer=routes',
      'connect: { routes: { tables: main } }',
      'connect: { routes: { tables: { tagged: { autopeer: routes } } } }',
      1,
    ],
    [
      'exclude: 100.64.0.0/10 → nothing',
      'connect: { routes: { exclude: [100.64.0.0/10] } }',
      'connect: { routes: { exclude: [] } }',
      1,
    ],
    [
      'exclude: 100.64.0.0/16 → 100.64.0.0/10',
      'connect: { routes: { exclude: [100.64.0.0/16] } }',
      'connect: { routes: { exclude: [100.64.0.0/10] } }',
      0,
    ],
    ['peeringsPerVpc: 10 → 20', 'limits: { peeringsPerVpc: 10 }', 'limits: { peeringsPerVpc: 20 }', 1],
    ['routesPerTable: 10 → 5', 'limits: { routesPerTable: 10 }', 'limits: { routesPerTable: 5 }', 0],
  ])('that the options change: %s', async (text, before, after, code) => {
    const rule = (options: string): string =>
      policy(PROD_TO_SANDBOX.replace('sandbox }', `sandbox, ${options} }`));
    const { exitCode, stdout } = await diff(rule(after), [], { before: rule(before) });
    expect(stdout).toContain(`      ${text}\n`);
    expect(stdout).toContain('options changed');
    expect(exitCode).toBe(code);
  });
});

test('options of which one widens and one narrows may be growth', async () => {
  const rule = (dns: boolean, ipv6: boolean): string =>
    policy(
      PROD_TO_SANDBOX.replace('sandbox }', `sandbox, connect: { dns: ${dns}, routes: { ipv6: ${ipv6} } } }`),
    );
  const { exitCode, stdout } = await diff(rule(true, false), [], { before: rule(false, true) });
  expect(stdout).toContain('Access may grow: see what is marked with ?.');
  expect(exitCode).toBe(1);
});

describe('access from outside, whose VPCs no snapshot lists', () => {
  test('a wider CIDR of a vendor is growth', async () => {
    const { exitCode, stdout } = await diff(OLD.replace('192.168.8.0/21', '192.168.0.0/16'));
    expect(stdout).toContain('With accounts outside the organization, whose VPCs nobody can list:');
    expect(stdout).toContain('e.g. a VPC (192.168.0.0/16) of 999900001111 outside, eu-west-1 → vpc-00000011');
    expect(exitCode).toBe(1);
  });

  test('a narrower one is none', async () => {
    const { exitCode } = await diff(OLD.replace('192.168.8.0/21', '192.168.8.0/24'));
    expect(exitCode).toBe(0);
  });

  test('growth in a part of a block that no selector lists is seen', async () => {
    const denied = 'deny:\n  - { name: no-ten, between: [{ external: true, cidrs: [10.0.0.0/8] }, any] }\n';
    const wide = (cidr: string): string => `${OLD.replace('192.168.8.0/21', cidr)}${denied}`;
    const { exitCode, stdout } = await diff(wide('10.0.0.0/7'), [], { before: wide('10.0.0.0/8') });
    expect(stdout).toContain('a VPC (11.0.0.0/8) of 999900001111 outside');
    expect(exitCode).toBe(1);
  });

  test('any account outside is one that nobody names', async () => {
    const rule =
      '  - { name: everybody, requester: { external: true, cidrs: [192.168.0.0/16] }, accepter: prod }\n';
    const { exitCode, stdout } = await diff(policy(PROD_TO_SANDBOX + VENDOR + rule));
    expect(stdout).toContain('a VPC of any other account outside');
    expect(exitCode).toBe(1);
  });
});

describe('what is counted as growth', () => {
  test('a milder guardrail', async () => {
    const guarded = (word: string): string => policy(VENDOR, `guardrails: { unsanctioned: ${word} }\n`);
    expect((await diff(guarded('report'), [], { before: guarded('delete') })).exitCode).toBe(1);
    expect((await diff(guarded('delete'), [], { before: guarded('report') })).exitCode).toBe(0);
  });

  test('a milder guardrail for what nobody approved', async () => {
    const guarded = (word: string): string => policy(VENDOR, `guardrails: { unapproved: ${word} }\n`);
    const { exitCode, stdout } = await diff(guarded('report'), [], { before: guarded('quarantine') });
    expect(stdout).toContain('+ active peerings that nobody approved: quarantine → report');
    expect(exitCode).toBe(1);
  });

  test('not how many peerings an hour may be cut', async () => {
    const guarded = (atMost: number): string => policy(VENDOR, `guardrails: { atMost: ${atMost} }\n`);
    const { exitCode, stdout } = await diff(guarded(5), [], { before: guarded(50) });
    expect(stdout).toContain('~ peerings an hour that may lose their routes: 50 → 5');
    expect(exitCode).toBe(0);
  });

  test('a deny that is taken away', async () => {
    const before = `${OLD}deny:\n  - { name: no, between: [prod, sandbox] }\n`;
    const { exitCode, stdout } = await diff(OLD, [], { before });
    expect(stdout).toContain('+ reject by no → accept by prod-to-sandbox');
    expect(exitCode).toBe(1);
  });

  test('what may grow because a fact is missing', async () => {
    const tagged = '  - { name: web, requester: prod, accepter: { tags: { tier: web } } }\n';
    const { exitCode, stdout } = await diff(policy(PROD_TO_SANDBOX + VENDOR + tagged));
    expect(stdout).toContain('? hold, no rule → hold, facts unknown to web');
    expect(exitCode).toBe(1);
  });

  test('the same policy with other words is none', async () => {
    const { exitCode, stdout } = await diff(`# a comment\n${OLD}`);
    expect(stdout).toContain('Access stays the same.');
    expect(stdout).toContain('0 of 12 pairs change');
    expect(exitCode).toBe(0);
  });
});

describe('output', () => {
  test('--quiet prints nothing', async () => {
    const { exitCode, stdout, stderr } = await diff(policy(''), ['--quiet'], { before: policy('') });
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    const grown = await diff(OLD, ['--quiet'], { before: policy('') });
    expect(grown).toMatchObject({ exitCode: 1, stdout: '', stderr: '' });
  });

  test('--json prints one object', async () => {
    const { exitCode, json } = await diff(policy(VENDOR), ['--json']);
    expect(json()).toMatchObject({
      old: { file: 'old.yaml' },
      new: { file: 'new.yaml' },
      growth: 'shrank',
      peerings: { total: 1, changed: 0, changes: [] },
      pairs: {
        total: 12,
        changed: 2,
        byGrowth: { shrank: 2, grew: 0, unclear: 0, same: 0 },
        groups: [
          {
            growth: 'shrank',
            facets: ['decision'],
            old: { kind: 'accept', rule: 'prod-to-sandbox' },
            new: { kind: 'hold', code: 'no-rule-matches' },
            pairs: 2,
          },
        ],
      },
      outside: { isCut: false, groups: [] },
      leftOut: { unread: [], regions: [] },
    });
    expect(exitCode).toBe(0);
  });

  test('many live peerings are counted, and listed by --json only', async () => {
    const [peering] = SNAPSHOT.peerings;
    const peerings = Array.from({ length: 25 }, (_, number) => ({
      ...peering,
      id: `pcx-000000${10 + number}`,
    }));
    const { stdout, lines } = await diff(policy(PROD_TO_SANDBOX), [], {
      snapshot: { ...SNAPSHOT, peerings },
    });
    expect(stdout).toContain('25 of 25 peerings will be decided otherwise');
    expect(lines.filter((line) => line.includes('pcx-'))).toHaveLength(10);
    expect(stdout).toContain('and 15 more (--json)');
  });

  test('peerings that are over play no part', async () => {
    const peerings = SNAPSHOT.peerings.map((peering) => ({ ...peering, state: 'deleted' }));
    const { stdout } = await diff(policy(PROD_TO_SANDBOX), [], { snapshot: { ...SNAPSHOT, peerings } });
    expect(stdout).toContain('Live peerings: 0 of 0 peerings');
  });

  test('accounts that were not read are told', async () => {
    const unread = [{ accountId: '100000000005', reason: 'no role' }];
    const { stdout } = await diff(OLD, [], { snapshot: { ...SNAPSHOT, unread } });
    expect(stdout).toContain('left out  account twin (100000000005): not read (no role)');
  });
});

test.each([
  ['old.yaml', 'autopeer: old.yaml: no such file'],
  ['new.yaml', 'autopeer: new.yaml: no such file'],
  ['o.json', 'autopeer: o.json: no such file'],
])('%s that cannot be read gives 2, also with --quiet', async (gone, why) => {
  const files = { 'old.yaml': OLD, 'new.yaml': OLD, 'o.json': JSON.stringify(SNAPSHOT) };
  const args = ['policy', 'diff', 'old.yaml', 'new.yaml', '--org', 'o.json', '--quiet'];
  const { exitCode, stdout, stderr } = await runCli(args, { ...files, [gone]: errorWithCode('ENOENT') });
  expect(stderr).toBe(`${why}\n`);
  expect(stdout).toBe('');
  expect(exitCode).toBe(2);
});
