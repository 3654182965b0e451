import { AssociateVpcCidrBlockCommand, CreateTagsCommand } from '@aws-sdk/client-ec2';
import { takeSnapshot } from '../../cli/snapshot/snapshot.ts';
import { runGraph } from '../../cli/graph/graph.ts';
import { runList, type ListOptions } from '../../cli/peerings/list.ts';
import { mergePeerings } from '../../cli/snapshot/reader.ts';
import type { Peering } from '../../shared/domain/facts/peering.ts';
import { parseSnapshot, type Snapshot } from '../../analysis/snapshot/snapshot.ts';
import { AwsError } from '../../sim/types.ts';
import { HUB_ACCOUNT, type BuiltVpc, type World } from '../../sim/world/world.ts';
import { sessionKey } from '../support/hub-commands.ts';
import { APPS_TO_SHARED } from '../support/policy-text.ts';
import { accountId, cidr, peeringId, region, vpcId } from '../support/ids.ts';
import { APPS, aWorld, SANDBOX, SHARED } from '../support/world.ts';
import { HERE } from '../support/run-cli.ts';

const MANAGEMENT = '999999999999';
const ROLE = 'network-reader';
const REGIONS = [region('us-east-1'), region('eu-west-1')];

/** A role that lets the management account read VPCs and peerings. */
function addReader({ aws }: World, accountId: string): void {
  const { arn } = aws.iam.createRole(accountId, ROLE, {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: MANAGEMENT }, Action: 'sts:AssumeRole' }],
  });
  aws.iam.putRolePolicy(arn, 'read', {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: ['ec2:DescribeVpcs', 'ec2:DescribeVpcPeeringConnections'],
        Resource: '*',
      },
    ],
  });
}

/** The world of the main job; everybody's reader role is there, but for these accounts. */
function aReadableWorld(without: readonly string[] = []): World {
  const world = aWorld();
  for (const id of world.aws.organization.accounts.keys()) if (!without.includes(id)) addReader(world, id);
  return world;
}

interface Asked {
  readonly as?: string;
  readonly roleName?: string;
  readonly allowPartial?: boolean;
  readonly network?: boolean;
  readonly policy?: string;
  readonly regions?: typeof REGIONS;
  readonly writeFile?: (path: string, text: string) => Promise<void>;
}

/** Runs the command's own function with SDK clients of the simulated AWS. */
async function take(world: World, asked: Asked = { regions: REGIONS }) {
  const {
    as = MANAGEMENT,
    roleName = ROLE,
    allowPartial = false,
    policy = 'policy.yaml',
    network = false,
    regions,
  } = asked;
  let [stdout, stderr] = ['', ''];
  const files = new Map<string, string>();
  const exitCode = await world.aws.clock.drive(
    takeSnapshot(
      {
        out: 'org.json',
        policy,
        roleName,
        allowPartial,
        network,
        ...(regions === undefined ? {} : { regions }),
      },
      {
        stdout: { write: (text) => (stdout += text) },
        stderr: { write: (text) => (stderr += text) },
        color: false,
        ...HERE,
        readFile: (path) =>
          path === 'policy.yaml'
            ? Promise.resolve(Buffer.from('version: 1\nregions: [us-east-1]\n'))
            : Promise.reject(Object.assign(new Error(), { code: 'ENOENT' })),
      },
      {
        transport: world.aws.client(as),
        clock: world.aws.clock,
        writeFile:
          asked.writeFile ??
          ((path, text) => {
            files.set(path, text);
            return Promise.resolve();
          }),
      },
    ),
  );
  const text = files.get('org.json');
  const snapshot = text === undefined ? undefined : parseSnapshot(JSON.parse(text));
  return { exitCode, stdout, stderr, snapshot };
}

const idsOf = (snapshot: Snapshot | undefined): readonly string[] => snapshot?.vpcs.map(({ id }) => id) ?? [];

const send = (world: World, { accountId, region: where }: BuiltVpc, command: AssociateVpcCidrBlockCommand) =>
  world.aws.clock.drive(world.ec2(accountId, where).send(command));

