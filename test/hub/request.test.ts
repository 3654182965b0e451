import { CreateRouteCommand } from '@aws-sdk/client-ec2';
import type { Ask } from '../../cli/questions.ts';
import { APPS_TO_SHARED } from '../support/policy-text.ts';
import { aNamedPair, name, peeringsOf, request } from '../support/request.ts';
import { APPS, expectConnected, SANDBOX, SHARED } from '../support/world.ts';

const APPROVAL = APPS_TO_SHARED.replace('accepter: shared }', 'accepter: shared, approval: required }');

it('shows what will be, asks AWS, and follows until both sides are connected', async () => {
  const { world, requester, accepter } = await aNamedPair();
  const { exitCode, stdout, stderr } = await request(world, { name: 'web to db', tag: { team: 'shop' } });
  expect(exitCode).toBe(0);
  const [made] = await peeringsOf(world);
  const id = made?.VpcPeeringConnectionId ?? '';
  expect(stdout).toBe(`${id} is connected by rule apps-to-shared\n`);
  await expectConnected(world, requester, accepter, id);
  expect(made?.Tags).toEqual(
    expect.arrayContaining([
      { Key: 'Name', Value: 'web to db' },
      { Key: 'team', Value: 'shop' },
    ]),
  );
  // Every route that was written was shown before.
  for (const route of [...(await world.routes(requester)), ...(await world.routes(accepter))]) {
    const [table = '', destination = ''] = route.split(' ');
    expect(stderr).toMatch(new RegExp(`${table} +${destination} +`));
  }
  expect(stderr).toMatch(/outcome +autopeer connects it \(rule apps-to-shared\)/);
  expect(stderr).toMatch(/overlap +none/);
  expect(stderr).toMatch(/ s {2}active; autopeer: connected by rule apps-to-shared\n/);
});

it('a plan writes nothing, and names the wider route whose traffic is taken', async () => {
  const bounded = APPS_TO_SHARED.replace(
    'shared: { ous: [ou-ab12-shared01] }',
    'shared: { ous: [ou-ab12-shared01], cidrs: [10.2.0.0/16] }',
  );
  const { world, requester } = await aNamedPair();
  const [RouteTableId] = requester.tableIds;
  const ec2 = world.ec2(APPS, 'eu-west-1');
  const { clock } = world.aws;
  const wider = {
    RouteTableId,
    DestinationCidrBlock: '10.0.0.0/8',
    TransitGatewayId: 'tgw-0123456789abcdef0',
  };
  await clock.drive(ec2.send(new CreateRouteCommand(wider)));
  await clock.run(clock.now() + 2_000);
  const from = world.aws.calls.length;
  const held = await request(world, { plan: true });
  expect([held.exitCode, held.stdout]).toEqual([1, expect.stringContaining('10.0.0.0/8 to tgw-')]);
  const planned = await request(world, { plan: true, output: 'json' }, { policy: bounded });
  expect(planned).toMatchObject({ exitCode: 0, stderr: '' });
  expect(JSON.parse(planned.stdout)).toMatchObject({
    requester: { vpcId: requester.vpcId, name: 'web', cidrs: ['10.1.0.0/16'] },
    preview: { outlook: 'connects', rule: 'apps-to-shared', overlap: [], dns: 'on' },
  });
  const bounds = await request(world, { plan: true }, { policy: bounded });
  expect(bounds.stdout).toMatch(/rtb-\w+ +10\.2\.0\.0\/16 +\d+ eu-west-1 +10\.0\.0\.0\/8 to tgw-\w+\n/);
  const calls = world.aws.calls.slice(from).map(({ action }) => action);
  expect(calls.filter((action) => !/^(Describe|Get|List|AssumeRole)/.test(action))).toEqual([]);
});

