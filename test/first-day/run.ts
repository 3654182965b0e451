/**
 * The first day of somebody who has never heard of this project, in an empty folder, from the packed tarball: init, edit,
 * check, test, diff, deploy and remove (against moto where it is installed), then a sandbox in which a request connects, suspend and
 * resume. Run it with `npm run test:first-day`.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateVpcPeeringConnectionCommand,
  DescribeVpcPeeringConnectionsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { processEnv, type Env } from '../../shared/settings.ts';
import { startMoto, type MotoServer } from '../conformance/moto/server.ts';
import { missingTools } from '../conformance/tools.ts';

const [APPS, SHARED] = ['111111111111', '222222222222'];
const [HUB, MANAGEMENT] = ['999988887777', '999999999999'];
const REGION = 'eu-west-1';
/** An hour of the sandbox is a minute. */
const SPEED = '60';
const POLLS = 300;
const POLL_MS = 100;

const WORLD = `version: 1
units: [{ id: ou-ab12-apps0001, name: Apps }]
accounts:
  - id: '${APPS}'
    name: shop
    unit: ou-ab12-apps0001
    vpcs:
      - { name: web, region: ${REGION}, cidrs: [10.1.0.0/16], subnets: [{ cidr: 10.1.0.0/24 }] }
      - { name: jobs, region: ${REGION}, cidrs: [10.3.0.0/16], subnets: [{ cidr: 10.3.0.0/24 }] }
  - id: '${SHARED}'
    name: shared
    vpcs: [{ name: services, region: ${REGION}, cidrs: [10.2.0.0/16], subnets: [{ cidr: 10.2.0.0/24 }] }]
`;

const startedAt = Date.now();
const scratch = mkdtempSync(join(tmpdir(), 'autopeer-first-day-'));
const home = join(scratch, 'network');
const { PATH = '', HOME = '' } = processEnv();
const ENV = { PATH, HOME, npm_config_offline: 'true', npm_config_update_notifier: 'false' };

function step(text: string): void {
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(`${seconds.padStart(6)} s  ${text}\n`);
}

function npm(cwd: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd, env: ENV, encoding: 'utf8' });
  assert.equal(status, 0, `npm ${args.join(' ')}: ${stderr}`);
  return stdout;
}

const COMMAND = join(scratch, 'global/bin/autopeer');

function autopeer(args: readonly string[], expected = 0, env: Env = {}): string {
  const { status, stdout, stderr } = spawnSync(COMMAND, args, {
    cwd: home,
    env: { ...ENV, ...env },
    encoding: 'utf8',
  });
  assert.equal(status, expected, `autopeer ${args.join(' ')}: ${stdout}${stderr}`);
  return stdout + stderr;
}

function edit(name: string, ...changes: readonly (readonly [string | RegExp, string])[]): void {
  const path = join(home, name);
  const text = changes.reduce(
    (before, [from, to]) => {
      const after = before.replaceAll(from, to);
      assert.notEqual(after, before, `${name} has no ${String(from)}`);
      return after;
    },
    readFileSync(path, 'utf8'),
  );
  writeFileSync(path, text);
}

/** It takes its time, and starts beside what comes first. */
function startedMoto(): Promise<MotoServer> | undefined {
  const missing = missingTools(['moto_server']);
  if (missing.length === 0) return startMoto();
  step(`deploy will be skipped: ${missing.join(', ')}`);
  return undefined;
}

