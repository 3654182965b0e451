import * as z from 'zod';
import { PEERING_STATES } from '../../shared/domain/facts/peering.ts';
import { accountId, cidr, peeringId, region, vpcId } from './fields.ts';

/**
 * What `autopeer check` needs to know of an account in a region, read by EC2's Describe calls. Lists and names are EC2's
 * own; protocols are numbers as text, `-1` for all; ports are absent where a rule is about all of them.
 */

/** What is read by itself, and may be refused by itself. */
const FACT_KINDS = [
  'vpcs',
  'subnets',
  'route-tables',
  'network-acls',
  'security-groups',
  'interfaces',
  'instances',
  'peerings',
] as const;
export type FactKind = (typeof FACT_KINDS)[number];

const name = z.string().optional();
const traffic = {
  /** A number, `-1` for all protocols. */
  protocol: z.string(),
  fromPort: z.number().optional(),
  toPort: z.number().optional(),
  icmpType: z.number().optional(),
  icmpCode: z.number().optional(),
};

const vpc = z.strictObject({
  id: vpcId,
  ownerId: accountId,
  name,
  tags: z.record(z.string(), z.string()),
  cidrs: z.array(cidr),
  /** `enableDnsSupport` and `enableDnsHostnames`; absent where they could not be read. */
  dnsSupport: z.boolean().optional(),
  dnsHostnames: z.boolean().optional(),
  /** What its encryption control says about peerings. */
  encryption: z.enum(['none', 'excluded', 'enforced', 'not-known']),
});

const subnet = z.strictObject({ id: z.string(), ownerId: accountId, vpcId, name, cidrs: z.array(cidr) });

const route = z.strictObject({
  /** A CIDR, or the id of a prefix list. */
  destination: z.union([cidr, z.string().regex(/^pl-[0-9a-f]+$/)]),
  /** `local`, or the id of what it leads to: `pcx-…`, `igw-…`, `nat-…`, `eni-…`, `vpce-…`, `tgw-…`. */
  target: z.string(),
  isActive: z.boolean(),
  isPropagated: z.boolean(),
});

const routeTable = z.strictObject({
  id: z.string(),
  ownerId: accountId,
  vpcId,
  isMain: z.boolean(),
  subnetIds: z.array(z.string()),
  routes: z.array(route),
});

const networkAcl = z.strictObject({
  id: z.string(),
  ownerId: accountId,
  vpcId,
  subnetIds: z.array(z.string()),
  entries: z.array(
    z.strictObject({ number: z.number(), isEgress: z.boolean(), isAllow: z.boolean(), cidr, ...traffic }),
  ),
});

const groupPeer = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('cidr'), cidr }),
  z.strictObject({ kind: z.literal('prefix-list'), id: z.string() }),
  z.strictObject({
    kind: z.literal('group'),
    id: z.string(),
    /** Of a group of another VPC: the peering through which it is named, and that peering's state. */
    peeringId: z.string().optional(),
    peeringState: z.string().optional(),
  }),
]);

const securityGroup = z.strictObject({
  id: z.string(),
  ownerId: accountId,
  vpcId,
  name,
  rules: z.array(z.strictObject({ isEgress: z.boolean(), peer: groupPeer, ...traffic })),
});

const networkInterface = z.strictObject({
  id: z.string(),
  ownerId: accountId,
  vpcId,
  subnetId: z.string(),
  name,
  /** Its private IPv4 addresses and its IPv6 addresses. */
  addresses: z.array(z.string()),
  publicAddresses: z.array(z.string()),
  groupIds: z.array(z.string()),
  sourceDestCheck: z.boolean(),
  description: z.string(),
  instanceId: z.string().optional(),
});

const instance = z.strictObject({
  id: z.string(),
  name,
  /** EC2's word: `running`, `stopped` and others. */
  state: z.string(),
  isWindows: z.boolean(),
});

const side = z.strictObject({
  accountId,
  region,
  vpcId,
  cidrs: z.array(cidr),
  /** `AllowDnsResolutionFromRemoteVpc`, which only the side's own account sees. */
  dnsFromRemote: z.boolean().optional(),
});

const peering = z.strictObject({
  id: peeringId,
  state: z.enum(PEERING_STATES),
  requester: side,
  accepter: side,
});

export const placeFacts = z.strictObject({
  accountId,
  region,
  /** What could not be read, and why; its list is then empty, which says nothing. */
  unread: z.array(z.strictObject({ what: z.enum(FACT_KINDS), reason: z.string() })),
  vpcs: z.array(vpc),
  subnets: z.array(subnet),
  routeTables: z.array(routeTable),
  networkAcls: z.array(networkAcl),
  securityGroups: z.array(securityGroup),
  interfaces: z.array(networkInterface),
  instances: z.array(instance),
  prefixLists: z.array(z.strictObject({ id: z.string(), entries: z.array(cidr) })),
  peerings: z.array(peering),
});

export type PlaceFacts = z.infer<typeof placeFacts>;
export type VpcFacts = PlaceFacts['vpcs'][number];
export type SubnetFacts = PlaceFacts['subnets'][number];
export type RouteTableFacts = PlaceFacts['routeTables'][number];
export type RouteFacts = RouteTableFacts['routes'][number];
export type NetworkAclFacts = PlaceFacts['networkAcls'][number];
export type AclEntryFacts = NetworkAclFacts['entries'][number];
export type SecurityGroupFacts = PlaceFacts['securityGroups'][number];
export type GroupRuleFacts = SecurityGroupFacts['rules'][number];
export type InterfaceFacts = PlaceFacts['interfaces'][number];
export type InstanceFacts = PlaceFacts['instances'][number];
export type PeeringFacts = PlaceFacts['peerings'][number];
