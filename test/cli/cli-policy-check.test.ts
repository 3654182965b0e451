import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AWS_REGIONS } from '../../analysis/lint/aws-regions.ts';
import { compareText } from '../../shared/domain/policy/language/canonical.ts';
import { errorWithCode, runCli } from '../support/run-cli.ts';
import { SNAPSHOT } from '../support/organizations.ts';

const CLEAN = `version: 1
regions: [eu-west-1]
groups:
  prod: { ous: [ou-ab12-prod0001] }
allow:
  - { name: within-prod, requester: prod, accepter: prod }
`;
const IDLE = `${CLEAN}deny:
  - { name: idle, between: [prod, { tags: { tier: wbe } }] }
`;
const DOUBTFUL = CLEAN.replace('{ ous: [ou-ab12-prod0001] }', '{ cidrs: [0.0.0.0/0] }');
const FAULTY = `version: 1
regions: [eu-west-1]
allow:
  - { name: a, requester: prd, accepter: any }
  - { name: a, requester: any, accepter: any, aproval: required }
`;
const files = {
  'clean.yaml': CLEAN,
  'idle.yaml': IDLE,
  'doubtful.yaml': DOUBTFUL,
  'faulty.yaml': FAULTY,
  'org.json': JSON.stringify(SNAPSHOT),
};
const check = (...args: string[]) => runCli(['policy', 'check', ...args], files);

describe('a valid policy', () => {
  it('without warnings: one line, exit 0', async () => {
    const { exitCode, stdout, stderr } = await check('clean.yaml', '--strict');
    expect(stdout).toBe(
      'clean.yaml: valid, no warnings (1 allow and 0 deny rules)\n' +
        '1 piece of advice besides: --advice shows them\n',
    );
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
  });

  it('with warnings: each with its place, its code and what to do; exit 0', async () => {
    const { exitCode, lines } = await check('doubtful.yaml');
    expect(lines).toEqual([
      'doubtful.yaml:4:19: warning public-cidr: 0.0.0.0/0 takes in every IPv4 address ' +
        '(10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10): addresses there may belong to anybody. ' +
        'Write the blocks that are yours.',
      'doubtful.yaml: valid, 1 warning (1 allow and 0 deny rules)',
      '1 piece of advice besides: --advice shows them',
    ]);
    expect(exitCode).toBe(0);
  });

  it('with rules whose time is over, or soon will be', async () => {
    const rule = (name: string, expires: string) =>
      `  - { name: ${name}, requester: prod, accepter: { accounts: ["${name === 'a' ? 1 : 2}00000000009"] }, expires: ${expires} }\n`;
    const policy = `${CLEAN}${rule('a', '2026-11-30')}${rule('b', '2026-12-09T12:00:00Z')}`.replace(
      '  - { name: within-prod, requester: prod, accepter: prod }\n',
      '',
    );
    const { exitCode, lines } = await runCli(['policy', 'check', 'p.yaml', '--strict'], { 'p.yaml': policy });
    expect(lines.slice(0, 2)).toEqual([
      'p.yaml:6:84: warning expired-rule: rule a allowed until the end of 2026-11-30 (UTC), and allows nothing any more: write a later date, or take it out.',
      'p.yaml:7:84: warning expiring-rule: rule b allows only until 2026-12-09T12:00:00Z: write a later date if it is to go on.',
    ]);
    expect(exitCode).toBe(1);
  });

  it('with advice: shown by --advice, and never a failure', async () => {
    const { exitCode, lines } = await check('clean.yaml', '--advice', '--strict');
    expect(lines).toEqual([
      'clean.yaml:6:13: advice unbounded-side: no cidrs bound the requester and the accepter of rule within-prod: ' +
        'a private CIDR that such a VPC gets later is routed too. If you mean less, add cidrs, such as ' +
        'cidrs: [10.8.0.0/14], or write newCidrs: hold.',
      'clean.yaml: valid, no warnings (1 allow and 0 deny rules)',
    ]);
    expect(exitCode).toBe(0);
  });

  it('with trial rules: they are counted', async () => {
    const tried = CLEAN.replace('accepter: prod }', 'accepter: prod, dryRun: true }');
    const { stdout } = await runCli(['policy', 'check', 'a'], { a: tried });
    expect(stdout).toContain('(1 allow and 0 deny rules, 1 of them on trial)');
  });

  it('with warnings and --strict: exit 1', async () => {
    const { exitCode } = await check('doubtful.yaml', '--strict');
    expect(exitCode).toBe(1);
  });

  it('held against a snapshot with --org', async () => {
    const without = await check('idle.yaml');
    expect(without.stdout).not.toContain('deny-hits-nothing');
    const { stdout } = await check('idle.yaml', '--org', 'org.json');
    expect(stdout).toContain('idle.yaml:8:13: warning deny-hits-nothing: deny rule idle rejects nothing');
  });

  it('--json: one object with the findings and the version', async () => {
    const { json } = await check('doubtful.yaml', '--json');
    expect(json()).toEqual({
      file: 'doubtful.yaml',
      valid: true,
      policyVersion: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      faults: [],
      findings: [
        expect.objectContaining({ code: 'public-cidr', line: 4, column: 19, path: 'groups.prod.cidrs[0]' }),
      ],
      advice: [expect.objectContaining({ code: 'unbounded-side', level: 'advice', path: 'allow[0].name' })],
    });
  });

  it('in colours on a terminal, and in none elsewhere', async () => {
    const colored = await runCli(['policy', 'check', 'doubtful.yaml'], files, true);
    expect(colored.stdout).toContain('\u001b[33m');
    const plain = await check('doubtful.yaml');
    expect(plain.stdout).not.toContain('\u001b');
  });
});

