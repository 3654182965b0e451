import type { IpPermission } from '@aws-sdk/client-ec2';
import type { PlaceFacts } from '../../analysis/snapshot/network.ts';
import {
  interfaceFacts,
  networkAclFacts,
  routeTableFacts,
  securityGroupFacts,
  subnetFacts,
  vpcFacts,
} from '../../cli/reach/shapes.ts';
import { toEntries, toPeering } from '../../shared/aws/ec2-shapes.ts';
import { SeededRandom } from '../../sim/random.ts';
import { AwsError } from '../../sim/types.ts';
import { accountId, region } from './ids.ts';
import { Ec2World, SETTLED_MS, type Ec2User } from './simulated-ec2.ts';

/** Chance with words. */
class Dice {
  readonly #random: SeededRandom;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
  }

  chance(percent: number): boolean {
    return this.#random.next() * 100 < percent;
  }

  below(count: number): number {
    return this.#random.integer(0, count - 1);
  }

  one<Item>(items: readonly [Item, ...(readonly Item[])] | readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error('there is nothing to choose from');
    return item;
  }
}

interface DrawnVpc {
  readonly user: Ec2User;
  readonly id: string;
  readonly number: number;
  readonly subnets: string[];
  readonly interfaces: string[];
  readonly groups: string[];
  /** Of a list that its owner made in this region. */
  prefixListId: string | undefined;
  readonly peerings: string[];
}

export interface Topology {
  readonly world: Ec2World;
  readonly users: readonly Ec2User[];
}

const PORTS = [22, 443, 5432] as const;

/** What routes, rules and lists are about: VPCs, subnets and single addresses of the small world, and everything. */
const BLOCKS = [
  ...[0, 1, 2].flatMap((number) => [`10.${number}.0.0/16`, `10.${number}.0.0/24`, `10.${number}.1.0/24`]),
  '10.0.0.4/32',
  '10.1.0.4/32',
  '10.1.0.0/28',
  '0.0.0.0/0',
] as const;
const IPV6_BLOCKS = [0, 1, 2].flatMap((number) => [`2a05:d018:${number}::/56`, `2a05:d018:${number}::/64`]);

/**
 * Two to four VPCs of two accounts in two regions, with peerings, tables, network ACLs, groups, interfaces and all that may be
 * wrong with them. The same seed makes the same one.
 */
export async function drawTopology(seed: number): Promise<Topology> {
  const dice = new Dice(seed);
  const world = new Ec2World({ pageSize: 1000 });
  const users = [
    world.user('111122223333', 'eu-west-1'),
    world.user('444455556666', 'eu-west-1'),
    world.user('444455556666', 'us-east-1'),
  ];
  const vpcs = Array.from({ length: 2 + dice.below(3) }, (_, index) => drawVpc(dice, world, users, index));
  await world.pass(SETTLED_MS);
  for (const vpc of vpcs) drawSubnets(dice, vpc);
  await drawPeerings(dice, world, vpcs);
  for (const vpc of vpcs) drawRoutes(dice, world, vpc);
  for (const vpc of vpcs) drawRules(dice, vpc, vpcs);
  for (const vpc of vpcs) drawAcls(dice, vpc);
  await world.pass(SETTLED_MS);
  await endSome(dice, world, vpcs);
  return { world, users };
}

/** A call that the world may refuse: then it has not happened. */
function attempt<Answer>(call: () => Answer): Answer | undefined {
  try {
    return call();
  } catch (error) {
    if (error instanceof AwsError) return undefined;
    throw error;
  }
}

function drawVpc(dice: Dice, world: Ec2World, users: readonly Ec2User[], index: number): DrawnVpc {
  const user = dice.chance(60) ? dice.one(users.slice(0, 2)) : dice.one(users);
  const number = dice.chance(80) ? index % 3 : dice.below(3);
  const id = world.vpc(user, `10.${number}.0.0/16`);
  if (dice.chance(50)) {
    attempt(() => user.do('AssociateVpcCidrBlock', { VpcId: id, Ipv6CidrBlock: `2a05:d018:${number}::/56` }));
  }
  return { user, id, number, subnets: [], interfaces: [], groups: [], prefixListId: undefined, peerings: [] };
}

