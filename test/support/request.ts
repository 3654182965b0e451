import { CreateTagsCommand, DescribeVpcPeeringConnectionsCommand } from '@aws-sdk/client-ec2';
import { deletePeering, type DeleteOptions } from '../../cli/peerings/delete.ts';
import type { ExitCode, Io } from '../../cli/io.ts';
import type { Ask } from '../../cli/questions.ts';
import type { RequestOptions, RequestPlatform } from '../../cli/request/options.ts';
import { requestPeering } from '../../cli/request/request.ts';
import { HUB_ACCOUNT, type BuiltVpc, type World } from '../../sim/world/world.ts';
import { accountId, peeringId, region } from './ids.ts';
import { APPS_TO_SHARED } from './policy-text.ts';
import { HERE } from './run-cli.ts';
import { aPair, APPS, aWorld, SANDBOX, SHARED } from './world.ts';

const READ = { Effect: 'Allow', Action: ['ec2:Describe*', 'ec2:Get*'], Resource: '*' };

/** Two VPCs that people call web and db, and a role that reads every account. */
export async function aNamedPair(policy = APPS_TO_SHARED) {
  const world = aWorld({ policy });
  for (const account of [APPS, SHARED, SANDBOX]) {
    const trust = { Effect: 'Allow', Principal: { AWS: HUB_ACCOUNT }, Action: 'sts:AssumeRole' };
    const role = world.aws.iam.createRole(account, 'planner', { Statement: trust });
    world.aws.iam.putRolePolicy(role.arn, 'read', { Statement: READ });
  }
  const { requester, accepter } = await aPair(world);
  await name(world, requester, 'web');
  await name(world, accepter, 'db');
  return { world, requester, accepter };
}

export async function name(
  world: World,
  { accountId, region, vpcId }: BuiltVpc,
  Value: string,
): Promise<void> {
  const command = new CreateTagsCommand({ Resources: [vpcId], Tags: [{ Key: 'Name', Value }] });
  await world.aws.clock.drive(world.ec2(accountId, region).send(command));
  await world.aws.clock.run(world.aws.clock.now() + 2_000);
}

const OPTIONS: RequestOptions = {
  from: `${APPS}/web`,
  to: `${SHARED}/db`,
  policy: 'policy.yaml',
  roleName: 'planner',
  tag: {},
  plan: false,
  yes: true,
  wait: true,
  output: 'text',
};

export interface Asked {
  readonly policy?: string;
  /** The account whose credentials make the request. */
  readonly as?: string;
  readonly ask?: Ask;
}

export async function request(world: World, options: Partial<RequestOptions> = {}, asked: Asked = {}) {
  return run(world, asked, (io, platform) => requestPeering({ ...OPTIONS, ...options }, io, platform));
}

/** The peerings that the requester sees. */
export async function peeringsOf(world: World) {
  const command = new DescribeVpcPeeringConnectionsCommand({});
  const answer = await world.aws.clock.drive(world.ec2(APPS, 'eu-west-1').send(command));
  return answer.VpcPeeringConnections ?? [];
}

async function run(
  world: World,
  { policy = APPS_TO_SHARED, as = APPS, ask }: Asked,
  command: (io: Io, platform: RequestPlatform) => Promise<ExitCode>,
) {
  let [stdout, stderr] = ['', ''];
  const { clock } = world.aws;
  const io = {
    stdout: { write: (text: string) => (stdout += text) },
    stderr: { write: (text: string) => (stderr += text) },
    color: false,
    ...HERE,
    readFile: async () => Buffer.from(policy),
  };
  const reads = { transport: world.aws.client(HUB_ACCOUNT), clock };
  const caller = { transport: world.aws.client(as), clock };
  const exitCode = await clock.drive(command(io, { reads, caller, ask }));
  return { exitCode, stdout, stderr };
}

const DELETE: Omit<DeleteOptions, 'account' | 'region'> = {
  policy: 'policy.yaml',
  roleName: 'planner',
  ledger: 'autopeer-prod-ledger',
  hubRegion: 'eu-west-1',
  yes: true,
  wait: true,
  output: 'text',
};

/** `autopeer delete` by the owner of that VPC. */
export function remove(
  world: World,
  by: BuiltVpc,
  id: string,
  options: Partial<DeleteOptions> = {},
  asked: Asked = {},
) {
  const place = { accountId: accountId(by.accountId), region: region(by.region) };
  return run(world, { as: by.accountId, ...asked }, (io, platform) =>
    deletePeering(
      { ...place, peeringId: peeringId(id) },
      { ...DELETE, account: by.accountId, region: by.region, ...options },
      io,
      platform,
    ),
  );
}