describe('faults', () => {
  it('come all at once with file, line and column, and what to write; exit 2', async () => {
    const { exitCode, stdout, stderr } = await check('faulty.yaml');
    expect(stderr.trimEnd().split('\n')).toEqual([
      "faulty.yaml:4:27: unknown group 'prd': define it under groups",
      "faulty.yaml:5:13: the rule name 'a' is taken by allow[0]: give each rule its own",
      "faulty.yaml:5:47: unknown key 'aproval', did you mean 'approval'?",
      'autopeer: 3 faults: faulty.yaml is no policy yet',
    ]);
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  });

  it('a region that AWS does not have, with all others, and what was meant', async () => {
    const text = FAULTY.replace('[eu-west-1]', '[eu-wst-1, eu-west-1]').replace(
      'any }',
      '{ regions: [moon-base-1] } }',
    );
    const { exitCode, stderr } = await runCli(['policy', 'check', 'a'], { a: text });
    expect(stderr.split('\n').slice(0, 3)).toEqual([
      'a:2:11: AWS has no region eu-wst-1 that this autopeer knows: did you mean eu-west-1? For a region that is newer, use a newer autopeer',
      "a:4:27: unknown group 'prd': define it under groups",
      expect.stringMatching(
        /^a:4:54: AWS has no region moon-base-1 that this autopeer knows: correct the name\./,
      ),
    ]);
    expect(exitCode).toBe(2);
    const onlyRegion = CLEAN.replace('eu-west-1', 'eu-wst-1');
    expect(await runCli(['policy', 'check', 'a'], { a: onlyRegion })).toMatchObject({ exitCode: 2 });
  });

  it('a tag named regions holds no regions', async () => {
    const text = CLEAN.replace(
      '{ ous: [ou-ab12-prod0001] }',
      '{ ous: [ou-ab12-prod0001], tags: { regions: [eu-wst-1] } }',
    );
    expect(await runCli(['policy', 'check', 'a'], { a: text })).toMatchObject({ exitCode: 0 });
  });

  it('knows every region that the AWS SDK knows', () => {
    const sdk = readFileSync(
      'node_modules/@aws-sdk/core/dist-es/submodules/client/util-endpoints/lib/aws/partitions.js',
      'utf8',
    );
    const theirs = [...sdk.matchAll(/"([a-z]{2,4}(?:-[a-z]+){1,3}-\d+)": \{/g)].map(([, name = '']) => name);
    expect(theirs.length).toBeGreaterThan(30);
    expect([...AWS_REGIONS].toSorted(compareText)).toEqual(theirs.toSorted(compareText));
  });

  it('--json: on standard output', async () => {
    const { exitCode, stderr, json } = await check('faulty.yaml', '--json');
    expect(json()).toMatchObject({
      valid: false,
      faults: [{ line: 4, column: 27 }, { line: 5 }, { line: 5 }],
    });
    expect(stderr).toBe('');
    expect(exitCode).toBe(2);
  });
});

describe('files that cannot be read: exit 2, and why', () => {
  it.each([
    ['no such file', errorWithCode('ENOENT')],
    ['is a directory', errorWithCode('EISDIR')],
    ['cannot be read (EIO)', errorWithCode('EIO')],
    ['is not UTF-8 text', Buffer.from([0xff, 0xfe])],
    ['is larger than 20 MiB', Buffer.alloc(21 * 1024 * 1024)],
  ])('%s', async (why, content) => {
    const { exitCode, stderr } = await runCli(['policy', 'check', 'a'], { a: content });
    expect(stderr).toBe(`autopeer: a: ${why}\n`);
    expect(exitCode).toBe(2);
  });

  it.each([
    ['{"version": 1', 'autopeer: org: is no JSON: write the snapshot again with autopeer snapshot\n'],
    [
      JSON.stringify({ ...SNAPSHOT, accounts: [{ id: '1', name: 'x', ou: null }] }),
      'autopeer: org: accounts[0].id: "1" is not an account id of twelve digits\n',
    ],
  ])('a broken snapshot', async (content, message) => {
    const { exitCode, stderr } = await runCli(['policy', 'check', 'p', '--org', 'org'], {
      p: CLEAN,
      org: content,
    });
    expect(stderr).toBe(message);
    expect(exitCode).toBe(2);
  });

  it('an error that nobody foresaw is not taken for a bad file', async () => {
    await expect(runCli(['policy', 'check', 'a'], { a: new TypeError('a bug') })).rejects.toThrow('a bug');
  });

  it('control characters of a file name do not reach the terminal', async () => {
    const name = 'a\u001b[2J';
    const { stdout, stderr } = await runCli(['policy', 'check', name], { [name]: CLEAN });
    expect(stdout + stderr).not.toContain('\u001b');
  });
});

it.each([
  [['policy']],
  [['policy', 'check']],
  [['policy', 'chek', 'a']],
  [['policy', 'check', 'a', '--jsn']],
])('%j is bad usage: exit 2', async (args) => {
  const { exitCode, stdout, stderr } = await runCli(args, files);
  expect(exitCode).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).not.toBe('');
});

