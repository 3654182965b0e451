import { parseCidr, type Cidr } from '../../shared/domain/facts/cidr.ts';
import { mustExist, type Kind } from './errors.ts';
import type {
  NetworkAclEntryRecord,
  NetworkAclRecord,
  RulePeer,
  SecurityGroupRecord,
  SecurityGroupRuleRecord,
  VpcRecord,
} from './records.ts';

interface Ids {
  derivedId(kind: Kind, origin: string): string;
}

export const ALL_IPV4 = mustExist<Cidr>(parseCidr('0.0.0.0/0'), '0.0.0.0/0');
const ALL_IPV6 = mustExist<Cidr>(parseCidr('::/0'), '::/0');
const ALL_TRAFFIC = { protocol: '-1', fromPort: undefined, toPort: undefined };

/**
 * The group that comes with a VPC: everything in from its own members, everything out.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
 */
export function defaultSecurityGroup(ids: Ids, vpc: VpcRecord): SecurityGroupRecord {
  const id = ids.derivedId('securityGroup', vpc.id);
  const itself: RulePeer = {
    kind: 'group',
    groupId: id,
    ownerId: vpc.ownerId,
    vpcId: vpc.id,
    peeringId: undefined,
  };
  return {
    ...vpcsOwn(vpc, id),
    name: 'default',
    description: 'default VPC security group',
    rules: [
      {
        id: ids.derivedId('securityGroupRule', `${id} in`),
        isEgress: false,
        traffic: ALL_TRAFFIC,
        peer: itself,
        description: undefined,
      },
      ...egressRules(ids, vpc, id),
    ],
  };
}

/** The rules that every new group has: everything out, over IPv6 too where the VPC has it. */
export function egressRules(ids: Ids, vpc: VpcRecord, groupId: string): SecurityGroupRuleRecord[] {
  const rule = (family: 'ipv4' | 'ipv6', cidr: Cidr): SecurityGroupRuleRecord => ({
    id: ids.derivedId('securityGroupRule', `${groupId} out ${family}`),
    isEgress: true,
    traffic: ALL_TRAFFIC,
    peer: { kind: family, cidr },
    description: undefined,
  });
  return [rule('ipv4', ALL_IPV4), ...(vpc.ipv6Cidrs.length > 0 ? [rule('ipv6', ALL_IPV6)] : [])];
}

const DEFAULT_RULE_NUMBER = 100;
const DEFAULT_IPV6_RULE_NUMBER = 101;

/**
 * The ACL that comes with a VPC: everything in and out.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/default-network-acl.html
 */
export function defaultNetworkAcl(ids: Ids, vpc: VpcRecord): NetworkAclRecord {
  const allow = (isEgress: boolean, ruleNumber: number, cidr: Cidr): NetworkAclEntryRecord => ({
    ruleNumber,
    isEgress,
    protocol: '-1',
    action: 'allow',
    cidr,
    ports: undefined,
    icmp: undefined,
  });
  const blocks = [
    [DEFAULT_RULE_NUMBER, ALL_IPV4] as const,
    ...(vpc.ipv6Cidrs.length > 0 ? [[DEFAULT_IPV6_RULE_NUMBER, ALL_IPV6] as const] : []),
  ];
  return {
    ...vpcsOwn(vpc, ids.derivedId('networkAcl', vpc.id)),
    isDefault: true,
    entries: [true, false].flatMap((isEgress) =>
      blocks.map(([ruleNumber, cidr]) => allow(isEgress, ruleNumber, cidr)),
    ),
  };
}

/** It is as old as its VPC, so that it stands where it would have stood in a list. */
const vpcsOwn = (vpc: VpcRecord, id: string) => ({
  id,
  order: vpc.order,
  ownerId: vpc.ownerId,
  region: vpc.region,
  vpc,
});
