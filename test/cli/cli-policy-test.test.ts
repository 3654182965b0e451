import { SNAPSHOT } from '../support/organizations.ts';
import { type CliFiles, runCli } from '../support/run-cli.ts';

const POLICY = `version: 1
regions: [eu-west-1]
groups:
  prod: { ous: [ou-ab12-prod0001] }
  sandbox: { ous: [ou-ab12-sandbox1] }
allow:
  - { name: within-prod, requester: prod, accepter: prod }
  - { name: asked, requester: prod, accepter: { tags: { tier: web }, accounts: ["100000000003"] }, approval: required }
deny:
  - { name: never-sandbox, between: [prod, sandbox], reason: PCI scope }
`;
const PASSING = `version: 1
tests:
  - name: production is joined with itself
    requester: { account: "100000000001", ous: [ou-ab12-prod0001] }
    accepter: { account: "100000000002", ous: [ou-ab12-prod0001] }
    expect: { decision: accept, rule: within-prod, reason: rule-allows }
`;
const FAILING = `${PASSING}  - name: sandboxes are let in
    requester: { account: "100000000004", ous: [ou-ab12-sandbox1] }
    accepter: { account: "100000000001", ous: [ou-ab12-prod0001] }
    expect: { decision: accept, rule: within-prod, reason: rule-allows }
`;
const test = (tests: string, args: readonly string[] = [], more: CliFiles = {}) =>
  runCli(['policy', 'test', 'dir/policy.yaml', ...args], {
    'dir/policy.yaml': POLICY,
    'dir/policy.test.yaml': tests,
    'dir/org.json': JSON.stringify(SNAPSHOT),
    ...more,
  });
const one = (requester: string, accepter: string, expected: string, more = ''): string =>
  `version: 1\norganization: org.json\ntests:\n  - name: t\n    requester: ${requester}\n    accepter: ${accepter}\n${more}    expect: ${expected}\n`;

describe('a rule that expires', () => {
  const PROD = '{ account: "100000000001", ous: [ou-ab12-prod0001] }';
  const policy = POLICY.replace('accepter: prod }', 'accepter: prod, expires: 2020-03-31 }');
  const run = (at: string, expected: string) =>
    test(one(PROD, PROD, `{ decision: ${expected} }`, at), [], { 'dir/policy.yaml': policy });

  it.each([
    ['', 'accept'],
    ['    at: 2020-03-31\n', 'accept'],
    ['    at: 2020-04-01\n', 'hold'],
    ['    at: 2020-03-31T23:59:59Z\n', 'accept'],
  ])('%j %s', async (at, expected) => {
    const { exitCode, stdout } = await run(at, expected);
    expect(stdout).toContain('1 passed, 0 failed');
    expect(exitCode).toBe(0);
  });
});

describe('the tests beside a policy', () => {
  it('pass: exit 0, and the rules that none of them decides are listed', async () => {
    const { exitCode, lines, stderr } = await test(PASSING);
    expect(lines).toEqual([
      '✓ production is joined with itself (accept by within-prod)',
      '',
      '1 of 3 rules decided by a test (33 %)',
      '  untested asked',
      '  untested never-sandbox',
      '1 test: 1 passed, 0 failed',
    ]);
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
  });

  it('fail: exit 1, with the place, each difference and the whole reason', async () => {
    const { exitCode, lines } = await test(FAILING);
    expect(lines.slice(1, 6)).toEqual([
      '✗ sandboxes are let in (dir/policy.test.yaml:7:5)',
      '    expected accept, got reject',
      '    expected rule within-prod, got never-sandbox',
      '    expected reason rule-allows, got rule-denies',
      '    Deny rule never-sandbox stops it (PCI scope): the requester is in sandbox (OU ou-ab12-sandbox1), ' +
        'the accepter is in prod (OU ou-ab12-prod0001).',
    ]);
    expect(lines.at(-1)).toBe('2 tests: 1 passed, 1 failed');
    expect(exitCode).toBe(1);
  });

  it.each([
    ['33', 0],
    ['34', 1],
    ['100', 1],
  ])('--min-coverage %s where a third is covered: exit %i', async (percent, code) => {
    const { exitCode } = await test(PASSING, ['--min-coverage', percent]);
    expect(exitCode).toBe(code);
  });

  it('--json: one object', async () => {
    const { exitCode, json } = await test(FAILING, ['--json', '--min-coverage', '50']);
    expect(json()).toEqual({
      file: 'dir/policy.test.yaml',
      tests: [
        expect.objectContaining({ name: 'production is joined with itself', passed: true, failures: [] }),
        expect.objectContaining({
          name: 'sandboxes are let in',
          passed: false,
          line: 7,
          column: 5,
          expect: { decision: 'accept', rule: 'within-prod', reason: 'rule-allows' },
          got: {
            kind: 'reject',
            rule: 'never-sandbox',
            reason: expect.objectContaining({ code: 'rule-denies', rule: 'never-sandbox' }),
          },
        }),
      ],
      coverage: { rules: 3, untested: ['asked'], percent: 66, minimum: 50 },
    });
    expect(exitCode).toBe(1);
  });

  it('--tests names another file', async () => {
    const { lines } = await test('', ['--tests', 'other.yaml'], { 'other.yaml': PASSING });
    expect(lines.at(-1)).toBe('1 test: 1 passed, 0 failed');
  });

  it('.yml has its tests in .test.yml', async () => {
    const { exitCode } = await runCli(['policy', 'test', 'a.yml'], {
      'a.yml': POLICY,
      'a.test.yml': PASSING,
    });
    expect(exitCode).toBe(0);
  });

  it('a rule that only may decide is not covered', async () => {
    const { stdout } = await test(
      one(
        '{ account: "100000000001", ous: [ou-ab12-prod0001] }',
        '{ account: "100000000003", tags: unknown }',
        '{ decision: hold, rule: asked, reason: facts-unknown }',
      ),
    );
    expect(stdout).toContain('✓ t (hold by asked)');
    expect(stdout).toContain('untested asked');
  });
});

