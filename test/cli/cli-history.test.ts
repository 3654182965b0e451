import { parse as parseCsv } from '../support/csv.ts';
import type { Io } from '../../cli/io.ts';
import { history } from '../../cli/history/history.ts';
import { log } from '../../cli/history/log.ts';
import type { Format } from '../../cli/history/output.ts';
import { whoLetIn } from '../../cli/history/who-let-in.ts';
import { parseWhen } from '../../cli/history/when.ts';
import type { HubPlatform } from '../../cli/hub-command.ts';
import { UNSEEN } from '../support/foreign-text.ts';
import { HERE, NOW, runCli } from '../support/run-cli.ts';

const PEERING = 'pcx-090ecd94e3a1bb4b8';
const OPTIONS = { url: 'http://127.0.0.1:9/', name: 'autopeer-prod', hubRegion: 'eu-west-1' };
const SIDES = {
  requester: { accountId: '111111111111', region: 'eu-west-1', vpcId: 'vpc-11111111' },
  accepter: { accountId: '222222222222', region: 'us-east-1', vpcId: 'vpc-22222222' },
};

const look = (overrides: object = {}) => ({
  at: '2026-11-28T09:12:40.120Z',
  peering: PEERING,
  kind: 'decided',
  verdict: 'connect',
  rule: 'apps-to-shared',
  reason: { code: 'allowed', text: 'rule apps-to-shared allows it' },
  policyVersion: 'sha256:0123456789abcdef',
  planned: [],
  changes: ['accept the peering in 222222222222 us-east-1'],
  problems: [],
  outcome: 'settled',
  notices: ['Peering Connected'],
  ...overrides,
});
const plan = (overrides: object = {}) =>
  look({
    kind: 'planned',
    planned: ['accept the peering in 222222222222 us-east-1'],
    changes: [],
    outcome: undefined,
    notices: [],
    ...overrides,
  });

/** Runs a command against a hub that answers these pages. */
async function ask(pages: readonly object[], command: (io: Io, platform: HubPlatform) => Promise<number>) {
  let [stdout, stderr] = ['', ''];
  const bodies: unknown[] = [];
  const io: Io = {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    color: false,
    ...HERE,
    readFile: () => Promise.reject(new Error('no file is read')),
  };
  const platform: HubPlatform = {
    transport: { credentials: { accessKeyId: 'a', secretAccessKey: 'b' } },
    fetch: (_url, { body }) => {
      bodies.push(JSON.parse(body));
      const result = pages[bodies.length - 1];
      return Promise.resolve(
        result === undefined
          ? new Response('{"message":"There is no such command."}', { status: 404 })
          : new Response(JSON.stringify({ result })),
      );
    },
  };
  const exitCode = await command(io, platform);
  return { exitCode, stdout, stderr, bodies };
}

const historyOf = (output: Format, ...pages: readonly (readonly object[])[]) =>
  ask(
    pages.map((entries, page) => ({
      peering: PEERING,
      sides: SIDES,
      entries,
      next: page === pages.length - 1 ? null : `place-${page}`,
    })),
    (io, platform) => history(PEERING, { ...OPTIONS, output }, io, platform),
  );

const logOf = (output: Format, entries: readonly object[]) =>
  ask([{ entries, next: null }], (io, platform) =>
    log({ ...OPTIONS, output, since: parseWhen('7d') }, io, platform),
  );

