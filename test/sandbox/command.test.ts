import { readFileSync } from 'node:fs';
import type { Io } from '../../cli/io.ts';
import { CreateVpcPeeringConnectionCommand } from '@aws-sdk/client-ec2';
import { fault } from '../../cli/sandbox/fault.ts';
import { swapPolicy } from '../../cli/sandbox/policy.ts';
import { sandbox } from '../../cli/sandbox/sandbox.ts';
import { watch } from '../../cli/sandbox/watch.ts';
import { runCli, HERE } from '../support/run-cli.ts';
import { aSandbox } from './support.ts';

const DEMO_POLICY = readFileSync('demo/policy.yaml', 'utf8');

/** What a command printed, and files in memory. */
function anIo(files: Readonly<Record<string, string>> = {}) {
  const printed = { stdout: '', stderr: '' };
  const io: Io = {
    stdout: { write: (text) => (printed.stdout += text) },
    stderr: { write: (text) => (printed.stderr += text) },
    color: false,
    ...HERE,
    readFile: async (path) => {
      const text = files[path];
      if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
      return Buffer.from(text);
    },
  };
  return { io, printed };
}

const OPTIONS = { port: 0, world: 'demo', policy: 'policy.yaml', seed: 1, speed: 1 };

describe('autopeer sandbox', () => {
  it('prints its address and three commands, serves until it is stopped, and ends well', async () => {
    const { io, printed } = anIo({ 'policy.yaml': DEMO_POLICY });
    let health: unknown;

    const exitCode = await sandbox(OPTIONS, io, async () => {
      await Promise.resolve(); // the address comes next
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(printed.stdout)?.[0];
      health = await (await fetch(`${url}/_autopeer/health`)).json();
    });

    expect(exitCode).toBe(0);
    expect(health).toMatchObject({ status: 'ready', world: 'demo' });
    expect(printed.stdout).toMatch(/^ {2}111111111111 {2}shop .*\(ou-/m);
    expect(printed.stdout).toContain('Regions of the policy: eu-west-1');
    expect(printed.stdout).toContain('export AWS_ENDPOINT_URL=http://127.0.0.1:');
    expect(printed.stdout.match(/^AWS_ACCESS_KEY_ID=\d{12} aws /gm)).toHaveLength(3);
    expect(printed.stderr).toBe('');
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(printed.stdout)?.[0];
    await expect(fetch(`${url}/_autopeer/health`)).rejects.toThrow('fetch failed');
  });

  it('serves a world file', async () => {
    const world = "version: 1\naccounts: [{ id: '111111111111' }]\n";
    const { io, printed } = anIo({ 'policy.yaml': DEMO_POLICY, 'world.yaml': world });

    const exitCode = await sandbox({ ...OPTIONS, world: 'world.yaml' }, io, () => Promise.resolve());

    expect(exitCode).toBe(0);
    expect(printed.stdout).toContain('world world.yaml');
  });

  it('says in which of its regions the policy has nothing to say', async () => {
    const vpc = (name: string, region: string): string =>
      `{ name: ${name}, region: ${region}, cidrs: [10.0.0.0/16] }`;
    const world = `version: 1
accounts:
  - { id: '111111111111', vpcs: [${vpc('a', 'ap-south-1')}, ${vpc('b', 'eu-west-1')}] }
  - { id: '222222222222', external: true, vpcs: [${vpc('c', 'sa-east-1')}] }
`;
    const { io, printed } = anIo({ 'policy.yaml': DEMO_POLICY, 'world.yaml': world });

    await sandbox({ ...OPTIONS, world: 'world.yaml' }, io, () => Promise.resolve());

    expect(printed.stdout.match(/^.* is not among the regions of the policy.*$/gm)).toEqual([
      'ap-south-1 is not among the regions of the policy: autopeer does nothing there.',
    ]);
  });

  it.each([
    ['no world', {}, 'autopeer: world.yaml: no such file'],
    ['a faulty world', { 'world.yaml': 'version: 2' }, 'world.yaml:1:1: version: write version: 1'],
    [
      'a world that EC2 refuses',
      {
        'world.yaml':
          "version: 1\naccounts:\n  - { id: '111111111111', vpcs: [{ name: a, region: eu-west-1, cidrs: [10.0.0.0/8] }] }\n",
      },
      'world.yaml:3:34: accounts[0].vpcs[0]: InvalidVpc.Range',
    ],
  ])('says what is wrong with %s, and serves nothing', async (_what, files, message) => {
    const { io, printed } = anIo({ 'policy.yaml': DEMO_POLICY, ...files });

    const exitCode = await sandbox({ ...OPTIONS, world: 'world.yaml' }, io, () => {
      throw new Error('it must not start');
    });

    expect(exitCode).toBe(2);
    expect(printed.stderr).toContain(message);
    expect(printed.stdout).toBe('');
  });

  it('says what is wrong with the policy', async () => {
    const { io, printed } = anIo({ 'policy.yaml': 'version: 1\n' });

    expect(await sandbox(OPTIONS, io, () => Promise.resolve())).toBe(2);
    expect(printed.stderr).toContain('policy.yaml:1:1');
  });

  it('says when the port is taken', async () => {
    const port = Number(new URL((await aSandbox()).url).port);
    const { io, printed } = anIo({ 'policy.yaml': DEMO_POLICY });

    expect(await sandbox({ ...OPTIONS, port }, io, () => Promise.resolve())).toBe(2);
    expect(printed.stderr).toBe(
      `autopeer: port ${port} cannot be used (EADDRINUSE): choose another with --port\n`,
    );
  });

  it.each([
    ['--port', '70000'],
    ['--port', 'http'],
    ['--seed', '-1'],
    ['--speed', '0'],
    ['--speed', 'fast'],
    ['--speed', '1e9'],
  ])('%s %s is bad usage', async (option, value) => {
    const { exitCode, stderr } = await runCli(['sandbox', option, value]);

    expect(exitCode).toBe(2);
    expect(stderr).toContain(option);
  });
});

describe('autopeer sandbox fault', () => {
  const aRunning = async () => {
    const box = await aSandbox();
    return { box, port: Number(new URL(box.url).port) };
  };

  it('switches faults on, shows them and ends them', async () => {
    const { box, port } = await aRunning();
    const { io, printed } = anIo();
    const change = {
      throttle: 0.3,
      dropEvents: 0.2,
      lag: 5_000,
      deny: ['222222222222'],
      hang: ['ec2.us-east-1'],
      crashAfterCall: 3,
    };

    expect(await fault({ ...change, clear: false, port }, io, fetch)).toBe(0);
    const { settings } = box.sandbox.running.faults;
    expect(settings).toEqual({
      throttle: 0.3,
      dropEvents: 0.2,
      duplicateEvents: 0,
      lagMs: 5_000,
      deny: ['222222222222'],
      hang: ['ec2.us-east-1'],
      crashAfterCall: 3,
    });
    expect(JSON.parse(printed.stdout)).toEqual(settings);

    expect(await fault({ clear: true, port }, io, fetch)).toBe(0);
    expect(box.sandbox.running.faults.settings).toMatchObject({ throttle: 0, deny: [], crashAfterCall: 0 });
  });

  it('--clear with another fault leaves only that one', async () => {
    const { box, port } = await aRunning();
    const { io } = anIo();
    await fault({ throttle: 1, clear: false, port }, io, fetch);

    await fault({ dropEvents: 0.5, clear: true, port }, io, fetch);

    expect(box.sandbox.running.faults.settings).toMatchObject({ throttle: 0, dropEvents: 0.5 });
  });

  it('says what the sandbox does not take', async () => {
    const { port } = await aRunning();
    const { io, printed } = anIo();

    expect(await fault({ deny: ['12'], clear: false, port }, io, fetch)).toBe(2);
    expect(printed.stderr).toContain('deny.0: an account id has twelve digits');
  });

  it('says when no sandbox runs', async () => {
    const { io, printed } = anIo();
    const nobody: typeof fetch = () =>
      Promise.reject(new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } }));

    expect(await fault({ clear: false, port: 4567 }, io, nobody)).toBe(2);
    expect(printed.stderr).toContain('no sandbox listens on port 4567');
  });

  it('takes its own --port, behind its own name', async () => {
    const { box, port } = await aRunning();

    const shares = '--throttle 0.3 --drop-events 0.2 --duplicate-events 0.1';
    const others = '--lag 5s --crash-after-call 2 --deny 222222222222 --hang ec2.us-east-1 sts.eu-west-1';

    const { exitCode } = await runCli(`sandbox fault ${shares} ${others} --port ${port}`.split(' '));

    expect(exitCode).toBe(0);
    expect(box.sandbox.running.faults.settings).toEqual({
      throttle: 0.3,
      dropEvents: 0.2,
      duplicateEvents: 0.1,
      lagMs: 5_000,
      deny: ['222222222222'],
      hang: ['ec2.us-east-1', 'sts.eu-west-1'],
      crashAfterCall: 2,
    });
  });

  it.each([
    ['--throttle', '30'],
    ['--drop-events', ''],
    ['--lag', '5'],
    ['--lag', '5h'],
    ['--crash-after-call', '0'],
  ])('%s %j is bad usage', async (option, value) => {
    expect((await runCli(['sandbox', 'fault', option, value])).exitCode).toBe(2);
  });
});

