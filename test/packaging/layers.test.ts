import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** Lints planted files with the project's own configuration and says which rules the first breaks. */
function lintPlanted(path: string, source: string, others: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'autopeer-layers-'));
  try {
    copyFileSync('.oxlintrc.json', join(folder, '.oxlintrc.json'));
    for (const [file, text] of Object.entries({ ...others, [path]: source })) {
      mkdirSync(join(folder, dirname(file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    const oxlint = resolve('node_modules/oxlint/bin/oxlint');
    const { stdout, stderr } = spawnSync(process.execPath, [oxlint, '-f', 'unix', path], {
      cwd: folder,
      encoding: 'utf8',
    });
    return stdout + stderr;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const importing = (specifier: string): string =>
  `import { thing } from '${specifier}';\n\nexport const used = thing;\n`;

it.each([
  ['shared/domain/planted.ts', '../aws/ec2.ts'],
  ['shared/domain/policy/planted.ts', '../../reconcile/ports.ts'],
  ['shared/domain/planted.ts', '@aws-sdk/client-ec2'],
  ['shared/domain/planted.ts', 'node:fs'],
  ['shared/events/planted.ts', '../aws/queues.ts'],
  ['shared/reconcile/planted.ts', '@aws-sdk/client-ec2'],
  ['shared/notices/planted.ts', '../compose/notify.ts'],
  ['shared/commands/planted.ts', '../aws/dynamodb-brake.ts'],
  ['shared/letters/planted.ts', '../aws/dynamodb-letters.ts'],
  ['shared/domain/planted.ts', '../letters/ports.ts'],
  ['shared/domain/planted.ts', '../commands/answer.ts'],
  ['shared/aws/planted.ts', '../compose/core.ts'],
  ['shared/planted.ts', '../sim/aws.ts'],
  ['handlers/planted.ts', '../sim/world.ts'],
  ['handlers/planted.ts', '../test/support/ids.ts'],
  ['shared/domain/policy/planted.ts', '../../../analysis/lint/lint.ts'],
  ['shared/compose/planted.ts', '../../analysis/access/diff.ts'],
  ['analysis/access/planted.ts', '../../shared/aws/ec2.ts'],
  ['analysis/planted.ts', '@aws-sdk/client-ec2'],
  ['analysis/planted.ts', 'node:fs'],
  ['page/graph/planted.ts', 'node:fs'],
  ['page/graph/planted.ts', '../../cli/graph/svg.ts'],
  ['sim/planted.ts', '../sandbox/server.ts'],
  ['sim/ec2/planted.ts', '../../demo/play.ts'],
])('%s may not import %s', (path, specifier) => {
  expect(lintPlanted(path, importing(specifier))).toContain('no-restricted-imports');
});

it.each([
  ['shared/domain/planted.ts', './ids.ts'],
  ['shared/aws/planted.ts', '@aws-sdk/client-ec2'],
  ['handlers/planted.ts', '../shared/compose/intake.ts'],
  ['analysis/planted.ts', '../shared/domain/facts/cidr.ts'],
  ['page/graph/planted.ts', '../../analysis/graph/picture.ts'],
  ['sandbox/planted.ts', '../sim/aws.ts'],
])('%s may import %s', (path, specifier) => {
  expect(lintPlanted(path, importing(specifier))).not.toContain('no-restricted-imports');
});

it('only shared/settings.ts reads the process’s environment', () => {
  const reading = 'export const home = process.env.HOME;\n';
  expect(lintPlanted('shared/planted.ts', reading)).toContain('no-process-env');
  expect(lintPlanted('shared/settings.ts', reading)).not.toContain('no-process-env');
});

it('no file imports what imports it, types included', () => {
  const typing = (specifier: string): string =>
    `import type { Thing } from '${specifier}';\n\nexport type Used = Thing;\nexport type Thing = string;\n`;
  const planted = lintPlanted('shared/domain/one.ts', typing('./other.ts'), {
    'shared/domain/other.ts': typing('./one.ts'),
  });
  expect(planted).toContain('no-cycle');
});
