import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stagedText } from '../../cli/deploy/hub-template.ts';
import { readPackagedTemplate } from '../../sim/world/packaged-template.ts';

/** Both deployments put the code where they like. */
const withoutKeys = (template: string): unknown =>
  JSON.parse(template, (name, value: unknown) => (name === 'S3Key' ? basename(String(value)) : value));
const basename = (key: string): string => key.slice(key.lastIndexOf('/') + 1);

it('autopeer deploy and npm run deploy make the same hub of another stage and region', () => {
  const folder = mkdtempSync(join(tmpdir(), 'autopeer-staged-'));
  const args = ['package', '--stage', 'net-dev', '--region', 'us-east-1', '--package', folder];
  const { status, stderr } = spawnSync(
    process.execPath,
    ['node_modules/serverless/bin/serverless.js', ...args],
    { encoding: 'utf8' },
  );
  expect([status, stderr]).toEqual([0, expect.any(String)]);
  const template = readFileSync(join(folder, 'cloudformation-template-update-stack.json'), 'utf8');
  rmSync(folder, { recursive: true });

  expect(withoutKeys(stagedText(readPackagedTemplate(), 'net-dev'))).toEqual(withoutKeys(template));
});