describe('a timeline', () => {
  it('tells what was decided, why, by whom it was approved, what was done, and what people were told', async () => {
    const jo = 'arn:aws:sts::999988887777:assumed-role/Net/jo';
    const approved = {
      at: '2026-11-28T09:11:00.000Z',
      peering: PEERING,
      kind: 'approved',
      rule: 'apps-to-shared',
      reason: { code: 'approved', text: 'change 4711' },
      policyVersion: 'sha256:0123456789abcdef',
      by: jo,
      fingerprint: `sha256:${'0'.repeat(64)}`,
    };
    const { stdout, exitCode } = await historyOf('text', [
      approved,
      look({ approvedBy: [jo], by: 'approve by jo' }),
    ]);
    expect(exitCode).toBe(0);
    expect(stdout).toBe(`${PEERING}
  requester  vpc-11111111 in 111111111111, eu-west-1
  accepter   vpc-22222222 in 222222222222, us-east-1

2026-11-28T09:11:00.000Z  ${PEERING}  approved by ${jo}
    change 4711
    rule apps-to-shared, policy sha256:0123456789ab

2026-11-28T09:12:40.120Z  ${PEERING}  connect by rule apps-to-shared
    rule apps-to-shared allows it [allowed]
    policy sha256:0123456789ab
    after approve by jo
    approved by ${jo}
    + accept the peering in 222222222222 us-east-1
    settled; told: Peering Connected
`);
  });

  it.each([
    ['was done, is shown once', [[plan(), look()]], 0],
    ['was done on the next page, is shown once', [[plan()], [look()]], 0],
    [
      'was done while others were decided, is shown once',
      [[plan(), look({ peering: 'pcx-11111111' }), look()]],
      0,
    ],
    ['failed, is shown', [[plan(), look({ outcome: 'failed' })]], 1],
    ['was never done, is shown', [[plan()]], 1],
    ['died, and was planned and done again, is shown', [[plan(), plan(), look()]], 1],
    ['was refused, is shown', [[plan(), look({ verdict: 'hold' })]], 1],
  ])('what was planned and %s', async (_what, pages, times) => {
    const { stdout } = await historyOf('text', ...pages);
    expect(stdout.match(/was about to accept/g)?.length ?? 0).toBe(times);
    expect(stdout.match(/settled/g)?.length ?? 0).toBe(
      pages.flat().filter((entry) => 'outcome' in entry && entry.outcome === 'settled').length,
    );
  });

  it('that is empty says so', async () => {
    expect((await logOf('text', [])).stdout).toBe(
      'nothing was decided from 2026-11-24T00:00:00.000Z to 2026-12-01T00:00:00.000Z\n',
    );
    const nobody = await ask([{ peering: PEERING, sides: null, entries: [], next: null }], (io, platform) =>
      history(PEERING, { ...OPTIONS, output: 'text' }, io, platform),
    );
    expect(nobody.stdout).toBe(`nothing is recorded of ${PEERING}\n`);
  });
});

describe('for programs', () => {
  it('every page is asked for, from where the one before ended', async () => {
    const { stdout, bodies } = await historyOf('jsonl', [plan()], [look()]);
    expect(bodies).toEqual([
      { verb: 'history', input: { peering: PEERING } },
      { verb: 'history', input: { peering: PEERING, after: 'place-0' } },
    ]);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(lines).toEqual([JSON.parse(JSON.stringify(plan())), look()]);
  });

  it('one JSON object has all of it, or nothing where a page is missing', async () => {
    const { stdout } = await historyOf('json', [plan()], [look()]);
    expect(JSON.parse(stdout)).toMatchObject({ peering: PEERING, sides: SIDES, entries: [{}, {}] });
    const broken = await ask(
      [{ peering: PEERING, sides: SIDES, entries: [look()], next: 'more' }],
      (io, platform) => history(PEERING, { ...OPTIONS, output: 'json' }, io, platform),
    );
    expect([broken.exitCode, broken.stdout, broken.stderr]).toEqual([
      2,
      '',
      'autopeer: There is no such command.\n',
    ]);
  });

  it('CSV has a row for each entry, and calculates nothing that a stranger wrote', async () => {
    const foreign = [
      '=1+1',
      '+1',
      '-1',
      '@sum(A1)',
      '\t=1',
      ' =1',
      '＝1',
      '"a",b',
      'a\nb',
      'a\u001b[31m\u202e',
    ];
    const { stdout } = await logOf(
      'csv',
      foreign.map((text) => look({ reason: { code: 'x', text }, by: text })),
    );
    const [heading, ...rows] = parseCsv(stdout);
    expect(heading?.slice(0, 8)).toEqual([
      'at',
      'peering',
      'kind',
      'verdict',
      'rule',
      'reason_code',
      'reason',
      'policy_version',
    ]);
    expect(rows.map((row) => row[6])).toEqual([
      "'=1+1",
      "'+1",
      "'-1",
      "'@sum(A1)",
      String.raw`\u0009=1`,
      "' =1",
      "'＝1",
      '"a",b',
      String.raw`a\u000ab`,
      String.raw`a\u001b[31m\u202e`,
    ]);
    expect(rows.map((row) => row[8])).toEqual(rows.map((row) => row[6]));
    expect(UNSEEN.test(stdout.replaceAll('\r\n', ''))).toBe(false);
    expect(new Set(rows.map(({ length }) => length))).toEqual(new Set([heading?.length]));
  });

  it('CSV of changes is safe too: each begins with its own word', async () => {
    const { stdout } = await logOf('csv', [look({ changes: ['=cmd', 'route'], problems: ['-x'] })]);
    expect(stdout).toContain(`"'=cmd; route","'-x"`);
  });

  it('CSV of nothing has its heading', async () => {
    expect((await logOf('csv', [])).stdout).toMatch(/^"at","peering",.*\r\n$/);
  });
});

