import { createHash } from 'node:crypto';
import type { VirtualClock } from '../clock.ts';
import type { SeededRandom } from '../random.ts';
import type { Call } from '../types.ts';
import { AWS_OWNER, awsPrefixLists } from './aws-prefix-lists.ts';
import { KINDS, notFound, requireId, type Kind } from './errors.ts';
import { defaultNetworkAcl, defaultSecurityGroup } from './defaults.ts';
import { IndexedMap } from './indexed-map.ts';
import type { Ec2Options, Ec2Quotas } from './options.ts';
import type {
  EncryptionControl,
  InternetGatewayRecord,
  NetworkAclRecord,
  NetworkInterfaceRecord,
  Owned,
  PeeringRecord,
  PrefixListRecord,
  RouteTableRecord,
  SecurityGroupRecord,
  SubnetRecord,
  VpcRecord,
  VpnGatewayRecord,
} from './records.ts';
import { TagStore } from './tag-store.ts';

/** An account in a region: where a resource lives. */
interface Place {
  readonly ownerId: string;
  readonly region: string;
}

const placeKey = ({ ownerId, region }: Place): string => `${ownerId} ${region}`;

export const placeOf = ({ caller, region }: Call): Place => ({ ownerId: caller.accountId, region });

const inVpc = (item: Owned & { readonly vpc: VpcRecord }): string[] => [placeKey(item), item.vpc.id];

/** All resources of all accounts and regions, and what every action needs besides. */
export class Ec2Store {
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  options: Ec2Options;
  readonly vpcs = new IndexedMap<VpcRecord>((vpc) => [placeKey(vpc)]);
  readonly subnets = new IndexedMap<SubnetRecord>(inVpc);
  readonly routeTables = new IndexedMap<RouteTableRecord>(inVpc);
  readonly networkInterfaces = new IndexedMap<NetworkInterfaceRecord>(inVpc);
  readonly internetGateways = new IndexedMap<InternetGatewayRecord>((gateway) => [placeKey(gateway)]);
  readonly peerings = new IndexedMap<PeeringRecord>(({ requester, accepter }) => [
    placeKey(requester),
    placeKey(accepter),
    requester.vpcId,
    accepter.vpcId,
  ]);
  /** The default ones are here only once somebody asked for them: {@link securityGroupsOf}. */
  readonly securityGroups = new IndexedMap<SecurityGroupRecord>(inVpc);
  /** The default ones are here only once somebody asked for them: {@link networkAclsOf}. */
  readonly networkAcls = new IndexedMap<NetworkAclRecord>(inVpc);
  /** Those of AWS are here only once somebody asked for them: {@link prefixListsAt}. */
  readonly prefixLists = new IndexedMap<PrefixListRecord>((list) => [placeKey(list)]);
  readonly vpnGateways = new IndexedMap<VpnGatewayRecord>((gateway) => [placeKey(gateway)]);
  /** By the ids of their VPCs. */
  readonly encryptionControls = new Map<string, EncryptionControl>();
  readonly tags = new TagStore();
  /** Ids of VPCs with a subnet that is shared with an account, by that account. */
  readonly sharedVpcs = new Map<string, Set<string>>();
  readonly #quotas = new Map<string, Partial<Ec2Quotas>>();
  readonly #withDefaultGroup = new WeakSet<VpcRecord>();
  readonly #withDefaultAcl = new WeakSet<VpcRecord>();
  #order = 0;

  constructor(clock: VirtualClock, random: SeededRandom, options: Ec2Options) {
    this.clock = clock;
    this.random = random;
    this.options = options;
  }

  now(): number {
    return this.clock.now();
  }

  nextOrder(): number {
    return ++this.#order;
  }

  /** A new id in the long form, which begins with a zero. */
  newId(kind: Kind): string {
    return `${KINDS[kind].prefix}-0${this.random.hex(16)}`;
  }

  /**
   * The id of something that comes by itself, made from what it comes with: so it can be made up when somebody asks
   * for it, and costs nothing before.
   */
  derivedId(kind: Kind, origin: string): string {
    const digest = createHash('sha256').update(`${kind} ${origin}`).digest('hex');
    return `${KINDS[kind].prefix}-0${digest.slice(0, 16)}`;
  }

  /** What every new resource of the caller carries. */
  newOwned(kind: Kind, call: Call): Owned {
    return { id: this.newId(kind), order: this.nextOrder(), ...placeOf(call) };
  }

  quotas(ownerId: string, region: string): Ec2Quotas {
    const own = this.#quotas.get(placeKey({ ownerId, region }));
    return own === undefined ? this.options : { ...this.options, ...own };
  }

  setQuotas(ownerId: string, region: string, quotas: Partial<Ec2Quotas>): void {
    const key = placeKey({ ownerId, region });
    this.#quotas.set(key, { ...this.#quotas.get(key), ...quotas });
  }

  vpc(call: Call, id: string | undefined): VpcRecord {
    return find('vpc', this.vpcs, call, id);
  }

  subnet(call: Call, id: string | undefined): SubnetRecord {
    return find('subnet', this.subnets, call, id);
  }

