import { release } from '../../cli/suspension/release.ts';
import { resume } from '../../cli/suspension/resume.ts';
import { showStatus } from '../../cli/suspension/status.ts';
import { suspend } from '../../cli/suspension/suspend.ts';
import { HUB_REGION } from '../../sim/world/world.ts';
import { runCli } from '../support/run-cli.ts';
import { runInSandbox as run } from './hub-command-support.ts';
import { aSandbox } from './support.ts';

const OPTIONS = { name: 'autopeer-prod', hubRegion: HUB_REGION, json: false };
const JO = 'arn:aws:iam::999988887777:user/administrator';

it('suspends, says so, and resumes', async () => {
  const box = await aSandbox();
  const given = { ...OPTIONS, for: 120, reason: 'change 4711' };
  const stopped = await run(box, (io, platform) => suspend(given, io, platform));
  expect(stopped.stderr).toBe('');
  expect(stopped.stdout).toMatch(/^autopeer is suspended until 2026-06-01T02:00:0\d\.\d{3}Z: it reads/);
  expect(stopped.stdout).toContain(`by ${JO}\n  reason: change 4711\n`);
  const going = await run(box, (io, platform) => resume(OPTIONS, io, platform));
  expect(going).toMatchObject({
    exitCode: 0,
    stdout: 'autopeer runs: it writes to EC2 what the policy says\n',
  });
  const shown = await run(box, (io, platform) => showStatus(OPTIONS, io, platform));
  expect(shown.stdout).toMatch(
    new RegExp(`suspended before:\\n  \\S+ to \\S+ by ${JO}: change 4711; resumed by ${JO}\\n$`),
  );
});

it('a peering that nobody remembers is not released', async () => {
  const box = await aSandbox();
  const shown = await run(box, (io, platform) => release('pcx-11111111', OPTIONS, io, platform));
  expect(shown.stdout).toBe('autopeer remembers nothing of pcx-11111111: there is nothing to release\n');
});

it.each([
  ['a duration of another form', ['suspend', '--for', '2 hours'], 'from 1m to 30d'],
  ['too long', ['suspend', '--for', '31d'], 'from 1m to 30d'],
  ['an empty reason', ['suspend', '--reason', ' '], '1 to 500'],
  ['no peering', ['release'], 'peering'],
  ['something else than a peering', ['release', 'vpc-11111111'], 'pcx-'],
])('bad usage: %s', async (_what, args, words) => {
  const { exitCode, stderr } = await runCli(args);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining(words)]);
});