describe('the facts of a side', () => {
  const WEB_PROD = 'vpc-00000011';

  it.each([
    [
      'a VPC of the snapshot, with its OUs',
      WEB_PROD,
      '{ vpc: vpc-00000012 }',
      '{ decision: accept, rule: within-prod }',
    ],
    [
      'an account by its name',
      '{ account: web-prod }',
      'vpc-00000012',
      '{ decision: accept, rule: within-prod }',
    ],
    [
      'an OU by its path, and those above it',
      '{ account: "100000000099", ou: Workloads/Prod/Payments }',
      WEB_PROD,
      '{ decision: accept, rule: within-prod }',
    ],
    [
      'an OU by its id, and those above it',
      '{ account: "100000000099", ou: ou-ab12-payments }',
      WEB_PROD,
      '{ decision: accept, rule: within-prod }',
    ],
    [
      'a fact goes before the snapshot',
      WEB_PROD,
      '{ vpc: vpc-00000013, region: ap-south-1, tags: { tier: db } }',
      '{ decision: hold, reason: no-rule-matches }',
    ],
    [
      'no tags are read where the region is not governed',
      WEB_PROD,
      'vpc-00000013',
      '{ decision: hold, reason: facts-unknown }',
    ],
    [
      'an account that the snapshot lacks is outside',
      '{ account: "100000000098" }',
      '{ account: "100000000097" }',
      '{ decision: ignore, reason: not-governed }',
    ],
    [
      'an account said to be outside',
      '{ account: web-prod, external: true }',
      'vpc-00000012',
      '{ decision: hold, reason: no-rule-matches }',
    ],
    [
      'an account said to be inside',
      '{ account: "100000000098", external: false }',
      'vpc-00000099',
      '{ decision: hold, reason: no-rule-matches }',
    ],
    [
      'a VPC that only a peering tells of',
      'vpc-00000099',
      WEB_PROD,
      '{ decision: hold, reason: no-rule-matches }',
    ],
  ])('%s', async (_, requester, accepter, expected) => {
    const { stdout, stderr } = await test(one(requester, accepter, expected));
    expect(stderr).toBe('');
    expect(stdout).toContain('✓ t');
  });

  it('approved: true stands for an approval of just this', async () => {
    const args = [WEB_PROD, '{ account: web-dev, ou: Sandbox, tags: { tier: web } }'] as const;
    const waiting = await test(
      one(
        '{ account: web-prod }',
        '{ account: web-dev, tags: { tier: web } }',
        '{ decision: hold, reason: approval-required }',
      ),
    );
    expect(waiting.exitCode).toBe(0);
    const approved = await test(
      one(
        '{ account: web-prod }',
        '{ account: web-dev, tags: { tier: web } }',
        '{ decision: accept, rule: asked, reason: approval-given }',
        '    approved: true\n',
      ),
    );
    expect(approved.exitCode).toBe(0);
    // No approval gets past a deny.
    const denied = await test(
      one(...args, '{ decision: reject, rule: never-sandbox }', '    approved: true\n'),
    );
    expect(denied.exitCode).toBe(0);
  });

  it('--org goes before the snapshot that the tests name', async () => {
    const tests = one(WEB_PROD, 'vpc-00000012', '{ decision: accept }').replace('org.json', 'gone.json');
    const { exitCode } = await test(tests, ['--org', 'dir/org.json']);
    expect(exitCode).toBe(0);
    const without = await test(tests);
    expect(without.stderr).toBe('autopeer: dir/gone.json: no such file\n');
    expect(without.exitCode).toBe(2);
  });

  it.each([
    ['vpc-00000077', 'nothing is known of vpc-00000077 in the snapshot: write its account'],
    ['{ region: eu-west-1 }', 'which account?'],
    ['{ account: web-prd }', "the snapshot has no account 'web-prd', did you mean 'web-prod'?"],
    ['{ account: twin }', "the snapshot has 2 accounts 'twin': write the id"],
    ['{ account: 100000000001 }', 'an account id must be quoted'],
    ['{ account: web-prod, ou: Workloads/Prd }', "no OU 'Workloads/Prd', did you mean 'Workloads/Prod'?"],
    ['{ account: web-prod, ou: Sandbox, external: true }', 'is under no OU: leave out one of the two'],
    ['{ vpc: vpc-00000011, account: web-dev }', 'vpc-00000011 is in account 100000000001'],
    ['{ vpc: vpc-00000011, region: us-east-1 }', 'vpc-00000011 is in eu-west-1'],
    ['{ account: web-prod, cidr: [10.0.0.0/8] }', "unknown key 'cidr', did you mean 'cidrs'?"],
    ['{ account: web-prod, cidrs: [10.0.0.1/8] }', '10.0.0.1/8 has host bits set: write 10.0.0.0/8'],
    ['prod', "expected a VPC id, such as vpc-0123456789abcdef0, found 'prod'"],
  ])('that make no sense: %s', async (requester, message) => {
    const { exitCode, stderr, stdout } = await test(one(requester, WEB_PROD, '{ decision: accept }'));
    expect(stderr).toMatch(/^dir\/policy\.test\.yaml:5:\d+: /);
    expect(stderr).toContain(message);
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  });

  it.each([
    ['{ account: web-prod }', 'a name needs a snapshot (--org)'],
    ['{ account: "100000000001", ou: Workloads/Prod }', 'a path of names needs a snapshot (--org)'],
    ['vpc-00000011', 'nothing is known of vpc-00000011 without a snapshot (--org)'],
  ])('that need a snapshot: %s', async (requester, message) => {
    const tests = one(requester, '{ account: "100000000001" }', '{ decision: accept }').replace(
      'organization: org.json\n',
      '',
    );
    const { exitCode, stderr } = await test(tests);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(2);
  });
});

