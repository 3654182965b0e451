import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { run } from '../../../../cli/program.ts';
import { LINT_CODES } from '../../../../analysis/lint/findings.ts';
import { HERE } from '../../../support/run-cli.ts';

/** The command as people run it, on the files of the repository. */
async function autopeer(...args: string[]) {
  let stdout = '';
  let stderr = '';
  const exitCode = await run(args, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    color: false,
    ...HERE,
    readFile: (path) => readFile(path),
  });
  return { exitCode, stdout, stderr };
}

const CLEAN = { exitCode: 0, stderr: '' };
const ORGANIZATION = 'docs/sample/organization.json';

describe('pain 26: no dry run', () => {
  it.each([
    ['docs/sample/policy.yaml', []],
    ['docs/sample/policy.yaml', ['--org', ORGANIZATION]],
  ])('%s %j has nothing to warn of', async (file, args) => {
    expect(await autopeer('policy', 'check', file, '--strict', ...args)).toMatchObject(CLEAN);
  });

  it('docs/sample/policy.yaml passes its tests, and each rule has one', async () => {
    const file = 'docs/sample/policy.yaml';
    const { stdout, ...rest } = await autopeer('policy', 'test', file, '--min-coverage', '100');
    expect(rest).toEqual(CLEAN);
    expect(stdout).toMatch(/ 0 failed\n$/);
  });

  it('the request of the sample is held until a person approves it', async () => {
    const [policy, request] = ['docs/sample/policy.yaml', 'docs/sample/request.json'];
    const { stdout, ...rest } = await autopeer('policy', 'explain', '--policy', policy, '--request', request);
    expect(rest).toEqual(CLEAN);
    expect(stdout).toMatch(/^hold by rule quarry-to-lake \(approval-required\)/);
  });
});

it('docs/policy-tools.md explains every code of the lint', () => {
  const text = readFileSync('docs/policy-tools.md', 'utf8');
  expect(LINT_CODES.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});
