import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { pictureOf } from '../../analysis/graph/layout.ts';
import { graphOf } from '../../analysis/graph/model.ts';
import { organizationOf } from '../../analysis/snapshot/organization.ts';
import { parseSnapshot } from '../../analysis/snapshot/snapshot.ts';
import { htmlOf } from '../../cli/graph/html.ts';
import { foreignText, UNSEEN } from '../support/foreign-text.ts';
import { SNAPSHOT } from '../support/organizations.ts';
import { runCli } from '../support/run-cli.ts';

const POLICY = `
version: 1
regions: [eu-west-1, us-east-1]
groups: { prod: { ous: [ou-ab12-prod0001] } }
allow:
  - { name: within-prod, requester: prod, accepter: prod }
`;
const [A, B] = SNAPSHOT.vpcs.map(({ id, accountId, region }) => ({ vpcId: id, accountId, region }));
const PEERED = {
  ...SNAPSHOT,
  peerings: [
    ...SNAPSHOT.peerings,
    { id: 'pcx-00000002', state: 'active', requester: A, accepter: B },
    { id: 'pcx-00000003', state: 'pending-acceptance', requester: B, accepter: A },
    { id: 'pcx-00000004', state: 'rejected', requester: B, accepter: A },
  ],
};
const graph = (args: readonly string[], snapshot: unknown = PEERED) =>
  runCli(['graph', '--snapshot', 'o.json', ...args], {
    'o.json': JSON.stringify(snapshot),
    'p.yaml': POLICY,
  });

/** The organization, with one text as every name that somebody else chooses. */
const named = (text: string) => ({
  ...PEERED,
  accounts: PEERED.accounts.map((account) => ({ ...account, name: text })),
  ous: PEERED.ous.map((ou) => ({ ...ou, name: text })),
  vpcs: PEERED.vpcs.map((vpc) => ({ ...vpc, tags: { Name: text } })),
});
/** What those try who mean harm to readers of such files, besides what {@link foreignText} knows. */
const ATTACKS = [
  '</script><script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  "' onload='alert(1)",
  '" onload="alert(1)',
  ']]></title><script>1</script>',
  '=HYPERLINK("https://evil.example","x")',
  ' =1+1',
  '+1',
  '-2+3',
  '@SUM(A1)',
  '\t=1',
  '＝1',
  'a,b;"c"',
  "'=1",
  '"]; evil [URL="https://evil.example"',
  '\\',
  '\\" ]; evil',
  '\\N \\G &lt;b&gt;',
  'end',
  '"] --> evil["',
  '#quot;]; click vpc call x()',
  '`<b>bold</b>` 1. list',
  '%%{init: {"securityLevel": "loose"}}%%',
];
const anyName = fc.oneof(
  fc.constantFrom(...ATTACKS),
  foreignText,
  fc.constantFrom(...ATTACKS).map((attack) => `x ${attack}`),
);
const holdsForNames = (holds: (stdout: string) => void, format: string): Promise<void> =>
  fc.assert(
    fc.asyncProperty(anyName, async (text) => {
      const { exitCode, stdout } = await graph(['--format', format], named(text));
      expect(exitCode).toBe(0);
      expect(stdout.replaceAll('\n', '')).not.toMatch(UNSEEN);
      holds(stdout);
    }),
    { numRuns: 40, examples: ATTACKS.map((attack) => [attack]) },
  );

/** RFC 4180, written apart from the code under test. */
function cellsOf(csv: string): readonly (readonly string[])[] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain = '', end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n|$)/g)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === '\n') rows.push([]);
  }
  return rows.slice(0, -1);
}

describe('csv', () => {
  it('has a line for each peering, with both sides and what the policy says', async () => {
    const { stdout } = await graph(['--format', 'csv', '--policy', 'p.yaml']);
    const [headings = [], ...rows] = cellsOf(stdout);
    const records = rows.map((row) => Object.fromEntries(headings.map((name, at) => [name, row[at]])));

    expect(records).toMatchObject([
      { peering: 'pcx-00000001', requester_account: '999900001111', requester_account_name: '' },
      {
        peering: 'pcx-00000002',
        state: 'active',
        requester_account_name: 'web-prod',
        requester_cidrs: '10.1.0.0/16 10.9.0.0/24',
        accepter_vpc: 'vpc-00000012',
        decision: 'accept',
        rule: 'within-prod',
      },
      { peering: 'pcx-00000003', state: 'pending-acceptance' },
    ]);
  });

  it('takes no formula, cell or line from a name', async () => {
    await holdsForNames((stdout) => {
      const rows = cellsOf(stdout);
      expect(rows.map(({ length }) => length)).toEqual([17, 17, 17, 17]);
      expect(rows.flat().filter((text) => /^\s*[=+\-@＝＋－＠]/.test(text))).toEqual([]);
    }, 'csv');
  });
});

