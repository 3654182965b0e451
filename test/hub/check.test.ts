import {
  AssociateRouteTableCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateNetworkInterfaceCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
} from '@aws-sdk/client-ec2';
import { runCheck, type CheckOptions } from '../../cli/reach/check.ts';
import { takeSnapshot } from '../../cli/snapshot/snapshot.ts';
import { parseSnapshot } from '../../analysis/snapshot/snapshot.ts';
import type { BuiltVpc, World } from '../../sim/world/world.ts';
import { region } from '../support/ids.ts';
import { APPS_TO_SHARED } from '../support/policy-text.ts';
import { HERE } from '../support/run-cli.ts';
import { aPair, APPS, aWorld, SHARED } from '../support/world.ts';

const READER = '999999999999';
const ROLE = 'network-reader';
const HERE_REGION = 'eu-west-1';

function addReader(
  { aws }: World,
  accountId: string,
  actions: readonly string[] = ['ec2:*'],
  as = READER,
): void {
  const { arn } = aws.iam.createRole(accountId, as === READER ? ROLE : `${ROLE}-of-members`, {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: as }, Action: 'sts:AssumeRole' }],
  });
  aws.iam.putRolePolicy(arn, 'read', {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }],
  });
}

const clientOf = (world: World, { accountId, region: where }: BuiltVpc) => world.ec2(accountId, where);

/** An interface with this name in a subnet of the VPC, in the VPC's default group. */
async function addInterface(world: World, vpc: BuiltVpc, name: string, subnetId?: string): Promise<void> {
  const { aws } = world;
  const ec2 = clientOf(world, vpc);
  const Filters = [{ Name: 'vpc-id', Values: [vpc.vpcId] }];
  const { Subnets } = await aws.clock.drive(ec2.send(new DescribeSubnetsCommand({ Filters })));
  await aws.clock.drive(
    ec2.send(
      new CreateNetworkInterfaceCommand({
        SubnetId: subnetId ?? Subnets?.[0]?.SubnetId,
        TagSpecifications: [{ ResourceType: 'network-interface', Tags: [{ Key: 'Name', Value: name }] }],
      }),
    ),
  );
}

async function letIn(world: World, vpc: BuiltVpc, port: number, CidrIp: string): Promise<void> {
  const ec2 = clientOf(world, vpc);
  const Filters = [{ Name: 'vpc-id', Values: [vpc.vpcId] }];
  const { SecurityGroups } = await world.aws.clock.drive(
    ec2.send(new DescribeSecurityGroupsCommand({ Filters })),
  );
  const GroupId = SecurityGroups?.[0]?.GroupId;
  const permission = { IpProtocol: 'tcp', FromPort: port, ToPort: port, IpRanges: [{ CidrIp }] };
  await world.aws.clock.drive(
    ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [permission] })),
  );
}

/** Two VPCs that autopeer has connected, with the interfaces `web` and `db`, which lets in port 5432. */
async function connected(readersOf: readonly string[] = [APPS, SHARED]) {
  const world = aWorld();
  const { requester, accepter } = await aPair(world);
  await world.requestPeering(requester, accepter);
  await world.settle();
  await addInterface(world, requester, 'web');
  await addInterface(world, accepter, 'db');
  await letIn(world, accepter, 5432, requester.cidr);
  for (const accountId of readersOf) addReader(world, accountId);
  return { world, requester, accepter };
}

type Files = Readonly<Record<string, string>>;

async function ask(
  world: World,
  [from, to]: readonly (string | undefined)[],
  { as = READER, ...options }: Partial<CheckOptions> & { readonly as?: string } = {},
  files: Files = {},
) {
  let [stdout, stderr] = ['', ''];
  const live = options.snapshot === undefined ? { account: APPS, region: HERE_REGION } : {};
  const exitCode = await world.aws.clock.drive(
    runCheck(
      [from, to],
      { proto: 'tcp', byName: false, roleName: ROLE, output: 'text', ...live, ...options },
      {
        stdout: { write: (text) => (stdout += text) },
        stderr: { write: (text) => (stderr += text) },
        color: false,
        ...HERE,
        readFile: (path) => {
          const text = files[path];
          return text === undefined ? Promise.reject(new Error(path)) : Promise.resolve(Buffer.from(text));
        },
      },
      { transport: world.aws.client(as), clock: world.aws.clock },
    ),
  );
  return { exitCode, stdout, stderr };
}