describe('autopeer sandbox watch', () => {
  /** The same output, and when it has this text. */
  function listening(io: Io, text: string): { io: Io; heard: Promise<void> } {
    const { promise, resolve } = Promise.withResolvers<void>();
    const write = (line: string): void => {
      io.stdout.write(line);
      if (line.includes(text)) resolve();
    };
    return { io: { ...io, stdout: { write } }, heard: promise };
  }

  it.each(['text', 'json'] as const)(
    'prints requests, decisions and notices as %s, and ends well',
    async (output) => {
      const { url, sandbox: running, pass, ec2 } = await aSandbox();
      const { io: quiet, printed } = anIo();
      const { io, heard: told } = listening(quiet, 'autopeer: Peering Connected');
      const connected = Promise.withResolvers<void>();
      const exitCode = watch({ port: Number(new URL(url).port), output }, io, () => {
        connected.resolve();
        return told;
      });
      await connected.promise;
      const [web, services] = ['web', 'services'].map((name) => running.running.vpcs.get(name));
      await ec2(web?.accountId ?? '').send(
        new CreateVpcPeeringConnectionCommand({
          VpcId: web?.vpcId,
          PeerVpcId: services?.vpcId,
          PeerOwnerId: services?.accountId,
        }),
      );
      await pass(120_000);
      expect(await exitCode).toBe(0);
      const request = `${web?.accountId} eu-west-1 asks to peer ${web?.vpcId} with ${services?.vpcId} of ${services?.accountId}`;
      if (output === 'text') {
        expect(printed.stdout).toContain(` request   ${request}`);
        expect(printed.stdout).toMatch(
          /^\d\d:\d\d:\d\d {2}decision {2}pcx-\w+ settled: rule-allows, \d+ steps$/m,
        );
        expect(printed.stdout).toMatch(/ {2}notice {4}autopeer: Peering Connected, pcx-/);
        return;
      }
      const lines = printed.stdout
        .trim()
        .split('\n')
        .map((line): unknown => JSON.parse(line));
      expect(lines).toContainEqual(
        expect.objectContaining({ kind: 'request', text: expect.stringContaining(request) }),
      );
      expect(lines).toContainEqual(expect.objectContaining({ kind: 'decision' }));
    },
  );

  it('says when no sandbox answers', async () => {
    const { io, printed } = anIo();
    expect(await watch({ port: 2, output: 'text' }, io, () => new Promise(() => undefined))).toBe(2);
    expect(printed.stderr).toContain('no sandbox listens on port 2');
  });
});

