import {
  DescribeVpcsCommand,
  paginateDescribeRouteTables,
  paginateDescribeSubnets,
  type EC2Client,
  type Route,
  type RouteTable,
} from '@aws-sdk/client-ec2';
import type { Role } from '../shared/domain/facts/peering.ts';
import type { BuiltVpc, World } from '../sim/world/world.ts';

/** A route that is not local. */
export interface RouteState {
  readonly destination: string;
  /** A peering's or a gateway's id. */
  readonly target: string;
  /** EC2's own word: `active` or `blackhole`. */
  readonly state: string;
}

export interface TableState {
  readonly routeTableId: string;
  /** The subnets that it routes for: associated with it, or falling back to it. */
  readonly subnetIds: readonly string[];
  readonly routes: readonly RouteState[];
}

/** One side of a peering as its own account sees it. */
export interface SideState {
  readonly role: Role;
  readonly accountId: string;
  readonly region: string;
  readonly vpcId: string;
  readonly cidrs: readonly string[];
  /** EC2's state of the peering; absent before there is one. */
  readonly peeringState?: string;
  /** `AllowDnsResolutionFromRemoteVpc`; absent where EC2 does not show it. */
  readonly dnsFromRemote?: boolean;
  readonly tables: readonly TableState[];
}

/** Asks EC2 for one side. `peeringId` is absent before the request. */
export async function readSide(
  world: World,
  role: Role,
  vpc: BuiltVpc,
  peeringId: string | undefined,
): Promise<SideState> {
  const { accountId, region, vpcId } = vpc;
  const client = world.ec2(accountId, region);
  const network = await world.aws.clock.drive(readNetwork(client, vpcId));
  const peering = peeringId === undefined ? undefined : await world.peering(vpc, peeringId);
  const half = role === 'requester' ? peering?.RequesterVpcInfo : peering?.AccepterVpcInfo;
  const peeringState = peering?.Status?.Code;
  const dnsFromRemote = half?.PeeringOptions?.AllowDnsResolutionFromRemoteVpc;
  return {
    role,
    accountId,
    region,
    vpcId,
    ...network,
    ...(peeringState === undefined ? {} : { peeringState }),
    ...(dnsFromRemote === undefined ? {} : { dnsFromRemote }),
  };
}

async function readNetwork(client: EC2Client, vpcId: string): Promise<Pick<SideState, 'cidrs' | 'tables'>> {
  const Filters = [{ Name: 'vpc-id', Values: [vpcId] }];
  const { Vpcs } = await client.send(new DescribeVpcsCommand({ VpcIds: [vpcId] }));
  const cidrs = (Vpcs?.[0]?.CidrBlockAssociationSet ?? []).flatMap(({ CidrBlock }) => CidrBlock ?? []);
  const tables: RouteTable[] = [];
  for await (const page of paginateDescribeRouteTables({ client }, { Filters })) {
    tables.push(...(page.RouteTables ?? []));
  }
  const subnetIds: string[] = [];
  for await (const page of paginateDescribeSubnets({ client }, { Filters })) {
    subnetIds.push(...(page.Subnets ?? []).flatMap(({ SubnetId }) => SubnetId ?? []));
  }
  const isExplicit = (subnetId: string): boolean =>
    tables.some(({ Associations }) => Associations?.some((one) => one.SubnetId === subnetId));
  const fallingBack = subnetIds.filter((subnetId) => !isExplicit(subnetId));
  return { cidrs, tables: tables.map((table) => tableState(table, fallingBack)) };
}

function tableState(table: RouteTable, fallingBack: readonly string[]): TableState {
  const { RouteTableId = '', Associations = [], Routes = [] } = table;
  const isMain = Associations.some(({ Main }) => Main === true);
  return {
    routeTableId: RouteTableId,
    subnetIds: [...Associations.flatMap(({ SubnetId }) => SubnetId ?? []), ...(isMain ? fallingBack : [])],
    routes: Routes.filter(({ GatewayId }) => GatewayId !== 'local')
      .map(routeState)
      .toSorted((one, other) => (one.destination < other.destination ? -1 : 1)),
  };
}

const routeState = (route: Route): RouteState => ({
  destination:
    route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock ?? route.DestinationPrefixListId ?? '',
  target: route.VpcPeeringConnectionId ?? route.GatewayId ?? 'another target',
  state: route.State ?? 'unknown',
});
