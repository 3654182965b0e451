import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../support/run-cli.ts';

const SAMPLE = readFileSync('docs/sample/organization.json', 'utf8');
const files = { 'organization.json': SAMPLE };
const adopt = (...args: readonly string[]) => runCli(['adopt', '--org', 'organization.json', ...args], files);

it('prints a policy that policy check and policy diff take, and under which no peering is unsanctioned', async () => {
  const { exitCode, stdout, stderr } = await adopt();
  expect([exitCode, stderr]).toEqual([0, expect.stringContaining('8 of 8 active peerings are allowed')]);
  const both = {
    ...files,
    'policy.yaml': stdout,
    'nothing.yaml': 'version: 1\nregions: [eu-west-1, us-east-1]\n',
  };
  const checked = await runCli(['policy', 'check', '--org', 'organization.json', '--strict'], both);
  expect(checked).toMatchObject({ exitCode: 0, stderr: '' });
  const diff = await runCli(
    ['policy', 'diff', 'nothing.yaml', 'policy.yaml', '--org', 'organization.json'],
    both,
  );
  expect(diff.stdout).not.toContain('unsanctioned after');
});

it('writes a file, and not over one that is there', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'autopeer-adopt-'));
  const out = join(folder, 'policy.yaml');
  expect(await adopt('--out', out)).toMatchObject({ exitCode: 0, stdout: '' });
  const written = readFileSync(out, 'utf8');
  expect(await adopt('--out', out)).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('is there already'),
  });
  expect(readFileSync(out, 'utf8')).toBe(written);
  expect(await adopt('--out', out, '--force', '--density', '1')).toMatchObject({ exitCode: 0 });
  expect(readFileSync(out, 'utf8')).not.toBe(written);
  rmSync(folder, { recursive: true });
});

it('says which peerings it does not allow', async () => {
  const unknown = SAMPLE.replace(/,\s*"cidrs": \["192\.168\.248\.0\/21"\]/, '');
  expect(unknown).not.toBe(SAMPLE);
  const result = await runCli(['adopt', '--org', '-'], { '-': unknown });
  expect(result).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('7 of 8 active peerings are allowed'),
  });
  expect(result.stderr).toContain('Not allowed:\n  pcx-035bb6a2afd188304: the CIDRs of the side outside');
});

it('one JSON object has the policy, its rules and what they cover', async () => {
  const { exitCode, json } = await adopt('--json');
  expect(exitCode).toBe(0);
  expect(json()).toMatchObject({
    active: 8,
    policy: expect.stringContaining('dryRun: true'),
    rules: expect.arrayContaining([
      expect.objectContaining({ peerings: expect.any(Array), pairs: expect.any(Number) }),
    ]),
    leftOut: [],
  });
});

it.each(['2', '-1', 'half', ''])('--density %j is refused', async (density) => {
  expect(await adopt('--density', density)).toMatchObject({ exitCode: 2, stdout: '' });
});