function drawSubnets(dice: Dice, vpc: DrawnVpc): void {
  const { user, id: VpcId, number } = vpc;
  for (let index = 0; index < 1 + dice.below(3); index += 1) {
    const Ipv6CidrBlock = `2a05:d018:${number}:${index}::/64`;
    const native = dice.chance(15);
    const CidrBlock = `10.${number}.${index}.0/24`;
    const both = attempt(() =>
      user.do(
        'CreateSubnet',
        native ? { VpcId, Ipv6CidrBlock, Ipv6Native: true } : { VpcId, CidrBlock, Ipv6CidrBlock },
      ),
    );
    const made = both ?? attempt(() => user.do('CreateSubnet', { VpcId, CidrBlock }));
    const SubnetId = made?.Subnet?.SubnetId ?? '';
    vpc.subnets.push(SubnetId);
    for (let count = 0; count < 1 + dice.below(2); count += 1) {
      const six = dice.chance(60) ? { Ipv6AddressCount: 1 } : {};
      const eni =
        attempt(() => user.do('CreateNetworkInterface', { SubnetId, ...six })) ??
        user.do('CreateNetworkInterface', { SubnetId });
      const NetworkInterfaceId = eni.NetworkInterface?.NetworkInterfaceId ?? '';
      vpc.interfaces.push(NetworkInterfaceId);
      if (dice.chance(40)) {
        user.do('ModifyNetworkInterfaceAttribute', { NetworkInterfaceId, SourceDestCheck: { Value: false } });
      }
    }
  }
}

async function drawPeerings(dice: Dice, world: Ec2World, vpcs: readonly DrawnVpc[]): Promise<void> {
  const pairs = vpcs.flatMap((one, index) => vpcs.slice(index + 1).map((other) => [one, other] as const));
  const asked = pairs.flatMap(([one, other]) => {
    if (!dice.chance(75)) return [];
    const id = attempt(() => world.ask(one.user, one.id, other.user, other.id));
    return id === undefined ? [] : [{ id, one, other }];
  });
  await world.pass(SETTLED_MS);
  for (const { id, one, other } of asked) {
    for (const vpc of [one, other]) vpc.peerings.push(id);
    if (dice.chance(90))
      attempt(() => other.user.do('AcceptVpcPeeringConnection', { VpcPeeringConnectionId: id }));
  }
  await world.pass(SETTLED_MS);
}

function drawRoutes(dice: Dice, world: Ec2World, vpc: DrawnVpc): void {
  const { user, id: VpcId, subnets } = vpc;
  if (dice.chance(40)) vpc.prefixListId = drawPrefixList(dice, user);
  const tables = [world.mainTable(user, VpcId).RouteTableId];
  for (const SubnetId of subnets) {
    if (!dice.chance(35)) continue;
    const { RouteTable } = user.do('CreateRouteTable', { VpcId });
    tables.push(RouteTable?.RouteTableId);
    user.do('AssociateRouteTable', { SubnetId, RouteTableId: RouteTable?.RouteTableId });
  }
  for (const RouteTableId of tables) {
    for (const VpcPeeringConnectionId of vpc.peerings) {
      for (const block of ['10.0.0.0/16', '10.1.0.0/16', '10.2.0.0/16', ...IPV6_BLOCKS]) {
        if (!dice.chance(55)) continue;
        attempt(() =>
          user.do('CreateRoute', { RouteTableId, ...destination(block), VpcPeeringConnectionId }),
        );
      }
    }
    for (let count = dice.below(4); count > 0; count -= 1) {
      attempt(() =>
        user.do('CreateRoute', { RouteTableId, ...drawDestination(dice, vpc), ...drawTarget(dice, vpc) }),
      );
    }
  }
  if (dice.chance(25)) drawPropagation(dice, world, vpc, tables);
}

function drawPrefixList(dice: Dice, user: Ec2User): string | undefined {
  const number = dice.below(3);
  const blocks = new Set([`10.${number}.0.0/16`, `10.${number}.0.0/24`, dice.one(BLOCKS)]);
  const list = user.do('CreateManagedPrefixList', {
    PrefixListName: `list ${dice.below(1_000_000)}`,
    AddressFamily: 'IPv4',
    MaxEntries: 4,
    Entries: [...blocks].map((Cidr) => ({ Cidr })),
  });
  return list.PrefixList?.PrefixListId;
}

const destination = (block: string) =>
  block.includes(':') ? { DestinationIpv6CidrBlock: block } : { DestinationCidrBlock: block };

function drawDestination(dice: Dice, { prefixListId }: DrawnVpc) {
  if (prefixListId !== undefined && dice.chance(30)) return { DestinationPrefixListId: prefixListId };
  return destination(dice.chance(75) ? dice.one(BLOCKS) : dice.one(IPV6_BLOCKS));
}