describe('what a snapshot has', () => {
  it('every VPC of every region and account, over several pages', async () => {
    const world = aReadableWorld();
    const built: string[] = [];
    for (let number = 0; number < 12; number += 1) {
      const where = number < 9 ? 'eu-west-1' : 'us-east-1';
      built.push((await world.buildVpc(APPS, where, `10.${number}.0.0/16`, 0)).vpcId);
    }
    built.push((await world.buildVpc(SHARED, 'us-east-1', '10.50.0.0/16', 0)).vpcId);
    const { exitCode, stdout, stderr, snapshot } = await take(world);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(idsOf(snapshot)).toEqual(built.toSorted());
    expect(stdout).toBe('org.json: 5 accounts, 13 VPCs, 0 peerings\n');
    expect(snapshot?.regions).toEqual(['eu-west-1', 'us-east-1']);
  });

  it('secondary and IPv6 CIDRs, and tags', async () => {
    const world = aReadableWorld();
    const vpc = await world.buildVpc(APPS, 'eu-west-1', '10.1.0.0/16', 0);
    const VpcId = vpc.vpcId;
    await send(world, vpc, new AssociateVpcCidrBlockCommand({ VpcId, CidrBlock: '100.64.0.0/16' }));
    await send(world, vpc, new AssociateVpcCidrBlockCommand({ VpcId, Ipv6CidrBlock: '2a05:d018:1::/56' }));
    const tag = new CreateTagsCommand({ Resources: [VpcId], Tags: [{ Key: 'tier', Value: 'app' }] });
    await world.aws.clock.drive(world.ec2(APPS, 'eu-west-1').send(tag));
    await world.aws.clock.run(world.aws.clock.now() + 60_000);
    const { snapshot } = await take(world);
    expect(snapshot?.vpcs).toEqual([
      {
        id: VpcId,
        accountId: APPS,
        region: 'eu-west-1',
        cidrs: ['10.1.0.0/16', '100.64.0.0/16', '2a05:d018:1::/56'],
        isDefault: false,
        tags: { tier: 'app' },
      },
    ]);
  });

  it('tags as they are, in a file that steers no terminal', async () => {
    const world = aReadableWorld();
    const { vpcId } = await world.buildVpc(APPS, 'eu-west-1', '10.1.0.0/16', 0);
    const Value = 'a\u009b31m\u202e\u{e0041}';
    const tag = new CreateTagsCommand({ Resources: [vpcId], Tags: [{ Key: 'tier', Value }] });
    await world.aws.clock.drive(world.ec2(APPS, 'eu-west-1').send(tag));
    await world.aws.clock.run(world.aws.clock.now() + 60_000);
    let file = '';
    await take(world, { regions: REGIONS, writeFile: async (_, text) => void (file = text) });
    expect(file).toContain(String.raw`a\u009b31m\u202e\udb40\udc41`);
    expect(parseSnapshot(JSON.parse(file)).vpcs[0]?.tags).toEqual({ tier: Value });
  });

  it('the tree of OUs, nested, over several pages, and accounts right under the root', async () => {
    const world = aReadableWorld();
    const { organization } = world.aws;
    const parent = organization.addOrganizationalUnit('Workloads', { id: 'ou-ab12-workload' });
    const child = organization.addOrganizationalUnit('Prod', { id: 'ou-ab12-prod0001', parentId: parent.id });
    for (let number = 1; number < 8; number += 1) {
      organization.addOrganizationalUnit(`Team ${number}`, { parentId: child.id });
    }
    const ids = Array.from({ length: 7 }, (_, number) => `40000000000${number}`);
    for (const id of ids) {
      organization.addAccount(id, { parentId: child.id });
      addReader(world, id);
    }
    const { snapshot } = await take(world);
    const parents = new Map(snapshot?.ous.map((ou) => [ou.name, ou.parent]));
    expect(parents.get('Prod')).toBe('ou-ab12-workload');
    expect(parents.get('Workloads')).toBeNull();
    expect(parents.get('Team 7')).toBe('ou-ab12-prod0001');
    expect(parents.size).toBe(3 + 2 + 7);
    const places = new Map(snapshot?.accounts.map(({ id, ou }): [string, string | null] => [id, ou]));
    expect(ids.map((id) => places.get(id))).toEqual(ids.map(() => 'ou-ab12-prod0001'));
    expect(places.get(MANAGEMENT)).toBeNull();
  });

  it('each peering once, with the CIDRs that either side sees', async () => {
    const world = aReadableWorld();
    const requester = await world.buildVpc(APPS, 'eu-west-1', '10.1.0.0/16');
    const accepter = await world.buildVpc(SHARED, 'us-east-1', '10.2.0.0/16');
    const id = await world.requestPeering(requester, accepter);
    await world.settle();
    const { snapshot } = await take(world);
    const [peering, ...others] = snapshot?.peerings ?? [];
    expect(others).toEqual([]);
    expect(peering).toEqual({
      id,
      state: 'active',
      requester: { accountId: APPS, region: 'eu-west-1', vpcId: requester.vpcId, cidrs: ['10.1.0.0/16'] },
      accepter: { accountId: SHARED, region: 'us-east-1', vpcId: accepter.vpcId, cidrs: ['10.2.0.0/16'] },
    });
  });

  it('a peering as the account saw it that was read after it was accepted', () => {
    const end = { accountId: accountId(APPS), region: region('eu-west-1'), dnsFromRemote: undefined };
    const requester = { ...end, vpcId: vpcId('vpc-00000001'), cidrs: [cidr('10.1.0.0/16')] };
    const accepter = { ...end, vpcId: vpcId('vpc-00000002'), cidrs: [] };
    const pending: Peering = {
      id: peeringId('pcx-00000001'),
      state: 'pending-acceptance',
      stateMessage: '',
      expiresAt: undefined,
      tags: {},
      requester,
      accepter,
    };
    const active: Peering = {
      ...pending,
      state: 'active',
      accepter: { ...accepter, cidrs: [cidr('10.2.0.0/16')] },
    };
    for (const views of [
      [pending, active],
      [active, pending],
    ]) {
      expect(mergePeerings(views)).toMatchObject([{ state: 'active', accepter: { cidrs: ['10.2.0.0/16'] } }]);
    }
    expect(mergePeerings([pending])[0]?.accepter).not.toHaveProperty('cidrs');
  });

  it('not the accounts that are suspended', async () => {
    const world = aReadableWorld();
    world.aws.organization.suspendAccount(SANDBOX);
    const { exitCode, snapshot } = await take(world);
    expect(exitCode).toBe(0);
    expect(snapshot?.accounts.map(({ id }) => id)).not.toContain(SANDBOX);
  });

  it('the same text whenever nothing has changed', async () => {
    const world = aReadableWorld();
    await world.buildVpc(APPS, 'eu-west-1', '10.1.0.0/16', 0);
    const [one, other] = [await take(world), await take(world)];
    expect({ ...one.snapshot, takenAt: '' }).toEqual({ ...other.snapshot, takenAt: '' });
  });

  it('the regions of the policy where none are given', async () => {
    const world = aReadableWorld();
    await world.buildVpc(APPS, 'eu-west-1', '10.1.0.0/16', 0);
    const { exitCode, snapshot } = await take(world, {});
    expect(exitCode).toBe(0);
    expect(snapshot).toMatchObject({ regions: ['us-east-1'], vpcs: [] });
  });
});

