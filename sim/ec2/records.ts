import type { Cidr, familyOf } from '../../shared/domain/facts/cidr.ts';
import type { Role } from '../../shared/domain/facts/peering.ts';

/** A resource of one account in one region. */
export interface Owned {
  readonly id: string;
  /** Rises with every resource: lists are in the order of creation, and a page's token is such a number. */
  readonly order: number;
  readonly ownerId: string;
  readonly region: string;
}

export interface CidrAssociation {
  readonly id: string;
  readonly cidr: Cidr;
  /** From this instant on it is `associated`, before that `associating`. */
  readonly associatedAt: number;
}

export interface VpcRecord extends Owned {
  /** IPv4; the first is the primary one. */
  readonly cidrs: CidrAssociation[];
  readonly ipv6Cidrs: CidrAssociation[];
  readonly dhcpOptionsId: string;
  readonly tenancy: string;
  readonly isDefault: boolean;
  dnsSupport: boolean;
  dnsHostnames: boolean;
}

/** A VPC's encryption control, as far as it matters to peerings. */
export interface EncryptionControl {
  readonly mode: 'monitor' | 'enforce';
  readonly peeringExclusion: 'enabled' | 'disabled';
}

export interface SubnetRecord extends Owned {
  readonly vpc: VpcRecord;
  readonly cidr: Cidr | undefined;
  ipv6Cidr: CidrAssociation | undefined;
  readonly availabilityZone: string;
  readonly isDefaultForAz: boolean;
  mapPublicIpOnLaunch: boolean;
  assignIpv6AddressOnCreation: boolean;
  enableDns64: boolean;
  /** Absent while the subnet has the VPC's default ACL, which it has from the beginning. */
  networkAcl: { readonly associationId: string; readonly aclId: string } | undefined;
}

/** Targets that are taken on trust: what they are is outside the model. */
export type TrustedTargetKind =
  | 'carrier-gateway'
  | 'core-network'
  | 'egress-only-gateway'
  | 'instance'
  | 'local-gateway'
  | 'nat-gateway'
  | 'network-interface'
  | 'odb-network'
  | 'transit-gateway'
  | 'vpc-endpoint';

/** The id of a core network or of an ODB network is its ARN. */
export type RouteTarget =
  | { readonly kind: 'peering' | 'internet-gateway' | 'vpn-gateway'; readonly id: string }
  | { readonly kind: TrustedTargetKind; readonly id: string };

export type RouteDestination =
  | { readonly kind: 'ipv4' | 'ipv6'; readonly cidr: Cidr }
  | { readonly kind: 'prefix-list'; readonly id: string };

export interface RouteRecord {
  readonly destination: RouteDestination;
  readonly target: RouteTarget;
  /** From this instant on DescribeRouteTables shows it. */
  readonly visibleAt: number;
  filtered: boolean;
}

export interface RouteTableAssociation {
  readonly id: string;
  /** Absent on the association that makes a table the VPC's main one. */
  readonly subnetId: string | undefined;
}

export interface GatewayAssociation {
  readonly id: string;
  readonly gatewayId: string;
}

export interface RouteTableRecord extends Owned {
  readonly vpc: VpcRecord;
  readonly associations: RouteTableAssociation[];
  /** The gateways whose incoming traffic it routes. */
  readonly gateways: GatewayAssociation[];
  /** The routes that somebody wrote. Local ones follow from the VPC, propagated ones from `propagating`. */
  readonly routes: RouteRecord[];
  /** Ids of the virtual private gateways that propagate their routes to it, in the order of enabling. */
  readonly propagating: string[];
}

export interface PrefixListEntryRecord {
  readonly cidr: Cidr;
  readonly description: string | undefined;
}

