import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { filesFor } from '../../cli/init/files.ts';
import { init } from '../../cli/init/init.ts';
import { run } from '../../cli/program.ts';
import { decide } from '../../shared/domain/policy/decision/decide.ts';
import { loadPolicy } from '../../shared/domain/policy/language/load.ts';
import { sharedSide, side, vendorSide } from '../support/policy-builders.ts';
import { HERE } from '../support/run-cli.ts';

const ANSWERS = { stage: 'prod', region: 'eu-west-1', organization: undefined, units: [] };
const FILES = filesFor(ANSWERS, '1.2.3');

const folder = mkdtempSync(join(tmpdir(), 'autopeer-init-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function autopeer(...args: string[]) {
  let [stdout, stderr] = ['', ''];
  const exitCode = await run(args, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    color: false,
    ...HERE,
    readFile: (path) => readFile(path),
  });
  return { exitCode, stdout, stderr };
}

describe('autopeer init', () => {
  const here = join(folder, 'network');

  it('writes a policy that has nothing to warn of, and whose rules all have a test', async () => {
    expect((await autopeer('init', here)).exitCode).toBe(0);
    const policy = join(here, 'policy.yaml');
    expect(await autopeer('policy', 'check', policy, '--strict')).toMatchObject({ exitCode: 0, stderr: '' });
    const tested = await autopeer('policy', 'test', policy, '--min-coverage', '100');
    expect(tested).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/ 0 failed\n$/) });
  });

  it('never overwrites', async () => {
    const other = join(folder, 'other');
    await autopeer('init', other);
    writeFileSync(join(other, 'policy.yaml'), 'mine');
    const again = await autopeer('init', other, '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({
      written: [],
      kept: expect.arrayContaining(['policy.yaml']),
    });
    expect(readFileSync(join(other, 'policy.yaml'), 'utf8')).toBe('mine');
    expect(readdirSync(other)).toEqual(expect.arrayContaining(['.github', 'README.md', 'autopeer.yaml']));
  });

  it('takes options', async () => {
    const given = join(folder, 'given');
    const options = ['--stage', 'dev', '--region', 'eu-central-1', '--organization', 'o-a1b2c3d4e5'];
    await autopeer('init', given, ...options, '--ou', 'ou-ab12-apps0001', 'r-ab12');
    expect(parseDocument(readFileSync(join(given, 'autopeer.yaml'), 'utf8')).toJS()).toEqual({
      version: 1,
      policy: 'policy.yaml',
      stage: 'dev',
      region: 'eu-central-1',
      organization: 'o-a1b2c3d4e5',
      units: ['ou-ab12-apps0001', 'r-ab12'],
    });
    expect(readFileSync(join(given, 'policy.yaml'), 'utf8')).toContain('regions: [eu-central-1]');
  });

  it('asks a person for what is not given, and for nothing else', async () => {
    const asked: string[] = [];
    const written = new Map<string, string>();
    const io = { stdout: { write: () => true }, stderr: { write: () => true }, color: false, ...HERE };
    const readNothing = () => Promise.reject(new Error('no file is read'));
    const answers = ['dev', '', 'ou-ab12-apps0001'];
    await init(
      'x',
      { region: 'us-east-1', json: false },
      { ...io, readFile: readNothing },
      {
        ask: (question) => Promise.resolve(asked.push(question) > 0 ? (answers[asked.length - 1] ?? '') : ''),
        create: (path, text) => {
          written.set(path, text);
          return Promise.resolve('written');
        },
      },
    );
    expect(asked).toEqual([
      expect.stringContaining('stage'),
      expect.stringContaining('organization'),
      expect.stringContaining('OUs'),
    ]);
    expect(written.get('x/autopeer.yaml')).toContain('stage: dev\n');
    expect(written.get('x/autopeer.yaml')).toContain('units: [ou-ab12-apps0001]\n');
  });

  it.each([
    ['a stage', ['--stage', 'PROD'], 'prod'],
    ['a region', ['--region', 'europe'], 'eu-west-1'],
    ['an organization', ['--organization', '123'], 'o-'],
    ['an OU', ['--ou', 'apps'], 'ou-'],
  ])('refuses %s of another form', async (_what, args, words) => {
    const { exitCode, stderr } = await autopeer('init', join(folder, 'bad'), ...args);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(words)]);
  });
});

describe('the policy that it writes', () => {
  const loaded = loadPolicy(FILES['policy.yaml'] ?? '');
  const kindOf = (requester: ReturnType<typeof side>): string =>
    loaded.kind === 'loaded'
      ? decide(loaded.policies.whole(), { requester, accepter: sharedSide() }).kind
      : 'faulty';

  it('is a dry run, accepts nothing before somebody has put in ids, and keeps the outside out', () => {
    expect(loaded.kind === 'loaded' && loaded.policies.whole().dryRun.all).toBe(true);
    expect(kindOf(side())).toBe('hold');
    expect(kindOf(vendorSide())).toBe('reject');
  });

  it.each([
    ['CRLF', (text: string) => text.replaceAll('\n', '\r\n')],
    ['a BOM', (text: string) => `\u{feff}${text}`],
    ['both', (text: string) => `\u{feff}${text.replaceAll('\n', '\r\n')}`],
    ['another formatting', (text: string) => JSON.stringify(parseDocument(text).toJS(), undefined, 7)],
    ['no end of the last line', (text: string) => text.trimEnd()],
  ])('may be written with %s, its tests too', async (what, how) => {
    const mine = mkdtempSync(join(folder, 'form-'));
    for (const name of ['policy.yaml', 'policy.test.yaml', 'autopeer.yaml'])
      writeFileSync(join(mine, name), how(FILES[name] ?? ''));
    const policy = join(mine, 'policy.yaml');
    expect(await autopeer('policy', 'check', policy, '--strict')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await autopeer('policy', 'test', policy)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(what).not.toBe('');
  });
});

it('the workflow is YAML, and runs this version', () => {
  const workflow = parseDocument(FILES['.github/workflows/policy.yml'] ?? '');
  expect(workflow.errors).toEqual([]);
  expect(JSON.stringify(workflow.toJS())).toContain('npx --yes --package=./autopeer-1.2.3.tgz autopeer');
});
