import type {
  Instance,
  IpPermission,
  NetworkAcl,
  NetworkInterface,
  Route,
  RouteTable,
  SecurityGroup,
  Subnet,
  Tag,
  Vpc,
} from '@aws-sdk/client-ec2';
import type { PlaceFacts } from '../../analysis/snapshot/network.ts';
import { parseCidr, type Cidr } from '../../shared/domain/facts/cidr.ts';
import { parseAccountId, parseVpcId, type AccountId } from '../../shared/domain/facts/ids.ts';
import { toSubnet, toVpc, UnexpectedAnswer } from '../../shared/aws/ec2-shapes.ts';

type Item<List extends keyof PlaceFacts> = PlaceFacts[List] extends (infer One)[] ? One : never;

function must<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) throw new UnexpectedAnswer(`without ${what}`);
  return value;
}

/** The owner that EC2 shows, which it leaves out in old answers where it is who asks. */
const ownerOf = ({ OwnerId }: { OwnerId?: string | undefined }, asking: AccountId): AccountId =>
  parseAccountId(OwnerId) ?? asking;

const nameOf = (tags: readonly Tag[] | undefined): { name?: string } => {
  const value = tags?.find(({ Key }) => Key === 'Name')?.Value;
  return value === undefined ? {} : { name: value };
};

const cidrsOf = (...texts: readonly (string | undefined)[]): Cidr[] =>
  texts.flatMap((text) =>
    text === undefined ? [] : [must(parseCidr(text), `a CIDR that can be read (${text})`)],
  );

type Attributes = Pick<Item<'vpcs'>, 'dnsSupport' | 'dnsHostnames' | 'encryption'>;

export function vpcFacts(answer: Vpc, attributes: Attributes): Item<'vpcs'> {
  const { id, ownerId, cidrs, tags } = toVpc(answer);
  return { id, ownerId, ...nameOf(answer.Tags), tags: { ...tags }, cidrs: [...cidrs], ...attributes };
}

export function subnetFacts(answer: Subnet, asking: AccountId): Item<'subnets'> {
  const { id, vpcId, cidrs } = toSubnet(answer);
  return { id, ownerId: ownerOf(answer, asking), vpcId, ...nameOf(answer.Tags), cidrs: [...cidrs] };
}

export const routeTableFacts = (answer: RouteTable, asking: AccountId): Item<'routeTables'> => ({
  id: must(answer.RouteTableId, 'a route table id'),
  ownerId: ownerOf(answer, asking),
  vpcId: must(parseVpcId(answer.VpcId), 'the VPC of a route table'),
  isMain: (answer.Associations ?? []).some(({ Main }) => Main === true),
  subnetIds: (answer.Associations ?? []).flatMap(({ SubnetId }) => SubnetId ?? []),
  routes: (answer.Routes ?? []).flatMap(routeFacts),
});

function routeFacts(answer: Route): Item<'routeTables'>['routes'] {
  const destinations = [
    ...cidrsOf(answer.DestinationCidrBlock, answer.DestinationIpv6CidrBlock),
    ...(answer.DestinationPrefixListId === undefined ? [] : [answer.DestinationPrefixListId]),
  ];
  return destinations.map((destination) => ({
    destination,
    target: targetOf(answer),
    // A filtered route carries nothing either.
    isActive: answer.State === undefined || answer.State === 'active',
    isPropagated: answer.Origin === 'EnableVgwRoutePropagation',
  }));
}

/** An instance that is a target shows with its interface, which is the one that forwards. */
const targetOf = (answer: Route): string =>
  [
    answer.VpcPeeringConnectionId,
    answer.NetworkInterfaceId,
    answer.GatewayId,
    answer.NatGatewayId,
    answer.TransitGatewayId,
    answer.LocalGatewayId,
    answer.CarrierGatewayId,
    answer.EgressOnlyInternetGatewayId,
    answer.InstanceId,
    answer.CoreNetworkArn,
    answer.OdbNetworkArn,
  ].find((candidate) => candidate !== undefined) ?? 'a target of an unknown kind';

export const networkAclFacts = (answer: NetworkAcl, asking: AccountId): Item<'networkAcls'> => ({
  id: must(answer.NetworkAclId, 'a network ACL id'),
  ownerId: ownerOf(answer, asking),
  vpcId: must(parseVpcId(answer.VpcId), 'the VPC of a network ACL'),
  subnetIds: (answer.Associations ?? []).flatMap(({ SubnetId }) => SubnetId ?? []),
  entries: (answer.Entries ?? []).flatMap((entry) =>
    cidrsOf(entry.CidrBlock, entry.Ipv6CidrBlock).map((cidr) => ({
      number: must(entry.RuleNumber, 'the number of a rule'),
      isEgress: entry.Egress === true,
      isAllow: entry.RuleAction === 'allow',
      cidr,
      protocol: entry.Protocol ?? '-1',
      ...(entry.PortRange && { fromPort: entry.PortRange.From, toPort: entry.PortRange.To }),
      ...(entry.IcmpTypeCode && { icmpType: entry.IcmpTypeCode.Type, icmpCode: entry.IcmpTypeCode.Code }),
    })),
  ),
});

