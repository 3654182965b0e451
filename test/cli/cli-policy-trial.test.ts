import { SNAPSHOT } from '../support/organizations.ts';
import { type CliFiles, runCli } from '../support/run-cli.ts';

const GROUPS = `version: 1
regions: [eu-west-1, us-east-1]
groups:
  prod: { ous: [ou-ab12-prod0001] }
  sandbox: { ous: [ou-ab12-sandbox1] }
`;
const WITHIN_PROD = '  - { name: within-prod, requester: prod, accepter: prod }\n';
const policy = (allow: string, deny = ''): string =>
  `${GROUPS}allow:\n${WITHIN_PROD}${allow}${deny && `deny:\n${deny}`}`;
const TO_SANDBOX = '  - { name: a-to-sandbox, requester: prod, accepter: sandbox }\n';
const NO_PROD = '  - { name: no-prod, between: [prod, prod] }\n';
const trial = (rule: string): string => rule.replace(' }\n', ', dryRun: true }\n');

const LIVE = policy('');
const TRIED = policy(trial(TO_SANDBOX), trial(NO_PROD));

const run = (args: readonly string[], files: CliFiles) =>
  runCli(['policy', ...args], { 'org.json': JSON.stringify(SNAPSHOT), ...files });

describe('diff', () => {
  const diff = (before: string, after: string, args: readonly string[] = []) =>
    run(['diff', 'old.yaml', 'new.yaml', '--org', 'org.json', ...args], {
      'old.yaml': before,
      'new.yaml': after,
    });

  it('a trial rule that is added changes no access; what it would change stands apart', async () => {
    const { exitCode, stdout } = await diff(LIVE, TRIED);
    const [live = '', tried = ''] = stdout.split('\nTrial rules a-to-sandbox and no-prod would change this');
    expect(live).toContain('Access stays the same.');
    expect(live).toContain('0 of 12 pairs change');
    expect(tried).toContain('and decide nothing yet: access would grow.');
    expect(tried).toContain('hold, no rule → accept by a-to-sandbox');
    expect(tried).toContain('accept by within-prod → reject by no-prod');
    expect(exitCode).toBe(0);
  });

  it('a live rule that becomes a trial is lost access, and the other way round it is gained', async () => {
    const [live, tried] = [policy(TO_SANDBOX), policy(trial(TO_SANDBOX))];
    const lost = await diff(live, tried);
    expect(lost.stdout).toContain('Access shrinks, and grows nowhere.');
    expect(lost.stdout).toContain('- accept by a-to-sandbox → hold, no rule');
    expect(lost.exitCode).toBe(0);
    const gained = await diff(tried, live);
    expect(gained.stdout).toContain('Access grows.');
    expect(gained.stdout).not.toContain('Trial rule');
    expect(gained.exitCode).toBe(1);
  });

  it('--json: the trial is apart', async () => {
    const { json } = await diff(LIVE, TRIED, ['--json']);
    expect(json()).toMatchObject({
      growth: 'same',
      pairs: { changed: 0 },
      trial: { rules: ['a-to-sandbox', 'no-prod'], growth: 'grew', pairs: { changed: 4 } },
    });
  });
});

describe('explain', () => {
  const explain = (text: string, accepter: string, args: readonly string[] = []) =>
    run(['explain', '--policy', 'p.yaml', '--request', 'r.json', '--org', 'org.json', ...args], {
      'p.yaml': text,
      'r.json': JSON.stringify({ requester: 'vpc-00000011', accepter }),
    });

  it('shows the live decision, and the trial’s where it is another', async () => {
    const { stdout } = await explain(TRIED, 'vpc-00000012');
    expect(stdout).toMatch(/^accept by rule within-prod \(rule-allows\)\n/);
    expect(stdout).toContain('\nIf the trial rules were live: reject by rule no-prod (rule-denies)\n');
  });

  it('shows what a trial would connect', async () => {
    const { stdout } = await explain(TRIED, 'vpc-00000014');
    expect(stdout).toMatch(/^hold \(no-rule-matches\)/);
    expect(stdout).toContain('If the trial rules were live: accept by rule a-to-sandbox');
    expect(stdout).toContain('connects: routes to vpc-cidrs');
  });

  it('is silent about a trial that would do the same', async () => {
    const same = policy('  - { name: a, requester: prod, accepter: prod, dryRun: true }\n');
    const { stdout } = await explain(same, 'vpc-00000012');
    expect(stdout).not.toContain('trial');
  });

  it('--json: trial is there only where it differs', async () => {
    const { json } = await explain(TRIED, 'vpc-00000012', ['--json']);
    expect(json()).toMatchObject({
      decision: { kind: 'accept' },
      trial: { kind: 'reject', rule: 'no-prod' },
    });
    const live = await explain(LIVE, 'vpc-00000012', ['--json']);
    expect(live.json()).not.toHaveProperty('trial');
  });
});

describe('who-can', () => {
  const whoCan = (args: readonly string[] = []) =>
    run(['who-can', '--policy', 'p.yaml', '--org', 'org.json', '--from', 'prod', ...args], {
      'p.yaml': TRIED,
    });

  it('answers for live rules, and marks what a trial rule would allow', async () => {
    const { stdout } = await whoCan();
    expect(stdout).toMatch(/^ +yes +within-prod /m);
    expect(stdout).toMatch(/^ +yes \(trial\) +a-to-sandbox /m);
    expect(stdout).not.toContain('no-prod');
  });

  it('--json: rows are live, and trial has the others', async () => {
    const { json } = await whoCan(['--json']);
    expect(json()).toMatchObject({ rows: [{ rule: 'within-prod' }], trial: [{ rule: 'a-to-sandbox' }] });
    const rows: unknown = json();
    expect(rows).toHaveProperty('rows.length', 1);
  });
});

describe('test', () => {
  const testing = (expected: string, more = '', text = TRIED) =>
    run(['test', 'p.yaml', '--json'], {
      'p.yaml': text,
      'p.test.yaml': `version: 1
organization: org.json
tests:
  - { name: t, requester: vpc-00000011, accepter: vpc-00000014, expect: ${expected}${more} }
`,
    });

  it('live rules decide', async () => {
    const { exitCode, json } = await testing('{ decision: hold, reason: no-rule-matches }');
    expect(exitCode).toBe(0);
    expect(json()).toMatchObject({
      coverage: { rules: 3, untested: ['a-to-sandbox', 'within-prod', 'no-prod'] },
    });
  });

  it('with trial: true the trial rules too', async () => {
    const { exitCode, json } = await testing('{ decision: accept, rule: a-to-sandbox }', ', trial: true');
    expect(exitCode).toBe(0);
    expect(json()).toMatchObject({ coverage: { untested: ['within-prod', 'no-prod'] } });
  });

  it('whoever waits for a trial rule is told to say so', async () => {
    const { exitCode, json } = await testing('{ decision: accept, rule: a-to-sandbox }');
    expect(exitCode).toBe(1);
    expect(json()).toMatchObject({
      tests: [{ failures: [expect.anything(), expect.stringContaining('write trial: true beside expect')] }],
    });
  });

  it('trial: true without a trial rule is a fault', async () => {
    const { exitCode, stderr } = await testing('{ decision: hold }', ', trial: true', LIVE);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('the policy has no trial rule (dryRun: true): take trial: true out');
  });
});