it.each(['check', 'test', 'explain'])(
  'policy %s --help says the exit codes and gives examples',
  async (command) => {
    const { exitCode, stdout } = await runCli(['policy', command, '--help']);
    expect(stdout).toContain('Exit code: 0');
    expect(stdout).toContain(`$ autopeer policy ${command}`);
    expect(exitCode).toBe(0);
  },
);

describe('a policy that includes files of its folder', () => {
  const parts = {
    'p/policy.yaml': `version: 1
regions: [eu-west-1]
include: [network.yaml, data.yaml]
allow:
  - { name: own, requester: prod, accepter: prod }
`,
    'p/network.yaml': `groups:
  prod: { ous: [ou-ab12-prod0001], cidrs: [10.0.0.0/8] }
deny:
  - { name: no-lab, between: [prod, { accounts: ["000000000012"] }], reason: "yes: no" }
`,
    'p/data.yaml': `groups:
  data: { accounts: ["000000000007"], tags: { "on": "1e3" }, cidrs: [10.0.0.0/8] }
allow:
  - { name: to-data, requester: prod, accepter: data, expires: 2027-03-31 }
`,
  };
  const WHOLE = `version: 1
regions: [eu-west-1]
groups:
  prod: { ous: [ou-ab12-prod0001], cidrs: [10.0.0.0/8] }
  data: { accounts: ["000000000007"], tags: { "on": "1e3" }, cidrs: [10.0.0.0/8] }
allow:
  - { name: own, requester: prod, accepter: prod }
  - { name: to-data, requester: prod, accepter: data, expires: 2027-03-31 }
deny:
  - { name: no-lab, between: [prod, { accounts: ["000000000012"] }], reason: "yes: no" }
`;
  const run = (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
    runCli(['policy', ...args], { ...parts, ...more });
  const checked = async (more: Readonly<Record<string, string>>): Promise<readonly string[]> =>
    (await run(['check', 'p/policy.yaml'], more)).stderr.trimEnd().split('\n');

  it('is checked as one, and merged into one that says the same', async () => {
    const { stdout, exitCode } = await run(['check', 'p/policy.yaml', '--json']);
    expect(exitCode).toBe(0);
    const whole = await runCli(['policy', 'check', 'w.yaml', '--json'], { 'w.yaml': WHOLE });
    const versionOf = (text: string): string =>
      /"policyVersion":"(sha256:[^"]+)"/.exec(text)?.[1] ?? `none in ${text}`;
    expect(versionOf(stdout)).toBe(versionOf(whole.stdout));
    const merged = await run(['merge', 'p/policy.yaml']);
    const again = await runCli(['policy', 'check', 'm.yaml', '--json'], { 'm.yaml': merged.stdout });
    expect(versionOf(again.stdout)).toBe(versionOf(whole.stdout));
  });

  it('has its faults and warnings in the file where they stand', async () => {
    expect(
      await checked({
        'p/data.yaml': 'allow:\n  - { name: own, requester: prdo, accepter: prod }\n',
        'p/network.yaml': parts['p/network.yaml'].replace('reason', 'raeson'),
      }),
    ).toEqual([
      "p/network.yaml:4:70: unknown key 'raeson', did you mean 'reason'?",
      "p/data.yaml:2:13: the rule name 'own' is taken by allow[0]: give each rule its own",
      "p/data.yaml:2:29: unknown group 'prdo', did you mean 'prod'?",
      'autopeer: 3 faults: p/policy.yaml is no policy yet',
    ]);
    const { lines } = await run(['check', 'p/policy.yaml'], {
      'p/data.yaml': `${parts['p/data.yaml']}  - { name: never, requester: { accounts: ["000000000001"], except: data }, accepter: any }\n`,
    });
    expect(lines[0]).toMatch(/^p\/data.yaml:5:69: warning idle-except: /);
  });

  it.each([
    ['[../network.yaml]', '3:11: expected the name of a YAML file in the same folder'],
    ['[/etc/network.yaml]', '3:11: expected the name of a YAML file in the same folder'],
    ['[sub/network.yaml]', '3:11: expected the name of a YAML file in the same folder'],
    ['[network.yaml, network.yaml]', '3:25: network.yaml is included twice: keep one'],
    ['[policy.yaml]', '3:11: a policy does not include itself'],
    ['[other.yaml]', '3:11: other.yaml: no such file'],
    ['network.yaml', '3:10: expected a list of 1 to 100 files'],
    ['[]', '3:10: expected a list of 1 to 100 files'],
  ])('include: %s is a fault', async (include, fault) => {
    const policy = parts['p/policy.yaml'].replace('[network.yaml, data.yaml]', include);
    const [first, last] = await checked({ 'p/policy.yaml': policy });
    expect(first).toContain(`p/policy.yaml:${fault}`);
    expect(last).toContain('1 fault');
  });

  it.each([
    ['include: [more.yaml]', '1:1: an included file includes no other'],
    ['regions: [eu-west-1]', "1:1: 'regions' belongs into the policy that includes this file"],
    ['allow: { name: a }', '1:8: expected a list of rules'],
    ['groups: [prod]', '1:9: expected groups by their names'],
    ['# nothing', '1:1: write allow, deny, groups, approvers, people into an included file'],
    [
      'groups: { prod: { accounts: ["000000000007"] } }',
      "1:11: p/network.yaml has 'prod' under groups already",
    ],
    ['groups: *x', '1:9: a policy takes no YAML alias'],
  ])('%s in an included file is a fault', async (text, fault) => {
    expect((await checked({ 'p/data.yaml': `${text}\n` }))[0]).toContain(`p/data.yaml:${fault}`);
  });

  it('cannot come from standard input', async () => {
    const { stderr, exitCode } = await run(['check', '-'], { '-': parts['p/policy.yaml'] });
    expect(stderr).toContain(
      '-:3:1: standard input has no folder to include files from: name the policy by its file',
    );
    expect(exitCode).toBe(2);
  });

  it('is refused where it is packaged as it is', async () => {
    const { stderr, exitCode } = await run(['check', 'p/policy.yaml', '--one-file']);
    expect(stderr).toContain(
      'p/policy.yaml:3:10: the policy includes other files, and is to be deployed as one',
    );
    expect(exitCode).toBe(2);
    expect((await runCli(['policy', 'check', 'w.yaml', '--one-file'], { 'w.yaml': WHOLE })).exitCode).toBe(0);
  });
});