function drawTarget(dice: Dice, { peerings, interfaces }: DrawnVpc) {
  if (peerings.length > 0 && dice.chance(45)) return { VpcPeeringConnectionId: dice.one(peerings) };
  return dice.chance(70)
    ? { NetworkInterfaceId: dice.one(interfaces) }
    : { NatGatewayId: 'nat-00000000000000001' };
}

/** Routes that a VPN announces, often to a part of the VPC itself. */
function drawPropagation(
  dice: Dice,
  world: Ec2World,
  { user, id: VpcId, number }: DrawnVpc,
  tables: readonly (string | undefined)[],
): void {
  const { VpnGateway } = user.do('CreateVpnGateway', { Type: 'ipsec.1' });
  const GatewayId = VpnGateway?.VpnGatewayId ?? '';
  user.do('AttachVpnGateway', { VpcId, VpnGatewayId: GatewayId });
  world.ec2.propagate(GatewayId, [dice.chance(50) ? `10.${number}.0.0/24` : dice.one(BLOCKS)]);
  for (const RouteTableId of tables) {
    attempt(() => user.do('EnableVgwRoutePropagation', { RouteTableId, GatewayId }));
  }
}

function drawRules(dice: Dice, vpc: DrawnVpc, vpcs: readonly DrawnVpc[]): void {
  const { user, id: VpcId, interfaces, groups } = vpc;
  const made = user.do('CreateSecurityGroup', { VpcId, GroupName: 'own', Description: 'own' });
  const GroupId = made.GroupId ?? '';
  groups.push(GroupId);
  if (dice.chance(30)) {
    const everything = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
    attempt(() => user.do('RevokeSecurityGroupEgress', { GroupId, IpPermissions: [everything] }));
    for (let count = dice.below(3); count > 0; count -= 1) {
      const IpPermissions = [drawPermission(dice, vpc, vpcs)];
      attempt(() => user.do('AuthorizeSecurityGroupEgress', { GroupId, IpPermissions }));
    }
  }
  for (let count = dice.below(5); count > 0; count -= 1) {
    const IpPermissions = [drawPermission(dice, vpc, vpcs)];
    attempt(() => user.do('AuthorizeSecurityGroupIngress', { GroupId, IpPermissions }));
  }
  for (const NetworkInterfaceId of interfaces) {
    if (dice.chance(80)) {
      user.do('ModifyNetworkInterfaceAttribute', { NetworkInterfaceId, Groups: [GroupId] });
    }
  }
}

function drawPermission(dice: Dice, { prefixListId }: DrawnVpc, vpcs: readonly DrawnVpc[]): IpPermission {
  const port = dice.one(PORTS);
  const IpProtocol = dice.one(['-1', '-1', 'tcp', 'tcp', 'udp', 'icmp', 'icmpv6']);
  const isPing = IpProtocol.startsWith('icmp');
  const ports =
    IpProtocol === '-1'
      ? {}
      : { FromPort: isPing ? dice.one([-1, 8, 128]) : port, ToPort: isPing ? -1 : 5432 };
  const kind = dice.below(10);
  const other = dice.one(vpcs);
  const [GroupId] = other.groups;
  if (kind < 3 && GroupId !== undefined) {
    return { IpProtocol, ...ports, UserIdGroupPairs: [{ GroupId, UserId: other.user.accountId }] };
  }
  if (kind === 3 && prefixListId !== undefined) {
    return { IpProtocol, ...ports, PrefixListIds: [{ PrefixListId: prefixListId }] };
  }
  return kind < 7
    ? { IpProtocol, ...ports, IpRanges: [{ CidrIp: dice.chance(50) ? '0.0.0.0/0' : dice.one(BLOCKS) }] }
    : { IpProtocol, ...ports, Ipv6Ranges: [{ CidrIpv6: dice.chance(50) ? '::/0' : dice.one(IPV6_BLOCKS) }] };
}

function drawAcls(dice: Dice, { user, id: VpcId, subnets }: DrawnVpc): void {
  for (const SubnetId of subnets) {
    if (!dice.chance(25)) continue;
    const Filters = [{ Name: 'association.subnet-id', Values: [SubnetId] }];
    const { NetworkAcls } = user.do('DescribeNetworkAcls', { Filters });
    const found = NetworkAcls?.[0]?.Associations?.find((each) => each.SubnetId === SubnetId);
    const acl = user.do('CreateNetworkAcl', { VpcId }).NetworkAcl;
    for (const Egress of [true, false]) {
      for (let number = 1 + dice.below(4); number > 0; number -= 1) {
        const entry = drawEntry(dice);
        attempt(() =>
          user.do('CreateNetworkAclEntry', {
            NetworkAclId: acl?.NetworkAclId,
            Egress,
            RuleNumber: number * 10,
            ...entry,
          }),
        );
      }
    }
    const AssociationId = found?.NetworkAclAssociationId;
    user.do('ReplaceNetworkAclAssociation', { AssociationId, NetworkAclId: acl?.NetworkAclId });
  }
}