async function snapshotOf(world: World): Promise<string> {
  let file = '';
  addReader(world, '999988887777');
  await world.aws.clock.drive(
    takeSnapshot(
      {
        out: 'org.json',
        policy: '',
        roleName: ROLE,
        allowPartial: true,
        network: true,
        regions: [region(HERE_REGION)],
      },
      {
        stdout: { write: () => undefined },
        stderr: { write: () => undefined },
        color: false,
        ...HERE,
        readFile: () => Promise.reject(new Error()),
      },
      {
        transport: world.aws.client(READER),
        clock: world.aws.clock,
        writeFile: async (_, text) => void (file = text),
      },
    ),
  );
  return file;
}

describe('autopeer check, live', () => {
  it('finds B through the peerings of A, and every layer says yes', async () => {
    const { world } = await connected();
    const { exitCode, stdout, stderr } = await ask(world, ['web', 'db'], { port: 5432 });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain('A reaches B by tcp port 5432');
  });

  it('says which port no group lets in, and whose account mends it', async () => {
    const { world } = await connected();
    const { exitCode, stdout } = await ask(world, ['web', 'db'], { port: 443 });
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/no +group-in/);
    expect(stdout).toContain(`account ${SHARED}, eu-west-1`);
    expect(stdout).toContain('authorize-security-group-ingress');
  });

  it('finds the subnet that was forgotten; after its command A reaches B', async () => {
    const { world, requester } = await connected();
    const ec2 = clientOf(world, requester);
    const { drive } = { drive: <T>(work: Promise<T>) => world.aws.clock.drive(work) };
    const { Subnet } = await drive(
      ec2.send(new CreateSubnetCommand({ VpcId: requester.vpcId, CidrBlock: '10.1.200.0/24' })),
    );
    const { RouteTable } = await drive(ec2.send(new CreateRouteTableCommand({ VpcId: requester.vpcId })));
    const [SubnetId, RouteTableId] = [Subnet?.SubnetId, RouteTable?.RouteTableId];
    await drive(ec2.send(new AssociateRouteTableCommand({ SubnetId, RouteTableId })));
    await addInterface(world, requester, 'forgotten', SubnetId);
    const broken = await ask(world, ['forgotten', 'db'], { port: 5432 });
    expect(broken.exitCode).toBe(1);
    const [, table, destination, peering] =
      /create-route --route-table-id (\S+) --destination-cidr-block (\S+) --vpc-peering-connection-id (\S+)/.exec(
        broken.stdout,
      ) ?? [];
    expect(table).toBe(RouteTableId);
    const mend = { RouteTableId: table, DestinationCidrBlock: destination, VpcPeeringConnectionId: peering };
    await drive(ec2.send(new CreateRouteCommand(mend)));
    await world.aws.clock.run(world.aws.clock.now() + 60_000);
    expect((await ask(world, ['forgotten', 'db'], { port: 5432 })).exitCode).toBe(0);
  });

  it('is not known where the role may not read something', async () => {
    const { world } = await connected([APPS]);
    const denied = [
      'ec2:DescribeVpc*',
      'ec2:DescribeSubnets',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeRouteTables',
    ];
    addReader(world, SHARED, denied);
    const { exitCode, stdout } = await ask(world, ['web', 'db'], { port: 5432 });
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/not known +group-in/);
    expect(stdout).toMatch(/not known +acl-in/);
    expect(stdout).toContain('DescribeSecurityGroups');
  });

  it('cannot be run where A’s account trusts nobody, and says so', async () => {
    const { world } = await connected();
    const { exitCode, stderr } = await ask(world, ['web', 'db'], { roleName: 'nobody' });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('nothing that was read is called web');
    expect(stderr).toContain(`role/nobody`);
  });

  it('asks for the id where two things have the name', async () => {
    const { world, requester } = await connected();
    await addInterface(world, requester, 'web');
    const { exitCode, stderr } = await ask(world, ['web', 'db']);
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('give the id'),
    });
  });
});

