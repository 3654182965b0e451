import {
  AssociateRouteTableCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
} from '@aws-sdk/client-ec2';
import { runCheck } from '../../cli/reach/check.ts';
import { HUB_ACCOUNT, type BuiltVpc, type World } from '../../sim/world/world.ts';
import { APPS_TO_SHARED } from '../support/policy-text.ts';
import { aNamedPair, remove, request } from '../support/request.ts';
import { HERE } from '../support/run-cli.ts';
import { APPS, dnsFlags, expectConnected, SHARED } from '../support/world.ts';

async function connected(policy = APPS_TO_SHARED) {
  const pair = await aNamedPair(policy);
  const { stdout } = await request(pair.world, {}, { policy });
  return { ...pair, id: stdout.split(' ')[0] ?? '' };
}

/** A route that somebody wrote by hand. */
async function writeRoute(world: World, vpc: BuiltVpc, destination: string, id: string): Promise<void> {
  const command = new CreateRouteCommand({
    RouteTableId: vpc.tableIds[0],
    DestinationCidrBlock: destination,
    VpcPeeringConnectionId: id,
  });
  await world.aws.clock.drive(world.ec2(vpc.accountId, vpc.region).send(command));
  await world.aws.clock.run(world.aws.clock.now() + 2_000);
}

it('names every route and whose it is, deletes, and follows until nothing leads to it', async () => {
  const { world, requester, accepter, id } = await connected();
  await writeRoute(world, requester, '10.2.7.0/24', id);
  const { exitCode, stdout, stderr } = await remove(world, accepter, id);
  expect([exitCode, stdout]).toEqual([0, `${id} is deleted, and no route that autopeer sees leads to it\n`]);
  expect(stderr).toMatch(/10\.2\.0\.0\/16 +autopeer’s +autopeer removes it\n/);
  expect(stderr).toMatch(/10\.2\.7\.0\/24 +somebody else’s +autopeer removes it\n/);
  expect(stderr).toMatch(
    / s {2}deleted; 3 routes to it left\n(.*\n)*.* s {2}deleted; no route leads to it\n/,
  );
  expect(await world.routes(requester)).toEqual([]);
  expect(await world.routes(accepter)).toEqual([]);
  // Once more: it is gone, and nothing is left to do.
  expect(await remove(world, accepter, id)).toMatchObject({ exitCode: 0 });
});

it('asks for the id, and anything else deletes nothing', async () => {
  const { world, requester, accepter, id } = await connected();
  const answers = (text: string) => ({ ask: () => Promise.resolve(text) });
  const no = await remove(world, requester, id, { yes: false }, answers('yes'));
  expect([no.exitCode, no.stderr]).toEqual([2, expect.stringContaining('nothing was deleted')]);
  const nobody = await remove(world, requester, id, { yes: false });
  expect([nobody.exitCode, nobody.stderr]).toEqual([2, expect.stringContaining('say --yes')]);
  const other = await remove(world, requester, id, {}, { as: SHARED });
  expect([other.exitCode, other.stderr]).toEqual([2, expect.stringContaining(`not of account ${APPS}`)]);
  await expectConnected(world, requester, accepter, id);
  const typed = await remove(world, requester, id, { yes: false, output: 'json' }, answers(id));
  expect(typed.exitCode).toBe(0);
  expect(JSON.parse(typed.stdout)).toEqual({ peering: id, waited: true, left: [] });
});

it('a request that waits is the requester’s to delete', async () => {
  const policy = 'version: 1\nregions: [eu-west-1, us-east-1]\n';
  const { world, requester, accepter, id } = await connected(policy);
  const refused = await remove(world, accepter, id, {}, { policy });
  expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('can reject it')]);
  expect(await remove(world, requester, id, {}, { policy })).toMatchObject({ exitCode: 0 });
});

it('a dry run cleans nothing up: it says so before, and after it what is left', async () => {
  const { world, requester, id } = await connected();
  const policy = `${APPS_TO_SHARED}dryRun: true\n`;
  world.changePolicy(policy);
  const { exitCode, stdout, stderr } = await remove(world, requester, id, { timeout: 2 }, { policy });
  expect(stderr).toContain('stays as a blackhole: the policy says dryRun');
  expect([exitCode, stdout]).toEqual([
    1,
    expect.stringContaining(`still there: 10.2.0.0/16 in ${requester.tableIds[0]}`),
  ]);
});

it('a side that nobody looks after keeps its routes as blackholes, and is named', async () => {
  const { world, requester, accepter, id } = await connected();
  const policy = APPS_TO_SHARED.replace('[eu-west-1, us-east-1]', '[us-east-1]');
  const { exitCode, stderr } = await remove(world, requester, id, { wait: false }, { policy });
  expect(exitCode).toBe(0);
  expect(stderr).toContain('not looked at: the policy does not govern its region');
  expect(stderr).toContain(accepter.vpcId);
});

/** A subnet with a route table of its own, of which no event tells. */
async function forgetSubnet(world: World, vpc: BuiltVpc): Promise<string> {
  const forget = world.aws.trail.dropWhere(() => true);
  const ec2 = world.ec2(vpc.accountId, vpc.region);
  const { clock } = world.aws;
  const { vpcId: VpcId } = vpc;
  const subnet = await clock.drive(ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: '10.1.200.0/24' })));
  const table = await clock.drive(ec2.send(new CreateRouteTableCommand({ VpcId })));
  const RouteTableId = table.RouteTable?.RouteTableId;
  const SubnetId = subnet.Subnet?.SubnetId;
  await clock.drive(ec2.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId })));
  await clock.run(clock.now() + 2_000);
  forget();
  return RouteTableId ?? '';
}

async function check(world: World, from: BuiltVpc, to: BuiltVpc) {
  let stdout = '';
  const place = { account: from.accountId, region: from.region, toAccount: to.accountId };
  const asked = { proto: 'tcp', byName: true, roleName: 'planner', output: 'text', ...place } as const;
  const io = {
    stdout: { write: (text: string) => (stdout += text) },
    stderr: { write: () => undefined },
    color: false,
    ...HERE,
    readFile: () => Promise.reject(new Error('no file is read')),
  };
  const platform = { transport: world.aws.client(HUB_ACCOUNT), clock: world.aws.clock };
  const exitCode = await world.aws.clock.drive(runCheck([from.vpcId, to.vpcId], asked, io, platform));
  return { exitCode, stdout };
}

it('the whole story: request, accept, routes, the forgotten subnet found by check, DNS, cleanup', async () => {
  const { world, requester, accepter, id } = await connected();
  await expectConnected(world, requester, accepter, id);
  const table = await forgetSubnet(world, requester);
  const broken = await check(world, requester, accepter);
  expect(broken.exitCode).toBe(1);
  expect(broken.stdout).toMatch(new RegExp(`no +route +${table} has no route to 10\\.2\\.0\\.0`));
  expect(broken.stdout).toContain(`aws ec2 create-route --route-table-id ${table}`);
  await world.sweep();
  const mended = await check(world, requester, accepter);
  expect(mended.stdout).not.toMatch(/^ +no /m);
  expect(mended.stdout).toMatch(/yes +names/);
  expect(await dnsFlags(world, requester, accepter, id)).toEqual([true, true]);
  expect(await remove(world, requester, id)).toMatchObject({ exitCode: 0 });
  expect([...(await world.routes(requester)), ...(await world.routes(accepter))]).toEqual([]);
});