export const securityGroupFacts = (answer: SecurityGroup, asking: AccountId): Item<'securityGroups'> => ({
  id: must(answer.GroupId, 'a group id'),
  ownerId: ownerOf(answer, asking),
  vpcId: must(parseVpcId(answer.VpcId), 'the VPC of a group'),
  ...(answer.GroupName === undefined ? {} : { name: answer.GroupName }),
  rules: [
    ...(answer.IpPermissionsEgress ?? []).flatMap((permission) => ruleFacts(permission, true)),
    ...(answer.IpPermissions ?? []).flatMap((permission) => ruleFacts(permission, false)),
  ],
});

/** Protocols that EC2 names; all others go by number already. */
const NUMBERS: Readonly<Record<string, string>> = { icmp: '1', tcp: '6', udp: '17', icmpv6: '58' };

function ruleFacts(permission: IpPermission, isEgress: boolean): Item<'securityGroups'>['rules'] {
  const given = permission.IpProtocol ?? '-1';
  const protocol = NUMBERS[given] ?? given;
  const { FromPort: from, ToPort: to } = permission;
  const isIcmp = protocol === '1' || protocol === '58';
  const ports =
    isIcmp || protocol === '-1' || from === undefined || from === -1 ? {} : { fromPort: from, toPort: to };
  const traffic = { isEgress, protocol, ...(isIcmp ? { icmpType: from, icmpCode: to } : ports) };
  return [
    ...cidrsOf(
      ...(permission.IpRanges ?? []).map(({ CidrIp }) => CidrIp),
      ...(permission.Ipv6Ranges ?? []).map(({ CidrIpv6 }) => CidrIpv6),
    ).map((cidr) => ({ ...traffic, peer: { kind: 'cidr' as const, cidr } })),
    ...(permission.PrefixListIds ?? []).map(({ PrefixListId }) => ({
      ...traffic,
      peer: { kind: 'prefix-list' as const, id: must(PrefixListId, 'the id of a prefix list') },
    })),
    ...(permission.UserIdGroupPairs ?? []).map((pair) => ({
      ...traffic,
      peer: {
        kind: 'group' as const,
        id: must(pair.GroupId, 'the id of a group'),
        ...(pair.VpcPeeringConnectionId !== undefined && {
          peeringId: pair.VpcPeeringConnectionId,
          peeringState: pair.PeeringStatus,
        }),
      },
    })),
  ];
}

export const interfaceFacts = (answer: NetworkInterface, asking: AccountId): Item<'interfaces'> => ({
  id: must(answer.NetworkInterfaceId, 'an interface id'),
  ownerId: ownerOf(answer, asking),
  vpcId: must(parseVpcId(answer.VpcId), 'the VPC of an interface'),
  subnetId: must(answer.SubnetId, 'the subnet of an interface'),
  ...nameOf(answer.TagSet),
  addresses: [
    ...new Set([
      ...(answer.PrivateIpAddress === undefined ? [] : [answer.PrivateIpAddress]),
      ...(answer.PrivateIpAddresses ?? []).flatMap(({ PrivateIpAddress }) => PrivateIpAddress ?? []),
      ...(answer.Ipv6Addresses ?? []).flatMap(({ Ipv6Address }) => Ipv6Address ?? []),
    ]),
  ],
  publicAddresses: [
    ...new Set(
      [
        answer.Association,
        ...(answer.PrivateIpAddresses ?? []).map(({ Association }) => Association),
      ].flatMap((association) => association?.PublicIp ?? []),
    ),
  ],
  groupIds: (answer.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []),
  sourceDestCheck: answer.SourceDestCheck !== false,
  description: answer.Description ?? '',
  ...(answer.Attachment?.InstanceId !== undefined && { instanceId: answer.Attachment.InstanceId }),
});

export const instanceFacts = (answer: Instance): Item<'instances'> => ({
  id: must(answer.InstanceId, 'an instance id'),
  ...nameOf(answer.Tags),
  state: answer.State?.Name ?? 'unknown',
  isWindows: answer.Platform?.toLowerCase() === 'windows',
});
