import { CreateRouteCommand, DeleteRouteCommand } from '@aws-sdk/client-ec2';
import { showPeering, type ShowOptions } from '../../cli/peerings/show.ts';
import { planPeering } from '../../cli/plan.ts';
import { HUB_ACCOUNT, type BuiltVpc, type World } from '../../sim/world/world.ts';
import { sendTo } from '../support/hub-commands.ts';
import { accountId, peeringId as asPeeringId, region } from '../support/ids.ts';
import { APPS_TO_SHARED } from '../support/policy-text.ts';
import {
  aPair,
  APPS,
  aWorld,
  expectConnected,
  SANDBOX,
  SHARED,
  toldBesidesPlaces,
} from '../support/world.ts';
import { HERE } from '../support/run-cli.ts';

const ALL_DRY = `${APPS_TO_SHARED}dryRun: true\n`;
const RULE_DRY = APPS_TO_SHARED.replace('accepter: shared }', 'accepter: shared, dryRun: true }');

/** Every call of autopeer's that changes something in EC2. */
const changes = ({ aws }: World): readonly string[] =>
  aws.calls
    .filter(
      ({ service, action, caller }) =>
        service === 'ec2' && !action.startsWith('Describe') && caller.roleArn?.endsWith('-member'),
    )
    .map(({ action }) => action);
const notices = (world: World): readonly string[] => toldBesidesPlaces(world).map(({ message }) => message);

it('dry run of the whole policy: nothing is changed, and the plan is told once', async () => {
  const world = aWorld({ policy: ALL_DRY });
  const { requester, accepter } = await aPair(world);
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  await world.sweep();
  await world.sweep();
  expect(changes(world)).toEqual([]);
  expect((await world.peering(requester, peeringId))?.Status?.Code).toBe('pending-acceptance');
  expect((await world.peering(requester, peeringId))?.Tags ?? []).toEqual([]);
  const [told, ...more] = notices(world);
  expect(more).toEqual([]);
  expect(told).toContain(`+ accept the peering in ${SHARED} eu-west-1`);
  expect(told).toContain(`+ ${requester.tableIds[0]}: route 10.2.0.0/16 to the peering (${APPS} eu-west-1)`);
});

it('what a dry run told is what apply then does', async () => {
  const world = aWorld({ policy: ALL_DRY });
  const { requester, accepter } = await aPair(world);
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  world.changePolicy(APPS_TO_SHARED);
  await world.sweep();
  await expectConnected(world, requester, accepter, peeringId);
  const steps = (text = ''): readonly string[] =>
    text.split('\n').filter((line) => /^\+ (accept|rtb-|DNS)/.test(line));
  const [planned, done] = notices(world);
  expect(steps(planned)).not.toEqual([]);
  expect(steps(done)).toEqual(steps(planned));
});

it('a trial rule: the request is held as without it, and what the rule would do is told once', async () => {
  const world = aWorld({ policy: RULE_DRY });
  const { requester, accepter } = await aPair(world);
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  await world.sweep();
  expect(new Set(changes(world))).toEqual(new Set(['CreateTags']));
  expect((await world.peering(requester, peeringId))?.Status?.Code).toBe('pending-acceptance');
  const told = notices(world);
  expect(told.filter((text) => text.startsWith('Peering Held'))).toHaveLength(1);
  const planned = told.filter((text) => text.startsWith('Peering Planned'));
  expect(planned).toEqual([expect.stringContaining(`accept the peering in ${SHARED} eu-west-1`)]);
  expect(told).toHaveLength(2);
});

it('a trial rule leaves the other rules to work', async () => {
  const world = aWorld({
    policy: RULE_DRY.replace(
      'deny:',
      '  - { name: shared-to-apps, requester: shared, accepter: apps }\ndeny:',
    ),
  });
  const { requester, accepter } = await aPair(world);
  const peeringId = await world.requestPeering(accepter, requester);
  await world.settle();
  await expectConnected(world, accepter, requester, peeringId);
});

it('a trial deny rule switches off no live rule, and says what it would stop', async () => {
  const deny = '  - { name: no-apps, between: [apps, shared], dryRun: true }\n';
  const world = aWorld({ policy: `${APPS_TO_SHARED}${deny}` });
  const { requester, accepter } = await aPair(world);
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  await expectConnected(world, requester, accepter, peeringId);
  expect(notices(world)).toContainEqual(expect.stringMatching(/^Peering Planned.*Rule: no-apps/s));
});

it('a dry run cleans nothing up either', async () => {
  const world = aWorld();
  const { requester, accepter } = await aPair(world);
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  world.changePolicy(ALL_DRY);
  const before = changes(world).length;
  await world.deletePeering(requester, peeringId);
  await world.settle();
  expect(changes(world).slice(before)).toEqual([]);
  expect(await world.routes(accepter)).toEqual([
    `${accepter.tableIds[0]} 10.1.0.0/16 ${peeringId} blackhole`,
  ]);
});

