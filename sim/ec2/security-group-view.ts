import type {
  IpPermission,
  IpRange,
  Ipv6Range,
  PrefixListId,
  SecurityGroup,
  SecurityGroupRule,
  UserIdGroupPair,
} from '@aws-sdk/client-ec2';
import { formatArn } from '../arn.ts';
import type { Call } from '../types.ts';
import { stateAt } from './peering-state.ts';
import type { RulePeer, SecurityGroupRecord, SecurityGroupRuleRecord } from './records.ts';
import type { Ec2Store } from './store.ts';

export const arnOfGroup = ({ id, region, ownerId }: SecurityGroupRecord): string =>
  formatArn('ec2', region, ownerId, `security-group/${id}`);

export function toSecurityGroup(store: Ec2Store, call: Call, group: SecurityGroupRecord): SecurityGroup {
  const tags = store.tags.get(call, group.id);
  return {
    GroupId: group.id,
    GroupName: group.name,
    Description: group.description,
    OwnerId: group.ownerId,
    VpcId: group.vpc.id,
    SecurityGroupArn: arnOfGroup(group),
    IpPermissions: toPermissions(store, group, false),
    IpPermissionsEgress: toPermissions(store, group, true),
    // Recorded: a group without tags has no set of them.
    ...(tags.length > 0 && { Tags: tags }),
  };
}

/** Rules of the same protocol and ports are one permission, in the order in which they came. */
function toPermissions(store: Ec2Store, group: SecurityGroupRecord, isEgress: boolean): IpPermission[] {
  const permissions = new Map<string, FullPermission>();
  for (const rule of group.rules) {
    if (rule.isEgress !== isEgress) continue;
    const { protocol, fromPort, toPort } = rule.traffic;
    const key = `${protocol} ${fromPort} ${toPort}`;
    const permission: FullPermission = permissions.get(key) ?? {
      IpProtocol: protocol,
      ...(fromPort !== undefined && { FromPort: fromPort }),
      ...(toPort !== undefined && { ToPort: toPort }),
      IpRanges: [],
      Ipv6Ranges: [],
      PrefixListIds: [],
      UserIdGroupPairs: [],
    };
    permissions.set(key, permission);
    const description = rule.description === undefined ? {} : { Description: rule.description };
    const { peer } = rule;
    switch (peer.kind) {
      case 'ipv4':
        permission.IpRanges.push({ CidrIp: peer.cidr, ...description });
        break;
      case 'ipv6':
        permission.Ipv6Ranges.push({ CidrIpv6: peer.cidr, ...description });
        break;
      case 'prefix-list':
        permission.PrefixListIds.push({ PrefixListId: peer.id, ...description });
        break;
      case 'group':
        permission.UserIdGroupPairs.push({ ...toPair(store, peer), ...description });
        break;
    }
  }
  return [...permissions.values()];
}

interface FullPermission extends IpPermission {
  IpRanges: IpRange[];
  Ipv6Ranges: Ipv6Range[];
  PrefixListIds: PrefixListId[];
  UserIdGroupPairs: UserIdGroupPair[];
}
type GroupPeer = Extract<RulePeer, { kind: 'group' }>;

/** A group of another VPC shows with its VPC, the peering and the peering's state. (Recorded) */
export function toPair(store: Ec2Store, { groupId, ownerId, vpcId, peeringId }: GroupPeer): UserIdGroupPair {
  return {
    GroupId: groupId,
    UserId: ownerId,
    ...(peeringId !== undefined && {
      VpcId: vpcId,
      VpcPeeringConnectionId: peeringId,
      PeeringStatus: peeringStatus(store, peeringId),
    }),
  };
}

/** A peering that EC2 has forgotten was deleted. */
export function peeringStatus(store: Ec2Store, peeringId: string): string {
  const peering = store.peerings.get(peeringId);
  return peering === undefined ? 'deleted' : stateAt(peering, store.now());
}

export function toRule(
  store: Ec2Store,
  call: Call,
  group: SecurityGroupRecord,
  rule: SecurityGroupRuleRecord,
): SecurityGroupRule {
  const { protocol, fromPort, toPort } = rule.traffic;
  return {
    SecurityGroupRuleId: rule.id,
    SecurityGroupRuleArn: formatArn('ec2', group.region, group.ownerId, `security-group-rule/${rule.id}`),
    GroupId: group.id,
    GroupOwnerId: group.ownerId,
    IsEgress: rule.isEgress,
    IpProtocol: protocol,
    // Here, unlike in permissions, "no ports" is written as -1.
    FromPort: fromPort ?? -1,
    ToPort: toPort ?? -1,
    ...peerView(store, rule.peer),
    ...(rule.description !== undefined && { Description: rule.description }),
    Tags: store.tags.get(call, rule.id),
  };
}

function peerView(store: Ec2Store, peer: RulePeer): SecurityGroupRule {
  switch (peer.kind) {
    case 'ipv4':
      return { CidrIpv4: peer.cidr };
    case 'ipv6':
      return { CidrIpv6: peer.cidr };
    case 'prefix-list':
      return { PrefixListId: peer.id };
    case 'group':
      return { ReferencedGroupInfo: toPair(store, peer) };
  }
}
