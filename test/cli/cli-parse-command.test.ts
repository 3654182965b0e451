import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { processEnv } from '../../shared/settings.ts';
import { aRecord } from '../support/recorded-calls.ts';

const COMMAND = join(__dirname, '../../cli/autopeer.ts');
const folder = mkdtempSync(join(tmpdir(), 'autopeer-parse-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The command as it is run: its own process, real files. */
function autopeer(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, ...args], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 30_000,
  });
  return { status, stdout, stderr };
}

test('parses real files, goes on after a bad one, and exits with 2', () => {
  writeFileSync(join(folder, 'log.json.gz'), gzipSync(JSON.stringify({ Records: [aRecord()] })));
  const { status, stdout, stderr } = autopeer('parse', '.', 'gone.json', 'log.json.gz');
  expect(stderr).toBe('autopeer: .: is a directory\nautopeer: gone.json: no such file\n');
  expect(stdout).toContain('1 record in 1 file: 1 key, 0 ignored, 0 malformed; 2 files not read');
  expect(status).toBe(2);
});

test('writes no colour codes into a pipe', () => {
  writeFileSync(join(folder, 'one.json'), JSON.stringify(aRecord()));
  const { status, stdout } = autopeer('parse', 'one.json');
  expect(stdout).not.toContain('\u001b');
  expect(status).toBe(0);
});

test('npm --prefix CLONE run autopeer reads the file of the folder where people are', () => {
  writeFileSync(join(folder, 'policy.yaml'), 'version: 2\n');
  const clone = join(__dirname, '../..');
  const { status, stderr } = spawnSync(
    'npm',
    ['--prefix', clone, 'run', '--silent', 'autopeer', '--', 'policy', 'check', 'policy.yaml'],
    // As in a shell: where jest itself was started by npm, npm would pass on that folder.
    { cwd: folder, encoding: 'utf8', env: { ...processEnv(), INIT_CWD: folder } },
  );
  expect(stderr).toContain('policy.yaml:1:10: expected version 1');
  expect(status).toBe(2);
});

test('reads standard input', () => {
  const { status, stdout } = spawnSync(process.execPath, [COMMAND, 'parse', '-'], {
    input: gzipSync(JSON.stringify(aRecord())),
    encoding: 'utf8',
  });
  expect(stdout).toContain('1 record in 1 file: 1 key, 0 ignored, 0 malformed');
  expect(status).toBe(0);
});

test('FORCE_COLOR has colours in a pipe', () => {
  writeFileSync(join(folder, 'one.json'), JSON.stringify(aRecord()));
  const { stdout } = spawnSync(process.execPath, [COMMAND, 'parse', 'one.json'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...processEnv(), FORCE_COLOR: '1' },
  });
  expect(stdout).toContain('\u001b');
});
