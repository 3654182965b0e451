import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { CreateVpcPeeringConnectionCommand, EC2Client } from '@aws-sdk/client-ec2';
import { processEnv, type Env } from '../../shared/settings.ts';
import { HUB_ACCOUNT } from '../../sim/world/world.ts';
import { aRecord } from '../support/recorded-calls.ts';
import { clientConfig } from '../sandbox/support.ts';
import { untilCalled } from '../sandbox/until-called.ts';

/** What a slow line takes some seconds for: the functions' zips are the larger half. */
const MAX_PACKED_BYTES = 5 * 1024 * 1024;
const TIMEOUT_MS = 60_000;

const scratch = mkdtempSync(join(tmpdir(), 'autopeer-tarball-'));
const userFolder = join(scratch, 'user');
const globals = join(scratch, 'global');
const COMMAND = join(globals, 'bin', 'autopeer');
const PACKAGE = join(globals, 'lib/node_modules/autopeer');
let tarball = '';

/** A shell of somebody who has never heard of this project. */
const { PATH: path = '', HOME = '' } = processEnv();
const ENV = { PATH: path, HOME, npm_config_offline: 'true', npm_config_update_notifier: 'false' };

function npm(cwd: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd, env: ENV, encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm ${args.join(' ')}: ${stderr}`);
  return stdout;
}

function autopeer(node: string, args: readonly string[], input = '', env: Env = {}) {
  const { status, stdout, stderr } = spawnSync(node, [COMMAND, ...args], {
    cwd: userFolder,
    env: { ...ENV, ...env },
    input,
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
  });
  return { status, stdout, stderr };
}

beforeAll(() => {
  mkdirSync(userFolder);
  tarball = join(scratch, npm('.', 'pack', '--silent', '--pack-destination', scratch).trim());
  npm(userFolder, 'install', '--global', '--prefix', globals, '--no-audit', '--no-fund', tarball);
}, 2 * TIMEOUT_MS);
afterAll(() => rmSync(scratch, { recursive: true }));

/** The project's own Node, and one of each other release from 20 on that is on the path. */
function nodes(): readonly (readonly [string, string])[] {
  const found = new Map<string, string>();
  for (const node of [process.execPath, ...path.split(delimiter).map((folder) => join(folder, 'node'))]) {
    const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' });
    const major = /^v(\d+)/.exec(stdout ?? '')?.[1];
    if (major !== undefined && Number(major) >= 20 && !found.has(major)) found.set(major, realpathSync(node));
  }
  return [...found].map(([major, node]) => [`Node ${major}`, node] as const);
}
const NODES = nodes();

describe('the package', () => {
  it('is small, and holds what the command needs and what people read', () => {
    const files = readdirSync(PACKAGE, { recursive: true, encoding: 'utf8' });

    expect(statSync(tarball).size).toBeLessThan(MAX_PACKED_BYTES);
    expect(files).toEqual(
      expect.arrayContaining([
        'CHANGELOG.md',
        'LICENSE',
        'README.md',
        'deploy/member.yaml',
        'dist/functions/reconcilePeering.zip',
        'dist/hub-template.json',
        'dist/LICENCES.txt',
        'dist/page/graph.js',
        'docs/policy.schema.json',
        'policy.yaml',
      ]),
    );
    expect(files.filter((file) => /\.ts$|node_modules|^(test|sim|shared|cli)\b/.test(file))).toEqual([]);
  });

  it('needs nothing installed beside it', () => {
    expect(readdirSync(join(globals, 'lib/node_modules'))).toEqual(['autopeer']);
  });

  it('names the licence of everything that is bundled', () => {
    const text = readFileSync(join(PACKAGE, 'dist/LICENCES.txt'), 'utf8');

    for (const name of [
      'commander',
      'd3-hierarchy',
      'zod',
      'yaml',
      '@aws-sdk/client-ec2',
      'dynalite',
      'core-js',
    ])
      expect(text).toMatch(new RegExp(String.raw`^== ${name} \d+\.\d+\.\d+ \(.*\)$`, 'm'));
  });

  it('runs with npx in the folder that installed it', () => {
    const folder = join(scratch, 'project');
    mkdirSync(folder);
    npm(folder, 'init', '--yes');
    npm(folder, 'install', '--no-audit', '--no-fund', tarball);

    expect(npm(folder, 'exec', '--', 'autopeer', '--version')).toBe('0.1.0\n');
  });

  it('says to an old Node that it is too old', () => {
    const old = join(scratch, 'old.cjs');
    writeFileSync(old, "Object.defineProperty(process.versions, 'node', { value: '18.20.8' });\n");

    const { status, stdout, stderr } = spawnSync(process.execPath, ['--require', old, COMMAND, '--version'], {
      encoding: 'utf8',
    });

    expect({ status, stdout, stderr }).toEqual({
      status: 2,
      stdout: '',
      stderr: 'autopeer: Node 18.20.8 is too old: autopeer needs Node 20 or later\n',
    });
  });
});

it('plays the demo alike with every Node', () => {
  const played = NODES.map(([, node]) => autopeer(node, ['demo', '--json']));

  for (const each of played) expect(each).toMatchObject({ status: 0, stderr: '' });
  expect(new Set(played.map(({ stdout }) => stdout)).size).toBe(1);
});

describe.each(NODES)('with %s', (_name, node) => {
  it('tells its version', () => {
    expect(autopeer(node, ['--version'])).toEqual({ status: 0, stdout: '0.1.0\n', stderr: '' });
  });

  it('checks a policy of the folder it is called in, saved on Windows', () => {
    writeFileSync(join(userFolder, 'policy.yaml'), '\u{feff}version: 1\r\nregions: [eu-west-1]\r\n');

    const { status, stdout, stderr } = autopeer(node, ['policy', 'check']);

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('policy.yaml: valid');
  });

  it('reads a policy and records from standard input', () => {
    const record = JSON.stringify(aRecord());

    expect(autopeer(node, ['policy', 'check', '-'], 'version: 2\n')).toMatchObject({ status: 2, stdout: '' });
    expect(autopeer(node, ['parse', '-'], `${record}\n${record}\n`)).toMatchObject({ status: 0, stderr: '' });
    expect(autopeer(node, ['policy', 'check', '-', '--org', '-'], 'version: 1\n')).toMatchObject({
      status: 2,
      stderr: 'autopeer: -: is standard input, which can be read once only\n',
    });
  });

  it('draws the page of the peerings', () => {
    const out = join(userFolder, 'peerings.html');
    const snapshot = join(PACKAGE, 'docs/sample/organization.json');

    expect(autopeer(node, ['graph', '--snapshot', snapshot, '--out', out])).toEqual({
      status: 0,
      stdout: `${out}: 41 VPCs, 9 peerings\n`,
      stderr: '',
    });
    expect(readFileSync(out, 'utf8')).toContain(readFileSync(join(PACKAGE, 'dist/page/graph.js'), 'utf8'));
  });

  it('answers questions about a policy from its documentation', () => {
    const sample = join(PACKAGE, 'docs/sample');
    const options = ['--policy', join(sample, 'policy.yaml'), '--org', join(sample, 'organization.json')];

    const { status, stdout } = autopeer(node, ['policy', 'who-can', '--to', 'prod', ...options]);

    expect(status).toBe(0);
    expect(stdout).toContain('may join');
  });

  it('serves a simulated AWS, in which autopeer accepts, and asks its hub', async () => {
    const child = spawn(node, [COMMAND, 'sandbox', '--port', '0', '--speed', '60'], {
      cwd: userFolder,
      env: ENV,
    });
    let stdout = '';
    let stderr = '';
    child.stderr.on('data', (part) => (stderr += String(part)));
    for await (const part of child.stdout) {
      stdout += String(part);
      if (stdout.includes('Stop it with')) break;
    }
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(stdout)?.[0] ?? '';
    const [VpcId, PeerVpcId] = new Set(stdout.match(/vpc-[0-9a-f]{17}/g));
    const ec2 = new EC2Client(clientConfig(url, '111111111111'));
    const request = { VpcId, PeerVpcId, PeerOwnerId: '222222222222' };
    const { VpcPeeringConnection: made } = await ec2.send(new CreateVpcPeeringConnectionCommand(request));
    ec2.destroy();
    await untilCalled(url, 'AcceptVpcPeeringConnection');
    const shown = autopeer(node, ['brake', 'show'], '', {
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: HUB_ACCOUNT,
      AWS_SECRET_ACCESS_KEY: 'any',
    });
    child.kill('SIGTERM');
    const [exitCode] = await once(child, 'exit');

    expect(shown).toMatchObject({ status: 0, stderr: '' });
    expect(shown.stdout).toContain('0 peerings lost reachability');
    expect(made?.VpcPeeringConnectionId).toMatch(/^pcx-/);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });
});