describe('dot', () => {
  const skeleton = (dot: string): string => dot.replaceAll(/"(?:[^"\\]|\\.)*"/g, 'S');

  it('draws accounts in OUs, and what is not active dashed', async () => {
    const { stdout } = await graph(['--format', 'dot']);

    expect(stdout).toContain(
      'subgraph cluster_ou_ab12_payments {\n        label="Payments (ou-ab12-payments)";',
    );
    expect(stdout).toContain(
      'vpc_00000011 -- vpc_00000012 [id="pcx-00000002", tooltip="pcx-00000002 active"];',
    );
    expect(stdout).toMatch(/tooltip="pcx-00000003 .*style=dashed, label="pending-acceptance"\];/);
    // Without a peering it would only fill the page.
    expect(stdout).not.toContain('vpc_00000014');
  });

  it('takes no statement from a name', async () => {
    const usual = skeleton((await graph(['--format', 'dot'], named('x'))).stdout);
    expect(usual).not.toContain('"');
    await holdsForNames((stdout) => expect(skeleton(stdout)).toBe(usual), 'dot');
  });
});

describe('mermaid', () => {
  const skeleton = (text: string): string => text.replaceAll(/"[^"\n]*"/g, 'S');

  it('is a flowchart of subgraphs', async () => {
    const { stdout } = await graph(['--format', 'mermaid']);

    expect(stdout).toMatch(/^flowchart LR\n {2}subgraph ou_ab12_workload\["Workloads/);
    expect(stdout).toContain(
      '  vpc_00000011 --- vpc_00000012\n  vpc_00000012 -.-|"pending-acceptance"| vpc_00000011\n',
    );
  });

  it('takes no link, no markup and no directive from a name', async () => {
    const usual = skeleton((await graph(['--format', 'mermaid'], named('x'))).stdout);
    await holdsForNames((stdout) => {
      expect(skeleton(stdout)).toBe(usual);
      for (const [label] of stdout.matchAll(/"[^"]*"/g))
        expect(label).not.toMatch(/[<>&`%{}\\*[\]]|#(?!\d+;)/);
    }, 'mermaid');
  });

  it('says when it is more than Mermaid draws', async () => {
    const many = Array.from({ length: 501 }, (_, index) => ({
      id: `pcx-${String(index).padStart(17, '0')}`,
      state: 'active',
      requester: A,
      accepter: B,
    }));
    const { exitCode, stderr } = await graph(['--format', 'mermaid'], { ...PEERED, peerings: many });

    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: expect.stringContaining('no Mermaid of more than 500 links'),
    });
  });
});

describe('svg', () => {
  const tags = (svg: string): readonly string[] =>
    [...svg.matchAll(/<(?!\/?text\b)([^>]*)>/g)].map(([, tag = '']) => tag.replaceAll(/"[^"]*"/g, 'S'));

  it('has a circle for everything, a line for each peering, and words for both', async () => {
    const { stdout } = await graph(['--format', 'svg', '--policy', 'p.yaml']);

    expect(stdout.match(/<circle class="vpc/g)).toHaveLength(5);
    expect(stdout.match(/<path /g)).toHaveLength(3);
    expect(stdout).toContain(
      '<title>pcx-00000002 active\nvpc-00000011 – vpc-00000012\nrule within-prod</title>',
    );
    expect(stdout).toContain('<desc id="desc">5 VPCs and 3 peerings, read at 2026-11-20T06:00:00Z</desc>');
  });

  it('takes no element, attribute or entity from a name', async () => {
    const usual = tags((await graph(['--format', 'svg'], named('x'))).stdout);
    await holdsForNames((stdout) => {
      expect(tags(stdout)).toEqual(usual);
      expect(stdout).not.toMatch(/&(?!(amp|lt|gt|quot|#39);)/);
    }, 'svg');
  });
});

describe('html', () => {
  const code = { script: 'go()', style: 'p{}' };
  const pageOf = (text: string): string =>
    htmlOf(
      pictureOf(
        graphOf(organizationOf(parseSnapshot(named(text))), undefined, {
          account: undefined,
          vpc: undefined,
          withOver: true,
        }),
      ),
      code,
    );
  const DATA = /<script type="application\/json" id="data">([^]*?)<\/script>/;

  it('takes no element and no script from a name', () => {
    const usual = pageOf('x').replace(DATA, '');
    fc.assert(
      fc.property(anyName, (text) => {
        const page = pageOf(text);
        const [, data = ''] = DATA.exec(page) ?? [];
        expect(page.replace(DATA, '')).toBe(usual);
        expect(data).not.toMatch(/[<>&]/);
        expect(data).not.toMatch(UNSEEN);
        expect(JSON.parse(data)).toMatchObject({ circles: expect.any(Array), lines: expect.any(Array) });
      }),
      { examples: ATTACKS.map((attack) => [attack]) },
    );
  });

  it('allows its own code by its hash, and no request', () => {
    const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    const [, policy = ''] = /Content-Security-Policy" content="([^"]*)"/.exec(pageOf('x')) ?? [];

    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `script-src ${hash('go()')}`,
      `style-src ${hash('p{}')}`,
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]);
  });

  it('takes no code that would end its own element', () => {
    const empty = { takenAt: '', circles: [], lines: [] };

    expect(() => htmlOf(empty, { ...code, script: "x = '</script>'" })).toThrow('would end its own element');
  });
});

describe('json', () => {
  it('has who reaches whom', async () => {
    const { exitCode, json } = await graph(['--format', 'json']);

    expect(exitCode).toBe(0);
    expect(json()).toMatchObject({
      takenAt: '2026-11-20T06:00:00Z',
      vpcs: expect.arrayContaining([
        expect.objectContaining({
          id: 'vpc-00000099',
          isRead: false,
          reaches: ['vpc-00000011'],
          seemsToReach: ['vpc-00000012'],
        }),
      ]),
      peerings: [{ id: 'pcx-00000001' }, { id: 'pcx-00000002' }, { id: 'pcx-00000003' }],
    });
  });

  it('means what was written', async () => {
    await fc.assert(
      fc.asyncProperty(anyName, async (text) => {
        const { json } = await graph(['--format', 'json'], named(text));
        expect(json()).toMatchObject({ ous: PEERED.ous.map(() => ({ name: text })) });
      }),
      { numRuns: 30 },
    );
  });
});

describe('autopeer graph', () => {
  let folder = '';
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'autopeer-graph-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ['a.svg', '<svg '],
    ['a.MMD', 'flowchart LR'],
    ['a.dot', 'graph autopeer {'],
    ['a.json', '{"takenAt"'],
    ['a.csv', 'peering,state,'],
  ])('writes %s by its ending, for its owner alone, the same each time', async (name, start) => {
    const out = join(folder, name);
    const { exitCode, stdout, stderr } = await graph(['--out', out]);
    const text = readFileSync(out, 'utf8');

    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 0,
      stdout: `${out}: 5 VPCs, 3 peerings\n`,
      stderr: '',
    });
    expect(text.slice(0, start.length)).toBe(start);
    expect(statSync(out).mode & 0o777).toBe(0o600);
    await graph(['--out', out]);
    expect(readFileSync(out, 'utf8')).toBe(text);
  });

  it('draws peerings that are over for --all', async () => {
    expect((await graph(['--format', 'csv', '--all'])).lines.at(-1)).toContain('pcx-00000004,rejected');
  });

  it('draws an account and those it is peered with', async () => {
    const { lines } = await graph(['--format', 'csv', '--account', '999900001111']);

    expect(lines).toHaveLength(2);
  });

  it('draws what was read, and says what was not', async () => {
    const unread = [{ accountId: '100000000005', reason: 'Access\u001b[2J denied' }];
    const { exitCode, stdout, stderr } = await graph(['--format', 'svg'], { ...PEERED, unread });

    expect(exitCode).toBe(1);
    expect(stdout).toContain('twin (100000000005)');
    expect(stderr).toBe('autopeer: account 100000000005 is not read: Access\\u001b[2J denied\n');
  });

  it.each([
    [['--vpc', 'nowhere', '--format', 'dot'], 'there is no VPC of nowhere'],
    [['--out', 'picture.png'], 'say --format'],
    [['--format', 'png'], 'Allowed choices are'],
    [['--format', 'csv', '--out', '/nowhere/at/all.csv'], '/nowhere/at/all.csv: cannot be written (ENOENT)'],
    [['--format', 'csv', '--policy', 'missing.yaml'], 'no such file'],
  ])('%j makes no graph, and says why', async (args, words) => {
    const { exitCode, stdout, stderr } = await graph(args);

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(words);
  });

  it('asks what to read', async () => {
    const { exitCode, stderr } = await runCli(['graph', '--format', 'svg']);

    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: 'autopeer: say what to read: --regions, --policy, or --snapshot\n',
    });
  });
});