describe('broken files: exit 2', () => {
  it('no tests: says where they are looked for, and how to name them', async () => {
    const { exitCode, stderr } = await runCli(['policy', 'test', 'policy.yaml'], { 'policy.yaml': POLICY });
    expect(stderr).toBe(
      'autopeer: policy.test.yaml: no such file\nautopeer: write the tests there, or name them with --tests\n',
    );
    expect(exitCode).toBe(2);
  });

  it('faults of the policy and of the tests come together', async () => {
    const { exitCode, stderr } = await test('version: 2\ntests: []\n', [], {
      'dir/policy.yaml': 'version: 1\n',
    });
    expect(stderr).toContain('dir/policy.yaml:1:1: regions is missing: write a list, such as [eu-west-1]');
    expect(stderr).toContain('dir/policy.test.yaml:1:10: expected version: 1');
    expect(stderr).toContain('dir/policy.test.yaml:2:8: the list is empty');
    expect(exitCode).toBe(2);
  });

  it.each([
    ['{ decision: allow }', 'expected one of accept, hold, reject, ignore'],
    [
      '{ decision: accept, rule: within-prd }',
      "the policy has no rule 'within-prd', did you mean 'within-prod'?",
    ],
    ['{ decision: accept, reason: rule-alows }', "did you mean 'rule-allows'?"],
    ['{ rule: within-prod }', 'tests[0].expect.decision is missing: write one of accept'],
  ])('an expectation that makes no sense: %s', async (expected, message) => {
    const { exitCode, stderr } = await test(one('vpc-00000011', 'vpc-00000012', expected));
    expect(stderr).toMatch(/^dir\/policy\.test\.yaml:7:\d+: /);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(2);
  });

  it('two tests of one name', async () => {
    const { stderr } = await test(PASSING + PASSING.split('\n').slice(2).join('\n'));
    expect(stderr).toContain('another test has this name');
  });

  it.each(['-1', '101', 'half'])('--min-coverage %s is bad usage', async (percent) => {
    const { exitCode, stderr } = await test(PASSING, ['--min-coverage', percent]);
    expect(stderr).toContain('Write a whole number from 0 to 100.');
    expect(exitCode).toBe(2);
  });
});
