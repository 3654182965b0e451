import { AwsError } from '../sim/types.ts';
import type { World } from '../sim/world/world.ts';
import { buildPeerings } from './build-peerings.ts';
import { ec2Call, type Place } from './ec2-calls.ts';
import type { Attempt, PlacedVpc } from './placed-vpc.ts';
import type { Path, WorldFinding } from './world-fault.ts';
import type { WorldFile } from './world-schema.ts';

type AccountPlan = WorldFile['accounts'][number];
type VpcPlan = AccountPlan['vpcs'][number];

/**
 * Puts into a new world what its file says.
 *
 * @returns what EC2 refuses of it, such as subnets that overlap; the world is of no use unless that is nothing
 */
export async function buildWorld(
  world: World,
  file: WorldFile,
): Promise<{ readonly vpcs: ReadonlyMap<string, PlacedVpc>; readonly findings: readonly WorldFinding[] }> {
  const findings: WorldFinding[] = [];
  const attempt: Attempt = (path, work) => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      findings.push({ path, message: `${error.code}: ${error.message}` });
      return undefined;
    }
  };
  const { organization } = world.aws;
  for (const { id, name, parent } of file.units) {
    organization.addOrganizationalUnit(name, { id, ...(parent === undefined ? {} : { parentId: parent }) });
  }
  const vpcs = new Map<string, PlacedVpc>();
  for (const [index, account] of file.accounts.entries()) {
    addAccount(world, account);
    for (const [vpcIndex, vpc] of account.vpcs.entries()) {
      const path = ['accounts', index, 'vpcs', vpcIndex];
      const place = { accountId: account.id, region: vpc.region };
      const vpcId = attempt(path, () => buildVpc(world, place, vpc, path, attempt));
      if (vpcId !== undefined) vpcs.set(vpc.name, { ...place, vpcId });
    }
  }
  await buildPeerings(world, file, vpcs, attempt);
  return { vpcs, findings };
}

function addAccount(world: World, { id, name = id, unit, external, member }: AccountPlan): void {
  if (external) return;
  const { organization } = world.aws;
  organization.addAccount(id, { parentId: unit ?? organization.rootId, name });
  if (member) world.deployMember(id);
}

function buildVpc(world: World, place: Place, plan: VpcPlan, path: Path, attempt: Attempt): string {
  const { ec2 } = world.aws;
  const [CidrBlock = '', ...others] = plan.cidrs;
  const TagSpecifications = tagged('vpc', plan.name, plan.tags);
  const { Vpc } = ec2Call(ec2, place, 'CreateVpc', { CidrBlock, TagSpecifications });
  const VpcId = Vpc?.VpcId ?? '';
  if (plan.dnsHostnames) {
    ec2Call(ec2, place, 'ModifyVpcAttribute', { VpcId, EnableDnsHostnames: { Value: true } });
  }
  for (const [index, block] of others.entries()) {
    const family = block.includes(':') ? { Ipv6CidrBlock: block } : { CidrBlock: block };
    attempt([...path, 'cidrs', index + 1], () =>
      ec2Call(ec2, place, 'AssociateVpcCidrBlock', { VpcId, ...family }),
    );
  }
  const tables = new Map<string, string>();
  for (const { name, tags } of plan.routeTables) {
    const input = { VpcId, TagSpecifications: tagged('route-table', name, tags) };
    tables.set(name, ec2Call(ec2, place, 'CreateRouteTable', input).RouteTable?.RouteTableId ?? '');
  }
  for (const [index, { cidr, zone, routeTable, tags }] of plan.subnets.entries()) {
    attempt([...path, 'subnets', index], () => {
      const { Subnet } = ec2Call(ec2, place, 'CreateSubnet', {
        VpcId,
        CidrBlock: cidr,
        ...(zone === undefined ? {} : { AvailabilityZone: zone }),
        TagSpecifications: tagged('subnet', undefined, tags),
      });
      const RouteTableId = tables.get(routeTable ?? '');
      if (RouteTableId === undefined) return;
      ec2Call(ec2, place, 'AssociateRouteTable', { RouteTableId, SubnetId: Subnet?.SubnetId });
    });
  }
  return VpcId;
}

function tagged<Type extends string>(
  ResourceType: Type,
  name: string | undefined,
  tags: Readonly<Record<string, string>>,
) {
  const all = { ...(name === undefined ? {} : { Name: name }), ...tags };
  const Tags = Object.entries(all).map(([Key, Value]) => ({ Key, Value }));
  return Tags.length === 0 ? [] : [{ ResourceType, Tags }];
}