describe('who let in', () => {
  const page = (letIn: readonly object[], last: object | null) => ({
    vpc: 'vpc-11111111',
    peerings: [{ peering: PEERING, sides: SIDES, letIn, last }],
    next: null,
  });
  const asked = (result: object, output: Format) =>
    ask([result], (io, platform) => whoLetIn('vpc-11111111', { ...OPTIONS, output }, io, platform));

  it('names the rule, and how it stands now', async () => {
    const last = look({ verdict: 'unsanctioned', reason: { code: 'denied', text: 'no rule allows it' } });
    const { stdout } = await asked(page([look()], last), 'text');
    expect(stdout).toContain(`${PEERING}\n  requester  vpc-11111111 in 111111111111, eu-west-1\n`);
    expect(stdout).toContain('connect by rule apps-to-shared\n    rule apps-to-shared allows it');
    expect(stdout).toContain('last decision, at 2026-11-28T09:12:40.120Z: unsanctioned: no rule allows it\n');
  });

  it('says that nobody did, and that there is no peering', async () => {
    expect((await asked(page([], look({ verdict: 'hold' })), 'text')).stdout).toContain(
      '  nobody let it in\n',
    );
    const none = await asked({ peerings: [], next: null }, 'text');
    expect(none.stdout).toBe('no peering of vpc-11111111 is recorded\n');
  });

  it('in rows and lines has one for each decision', async () => {
    expect((await asked(page([look(), look()], null), 'csv')).stdout.match(/\r\n/g)).toHaveLength(3);
    expect((await asked(page([look(), look()], null), 'jsonl')).stdout.match(/\n/g)).toHaveLength(2);
    expect(JSON.parse((await asked(page([look()], null), 'json')).stdout)).toMatchObject({
      vpc: 'vpc-11111111',
      peerings: [{ letIn: [{ rule: 'apps-to-shared' }], last: null }],
    });
  });
});

describe('when', () => {
  it.each([
    ['90m', NOW - 90 * 60_000],
    ['12h', NOW - 12 * 3_600_000],
    ['7d', NOW - 7 * 86_400_000],
    ['2w', NOW - 14 * 86_400_000],
    ['2026-11-01', Date.UTC(2026, 10, 1)],
    ['2026-11-01T08:30Z', Date.UTC(2026, 10, 1, 8, 30)],
    ['2026-11-01T08:30:15.5+02:00', Date.UTC(2026, 10, 1, 6, 30, 15, 500)],
    ['2028-02-29', Date.UTC(2028, 1, 29)],
  ])('%s', (text, at) => {
    expect(parseWhen(text)(NOW)).toBe(at);
  });

  it.each([
    '',
    '0d',
    '7',
    'd',
    '-7d',
    'yesterday',
    '2026-02-30',
    '2026-13-01',
    '2026-11-01T08:30',
    '2026-11-01T25:00Z',
    '1e3d',
  ])('is not: %j', async (text) => {
    const { exitCode, stderr } = await runCli(['log', `--since=${text}`]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('Write how long ago')]);
  });

  it.each([
    ['from the future', ['--since', '2027-01-01']],
    ['until before since', ['--since', '1d', '--until', '2d']],
  ])('a span %s is refused', async (_what, args) => {
    const { exitCode, stderr } = await runCli(['log', ...args]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('--since must be before --until')]);
  });

  it.each([
    ['no peering', ['history', 'vpc-11111111'], 'pcx-'],
    ['no VPC', ['who-let-in', 'pcx-11111111'], 'vpc-'],
    ['no format', ['log', '-o', 'xml'], 'text, json, jsonl, csv'],
  ])('bad usage: %s', async (_what, args, words) => {
    const { exitCode, stderr } = await runCli(args);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(words)]);
  });
});
