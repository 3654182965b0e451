import type {
  DescribeSecurityGroupReferencesRequest,
  DescribeSecurityGroupReferencesResult,
  DescribeStaleSecurityGroupsRequest,
  DescribeStaleSecurityGroupsResult,
  SecurityGroupReference,
  StaleIpPermission,
  StaleSecurityGroup,
  UserIdGroupPair,
} from '@aws-sdk/client-ec2';
import type { ActionTable, Call } from '../types.ts';
import { ec2Action } from './ec2-action.ts';
import { missingParameter } from './errors.ts';
import { pageOf } from './paging.ts';
import { isLive } from './peering-state.ts';
import type { RulePeer, SecurityGroupRecord, SecurityGroupRuleRecord } from './records.ts';
import { peeringStatus, toPair } from './security-group-view.ts';
import { placeOf, type Ec2Store } from './store.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeStaleSecurityGroups.html */
const HIGHEST_STALE_RESULTS = 255;

/** Which groups refer to each other over peerings, and which of these references lead nowhere any more. */
export function securityGroupPeerActions(store: Ec2Store): ActionTable {
  return {
    DescribeStaleSecurityGroups: ec2Action<
      DescribeStaleSecurityGroupsRequest,
      DescribeStaleSecurityGroupsResult
    >({
      mutates: false,
      run: (call, input) => describeStale(store, call, input),
    }),
    DescribeSecurityGroupReferences: ec2Action<
      DescribeSecurityGroupReferencesRequest,
      DescribeSecurityGroupReferencesResult
    >({
      mutates: false,
      run: (call, { GroupId = [] }) => {
        if (GroupId.length === 0) throw missingParameter('groupId');
        const groups = GroupId.map((id) => store.securityGroup(call, id));
        return { SecurityGroupReferenceSet: groups.flatMap((group) => referencesTo(store, group)) };
      },
    }),
  };
}

type PeeredRule = SecurityGroupRuleRecord & { readonly peer: Extract<RulePeer, { kind: 'group' }> };

/** A rule whose group is of another VPC. */
const isPeered = (rule: SecurityGroupRuleRecord): rule is PeeredRule =>
  rule.peer.kind === 'group' && rule.peer.peeringId !== undefined;

/** Stale is what leads to a group that is gone, or goes through a peering that is no longer active. */
const isStale = (store: Ec2Store, { peer }: PeeredRule): boolean =>
  store.securityGroups.get(peer.groupId) === undefined ||
  peer.peeringId === undefined ||
  peeringStatus(store, peer.peeringId) !== 'active';

function describeStale(
  store: Ec2Store,
  call: Call,
  input: DescribeStaleSecurityGroupsRequest,
): DescribeStaleSecurityGroupsResult {
  const vpc = store.vpc(call, input.VpcId);
  const stale = store
    .securityGroupsOf(placeOf(call))
    .filter((group) => group.vpc === vpc)
    .filter(({ rules }) => rules.some((rule) => isPeered(rule) && isStale(store, rule)));
  const page = pageOf(stale, input, {
    ids: undefined,
    idsParameter: 'vpcId',
    highestMaxResults: HIGHEST_STALE_RESULTS,
    pageSize: store.options.pageSize,
  });
  return {
    StaleSecurityGroupSet: page.items.map((group) => toStale(store, group)),
    NextToken: page.nextToken,
  };
}

function toStale(store: Ec2Store, group: SecurityGroupRecord): StaleSecurityGroup {
  const permissions = (isEgress: boolean): StaleIpPermission[] =>
    group.rules
      .filter((rule) => rule.isEgress === isEgress && isPeered(rule) && isStale(store, rule))
      .map((rule) => ({
        IpProtocol: rule.traffic.protocol,
        ...(rule.traffic.fromPort !== undefined && { FromPort: rule.traffic.fromPort }),
        ...(rule.traffic.toPort !== undefined && { ToPort: rule.traffic.toPort }),
        UserIdGroupPairs: isPeered(rule) ? [stalePair(store, rule)] : [],
      }));
  return {
    GroupId: group.id,
    GroupName: group.name,
    Description: group.description,
    VpcId: group.vpc.id,
    StaleIpPermissions: permissions(false),
    StaleIpPermissionsEgress: permissions(true),
  };
}

/** Of a deleted group neither owner nor name is known here; of another the name is told too. (Recorded, documented) */
function stalePair(store: Ec2Store, { peer, description }: PeeredRule): UserIdGroupPair {
  const { UserId, ...pair } = toPair(store, peer);
  const target = store.securityGroups.get(peer.groupId);
  return {
    ...pair,
    ...(target !== undefined && { UserId, GroupName: target.name }),
    ...(description !== undefined && { Description: description }),
  };
}

/** One line for each VPC with a rule that refers to the group. */
function referencesTo(store: Ec2Store, group: SecurityGroupRecord): SecurityGroupReference[] {
  const now = store.now();
  return store.peeringsOf(group.vpc).flatMap((peering) => {
    const other = peering.requester.vpc === group.vpc ? peering.accepter : peering.requester;
    const refers = store.securityGroups
      .with(other.vpcId)
      .some(({ rules }) =>
        rules.some(
          (rule) => isPeered(rule) && rule.peer.groupId === group.id && rule.peer.peeringId === peering.id,
        ),
      );
    return refers && isLive(peering, now)
      ? [{ GroupId: group.id, ReferencingVpcId: other.vpcId, VpcPeeringConnectionId: peering.id }]
      : [];
  });
}
