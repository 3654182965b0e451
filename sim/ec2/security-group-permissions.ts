import type { IpPermission, UserIdGroupPair } from '@aws-sdk/client-ec2';
import { familyOf, parseCidr, type Cidr } from '../../shared/domain/facts/cidr.ts';
import { AwsError } from '../types.ts';
import { invalidValue, missingParameter, notFound, requireId } from './errors.ts';
import { stateAt } from './peering-state.ts';
import type { RulePeer, RuleTraffic, SecurityGroupRecord } from './records.ts';
import type { Ec2Store } from './store.ts';

/** One rule as a request asks for it, or names it. */
export interface WantedRule {
  readonly traffic: RuleTraffic;
  readonly peer: RulePeer;
  readonly description: string | undefined;
}

/** The members of a request that describe one rule without `IpPermissions`. */
export interface FlatPermission {
  readonly IpPermissions?: readonly IpPermission[] | undefined;
  readonly IpProtocol?: string | undefined;
  readonly FromPort?: number | undefined;
  readonly ToPort?: number | undefined;
  readonly CidrIp?: string | undefined;
  readonly SourceSecurityGroupName?: string | undefined;
  readonly SourceSecurityGroupOwnerId?: string | undefined;
}

const HIGHEST_PORT = 65_535;
const HIGHEST_PROTOCOL = 255;
/** Protocols that EC2 names; all others go by number. */
const PROTOCOL_NAMES: Readonly<Record<string, string>> = {
  '1': 'icmp',
  '6': 'tcp',
  '17': 'udp',
  '58': 'icmpv6',
};

/** The rules that a request means: one for each range, prefix list and group of each permission. */
export function wantedRules(
  store: Ec2Store,
  group: SecurityGroupRecord,
  input: FlatPermission,
  options: { readonly mustResolve: boolean },
): WantedRule[] {
  const permissions = input.IpPermissions ?? flatPermissions(input);
  if (permissions.length === 0) throw missingParameter('ipPermissions');
  return permissions.flatMap((permission) => {
    const traffic = trafficOf(permission);
    const peers = [
      ...(permission.IpRanges ?? []).map(({ CidrIp, Description }) =>
        wanted(traffic, cidrPeer(CidrIp, 'ipv4'), Description),
      ),
      ...(permission.Ipv6Ranges ?? []).map(({ CidrIpv6, Description }) =>
        wanted(traffic, cidrPeer(CidrIpv6, 'ipv6'), Description),
      ),
      ...(permission.PrefixListIds ?? []).map(({ PrefixListId: id, Description }) =>
        wanted(traffic, { kind: 'prefix-list', id: required(id, 'prefixListId') }, Description),
      ),
      ...(permission.UserIdGroupPairs ?? []).map((pair) =>
        wanted(
          traffic,
          options.mustResolve ? resolveGroup(store, group, pair) : namedGroup(store, group, pair),
          pair.Description,
        ),
      ),
    ];
    if (peers.length === 0) throw missingParameter('ipPermissions.1.ipRanges');
    return peers;
  });
}

const wanted = (traffic: RuleTraffic, peer: RulePeer, description: string | undefined): WantedRule => ({
  traffic,
  peer,
  description,
});

function flatPermissions(input: FlatPermission): IpPermission[] {
  const { IpProtocol, CidrIp, SourceSecurityGroupName, SourceSecurityGroupOwnerId, FromPort, ToPort } = input;
  if (IpProtocol === undefined && SourceSecurityGroupName === undefined) return [];
  return [
    {
      IpProtocol: IpProtocol ?? '-1',
      FromPort,
      ToPort,
      ...(CidrIp !== undefined && { IpRanges: [{ CidrIp }] }),
      ...(SourceSecurityGroupName !== undefined && {
        UserIdGroupPairs: [{ GroupName: SourceSecurityGroupName, UserId: SourceSecurityGroupOwnerId }],
      }),
    },
  ];
}