describe('what cannot be read', () => {
  it('an account without the role is told, written down, and makes the exit code 1; the others are read', async () => {
    const world = aReadableWorld([SHARED]);
    const vpc = await world.buildVpc(APPS, 'eu-west-1', '10.1.0.0/16', 0);
    const { exitCode, stdout, stderr, snapshot } = await take(world);
    const reason = `cannot assume arn:aws:iam::${SHARED}:role/${ROLE}: AccessDenied`;
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`(${SHARED}) is not read: ${reason}`);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stdout).toContain('; incomplete');
    expect(snapshot?.unread).toMatchObject([{ accountId: SHARED }]);
    expect(idsOf(snapshot)).toEqual([vpc.vpcId]);
  });

  it('with --allow-partial the exit code is 0, and people are told all the same', async () => {
    const world = aReadableWorld([SHARED]);
    const { exitCode, stderr } = await take(world, { regions: REGIONS, allowPartial: true });
    expect(exitCode).toBe(0);
    expect(stderr).toContain(SHARED);
  });

  it('one region that refuses costs only that region', async () => {
    const world = aReadableWorld();
    const vpc = await world.buildVpc(APPS, 'eu-west-1', '10.1.0.0/16', 0);
    const refused = new AwsError('OptInRequired', 'You are not subscribed to this region.', 401);
    world.aws.faults.failSome({ service: 'ec2', accountId: APPS, region: 'us-east-1' }, 1, refused);
    const { exitCode, stderr, snapshot } = await take(world);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      `(${APPS}, us-east-1) is not read: DescribeVpcs in account ${APPS}, us-east-1 failed`,
    );
    expect(snapshot?.unread).toMatchObject([{ accountId: APPS, region: 'us-east-1' }]);
    expect(idsOf(snapshot)).toEqual([vpc.vpcId]);
  });

  it('throttled calls are tried again, and cost nothing', async () => {
    const world = aReadableWorld();
    const throttled = new AwsError('RequestLimitExceeded', 'Request limit exceeded.', 503);
    world.aws.faults.failNext('ec2', 'DescribeVpcs', throttled, 3);
    expect((await take(world)).exitCode).toBe(0);
  });

  it('the role for people of the member stacks reads for whom it names, and for nobody else', async () => {
    const ReadPrincipalArn = `arn:aws:iam::${HUB_ACCOUNT}:role/Network*`;
    const world = aWorld({ memberParameters: { ReadPrincipalArn } });
    await world.buildVpc(APPS, 'us-east-1', '10.1.0.0/16');
    const may = [{ Effect: 'Allow', Action: ['organizations:*', 'sts:AssumeRole'], Resource: '*' }];
    const [named, other] = [
      await sessionKey(world, 'NetworkAdmin', may),
      await sessionKey(world, 'Audit', may),
    ];
    const asked = { regions: REGIONS, roleName: 'autopeer-prod-read', allowPartial: true };
    const { snapshot } = await take(world, { ...asked, as: named });
    expect(snapshot?.vpcs).toHaveLength(1);
    expect(snapshot?.unread?.map(({ accountId }) => accountId)).toEqual([MANAGEMENT, HUB_ACCOUNT]);
    expect((await take(world, { ...asked, as: other })).snapshot?.unread).toHaveLength(5);
  });

  it('there is no role for people where none are named', () => {
    expect(aWorld().aws.iam.roleNamed(APPS, 'autopeer-prod-read')).toBeUndefined();
  });

  it('the member role trusts the hub’s functions, not people', async () => {
    const world = aReadableWorld();
    const roleName = 'autopeer-prod-member';
    const { exitCode, stderr } = await take(world, { regions: REGIONS, as: HUB_ACCOUNT, roleName });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`cannot assume arn:aws:iam::${APPS}:role/${roleName}: AccessDenied`);
  });

  it('an organization that may not be listed is no snapshot', async () => {
    const { exitCode, stderr, snapshot } = await take(aReadableWorld(), { regions: REGIONS, as: APPS });
    expect(exitCode).toBe(2);
    expect(stderr).toBe(
      'autopeer: ListRoots in the organization failed: AccessDeniedException; ' +
        'use the management account, or a delegated administrator of Organizations\n',
    );
    expect(snapshot).toBeUndefined();
  });

  it('a policy that is not there is no list of regions', async () => {
    const { exitCode, stderr } = await take(aReadableWorld(), { policy: 'gone.yaml' });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('gone.yaml: no such file');
  });

  it('a file that cannot be written', async () => {
    const writeFile = () => Promise.reject(Object.assign(new Error('at /a/path'), { code: 'EACCES' }));
    const { exitCode, stderr } = await take(aReadableWorld(), { regions: REGIONS, writeFile });
    expect(exitCode).toBe(2);
    expect(stderr).toBe('autopeer: org.json: cannot be written (EACCES)\n');
  });
});