describe('autopeer sandbox policy', () => {
  it('gives the world another policy, and keeps the world', async () => {
    const { url, sandbox: running, events } = await aSandbox();
    const { world, vpcs } = running.running;
    const { io, printed } = anIo({ 'other.yaml': 'version: 1\nregions: [us-east-1]\n' });
    expect(await swapPolicy('other.yaml', Number(new URL(url).port), io)).toBe(0);
    expect(printed.stdout).toContain('the sandbox has the policy');
    expect(events().at(-1)).toMatchObject({ kind: 'policy', data: { regions: ['us-east-1'] } });
    expect(running.running.world).toBe(world);
    expect(running.running.vpcs).toBe(vpcs);
  });

  it('refuses one with faults, on both ends, and keeps the old one', async () => {
    const { url, fetch: send, events } = await aSandbox();
    const { io, printed } = anIo({ 'bad.yaml': 'version: 1\nregions: [eu-west-1]\nalow: []\n' });
    expect(await swapPolicy('bad.yaml', Number(new URL(url).port), io)).toBe(2);
    expect(printed.stderr).toMatch(/^bad\.yaml:3:1: /);
    const refused = await send('/_autopeer/policy', { method: 'POST', body: 'version: 2' });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toHaveProperty('faults.0.line', 1);
    expect(events().filter(({ kind }) => kind === 'policy')).toEqual([]);
  });
});