/** Ports are checked where the protocol has them, and dropped where it has none. */
export function trafficOf(permission: {
  readonly IpProtocol?: string | undefined;
  readonly FromPort?: number | undefined;
  readonly ToPort?: number | undefined;
}): RuleTraffic {
  const given = required(permission.IpProtocol, 'ipProtocol').toLowerCase();
  const protocol = PROTOCOL_NAMES[given] ?? given;
  const { FromPort: from, ToPort: to } = permission;
  if (protocol === 'tcp' || protocol === 'udp') {
    if (from === undefined || to === undefined) {
      throw invalidValue(`Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.`);
    }
    if (![from, to].every((port) => port >= 0 && port <= HIGHEST_PORT)) {
      throw invalidValue(`Invalid value '${from}-${to}' for portRange. Must be between 0 and 65535.`);
    }
    if (from > to) throw invalidValue(`Invalid TCP/UDP port range (${from}:${to})`);
    return { protocol, fromPort: from, toPort: to };
  }
  if (protocol === 'icmp' || protocol === 'icmpv6') {
    return { protocol, fromPort: from ?? -1, toPort: to ?? -1 };
  }
  const isNumber = /^\d{1,3}$/.test(protocol) && Number(protocol) <= HIGHEST_PROTOCOL;
  if (protocol !== '-1' && !isNumber) {
    throw invalidValue(`Invalid value '${given}' for IP protocol. Unknown protocol.`);
  }
  return { protocol, fromPort: undefined, toPort: undefined };
}

/** EC2 makes it canonical. */
export function cidrPeer(text: string | undefined, family: 'ipv4' | 'ipv6'): RulePeer {
  const given = required(text, family === 'ipv4' ? 'cidrIp' : 'cidrIpv6');
  const cidr: Cidr | undefined = parseCidr(given);
  if (cidr === undefined || familyOf(cidr) !== family) throw invalidValue(`CIDR block ${given} is malformed`);
  return { kind: family, cidr };
}

function required(value: string | undefined, parameter: string): string {
  if (value === undefined || value === '') throw missingParameter(parameter);
  return value;
}

/**
 * The group that a new rule refers to: one of the same VPC, or one of a VPC with an active peering in the same
 * region. Whose it is must be said where it is another account's.
 * @see https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html
 */
export function resolveGroup(store: Ec2Store, group: SecurityGroupRecord, pair: UserIdGroupPair): RulePeer {
  const { vpc, region } = group;
  const ownerId = pair.UserId ?? vpc.ownerId;
  const candidates = store.securityGroupsOf({ ownerId, region });
  if (pair.GroupId === undefined) {
    const name = required(pair.GroupName, 'groupId');
    const named = candidates.find((other) => other.vpc === vpc && other.name === name);
    if (named === undefined) throw notFound('securityGroup', name);
    return peerOf(named, undefined);
  }
  const id = requireId('securityGroup', pair.GroupId);
  const found = candidates.find((other) => other.id === id);
  if (found === undefined) throw notFound('securityGroup', id);
  if (found.vpc === vpc) return peerOf(found, undefined);
  const now = store.now();
  const peering = store
    .peeringsOf(vpc)
    .find(
      (candidate) =>
        [candidate.requester.vpc, candidate.accepter.vpc].includes(found.vpc) &&
        stateAt(candidate, now) === 'active' &&
        (pair.VpcPeeringConnectionId === undefined || pair.VpcPeeringConnectionId === candidate.id),
    );
  if (peering === undefined) {
    throw new AwsError(
      'InvalidGroup.NotFound',
      'You have specified two resources that belong to different networks.',
    );
  }
  return peerOf(found, peering.id);
}

const peerOf = (group: SecurityGroupRecord, peeringId: string | undefined): RulePeer => ({
  kind: 'group',
  groupId: group.id,
  ownerId: group.ownerId,
  vpcId: group.vpc.id,
  peeringId,
});

/** The group that an existing rule refers to; it may be gone, so only its name and owner are known. */
function namedGroup(store: Ec2Store, group: SecurityGroupRecord, pair: UserIdGroupPair): RulePeer {
  if (pair.GroupId === undefined) return resolveGroup(store, group, pair);
  return {
    kind: 'group',
    groupId: requireId('securityGroup', pair.GroupId),
    ownerId: pair.UserId ?? '',
    vpcId: '',
    peeringId: undefined,
  };
}

/** What makes two rules of one direction the same: traffic and peer, not the description. */
export const identityOf = ({ traffic, peer }: Pick<WantedRule, 'traffic' | 'peer'>): string =>
  `${traffic.protocol} ${traffic.fromPort ?? ''} ${traffic.toPort ?? ''} ${peerName(peer)}`;

export const peerName = (peer: RulePeer): string => {
  switch (peer.kind) {
    case 'ipv4':
    case 'ipv6':
      return peer.cidr;
    case 'prefix-list':
      return peer.id;
    case 'group':
      return peer.groupId;
  }
};