function drawEntry(dice: Dice) {
  const Protocol = dice.one(['-1', '-1', '6', '17', '1', '58']);
  const RuleAction = dice.chance(75) ? 'allow' : 'deny';
  const isAll = dice.chance(60);
  const six = dice.chance(40);
  const block = six
    ? { Ipv6CidrBlock: isAll ? '::/0' : dice.one(IPV6_BLOCKS) }
    : { CidrBlock: isAll ? '0.0.0.0/0' : dice.one(BLOCKS) };
  const PortRange = dice.chance(50) ? { From: 1024, To: 65_535 } : { From: 0, To: dice.one(PORTS) };
  const IcmpTypeCode = { Type: dice.one([-1, 0, 8, 128, 129]), Code: -1 };
  return {
    Protocol,
    RuleAction: RuleAction === 'allow' ? ('allow' as const) : ('deny' as const),
    PortRange,
    IcmpTypeCode,
    ...block,
  };
}

/** Some peerings end: their routes become blackholes, and rules that name groups through them stale. */
async function endSome(dice: Dice, world: Ec2World, vpcs: readonly DrawnVpc[]): Promise<void> {
  for (const { user, peerings } of vpcs) {
    for (const VpcPeeringConnectionId of peerings) {
      if (dice.chance(10)) attempt(() => user.do('DeleteVpcPeeringConnection', { VpcPeeringConnectionId }));
    }
  }
  await world.pass(SETTLED_MS);
}

/** What EC2 shows of it, in the form that `check` takes: by the command's own translation of EC2's answers. */
export const factsOf = ({ users }: Topology): readonly PlaceFacts[] => users.map(placeFactsOf);

function placeFactsOf(user: Ec2User): PlaceFacts {
  const [account, where] = [accountId(user.accountId), region(user.region)];
  const tables = user.do('DescribeRouteTables', {}).RouteTables ?? [];
  const groups = (user.do('DescribeSecurityGroups', {}).SecurityGroups ?? []).map((each) =>
    securityGroupFacts(each, account),
  );
  const listIds = [
    ...tables.flatMap(({ Routes = [] }) =>
      Routes.flatMap(({ DestinationPrefixListId }) => DestinationPrefixListId ?? []),
    ),
    ...groups.flatMap(({ rules }) =>
      rules.flatMap(({ peer }) => (peer.kind === 'prefix-list' ? [peer.id] : [])),
    ),
  ];
  return {
    accountId: account,
    region: where,
    unread: [],
    vpcs: (user.do('DescribeVpcs', {}).Vpcs ?? []).map((each) => vpcFacts(each, { encryption: 'none' })),
    subnets: (user.do('DescribeSubnets', {}).Subnets ?? []).map((each) => subnetFacts(each, account)),
    routeTables: tables.map((each) => routeTableFacts(each, account)),
    networkAcls: (user.do('DescribeNetworkAcls', {}).NetworkAcls ?? []).map((each) =>
      networkAclFacts(each, account),
    ),
    securityGroups: groups,
    interfaces: (user.do('DescribeNetworkInterfaces', {}).NetworkInterfaces ?? []).map((each) =>
      interfaceFacts(each, account),
    ),
    instances: [],
    prefixLists: [...new Set(listIds)].map((id) => {
      const { Entries = [] } = user.do('GetManagedPrefixListEntries', { PrefixListId: id });
      return { id, entries: [...toEntries(Entries.map(({ Cidr }) => Cidr))] };
    }),
    peerings: (user.do('DescribeVpcPeeringConnections', {}).VpcPeeringConnections ?? []).map((each) => {
      const { id, state, requester, accepter } = toPeering(each, where);
      const side = ({ accountId: owner, region: at, vpcId, cidrs }: typeof requester) => ({
        accountId: owner,
        region: at,
        vpcId,
        cidrs: [...cidrs],
      });
      return { id, state, requester: side(requester), accepter: side(accepter) };
    }),
  };
}