/** Instants, not a state: the state follows from them and the time of asking (`prefix-list-state.ts`). */
export interface PrefixListRecord extends Owned {
  readonly family: ReturnType<typeof familyOf>;
  name: string;
  /** What it takes of the quota of routes, however many entries it has. For a list of AWS's own, its weight. */
  maxEntries: number;
  /** The versions in their order, the first one being 1, and from when on each is in force. */
  readonly versions: { readonly entries: readonly PrefixListEntryRecord[]; readonly since: number }[];
  /** The latest change, when it ends, and why it fails if it does. */
  change: {
    readonly kind: 'create' | 'modify' | 'restore' | 'delete';
    readonly endsAt: number;
    readonly failure: string | undefined;
  };
}

export interface VpnGatewayRecord extends Owned {
  readonly amazonSideAsn: number;
  readonly availabilityZone: string | undefined;
  vpc: VpcRecord | undefined;
  /** What it knows the way to, and propagates to the route tables that let it. */
  learnt: readonly Cidr[];
}

/** What a security group's rule lets in or out to. */
export type RulePeer =
  | { readonly kind: 'ipv4' | 'ipv6'; readonly cidr: Cidr }
  | { readonly kind: 'prefix-list'; readonly id: string }
  /** The group may be gone by now, and so may the peering through which it was found. */
  | {
      readonly kind: 'group';
      readonly groupId: string;
      readonly ownerId: string;
      readonly vpcId: string;
      /** Absent where the group is of the same VPC. */
      readonly peeringId: string | undefined;
    };

/** Protocol and ports of a rule, in EC2's own form: `tcp`, `udp`, `icmp`, `icmpv6`, a number, or `-1` for all. */
export interface RuleTraffic {
  readonly protocol: string;
  /** Ports, or type and code of ICMP; absent where the protocol has none. */
  readonly fromPort: number | undefined;
  readonly toPort: number | undefined;
}

export interface SecurityGroupRuleRecord {
  readonly id: string;
  readonly isEgress: boolean;
  traffic: RuleTraffic;
  peer: RulePeer;
  description: string | undefined;
}

export interface SecurityGroupRecord extends Owned {
  readonly vpc: VpcRecord;
  readonly name: string;
  readonly description: string;
  readonly rules: SecurityGroupRuleRecord[];
}

export interface NetworkAclEntryRecord {
  readonly ruleNumber: number;
  readonly isEgress: boolean;
  /** A protocol's number, or `-1` for all. */
  readonly protocol: string;
  readonly action: 'allow' | 'deny';
  readonly cidr: Cidr;
  readonly ports: { readonly from: number; readonly to: number } | undefined;
  readonly icmp: { readonly type: number; readonly code: number } | undefined;
}

export interface NetworkAclRecord extends Owned {
  readonly vpc: VpcRecord;
  readonly isDefault: boolean;
  /** By direction and number, in the order of evaluation; the last one, which denies all, is not among them. */
  readonly entries: NetworkAclEntryRecord[];
}

export interface NetworkInterfaceRecord extends Owned {
  readonly vpc: VpcRecord;
  readonly subnet: SubnetRecord;
  description: string;
  /** Absent in a subnet that is IPv6 only. */
  readonly ipv4: string | undefined;
  readonly ipv6: readonly string[];
  groupIds: readonly string[];
  sourceDestCheck: boolean;
}

export interface InternetGatewayRecord extends Owned {
  vpc: VpcRecord | undefined;
}

export interface PeeringSideRecord {
  readonly ownerId: string;
  readonly region: string;
  readonly vpcId: string;
  /** Absent where the request names a VPC that does not exist there; kept after the VPC's deletion. */
  readonly vpc: VpcRecord | undefined;
  dnsFromRemote: boolean;
}

/** Instants, not a state: the state follows from them and the time of asking (`peering-state.ts`). */
export interface PeeringRecord extends Readonly<Record<Role, PeeringSideRecord>> {
  readonly id: string;
  readonly order: number;
  readonly createdAt: number;
  readonly pendingAt: number;
  readonly expiresAt: number;
  failedAt: number | undefined;
  rejectedAt: number | undefined;
  accepted: { readonly at: number; readonly activeAt: number } | undefined;
  deletion: { readonly at: number; readonly deletedAt: number; readonly by: string } | undefined;
}