  routeTable(call: Call, id: string | undefined): RouteTableRecord {
    return find('routeTable', this.routeTables, call, id);
  }

  internetGateway(call: Call, id: string | undefined): InternetGatewayRecord {
    return find('internetGateway', this.internetGateways, call, id);
  }

  networkInterface(call: Call, id: string | undefined): NetworkInterfaceRecord {
    return find('networkInterface', this.networkInterfaces, call, id);
  }

  /** Of the caller's security groups, the default ones included. */
  securityGroup(call: Call, id: string | undefined): SecurityGroupRecord {
    this.securityGroupsOf(placeOf(call));
    return find('securityGroup', this.securityGroups, call, id);
  }

  /** Every security group of an account in a region; the default group of each VPC comes to be here. */
  securityGroupsOf(place: Place): SecurityGroupRecord[] {
    for (const vpc of this.vpcs.with(placeKey(place))) {
      if (this.#withDefaultGroup.has(vpc)) continue;
      this.#withDefaultGroup.add(vpc);
      this.securityGroups.add(defaultSecurityGroup(this, vpc));
    }
    return this.securityGroups.with(placeKey(place));
  }

  networkAcl(call: Call, id: string | undefined): NetworkAclRecord {
    this.networkAclsOf(placeOf(call));
    return find('networkAcl', this.networkAcls, call, id);
  }

  /** Every network ACL of an account in a region; the default one of each VPC comes to be here. */
  networkAclsOf(place: Place): NetworkAclRecord[] {
    for (const vpc of this.vpcs.with(placeKey(place))) {
      if (this.#withDefaultAcl.has(vpc)) continue;
      this.#withDefaultAcl.add(vpc);
      this.networkAcls.add(defaultNetworkAcl(this, vpc));
    }
    return this.networkAcls.with(placeKey(place));
  }

  vpnGateway(call: Call, id: string | undefined): VpnGatewayRecord {
    return find('vpnGateway', this.vpnGateways, call, id);
  }

  /** The managed prefix lists that the caller sees: AWS's of the region, which come to be here, and his own. */
  prefixListsAt(call: Call): PrefixListRecord[] {
    const ofAws = { ownerId: AWS_OWNER, region: call.region };
    if (this.prefixLists.count(placeKey(ofAws)) === 0) {
      for (const list of awsPrefixLists(() => this.nextOrder(), call.region)) this.prefixLists.add(list);
    }
    return [...this.prefixLists.with(placeKey(ofAws)), ...itemsAt(this.prefixLists, call)];
  }

  /** The caller's default VPC, if there is one. */
  defaultVpc(call: Call): VpcRecord | undefined {
    return itemsAt(this.vpcs, call).find(({ isDefault }) => isDefault);
  }

  tablesOf(vpc: VpcRecord): RouteTableRecord[] {
    return this.routeTables.with(vpc.id);
  }

  /** Those that the caller owns, and those of others that are shared with it. */
  visibleTables(call: Call): RouteTableRecord[] {
    const shared = [...(this.sharedVpcs.get(call.caller.accountId) ?? [])]
      .flatMap((vpcId) => this.routeTables.with(vpcId))
      .filter(({ region }) => region === call.region);
    return [...itemsAt(this.routeTables, call), ...shared];
  }

  subnetsOf(vpc: VpcRecord): SubnetRecord[] {
    return this.subnets.with(vpc.id);
  }

  /** The gateway that is attached to the VPC, if any. */
  gatewayOf(vpc: VpcRecord): InternetGatewayRecord | undefined {
    return this.internetGateways.with(placeKey(vpc)).find((gateway) => gateway.vpc === vpc);
  }

  /** The virtual private gateway that is attached to the VPC, if any. */
  vpnGatewayOf(vpc: VpcRecord): VpnGatewayRecord | undefined {
    return this.vpnGateways.with(placeKey(vpc)).find((gateway) => gateway.vpc === vpc);
  }

  peeringsOf(vpc: VpcRecord): PeeringRecord[] {
    return this.peerings
      .with(vpc.id)
      .filter(({ requester, accepter }) => requester.vpc === vpc || accepter.vpc === vpc);
  }
}

/** The resources of one kind in the account and the region of the call, in the order of their creation. */
export const itemsAt = <Item extends { readonly id: string }>(all: IndexedMap<Item>, call: Call): Item[] =>
  all.with(placeKey(placeOf(call)));

/** How many {@link itemsAt} there are. */
export const countAt = <Item extends { readonly id: string }>(all: IndexedMap<Item>, call: Call): number =>
  all.count(placeKey(placeOf(call)));

/** Whether a resource lives in the account and the region of the call: nobody else sees it. */
export const isAt = (place: Place, call: Call): boolean =>
  place.ownerId === call.caller.accountId && place.region === call.region;

/** The resource with this id, if the caller sees it; else EC2's refusal of the id. */
export function find<Found extends Owned>(
  kind: Kind,
  all: IndexedMap<Found>,
  call: Call,
  id: string | undefined,
): Found {
  const wellFormed = requireId(kind, id);
  const found = all.get(wellFormed);
  if (found === undefined || !isAt(found, call)) throw notFound(kind, wellFormed);
  return found;
}