describe('autopeer list', () => {
  async function list(
    world: World,
    options: Partial<ListOptions> = {},
    files: Readonly<Record<string, string>> = {},
  ) {
    let [stdout, stderr] = ['', ''];
    const live = options.snapshot === undefined ? { regions: REGIONS } : {};
    const exitCode = await world.aws.clock.drive(
      runList(
        { roleName: ROLE, output: 'text', ...live, ...options },
        {
          stdout: { write: (text) => (stdout += text) },
          stderr: { write: (text) => (stderr += text) },
          color: false,
          ...HERE,
          readFile: (path) => Promise.resolve(Buffer.from(files[path] ?? '')),
        },
        { transport: world.aws.client(MANAGEMENT), clock: world.aws.clock },
      ),
    );
    return { exitCode, stdout, stderr };
  }

  /** One active peering, and one to the sandbox, which the policy denies, so that it is rejected. */
  async function aPeeredWorld() {
    const world = aReadableWorld();
    const apps = await world.buildVpc(APPS, 'eu-west-1', '10.1.0.0/16');
    const shared = await world.buildVpc(SHARED, 'eu-west-1', '10.2.0.0/16');
    const sandbox = await world.buildVpc(SANDBOX, 'eu-west-1', '10.3.0.0/16');
    await world.settle();
    const active = await world.requestPeering(apps, shared);
    const rejected = await world.requestPeering(apps, sandbox);
    await world.settle();
    return { world, active, rejected };
  }

  it('has the peerings of the organization, each once, with both sides', async () => {
    const { world, active, rejected } = await aPeeredWorld();
    const { exitCode, stdout, stderr } = await list(world);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.match(/pcx-[0-9a-f]+/g)?.toSorted()).toEqual([active, rejected].toSorted());
    expect(stdout).toContain('2 peerings');
  });

  it.each([
    [{ state: 'active' as const }, 1],
    [{ account: SANDBOX }, 1],
    [{ account: APPS }, 2],
    [{ account: APPS, state: 'failed' as const }, 0],
    [{ rule: 'apps-to-shared', policy: 'policy.yaml' }, 1],
  ])('filtered by %j', async (filter, count) => {
    const { world } = await aPeeredWorld();
    const { stdout } = await list(world, { ...filter, output: 'json' }, { 'policy.yaml': APPS_TO_SHARED });
    expect(JSON.parse(stdout)).toHaveLength(count);
  });

  it('of a snapshot, as YAML, with what the policy says', async () => {
    const { world, active } = await aPeeredWorld();
    const { snapshot } = await take(world);
    const files = { 'org.json': JSON.stringify(snapshot), 'policy.yaml': APPS_TO_SHARED };
    const options = { snapshot: 'org.json', policy: 'policy.yaml', output: 'yaml' as const };
    const { stdout } = await list(world, { ...options, state: 'active' }, files);
    expect(stdout).toContain(`id: ${active}`);
    expect(stdout).toContain('decision: accept\n  rule: apps-to-shared');
  });

  it('wide, it has the CIDRs', async () => {
    const { world } = await aPeeredWorld();
    expect((await list(world, { output: 'wide' })).stdout).toContain('10.3.0.0/16');
  });

  it('says what could not be read, and fails by its exit code', async () => {
    const world = aReadableWorld([SHARED]);
    const { exitCode, stdout, stderr } = await list(world);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: 'no peering\n' });
    expect(stderr).toContain(SHARED);
  });
});

it('autopeer graph draws what autopeer list lists', async () => {
  const world = aReadableWorld();
  const [apps, shared] = [
    await world.buildVpc(APPS, 'eu-west-1', '10.1.0.0/16'),
    await world.buildVpc(SHARED, 'eu-west-1', '10.2.0.0/16'),
  ];
  await world.settle();
  const active = await world.requestPeering(apps, shared);
  await world.settle();
  const written = new Map<string, string>();
  const silent = { write: () => undefined };
  const readFile = () => Promise.reject(new Error('no file is read'));
  const exitCode = await world.aws.clock.drive(
    runGraph(
      { out: 'o.csv', regions: REGIONS, roleName: ROLE, all: false },
      { stdout: silent, stderr: silent, color: false, ...HERE, readFile },
      {
        transport: world.aws.client(MANAGEMENT),
        clock: world.aws.clock,
        writeFile: (path, text) => Promise.resolve(void written.set(path, text)),
      },
    ),
  );
  expect(exitCode).toBe(0);
  expect(written.get('o.csv')?.split('\n')).toEqual([
    expect.stringContaining('peering,state'),
    expect.stringMatching(new RegExp(`^${active},active,${APPS},.*,eu-west-1,`)),
    '',
  ]);
});
