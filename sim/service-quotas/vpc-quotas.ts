import type { Ec2Quotas } from '../ec2/options.ts';

/** A quota as Service Quotas knows it. */
export interface VpcQuota {
  readonly code: string;
  readonly name: string;
  /** What an account has that asked for nothing. */
  readonly awsDefault: number;
  /** What of the simulated EC2 it bounds; absent where the simulation has no such thing, or no number for it. */
  readonly bounds?: keyof Ec2Quotas;
  /** As far as AWS raises it, where that is documented; absent on a quota that nobody can have raised. */
  readonly highest?: number;
}

/** AWS does not say how far it raises most quotas. */
const UNDOCUMENTED = Number.POSITIVE_INFINITY;

/** https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
export const VPC_QUOTAS: readonly VpcQuota[] = [
  {
    code: 'L-7E9ECCDB',
    name: 'Active VPC peering connections per VPC',
    awsDefault: 50,
    bounds: 'activePeeringsPerVpc',
    highest: 125,
  },
  {
    code: 'L-DC9F7029',
    name: 'Outstanding VPC peering connection requests',
    awsDefault: 25,
    bounds: 'outstandingPeeringRequests',
    highest: UNDOCUMENTED,
  },
  { code: 'L-8312C5BB', name: 'VPC peering connection request expiry hours', awsDefault: 168 },
  {
    code: 'L-93826ACB',
    name: 'Routes per route table',
    awsDefault: 50,
    bounds: 'routesPerTable',
    highest: 1000,
  },
  {
    code: 'L-589F43AA',
    name: 'Route tables per VPC',
    awsDefault: 200,
    bounds: 'routeTablesPerVpc',
    highest: UNDOCUMENTED,
  },
  {
    code: 'L-F678F1CE',
    name: 'VPCs per Region',
    awsDefault: 5,
    bounds: 'vpcsPerRegion',
    highest: UNDOCUMENTED,
  },
  {
    code: 'L-407747CB',
    name: 'Subnets per VPC',
    awsDefault: 200,
    bounds: 'subnetsPerVpc',
    highest: UNDOCUMENTED,
  },
  {
    code: 'L-83CA0A9D',
    name: 'IPv4 CIDR blocks per VPC',
    awsDefault: 5,
    bounds: 'ipv4CidrsPerVpc',
    highest: 50,
  },
  {
    code: 'L-085A6257',
    name: 'IPv6 CIDR blocks per VPC',
    awsDefault: 5,
    bounds: 'ipv6CidrsPerVpc',
    highest: 50,
  },
  {
    code: 'L-A4707A72',
    name: 'Internet gateways per Region',
    awsDefault: 5,
    bounds: 'internetGatewaysPerRegion',
    highest: UNDOCUMENTED,
  },
  {
    code: 'L-E79EC296',
    name: 'VPC security groups per Region',
    awsDefault: 2500,
    bounds: 'securityGroupsPerRegion',
    highest: UNDOCUMENTED,
  },
  {
    code: 'L-0EA8095F',
    name: 'Inbound or outbound rules per security group',
    awsDefault: 60,
    bounds: 'rulesPerSecurityGroup',
    highest: UNDOCUMENTED,
  },
  {
    code: 'L-B4A6D682',
    name: 'Network ACLs per VPC',
    awsDefault: 200,
    bounds: 'networkAclsPerVpc',
    highest: UNDOCUMENTED,
  },
  {
    code: 'L-2AEEBF1A',
    name: 'Rules per network ACL',
    awsDefault: 20,
    bounds: 'rulesPerNetworkAcl',
    highest: 40,
  },
];
