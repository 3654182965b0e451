import { readFileSync } from 'node:fs';
import {
  CreateVpcCommand,
  CreateVpcPeeringConnectionCommand,
  DescribeRouteTablesCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import { DescribeOrganizationCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { runDoctor } from '../../cli/doctor/doctor.ts';
import { findingsIn } from '../support/doctor.ts';
import { runInSandbox } from './hub-command-support.ts';
import { aSandbox, clientConfig, type TestSandbox } from './support.ts';

const SHOP = '111111111111';
const PLATFORM = '222222222222';
const LAB = '333333333333';

async function vpcId({ ec2 }: TestSandbox, accountId: string, name: string): Promise<string | undefined> {
  const Filters = [{ Name: 'tag:Name', Values: [name] }];
  const { Vpcs } = await ec2(accountId).send(new DescribeVpcsCommand({ Filters }));
  return Vpcs?.[0]?.VpcId;
}

async function askForPeering(box: TestSandbox, by: string, from: string, owner: string, to: string) {
  const command = new CreateVpcPeeringConnectionCommand({
    VpcId: await vpcId(box, by, from),
    PeerVpcId: await vpcId(box, owner, to),
    PeerOwnerId: owner,
  });
  const { VpcPeeringConnection } = await box.ec2(by).send(command);
  return VpcPeeringConnection?.VpcPeeringConnectionId ?? '';
}

describe('over the SDK and real HTTP', () => {
  it('autopeer connects what its policy allows, by itself', async () => {
    const box = await aSandbox();
    const id = await askForPeering(box, SHOP, 'web', PLATFORM, 'services');

    await box.pass(60_000);

    const Filters = [{ Name: 'route.vpc-peering-connection-id', Values: [id] }];
    for (const accountId of [SHOP, PLATFORM]) {
      const { RouteTables } = await box.ec2(accountId).send(new DescribeRouteTablesCommand({ Filters }));
      const states = RouteTables?.flatMap(({ Routes }) => Routes ?? [])
        .filter(({ VpcPeeringConnectionId }) => VpcPeeringConnectionId === id)
        .map(({ State }) => State);
      expect(states).toContain('active');
      expect(states).not.toContain('blackhole');
    }
  });

  it('autopeer rejects what a deny rule stops', async () => {
    const box = await aSandbox();
    await askForPeering(box, LAB, 'trial', PLATFORM, 'services');

    await box.pass(60_000);

    const { VpcPeeringConnections } = await box.ec2(LAB).send(new DescribeVpcPeeringConnectionsCommand({}));
    expect(VpcPeeringConnections?.[0]?.Status?.Code).toBe('rejected');
  });

  it('lets time pass as fast as it is told', async () => {
    const box = await aSandbox({ speed: 60 });
    const id = await askForPeering(box, SHOP, 'web', PLATFORM, 'services');

    await box.pass(1_000);

    const command = new DescribeVpcPeeringConnectionsCommand({ VpcPeeringConnectionIds: [id] });
    const { VpcPeeringConnections } = await box.ec2(SHOP).send(command);
    expect(VpcPeeringConnections?.[0]?.Status?.Code).toBe('active');
  });

  it('starts the sweep every hour, and between two sweeps looks for requests every five minutes', async () => {
    const box = await aSandbox();

    await box.pass(3_600_000);

    const swept = box
      .events()
      .filter(
        ({ kind, data }) => kind === 'invocation' && data['functionName'] === 'autopeer-prod-startSweep',
      );
    expect(swept).toHaveLength(1 + 12);
  });
});

describe('who a client is', () => {
  const identity = async (box: TestSandbox, accessKeyId: string) =>
    new STSClient(clientConfig(box.url, accessKeyId)).send(new GetCallerIdentityCommand({}));

  it.each([
    ['000000000001', '000000000001'],
    ['999988887777', '999988887777'],
    ['test', '123456789012'],
    ['AKIAIOSFODNN7EXAMPLE', '123456789012'],
    // As AWS hands it out: letters up to Z.
    ['ASIAY34FZKBOKMUTVV7A', '123456789012'],
  ])('the access key %s acts as the account %s', async (accessKeyId, account) => {
    expect((await identity(await aSandbox(), accessKeyId)).Account).toBe(account);
  });

  it('a session of a world that is gone is refused, and does not act as somebody else', async () => {
    const box = await aSandbox();

    await expect(identity(box, 'ASIA0123456789ABCDEF')).rejects.toMatchObject({
      name: 'InvalidClientTokenId',
    });
  });

  it('an account that the world does not have is there on first use, outside the organization', async () => {
    const box = await aSandbox();
    const ec2 = box.ec2('555555555555');
    await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));

    const organizations = new OrganizationsClient(clientConfig(box.url, '555555555555'));
    const refused = organizations.send(new DescribeOrganizationCommand({}));

    expect((await ec2.send(new DescribeVpcsCommand({}))).Vpcs).toHaveLength(1);
    await expect(refused).rejects.toMatchObject({ name: 'AWSOrganizationsNotInUseException' });
  });

  it('an assumed role acts in its own account', async () => {
    const box = await aSandbox();
    const RoleArn = 'arn:aws:iam::222222222222:role/Administrator';
    const command = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'test' });
    const { Credentials } = await new STSClient(clientConfig(box.url, 'test')).send(command);

    const credentials = {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    };
    const ec2 = box.ec2('test');
    ec2.config.credentials = async () => credentials;
    const { Vpcs } = await ec2.send(new DescribeVpcsCommand({}));

    expect(Vpcs?.map(({ OwnerId, CidrBlock }) => [OwnerId, CidrBlock])).toEqual([[PLATFORM, '10.20.0.0/16']]);
  });

  it("autopeer's own roles are nobody else's", async () => {
    const box = await aSandbox();
    const sts = new STSClient(clientConfig(box.url, 'test'));
    const assume = (account: string) =>
      sts.send(
        new AssumeRoleCommand({
          RoleArn: `arn:aws:iam::${account}:role/autopeer-prod-member`,
          RoleSessionName: 'test',
        }),
      );

    await expect(assume(SHOP)).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(assume('555555555555')).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('the region comes from the signature', async () => {
    const box = await aSandbox();

    const { Vpcs } = await box.ec2(SHOP, 'us-east-1').send(new DescribeVpcsCommand({}));

    expect(Vpcs?.map(({ CidrBlock }) => CidrBlock)).toEqual(['10.12.0.0/16']);
  });
});

it('autopeer doctor finds nothing wrong, over the SDK and real HTTP', async () => {
  const box = await aSandbox();
  const { clock } = box.sandbox.running.world.aws;
  const options = {
    name: 'autopeer-prod',
    hubRegion: 'eu-west-1',
    policy: 'policy.yaml',
    output: 'json',
    all: false,
    fixHints: false,
  } as const;
  const { exitCode, stdout, stderr } = await runInSandbox(box, (io, platform) =>
    runDoctor(
      options,
      { ...io, readFile: async () => readFileSync('demo/policy.yaml') },
      { ...platform, clock },
    ),
  );
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(findingsIn(stdout).filter(({ severity }) => severity !== 'ok')).toEqual([
    // It is new, and its clock has not come to the first hour.
    expect.objectContaining({ code: 'AP111', severity: 'warning' }),
  ]);
});

it('the same seed gives the same ids', async () => {
  const ids = async (seed: number) => vpcId(await aSandbox({ seed }), SHOP, 'web');

  expect(await ids(7)).toBe(await ids(7));
  expect(await ids(7)).not.toBe(await ids(8));
});
