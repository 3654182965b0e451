import { CreateVpcPeeringConnectionCommand, DescribeVpcPeeringConnectionsCommand } from '@aws-sdk/client-ec2';
import { approvals } from '../../cli/approvals/approvals.ts';
import { approve } from '../../cli/approvals/approve.ts';
import { pending } from '../../cli/approvals/pending.ts';
import { reject } from '../../cli/approvals/reject.ts';
import { revoke } from '../../cli/approvals/revoke.ts';
import { history } from '../../cli/history/history.ts';
import type { Ask } from '../../cli/questions.ts';
import { HUB_REGION } from '../../sim/world/world.ts';
import { runCli } from '../support/run-cli.ts';
import { runInSandbox as run } from './hub-command-support.ts';
import { aSandbox, DEMO_POLICY, type TestSandbox } from './support.ts';

const OPTIONS = { name: 'autopeer-prod', hubRegion: HUB_REGION, json: false, yes: false };
const JO = 'arn:aws:iam::999988887777:user/administrator';
const [SHOP, PLATFORM] = ['111111111111', '222222222222'];

/** A request in the sandbox that waits for people. */
async function waiting() {
  const policy = DEMO_POLICY.replace('accepter: shared }', 'accepter: shared, approval: required }');
  const box = await aSandbox({ policy });
  const { vpcs } = box.sandbox.running;
  const VpcId = vpcs.get('web')?.vpcId;
  const PeerVpcId = vpcs.get('services')?.vpcId;
  const command = new CreateVpcPeeringConnectionCommand({ VpcId, PeerVpcId, PeerOwnerId: PLATFORM });
  const { VpcPeeringConnection } = await box.ec2(SHOP).send(command);
  await box.pass(60_000);
  return { box, peering: VpcPeeringConnection?.VpcPeeringConnectionId ?? '' };
}

async function stateOf(box: TestSandbox, peering: string): Promise<string | undefined> {
  await box.pass(60_000);
  const command = new DescribeVpcPeeringConnectionsCommand({ VpcPeeringConnectionIds: [peering] });
  const { VpcPeeringConnections } = await box.ec2(SHOP).send(command);
  return VpcPeeringConnections?.[0]?.Status?.Code;
}

const says =
  (answer: string): Ask =>
  () =>
    Promise.resolve(answer);

it('shows what waits, asks, approves exactly that, and takes it back', async () => {
  const { box, peering } = await waiting();
  const listed = await run(box, (io, platform) => pending(OPTIONS, io, platform));
  expect(listed.stdout).toMatch(
    new RegExp(`^${peering} \\(pending-acceptance\\), rule apps-to-shared\n  requester  vpc-`),
  );
  expect(listed.stdout).toContain('1 approval missing; fingerprint sha256:');

  const no = await run(box, (io, platform) => approve(peering, OPTIONS, io, platform, says('no')));
  expect([no.exitCode, no.stdout]).toEqual([2, '']);
  const nobody = await run(box, (io, platform) => approve(peering, OPTIONS, io, platform, undefined));
  expect([nobody.exitCode, nobody.stderr]).toEqual([2, expect.stringContaining('say --fingerprint')]);
  const other = { ...OPTIONS, fingerprint: '000000000000' };
  const outdated = await run(box, (io, platform) => approve(peering, other, io, platform, undefined));
  expect([outdated.exitCode, outdated.stderr]).toEqual([
    2,
    expect.stringContaining('not what you were shown'),
  ]);
  expect(await stateOf(box, peering)).toBe('pending-acceptance');

  const yes = { ...OPTIONS, reason: 'change 4711' };
  const done = await run(box, (io, platform) => approve(peering, yes, io, platform, says('yes')));
  expect(done).toMatchObject({
    exitCode: 0,
    stdout: `${peering} is approved, and autopeer looks at it now\n`,
  });
  expect(done.stderr).toContain('connects: routes to vpc-cidrs');
  expect(await stateOf(box, peering)).toBe('active');

  const back = await run(box, (io, platform) => revoke(peering, OPTIONS, io, platform));
  expect(back.stdout).toBe(`the approval of ${peering} is taken back, as ${JO}\n`);
  const kept = await run(box, (io, platform) => approvals(peering, OPTIONS, io, platform));
  expect(kept.stdout).toMatch(
    new RegExp(
      `^sha256:[0-9a-f]{12}, rule apps-to-shared\n  approved by ${JO} at \\S+: change 4711\n  taken back by ${JO}`,
    ),
  );

  const told = await run(box, (io, platform) =>
    history(peering, { ...OPTIONS, output: 'text' }, io, platform),
  );
  const heads = told.stdout.split('\n').filter((line) => line.includes(`  ${peering}  `));
  expect(heads.map((line) => line.split(`${peering}  `)[1])).toEqual([
    'hold by rule apps-to-shared',
    `approved by ${JO}`,
    'connect by rule apps-to-shared',
    `approval taken back by ${JO}`,
    'unsanctioned by rule apps-to-shared',
  ]);
  expect(told.stdout).toContain(`    approved by ${JO}\n    + accept the peering in ${PLATFORM} eu-west-1\n`);
});

it('rejects, and a second answer comes too late', async () => {
  const { box, peering } = await waiting();
  const given = { ...OPTIONS, yes: true, json: true };
  const done = await run(box, (io, platform) => reject(peering, given, io, platform, undefined));
  expect(JSON.parse(done.stdout)).toMatchObject({ done: true, peering, rejected: { by: JO } });
  expect(await stateOf(box, peering)).toBe('rejected');
  const gone = await run(box, (io, platform) => approve(peering, given, io, platform, undefined));
  expect([gone.exitCode, gone.stderr]).toEqual([2, expect.stringContaining(`nothing of ${peering} waits`)]);
  const kept = await run(box, (io, platform) => approvals(peering, OPTIONS, io, platform));
  expect(kept.stdout).toContain(`rejected by ${JO} at `);
});

it.each([
  ['no peering', ['approve'], 'peering'],
  ['a fingerprint too short', ['approve', 'pcx-11111111', '--fingerprint', 'abc'], 'at least 12'],
  ['longer than a request lives', ['approve', 'pcx-11111111', '--for', '8d'], 'from 1m to 7d'],
])('bad usage: %s', async (_what, args, words) => {
  const { exitCode, stderr } = await runCli(args);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining(words)]);
});