async function onMoto(starting: Promise<MotoServer> | undefined): Promise<void> {
  if (starting === undefined) return;
  const moto = await starting;
  const env = { AWS_ENDPOINT_URL: moto.url, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
  try {
    assert.match(autopeer(['deploy', '--plan'], 0, env), /\+ {2}Ledger .*nothing was made/s);
    // moto makes no rule on a bus of the same stack (an AttributeError of its own), says that the stack is complete, and
    // gives it no outputs: the members, which need the bus, are left out. It has no AWS::CloudFormation::StackSet either.
    assert.match(autopeer(['deploy', '--yes'], 1, env), /the hub autopeer-prod is in eu-west-1/);
    step('deploy makes the hub');
    const manual = ['deploy', '--yes', '--members', 'manual'];
    assert.match(autopeer(manual, 0, env), /nothing changes/);
    step('a second deploy changes nothing');
    // Nor the member stack of one account: of a role's policies moto does not drop the one that is AWS::NoValue.
    assert.match(autopeer(['remove', '--yes'], 0, env), /the ledger autopeer-prod-ledger: the next/);
    // moto does not know ImportExistingResources: its ExecuteChangeSet fails at the ledger that is there.
    autopeer(manual, 2, env);
    assert.match(autopeer(['remove', '--yes', '--with-ledger'], 0, env), /the peerings, and the routes/);
    assert.match(autopeer(manual, 0, env), /the hub autopeer-prod is in eu-west-1/);
    step('it is removed with its ledger, also after a deploy that failed, and deployed again');
  } finally {
    await moto.stop();
  }
}

interface Sandbox {
  readonly url: string;
  readonly child: ChildProcess;
}

async function startSandbox(): Promise<Sandbox> {
  const args = [
    'sandbox',
    '--port',
    '0',
    '--speed',
    SPEED,
    '--world',
    'world.yaml',
    '--policy',
    'policy.yaml',
  ];
  const child = spawn(COMMAND, args, { cwd: home, env: ENV, stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  for await (const part of child.stdout) {
    printed += String(part);
    if (printed.includes('Stop it with')) break;
  }
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0];
  assert(url !== undefined, printed);
  return { url, child };
}

const ec2Of = (url: string, accountId: string): EC2Client =>
  new EC2Client({
    endpoint: url,
    region: REGION,
    credentials: { accessKeyId: accountId, secretAccessKey: 'any' },
  });

async function vpcs(url: string): Promise<ReadonlyMap<string, string>> {
  const { DescribeVpcsCommand } = await import('@aws-sdk/client-ec2');
  const found = await Promise.all(
    [APPS, SHARED].map(async (accountId) => {
      const { Vpcs = [] } = await ec2Of(url, accountId).send(new DescribeVpcsCommand({}));
      return Vpcs.map(({ CidrBlock = '', VpcId = '' }) => [CidrBlock, VpcId] as const);
    }),
  );
  return new Map(found.flat());
}

async function request(url: string, cidr: string): Promise<string> {
  const ids = await vpcs(url);
  const { VpcPeeringConnection: made } = await ec2Of(url, APPS).send(
    new CreateVpcPeeringConnectionCommand({
      VpcId: ids.get(cidr),
      PeerVpcId: ids.get('10.2.0.0/16'),
      PeerOwnerId: SHARED,
    }),
  );
  return made?.VpcPeeringConnectionId ?? '';
}

async function stateOf(url: string, id: string): Promise<string | undefined> {
  const command = new DescribeVpcPeeringConnectionsCommand({ VpcPeeringConnectionIds: [id] });
  const { VpcPeeringConnections: [found] = [] } = await ec2Of(url, APPS).send(command);
  return found?.Status?.Code;
}

const pause = (): Promise<void> => new Promise((done) => setTimeout(done, POLL_MS));

async function until(what: string, is: () => Promise<boolean>): Promise<void> {
  for (let poll = 0; poll < POLLS; poll++) {
    if (await is()) return step(what);
    await pause();
  }
  assert.fail(`not within ${(POLLS * POLL_MS) / 1000} s: ${what}`);
}

/** What the sandbox's people are told of a peering. */
async function untilTold(url: string, words: string): Promise<void> {
  const abort = new AbortController();
  const response = await fetch(`${url}/_autopeer/events`, { signal: abort.signal });
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += new TextDecoder().decode(chunk);
    if (text.includes(words)) break;
  }
  abort.abort();
}

function compare({ url }: Sandbox): void {
  const management = { AWS_ENDPOINT_URL: url, AWS_ACCESS_KEY_ID: MANAGEMENT, AWS_SECRET_ACCESS_KEY: 'any' };
  const role = ['--role-name', 'OrganizationAccountAccessRole'];
  autopeer(['snapshot', '--out', 'organization.json', ...role], 0, management);
  // 1: access grows, which is what was meant.
  const diff = autopeer(['policy', 'diff', 'before.yaml', 'policy.yaml', '--org', 'organization.json'], 1);
  assert.match(diff, /apps-to-shared/);
  step('a snapshot is taken, and says what the edited policy changes');
}

async function inSandbox({ url }: Sandbox): Promise<void> {
  const hub = { AWS_ENDPOINT_URL: url, AWS_ACCESS_KEY_ID: HUB, AWS_SECRET_ACCESS_KEY: 'any' };
  const first = await request(url, '10.1.0.0/16');
  await until('a request connects', async () => (await stateOf(url, first)) === 'active');

  assert.match(autopeer(['suspend', '--reason', 'the first day'], 0, hub), /autopeer is suspended/);
  const second = await request(url, '10.3.0.0/16');
  await untilTold(url, 'Peering Planned');
  assert.equal(await stateOf(url, second), 'pending-acceptance');
  step('while it is suspended a request is told, and not accepted');

  assert.match(autopeer(['resume'], 0, hub), /autopeer runs/);
  await until('after resume it connects', async () => (await stateOf(url, second)) === 'active');
}

const starting = startedMoto();
try {
  const tarball = npm('.', 'pack', '--silent', '--pack-destination', scratch).trim();
  const args = ['install', '--global', '--prefix', join(scratch, 'global'), '--no-audit', '--no-fund'];
  npm(scratch, ...args, join(scratch, tarball));
  step('packed and installed');

  mkdirSync(home);
  autopeer(['init', '--region', REGION, '--organization', 'o-a1b2c3d4e5', '--ou', 'ou-ab12-apps0001']);
  autopeer(['policy', 'check', '--strict']);
  autopeer(['policy', 'test', '--min-coverage', '100']);
  step('init writes a policy that passes its tests');

  writeFileSync(join(home, 'before.yaml'), readFileSync(join(home, 'policy.yaml')));
  const ids = [
    ['ou-xxxx-apps0000', 'ou-ab12-apps0001'],
    ["'000000000000'", `'${SHARED}'`],
  ] as const;
  edit('policy.yaml', ...ids, [/^dryRun: true\n/gm, ''], [/^ {4}approval: required\n/gm, '']);
  autopeer(['policy', 'check', '--strict']);
  edit('policy.test.yaml', ...ids);
  autopeer(['policy', 'test'], 1);
  edit('policy.test.yaml', ['decision: hold', 'decision: accept'], ['approval-required', 'rule-allows']);
  autopeer(['policy', 'test', '--min-coverage', '100']);
  step('an edited policy is checked and tested');

  await onMoto(starting);
  writeFileSync(join(home, 'world.yaml'), WORLD);
  const box = await startSandbox();
  try {
    step('a sandbox serves the policy');
    compare(box);
    await inSandbox(box);
  } finally {
    box.child.kill('SIGTERM');
  }
  step('done');
} finally {
  await (await starting)?.stop();
  rmSync(scratch, { recursive: true });
}