describe('--fix-ids', () => {
  const NAMED = `version: 1 # kept
regions:   [eu-west-1]
groups:
  prod: { ous: [Workloads/Prod,   ou-ab12-nonprod1] }   # Workloads/Prod
  web:
    accounts:
      - 'web-prod' # of the web team
      - "100000000002"
    tags: { accounts: [web-prod] }
allow:
  - { name: r, requester: prod, accepter: { groups: [web], except: { ous: [Sandbox] } } }
`;
  let folder = '';
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'fix-ids-'))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const fix = (text: string, ...args: string[]) =>
    runCli(['policy', 'check', join(folder, 'p.yaml'), '--fix-ids', ...args], {
      [join(folder, 'p.yaml')]: text,
      'org.json': JSON.stringify(SNAPSHOT),
    });
  const written = () => readFileSync(join(folder, 'p.yaml'), 'utf8');

  it('writes the ids of the snapshot, leaves all else as it is, and says what it wrote', async () => {
    const { stderr } = await fix(NAMED, '--org', 'org.json');
    expect(written()).toBe(
      NAMED.replace('[Workloads/Prod,', '[ou-ab12-prod0001,')
        .replace("'web-prod' #", '"100000000001" #')
        .replace('[Sandbox]', '[ou-ab12-sandbox1]'),
    );
    expect(stderr).toContain('p.yaml:4:17: Workloads/Prod is ou-ab12-prod0001 now\n');
    expect(stderr).toContain('p.yaml:7:9: web-prod is 100000000001 now\n');
  });

  it('says which name it does not know, or knows twice', async () => {
    const { stderr, exitCode } = await fix(
      'version: 1\nregions: [eu-west-1]\ngroups: { a: { accounts: [wbe-prod, twin], ous: [Prod] } }\n',
      '--org',
      'org.json',
    );
    expect(stderr).toContain("p.yaml:3:27: the snapshot has no account 'wbe-prod', did you mean 'web-prod'?");
    expect(stderr).toContain("the snapshot has several accounts 'twin': write the id that you mean");
    expect(stderr).toContain("the snapshot has no OU 'Prod'");
    expect(exitCode).toBe(2);
    expect(existsSync(join(folder, 'p.yaml'))).toBe(false);
  });

  it('needs a snapshot, without which a name is a fault that says so', async () => {
    expect((await fix(NAMED)).stderr).toContain('--fix-ids needs --org');
    const { stderr } = await runCli(['policy', 'check', 'p.yaml'], { 'p.yaml': NAMED });
    expect(stderr).toContain(
      "p.yaml:4:17: expected an OU id, such as ou-ab12-prod0001, found 'Workloads/Prod'; for a name, autopeer policy check --org SNAPSHOT --fix-ids writes the id",
    );
    expect(stderr).toMatch(/p.yaml:7:9: expected a quoted account id .*found 'web-prod'; for a name,/);
  });
});