/** A role in the accounts of both sides that trusts the hub's people. */
function addPlanner({ aws }: World): void {
  for (const account of [APPS, SHARED, SANDBOX]) {
    const trust = { Effect: 'Allow', Principal: { AWS: HUB_ACCOUNT }, Action: 'sts:AssumeRole' };
    const role = aws.iam.createRole(account, 'planner', { Statement: trust });
    aws.iam.putRolePolicy(role.arn, 'read', {
      Statement: { Effect: 'Allow', Action: 'ec2:Describe*', Resource: '*' },
    });
  }
}

async function aPlannedWorld(policy = 'version: 1\nregions: [eu-west-1]\n') {
  const world = aWorld({ policy });
  addPlanner(world);
  const { requester, accepter } = await aPair(world);
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  return { world, requester, accepter, peeringId };
}

describe('autopeer plan', () => {
  async function run(
    world: World,
    by: BuiltVpc,
    peeringId: string,
    asked: {
      readonly policy?: string;
      readonly ledger?: string | false;
      readonly json?: boolean;
      readonly roleName?: string;
    } = {},
  ) {
    let [stdout, stderr] = ['', ''];
    const key = {
      peeringId: asPeeringId(peeringId),
      accountId: accountId(by.accountId),
      region: region(by.region),
    };
    const {
      policy = APPS_TO_SHARED,
      ledger = 'autopeer-prod-ledger',
      json = false,
      roleName = 'planner',
    } = asked;
    const exitCode = await world.aws.clock.drive(
      planPeering(
        key,
        { policy: 'policy.yaml', roleName, ledger, hubRegion: 'eu-west-1', json },
        {
          stdout: { write: (text) => (stdout += text) },
          stderr: { write: (text) => (stderr += text) },
          color: false,
          ...HERE,
          readFile: async () => Buffer.from(policy),
        },
        { transport: world.aws.client(HUB_ACCOUNT), clock: world.aws.clock },
      ),
    );
    return { exitCode, stdout, stderr };
  }

  it('knows of an approval: what was approved is in order', async () => {
    const policy = APPS_TO_SHARED.replace('accepter: shared }', 'accepter: shared, approval: required }');
    const { world, requester, peeringId } = await aPlannedWorld(policy);
    const send = async (verb: string, input: object): Promise<string> =>
      (await sendTo(world, HUB_ACCOUNT, { body: { verb, input } })).text;
    const [, fingerprint] = /"fingerprint":"(sha256:[0-9a-f]+)"/.exec(await send('pending', {})) ?? [];
    expect(await send('approve', { peering: peeringId, fingerprint })).toContain('"done":true');
    await world.settle();
    const { exitCode, stdout } = await run(world, requester, peeringId, { policy });
    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      `${peeringId}: connect by rule apps-to-shared: Rule apps-to-shared allows it and `,
    );
    expect(stdout).not.toContain('1. ');
  });

  it('prints every step of the policy in the file, in order, and changes nothing', async () => {
    const { world, requester, accepter, peeringId } = await aPlannedWorld();
    const from = world.aws.calls.length;
    const { exitCode, stdout, stderr } = await run(world, requester, peeringId);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      expect.stringContaining(`${peeringId}: connect by rule apps-to-shared:`),
      `  1. accept the peering in ${SHARED} eu-west-1`,
      '  2. wait until the peering is active',
      `  3. route 10.2.0.0/16 to the peering in ${requester.tableIds[0]}, ${APPS} eu-west-1`,
      `  4. route 10.1.0.0/16 to the peering in ${accepter.tableIds[0]}, ${SHARED} eu-west-1`,
      `  5. enable DNS resolution for the requester in ${APPS} eu-west-1`,
      `  6. enable DNS resolution for the accepter in ${SHARED} eu-west-1`,
      `  7. tag the peering connected in ${APPS} eu-west-1`,
      `  8. tag the peering connected in ${SHARED} eu-west-1`,
      '',
    ]);
    const made = world.aws.calls.slice(from).map(({ action }) => action);
    expect(made.filter((action) => !/^(Describe|List|Query|AssumeRole)/.test(action))).toEqual([]);
  });

  it('says when there is nothing to do', async () => {
    const { world, requester, peeringId } = await aPlannedWorld(APPS_TO_SHARED);
    expect((await run(world, requester, peeringId)).stdout).toContain('nothing to do');
  });

  it('lists a route of ours that the new policy no longer wants, which only the ledger knows', async () => {
    const { world, requester, peeringId } = await aPlannedWorld(APPS_TO_SHARED);
    const policy = APPS_TO_SHARED.replace(
      'accepter: shared }',
      'accepter: shared, connect: { routes: { exclude: [10.2.0.0/16] } } }',
    );
    const step = `remove the route to 10.2.0.0/16 from ${requester.tableIds[0]}`;
    expect((await run(world, requester, peeringId, { policy })).stdout).toContain(step);
    expect((await run(world, requester, peeringId, { policy, ledger: false })).stdout).not.toContain(step);
  });

  it('gives programs one JSON object', async () => {
    const { world, requester, peeringId } = await aPlannedWorld();
    const { stdout } = await run(world, requester, peeringId, { json: true, policy: ALL_DRY });
    expect(JSON.parse(stdout)).toMatchObject({
      peeringId,
      verdict: 'connect',
      rule: 'apps-to-shared',
      isDryRun: true,
      steps: expect.arrayContaining([`accept the peering in ${SHARED} eu-west-1`]),
    });
  });

  it.each([
    ['a role that is not there', { roleName: 'nobody' }, '--role-name'],
    ['a ledger that is not there', { ledger: 'elsewhere' }, '--no-ledger'],
    ['a policy with a fault', { policy: 'version: 2\nregions: [eu-west-1]\n' }, 'version 1'],
  ])('%s is said, with what to do', async (_name, asked, advice) => {
    const { world, requester, peeringId } = await aPlannedWorld();
    const { exitCode, stdout, stderr } = await run(world, requester, peeringId, asked);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(advice);
  });
});

