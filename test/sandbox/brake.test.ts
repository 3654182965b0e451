import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { releaseBrake } from '../../cli/brake/release.ts';
import { showBrake } from '../../cli/brake/show.ts';
import { HUB_ACCOUNT, HUB_REGION } from '../../sim/world/world.ts';
import { runCli } from '../support/run-cli.ts';
import { runInSandbox as run } from './hub-command-support.ts';
import { aSandbox, clientConfig } from './support.ts';

const OPTIONS = { name: 'autopeer-prod', hubRegion: HUB_REGION, json: false };
const RELEASE = { ...OPTIONS, count: 40, for: 60 };

it('releases the brake, and shows who did', async () => {
  const box = await aSandbox();
  const released = await run(box, (io, platform) => releaseBrake(RELEASE, io, platform));
  expect(released.stderr).toBe('');
  expect(released.stdout).toMatch(
    /^40 further peerings may be cut until 2026-06-01T01:00:00\.\d{3}Z; recorded as released by arn:aws:iam::999988887777:user\/administrator\n$/,
  );
  expect(released.exitCode).toBe(0);

  const shown = await run(box, (io, platform) => showBrake(OPTIONS, io, platform));
  expect(shown.exitCode).toBe(0);
  expect(shown.stdout).toContain('0 peerings lost reachability within the last 60 minutes\n');
  expect(shown.stdout).toContain(
    '1 release of the brake in force\n  0 of 40 used, until 2026-06-01T01:00:00.',
  );
  expect(shown.stdout).toContain('by arn:aws:iam::999988887777:user/administrator\n');
});

it('prints JSON', async () => {
  const box = await aSandbox();
  const json = { ...OPTIONS, json: true };
  const { stdout } = await run(box, (io, platform) => showBrake(json, io, platform));
  expect(JSON.parse(stdout)).toEqual({ cut: [], releases: [], past: [] });
});

it('the hub’s parameter leads to the sandbox, also after a reset', async () => {
  const box = await aSandbox();
  await box.fetch('/_autopeer/reset', { method: 'POST' });
  const ssm = new SSMClient(clientConfig(box.url, HUB_ACCOUNT));
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: '/autopeer-prod/commands-url' }));
  ssm.destroy();
  expect(Parameter?.Value).toMatch(new RegExp(`^${box.url}/lambda-url/[0-9a-f]{32}/$`));
  const url = Parameter?.Value ?? '';
  const shown = await run(box, (io, platform) => showBrake({ ...OPTIONS, url }, io, platform), 'test');
  // The key `test` is an account’s that is not the hub’s.
  expect(shown.stderr).toContain('AWS refuses the call: you need lambda:InvokeFunctionUrl');
  const { exitCode } = await run(box, (io, platform) => showBrake({ ...OPTIONS, url }, io, platform));
  expect(exitCode).toBe(0);
});

describe('says what is in the way', () => {
  it.each([
    ['another account', '111111111111', {}, 'ParameterNotFound; is the hub in eu-west-1? See --hub-region'],
    [
      'another region',
      HUB_ACCOUNT,
      { hubRegion: 'us-east-1' },
      'ParameterNotFound; is the hub in us-east-1?',
    ],
    ['another name', HUB_ACCOUNT, { name: 'autopeer-dev' }, '/autopeer-dev/commands-url'],
    ['nobody there', HUB_ACCOUNT, { url: 'http://127.0.0.1:9/' }, 'http://127.0.0.1:9/ cannot be reached'],
    ['an input that the hub refuses', HUB_ACCOUNT, { count: 5000 }, 'count'],
  ])('%s', async (_what, key, options, words) => {
    const box = await aSandbox();
    const merged = { ...RELEASE, ...options };
    const { exitCode, stdout, stderr } = await run(
      box,
      (io, platform) => releaseBrake(merged, io, platform),
      key,
    );
    expect(stderr).toContain('autopeer: ');
    expect(stderr).toContain(words);
    expect([exitCode, stdout]).toEqual([2, '']);
  });

  it('somebody else who answers', async () => {
    const box = await aSandbox();
    const url = `${box.url}/_autopeer/health`;
    const get: typeof fetch = (to) => fetch(to);
    const { exitCode, stderr } = await run(box, (io, platform) =>
      showBrake({ ...OPTIONS, url }, io, { ...platform, fetch: get }),
    );
    expect(stderr).toContain(
      '/_autopeer/health does not answer as the hub’s function does'.replace('’', "'"),
    );
    expect(exitCode).toBe(2);
  });
});

describe('bad usage', () => {
  const release = ['brake', 'release', '--count', '1', '--for', '1h'];
  it.each([
    ['no duration', ['brake', 'release', '--count', '1'], '--for'],
    ['a duration of another form', ['brake', 'release', '--count', '1', '--for', '1d'], 'from 1m to 24h'],
    ['too long', ['brake', 'release', '--count', '1', '--for', '25h'], 'from 1m to 24h'],
    ['no count', ['brake', 'release', '--count', '0', '--for', '1h'], 'from 1 to 1000'],
    ['an address that others can read', [...release, '--url', 'http://hub.example/'], 'https://'],
    ['an address that is none', [...release, '--url', 'hub'], 'https://'],
  ])('%s', async (_what, args, words) => {
    const { exitCode, stderr } = await runCli(args);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(words)]);
  });
});