it.each([
  ['the policy denies it', `${SANDBOX}/play`, '10.3.0.0/16', /it is rejected \(rule never-sandbox\)/],
  [
    'the CIDRs overlap',
    `${SANDBOX}/play`,
    '10.1.0.0/16',
    /overlap +10\.1\.0\.0\/16 and 10\.1\.0\.0\/16: AWS lets such a request fail/,
  ],
])('is not asked for where %s', async (_what, to, cidr, words) => {
  const { world } = await aNamedPair();
  await name(world, await world.buildVpc(SANDBOX, 'eu-west-1', cidr), 'play');
  const { exitCode, stdout, stderr } = await request(world, { to });
  expect([exitCode, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(words);
  expect(stderr).toContain('nothing was asked of AWS');
  expect(await peeringsOf(world)).toEqual([]);
});

it('says who must approve, and stops there; with --timeout it waits for them', async () => {
  const { world } = await aNamedPair(APPROVAL);
  const first = await request(world, {}, { policy: APPROVAL });
  expect(first.exitCode).toBe(1);
  expect(first.stderr).toMatch(/outcome +it waits for an approval \(rule apps-to-shared\)/);
  expect(first.stderr).toMatch(/rtb-\w+ +10\.2\.0\.0\/16/);
  expect(first.stdout).toMatch(
    /^pcx-\w+ waits: .*to be approved by one of whoever may use the command approve/,
  );
  const before = world.aws.clock.now();
  const second = await request(world, { timeout: 30 }, { policy: APPROVAL });
  expect(second.exitCode).toBe(1);
  expect(world.aws.clock.now() - before).toBeGreaterThanOrEqual(30 * 60_000);
  // The same request is followed, and no other is made.
  expect(second.stderr).toContain('is followed');
  expect(await peeringsOf(world)).toHaveLength(1);
});

it('asks the person, and a no asks nothing of AWS', async () => {
  const { world } = await aNamedPair();
  const asked: string[] = [];
  const no: Ask = (question) => {
    asked.push(question);
    return Promise.resolve('no');
  };
  const refused = await request(world, { yes: false }, { ask: no });
  expect([refused.exitCode, asked]).toEqual([2, ['ask AWS for this peering? yes or no']]);
  const nobody = await request(world, { yes: false });
  expect([nobody.exitCode, nobody.stderr]).toEqual([2, expect.stringContaining('say --yes')]);
  expect(await peeringsOf(world)).toEqual([]);
});

it('refuses credentials of another account before it asks', async () => {
  const { world } = await aNamedPair();
  const { exitCode, stderr } = await request(world, {}, { as: SHARED });
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining(`the request is made in account ${APPS}`)]);
  expect(await peeringsOf(world)).toEqual([]);
});

it('does not wait with --no-wait, and follows the one that is there when it is run again', async () => {
  const { world } = await aNamedPair();
  const first = await request(world, { wait: false });
  expect(first).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^pcx-[0-9a-f]+\n$/) });
  const second = await request(world, { output: 'json' });
  expect(second.exitCode).toBe(0);
  expect(JSON.parse(second.stdout)).toMatchObject({ peering: first.stdout.trim(), outcome: 'connected' });
});

it('follows without tags too', async () => {
  const untagged = `${APPS_TO_SHARED}statusTags: false\n`;
  const { world } = await aNamedPair(untagged);
  const { exitCode, stdout } = await request(world, {}, { policy: untagged });
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining('is connected by rule apps-to-shared')]);
});

it('the hub has another policy: says so', async () => {
  const { world } = await aNamedPair('version: 1\nregions: [eu-west-1, us-east-1]\n');
  const { exitCode, stdout } = await request(world, { timeout: 5 });
  expect([exitCode, stdout]).toEqual([1, expect.stringContaining("is the hub's policy another one?")]);
});

it.each([
  ['no such VPC', { to: `${SHARED}/dbs` }, /--to: no VPC dbs in account 222222222222.*there is db/],
  ['no such account', { to: 'sharde/db' }, /--to: no account is called sharde/],
  ['the same VPC', { to: `${APPS}/web` }, /are the same VPC/],
  ['a role that is not there', { roleName: 'nobody' }, /nobody.*--role-name|cannot assume/],
])('%s is said', async (_what, options, words) => {
  const { world } = await aNamedPair();
  const { exitCode, stderr } = await request(world, options);
  expect([exitCode, stderr]).toEqual([2, expect.stringMatching(words)]);
});

it('finds a VPC by its name alone, in whichever account it is, and another region', async () => {
  const world = (await aNamedPair()).world;
  await name(world, await world.buildVpc(SHARED, 'us-east-1', '10.7.0.0/16'), 'far');
  const { exitCode, stdout } = await request(world, { from: 'web', to: 'far' });
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining('is connected')]);
});

it('asks for what is left out, and prints the options that say the same', async () => {
  const { world, requester, accepter } = await aNamedPair();
  const answers = [APPS, SHARED];
  const ask: Ask = () => Promise.resolve(answers.shift() ?? '');
  const given = { plan: true, from: undefined, to: undefined };
  const { exitCode, stdout, stderr } = await request(world, given, { ask });
  expect([exitCode, answers]).toEqual([0, []]);
  expect(stdout).toContain(`${requester.vpcId} (web)`);
  expect(stderr).toContain(
    `by options: --from ${APPS}/eu-west-1/${requester.vpcId} --to ${SHARED}/eu-west-1/${accepter.vpcId}\n`,
  );
  const nobody = await request(world, given);
  expect([nobody.exitCode, nobody.stderr]).toEqual([2, expect.stringContaining('say --from and --to')]);
});

it('prints it for another tool in place of asking', async () => {
  const { world, requester } = await aNamedPair();
  const { exitCode, stdout } = await request(world, { format: 'terraform', name: 'web to db' });
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining(`vpc_id        = "${requester.vpcId}"`)]);
  expect(await peeringsOf(world)).toEqual([]);
});