describe('autopeer show', () => {
  async function show(world: World, by: BuiltVpc, peeringId: string, options: Partial<ShowOptions> = {}) {
    let [stdout, stderr] = ['', ''];
    const key = {
      peeringId: asPeeringId(peeringId),
      accountId: accountId(by.accountId),
      region: region(by.region),
    };
    const asked = { policy: 'policy.yaml', roleName: 'planner', ledger: 'autopeer-prod-ledger' };
    const exitCode = await world.aws.clock.drive(
      showPeering(
        key,
        { ...asked, hubRegion: 'eu-west-1', output: 'json', ...options },
        {
          stdout: { write: (text) => (stdout += text) },
          stderr: { write: (text) => (stderr += text) },
          color: false,
          ...HERE,
          readFile: async () => Buffer.from(APPS_TO_SHARED),
        },
        { transport: world.aws.client(HUB_ACCOUNT), clock: world.aws.clock },
      ),
    );
    return { exitCode, stdout, stderr };
  }

  it('a connected one: both sides with our routes, and nothing is missing', async () => {
    const { world, requester, accepter, peeringId } = await aPlannedWorld(APPS_TO_SHARED);
    const { exitCode, stdout } = await show(world, requester, peeringId);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      id: peeringId,
      state: 'active',
      verdict: 'connect',
      rule: 'apps-to-shared',
      sides: [
        {
          role: 'requester',
          vpcId: requester.vpcId,
          dnsFromRemote: true,
          routes: [
            { routeTableId: requester.tableIds[0], destination: '10.2.0.0/16', isActive: true, isOurs: true },
          ],
        },
        { role: 'accepter', vpcId: accepter.vpcId },
      ],
      steps: [],
      history: expect.arrayContaining([expect.objectContaining({ verdict: 'connect' })]),
    });
  });

  it('says what is missing, and who wrote a route that nobody asked for', async () => {
    const { world, requester, accepter, peeringId } = await aPlannedWorld(APPS_TO_SHARED);
    const ec2 = world.ec2(APPS, 'eu-west-1');
    const [RouteTableId] = requester.tableIds;
    const own = { RouteTableId, DestinationCidrBlock: accepter.cidr };
    await world.aws.clock.drive(ec2.send(new DeleteRouteCommand(own)));
    const theirs = { RouteTableId, DestinationCidrBlock: '10.2.7.0/24', VpcPeeringConnectionId: peeringId };
    await world.aws.clock.drive(ec2.send(new CreateRouteCommand(theirs)));
    await world.aws.clock.run(world.aws.clock.now() + 2000);
    const { exitCode, stdout } = await show(world, requester, peeringId, { output: 'text' });
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/10\.2\.7\.0\/24 +active +somebody else’s/);
    expect(stdout).toContain(`route 10.2.0.0/16 to the peering in ${RouteTableId ?? ''}`);
  });

  it('without the ledger nobody can tell whose a route is', async () => {
    const { world, requester, peeringId } = await aPlannedWorld(APPS_TO_SHARED);
    const { stdout } = await show(world, requester, peeringId, { ledger: false, output: 'text' });
    expect(stdout).toContain('not known');
    expect(stdout).not.toContain('somebody else’s');
  });

  it('is no answer where EC2 does not know it', async () => {
    const { world, requester } = await aPlannedWorld(APPS_TO_SHARED);
    const { exitCode, stderr } = await show(world, requester, 'pcx-0123456789abcdef0');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('EC2 does not know it there');
  });
});