describe('autopeer check --policy, live', () => {
  const policy = (text: string) => ({ 'policy.yaml': text });
  const options = { port: 5432, policy: 'policy.yaml' };

  it('asks Organizations who belongs to the organization', async () => {
    const { world } = await connected();
    const { exitCode, stdout, stderr } = await ask(world, ['web', 'db'], options, policy(APPS_TO_SHARED));
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain('accept by rule apps-to-shared');
  });

  it('is not known where Organizations may not be asked, and the rest is', async () => {
    const { world } = await connected();
    const asked = { ...options, as: APPS, roleName: `${ROLE}-of-members` };
    for (const accountId of [APPS, SHARED]) addReader(world, accountId, ['ec2:*'], APPS);
    const { exitCode, stdout } = await ask(world, ['web', 'db'], asked, policy(APPS_TO_SHARED));
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/not known +policy/);
    expect(stdout).toMatch(/yes +route/);
    expect(stdout).toContain('autopeer snapshot --network');
  });

  it('is refused where the policy cannot be read', async () => {
    const { world } = await connected();
    const { exitCode, stdout } = await ask(world, ['web', 'db'], options, policy('version: 2'));
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  });
});

describe('autopeer check, of a snapshot', () => {
  it('answers as it does live, and asks the policy too', async () => {
    const { world } = await connected();
    const files = { 'org.json': await snapshotOf(world), 'policy.yaml': APPS_TO_SHARED };
    const options = { port: 5432, snapshot: 'org.json', policy: 'policy.yaml' };
    const { exitCode, stdout, stderr } = await ask(world, ['web', 'db'], options, files);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain('accept by rule apps-to-shared');
  });

  it('tells a policy that does not allow it from a network that does', async () => {
    const { world } = await connected();
    const policy = APPS_TO_SHARED.replace(
      '  - { name: apps-to-shared, requester: apps, accepter: shared }',
      '  - { name: x, requester: sandbox, accepter: sandbox }',
    );
    const files = { 'org.json': await snapshotOf(world), 'policy.yaml': policy };
    const options = { port: 5432, snapshot: 'org.json', policy: 'policy.yaml' };
    const { exitCode, stdout } = await ask(world, ['web', 'db'], options, files);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('The network lets tcp port 5432 through, the policy does not allow it.');
  });

  it('prints an object for programs', async () => {
    const { world } = await connected();
    const files = { 'org.json': await snapshotOf(world) };
    const { stdout } = await ask(
      world,
      ['web', '10.2.0.4'],
      { output: 'json', port: 80, snapshot: 'org.json' },
      files,
    );
    expect(JSON.parse(stdout)).toMatchObject({
      verdict: 'no',
      port: 80,
      from: { asked: 'web', ends: [{ accountId: APPS, addresses: ['10.1.0.4'] }] },
      findings: expect.arrayContaining([expect.objectContaining({ layer: 'group-in', verdict: 'no' })]),
    });
  });

  it('a suite has what must reach and what must not', async () => {
    const { world } = await connected();
    const org = await snapshotOf(world);
    const suite = (expectation: string) => `version: 1
cases:
  - { name: web asks the database, from: web, to: db, port: 5432, expect: reach }
  - { from: web, to: db, port: 22, expect: ${expectation} }
`;
    const run = (text: string) =>
      ask(world, [], { snapshot: 'org.json', suite: 's.yaml' }, { 'org.json': org, 's.yaml': text });
    const passed = await run(suite('no-reach'));
    expect(passed).toMatchObject({ exitCode: 0, stderr: '' });
    expect(passed.stdout).toContain('2 cases: 2 passed, 0 failed, 0 not known');
    expect((await run(suite('reach'))).exitCode).toBe(1);
    expect((await run(suite('no-reach').replace('to: db, port: 22', 'to: nobody'))).exitCode).toBe(2);
    expect((await run('version: 1\ncases: [{ from: a }]\n')).stderr).toContain('s.yaml:2');
  });

  it('of one without --network is refused', async () => {
    const { world } = await connected();
    const old = { ...parseSnapshot(JSON.parse(await snapshotOf(world))), network: undefined };
    const { exitCode, stderr } = await ask(
      world,
      ['web', 'db'],
      { snapshot: 'o.json' },
      { 'o.json': JSON.stringify(old) },
    );
    expect(exitCode).toBe(2);
    expect(stderr).toContain('autopeer snapshot --network');
  });
});
