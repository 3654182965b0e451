import type {
  RouteTable as SdkRouteTable,
  Route as SdkRoute,
  Subnet as SdkSubnet,
  Tag,
  Vpc as SdkVpc,
  VpcPeeringConnection,
  VpcPeeringConnectionVpcInfo,
} from '@aws-sdk/client-ec2';
import { parseCidr, type Cidr } from '../domain/facts/cidr.ts';
import {
  parseAccountId,
  parsePeeringId,
  parsePrefixListId,
  parseRegion,
  parseRouteTableId,
  parseVpcId,
  type Region,
} from '../domain/facts/ids.ts';
import { PEERING_STATES, type Peering, type PeeringSide } from '../domain/facts/peering.ts';
import type { PrefixListRoute, Route, RouteTable, RouteTarget, Subnet, Vpc } from '../domain/facts/vpc.ts';

/** EC2 answered something that its own documentation rules out. Never guessed around. */
export class UnexpectedAnswer extends Error {
  constructor(what: string) {
    super(`EC2 answered ${what}`);
    this.name = 'UnexpectedAnswer';
  }
}

function must<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) throw new UnexpectedAnswer(`without ${what}`);
  return value;
}

/** @param askedIn the region that was asked: old answers leave the region out when it is the same */
export function toPeering(answer: VpcPeeringConnection, askedIn: Region): Peering {
  const code = answer.Status?.Code;
  const state = PEERING_STATES.find((known) => known === code);
  if (state === undefined) throw new UnexpectedAnswer(`a peering in state ${String(code)}`);
  return {
    id: must(parsePeeringId(answer.VpcPeeringConnectionId), 'a peering id'),
    state,
    stateMessage: answer.Status?.Message ?? state,
    expiresAt: answer.ExpirationTime?.getTime(),
    requester: toSide(answer.RequesterVpcInfo, askedIn),
    accepter: toSide(answer.AccepterVpcInfo, askedIn),
    tags: toTags(answer.Tags),
  };
}

function toSide(info: VpcPeeringConnectionVpcInfo | undefined, askedIn: Region): PeeringSide {
  return {
    accountId: must(parseAccountId(info?.OwnerId), 'the owner of a side'),
    region: info?.Region === undefined ? askedIn : must(parseRegion(info.Region), 'a region'),
    vpcId: must(parseVpcId(info?.VpcId), 'the VPC of a side'),
    cidrs: toCidrs([
      info?.CidrBlock,
      ...(info?.CidrBlockSet ?? []).map((block) => block.CidrBlock),
      ...(info?.Ipv6CidrBlockSet ?? []).map((block) => block.Ipv6CidrBlock),
    ]),
    dnsFromRemote: info?.PeeringOptions?.AllowDnsResolutionFromRemoteVpc,
  };
}

/** A CIDR that cannot be read would slip past every check, so it stops the reconcile instead of being left out. */
function toCidrs(texts: readonly (string | undefined)[]): readonly Cidr[] {
  const present = texts.filter((text) => text !== undefined && text !== '');
  return [
    ...new Set(present.map((text) => must(parseCidr(text ?? ''), `a CIDR that can be read (${text})`))),
  ];
}

/** EC2 shows a CIDR while it is associated or disassociated, and for some time after that. */
const associated = (state: string | undefined): boolean => state === undefined || state === 'associated';

export function toVpc(answer: SdkVpc): Vpc {
  return {
    id: must(parseVpcId(answer.VpcId), 'a VPC id'),
    ownerId: must(parseAccountId(answer.OwnerId), 'the owner of a VPC'),
    primaryCidr: must(toCidrs([answer.CidrBlock])[0], 'the primary CIDR of a VPC'),
    cidrs: toCidrs([
      answer.CidrBlock,
      ...(answer.CidrBlockAssociationSet ?? [])
        .filter((association) => associated(association.CidrBlockState?.State))
        .map((association) => association.CidrBlock),
      ...(answer.Ipv6CidrBlockAssociationSet ?? [])
        .filter((association) => associated(association.Ipv6CidrBlockState?.State))
        .map((association) => association.Ipv6CidrBlock),
    ]),
    isDefault: answer.IsDefault,
    tags: toTags(answer.Tags),
  };
}

export function toSubnet(answer: SdkSubnet): Subnet {
  return {
    id: must(answer.SubnetId, 'a subnet id'),
    vpcId: must(parseVpcId(answer.VpcId), 'the VPC of a subnet'),
    cidrs: toCidrs([
      answer.CidrBlock,
      ...(answer.Ipv6CidrBlockAssociationSet ?? [])
        .filter((association) => associated(association.Ipv6CidrBlockState?.State))
        .map((association) => association.Ipv6CidrBlock),
    ]),
  };
}

export function toRouteTable(answer: SdkRouteTable): RouteTable {
  const associations = answer.Associations ?? [];
  return {
    id: must(parseRouteTableId(answer.RouteTableId), 'a route table id'),
    vpcId: must(parseVpcId(answer.VpcId), 'the VPC of a route table'),
    tags: toTags(answer.Tags),
    isMain: associations.some((association) => association.Main === true),
    isOfGateway: associations.some(({ GatewayId }) => GatewayId !== undefined),
    subnetIds: associations.flatMap(({ SubnetId }) => (SubnetId === undefined ? [] : [SubnetId])),
    routes: (answer.Routes ?? []).flatMap(toRoute),
    prefixListRoutes: (answer.Routes ?? []).flatMap(toPrefixListRoute),
  };
}

function toRoute(answer: SdkRoute): readonly Route[] {
  return toCidrs([answer.DestinationCidrBlock, answer.DestinationIpv6CidrBlock]).map((destination) => ({
    destination,
    target: toTarget(answer),
    isBlackhole: answer.State === 'blackhole',
    isPropagated: answer.Origin === 'EnableVgwRoutePropagation',
  }));
}

function toPrefixListRoute(answer: SdkRoute): readonly PrefixListRoute[] {
  if (answer.DestinationPrefixListId === undefined) return [];
  return [
    {
      prefixListId: must(parsePrefixListId(answer.DestinationPrefixListId), 'a prefix list id'),
      target: toTarget(answer),
      isBlackhole: answer.State === 'blackhole',
    },
  ];
}

/** The CIDRs of a prefix list's entries. */
export const toEntries = (cidrs: readonly (string | undefined)[]): readonly Cidr[] => toCidrs(cidrs);

function toTarget(answer: SdkRoute): RouteTarget {
  if (answer.VpcPeeringConnectionId !== undefined) {
    return {
      kind: 'peering',
      peeringId: must(parsePeeringId(answer.VpcPeeringConnectionId), 'a peering id'),
    };
  }
  if (answer.GatewayId === 'local') return { kind: 'local' };
  const target = [
    answer.GatewayId,
    answer.NatGatewayId,
    answer.TransitGatewayId,
    answer.LocalGatewayId,
    answer.CarrierGatewayId,
    answer.EgressOnlyInternetGatewayId,
    answer.NetworkInterfaceId,
    answer.InstanceId,
    answer.CoreNetworkArn,
  ].find((candidate) => candidate !== undefined);
  // A kind of target that did not exist when this was written is still somebody else's.
  return { kind: 'other', id: target ?? 'a target of an unknown kind' };
}

const toTags = (tags: readonly Tag[] | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries((tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']));
