import type { SimulatedEc2 } from '../../sim/ec2/ec2.ts';
import type {
  NetworkAclEntryRecord,
  NetworkInterfaceRecord,
  RouteTableRecord,
  RouteTarget,
  SecurityGroupRuleRecord,
  SubnetRecord,
  VpcRecord,
} from '../../sim/ec2/records.ts';

/**
 * Walks one packet from interface to interface through what is so in the simulated EC2, and the answer back. It is the second
 * implementation that `analysis/reachability` is held against, so it shares no code with it: not even the arithmetic of
 * addresses. It stands on the same pages of AWS:
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
 */

export interface Trip {
  readonly from: NetworkInterfaceRecord;
  readonly to: NetworkInterfaceRecord;
  readonly family: 'ipv4' | 'ipv6';
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  readonly port: number;
  /** The port that the asking host sent from: each of these is tried. */
  readonly replyPorts: readonly number[];
}

type Truth = SimulatedEc2['truth'];

interface Packet {
  readonly family: Trip['family'];
  readonly protocol: Trip['protocol'];
  readonly source: bigint;
  readonly destination: bigint;
  /** The destination port; of ICMP, the type. */
  readonly port: number;
}

interface World {
  readonly truth: Truth;
  readonly now: number;
}

/** `elsewhere`: into a network that is not of this world, a VPN's. */
export type Fate = 'delivered' | 'dropped' | 'elsewhere';

/** Whether the request gets to the other interface, and every answer back. */
export function walk(truth: Truth, now: number, trip: Trip): Fate {
  const world = { truth, now };
  const [source, destination] = [addressOf(trip.from, trip.family), addressOf(trip.to, trip.family)];
  if (source === undefined || destination === undefined) return 'dropped';
  const { family, protocol } = trip;
  const [ask, answer] = family === 'ipv4' ? [8, 0] : [128, 129];
  const isPing = protocol === 'icmp';
  const request = { family, protocol, source, destination, port: isPing ? ask : trip.port };
  const arrival = carry(world, trip.from, request);
  if (arrival === 'elsewhere') return 'elsewhere';
  if (arrival?.at !== trip.to) return 'dropped';
  // Who sent it, or is to get it, can be told only where nobody stands between, and within a region.
  const isTold = arrival.boxes === 0 && trip.from.region === trip.to.region;
  if (!passesGroups(world, trip.from, true, request, isTold ? trip.to : undefined)) return 'dropped';
  if (!passesGroups(world, trip.to, false, request, isTold ? trip.from : undefined)) return 'dropped';
  const fates = (isPing ? [answer] : trip.replyPorts).map((port): Fate => {
    const reply = { family, protocol, source: destination, destination: source, port };
    const back = carry(world, trip.to, reply);
    if (back === 'elsewhere') return 'elsewhere';
    return back?.at === trip.from ? 'delivered' : 'dropped';
  });
  if (fates.includes('dropped')) return 'dropped';
  return fates.includes('elsewhere') ? 'elsewhere' : 'delivered';
}

interface Arrival {
  readonly at: NetworkInterfaceRecord;
  /** How many interfaces passed it on. */
  readonly boxes: number;
}

const HOPS_MAX = 12;

/** Carries a packet from an interface until an interface takes it; `undefined` where it is dropped. */
function carry(
  world: World,
  from: NetworkInterfaceRecord,
  packet: Packet,
): Arrival | 'elsewhere' | undefined {
  let subnet = from.subnet;
  for (let boxes = 0; boxes < HOPS_MAX; boxes += 1) {
    const direct = holder(world, subnet.vpc, packet);
    if (direct?.subnet === subnet) return { at: direct, boxes };
    const target = lookUp(world, tableOf(world, subnet), packet);
    if (target === undefined) return undefined;
    if (target.kind === 'local') return enter(world, subnet, direct, packet, boxes);
    if (target.kind === 'peering') {
      const far = beyond(world, subnet.vpc, target.id);
      const holds = far !== undefined && isIn(blocksOf(world, far), packet);
      return enter(world, subnet, holds ? holder(world, far, packet) : undefined, packet, boxes);
    }
    if (target.kind === 'vpn-gateway') return 'elsewhere';
    if (target.kind !== 'network-interface') return undefined;
    const box = world.truth.networkInterfaces.get(target.id);
    if (box === undefined || !crosses(world, subnet, box.subnet, packet)) return undefined;
    if (has(box, packet)) return { at: box, boxes };
    if (box.sourceDestCheck) return undefined;
    subnet = box.subnet;
  }
  return undefined;
}

function enter(
  world: World,
  subnet: SubnetRecord,
  at: NetworkInterfaceRecord | undefined,
  packet: Packet,
  boxes: number,
): Arrival | undefined {
  return at !== undefined && crosses(world, subnet, at.subnet, packet) ? { at, boxes } : undefined;
}

const has = (box: NetworkInterfaceRecord, { family, destination }: Packet): boolean =>
  [box.ipv4, ...box.ipv6].some(
    (text) =>
      text !== undefined && text.includes(':') === (family === 'ipv6') && toNumber(text) === destination,
  );

const holder = ({ truth }: World, vpc: VpcRecord, packet: Packet): NetworkInterfaceRecord | undefined =>
  truth.networkInterfaces.with(vpc.id).find((each) => has(each, packet));

const addressOf = ({ ipv4, ipv6 }: NetworkInterfaceRecord, family: Trip['family']): bigint | undefined => {
  const text = family === 'ipv4' ? ipv4 : ipv6[0];
  return text === undefined ? undefined : toNumber(text);
};

function beyond({ truth, now }: World, vpc: VpcRecord, peeringId: string): VpcRecord | undefined {
  const peering = truth.peerings.get(peeringId);
  if (peering === undefined || !isOpen(peering, now)) return undefined;
  return peering.requester.vpc === vpc ? peering.accepter.vpc : peering.requester.vpc;
}

type PeeringRecord = NonNullable<ReturnType<Truth['peerings']['get']>>;

const isOpen = ({ accepted, deletion }: PeeringRecord, now: number): boolean =>
  accepted !== undefined && now >= accepted.activeAt && deletion === undefined;

function tableOf({ truth }: World, { id, vpc }: SubnetRecord): RouteTableRecord | undefined {
  const tables = truth.routeTables.with(vpc.id);
  const has = (wanted: string | undefined) => (table: RouteTableRecord) =>
    table.associations.some(({ subnetId }) => subnetId === wanted);
  return tables.find(has(id)) ?? tables.find(has(undefined));
}

type Target = { readonly kind: 'local' } | RouteTarget;

/** The target of the route that takes the packet; `undefined` where none does, and where it is a blackhole. */
function lookUp(world: World, table: RouteTableRecord | undefined, packet: Packet): Target | undefined {
  if (table === undefined) return undefined;
  const found: { length: number; order: number; target: Target }[] = [];
  const offer = (block: string, order: number, target: Target): void => {
    if (matches(block, packet.family, packet.destination))
      found.push({ length: lengthOf(block), order, target });
  };
  for (const block of blocksOf(world, table.vpc)) offer(block, 0, { kind: 'local' });
  for (const { destination, target } of table.routes) {
    if (destination.kind !== 'prefix-list') offer(destination.cidr, 1, target);
    else for (const block of entriesOf(world, destination.id)) offer(block, 2, target);
  }
  const isLocal = found.some(({ order }) => order === 0);
  for (const id of table.propagating) {
    // What a VPN announces never takes anything from the local route, however specific it is.
    if (isLocal) break;
    for (const block of world.truth.vpnGateways.get(id)?.learnt ?? []) {
      offer(block, 3, { kind: 'vpn-gateway', id });
    }
  }
  const [best] = found.toSorted((one, other) => other.length - one.length || one.order - other.order);
  return best?.target;
}

const entriesOf = ({ truth, now }: World, id: string): readonly string[] => {
  const versions = truth.prefixLists.get(id)?.versions.filter(({ since }) => since <= now) ?? [];
  return versions.at(-1)?.entries.map(({ cidr }) => cidr) ?? [];
};

const blocksOf = ({ now }: World, { cidrs, ipv6Cidrs }: VpcRecord): readonly string[] =>
  [...cidrs, ...ipv6Cidrs].filter(({ associatedAt }) => associatedAt <= now).map(({ cidr }) => cidr);

const isIn = (blocks: readonly string[], { family, destination }: Packet): boolean =>
  blocks.some((block) => matches(block, family, destination));

/** The network ACLs of the subnet that it leaves, and of the one that it comes into. */
const crosses = (world: World, from: SubnetRecord, to: SubnetRecord, packet: Packet): boolean =>
  from === to || (passesAcl(world, from, packet, true) && passesAcl(world, to, packet, false));

function passesAcl(
  { truth }: World,
  { vpc, networkAcl }: SubnetRecord,
  packet: Packet,
  isEgress: boolean,
): boolean {
  const acls = truth.networkAcls.with(vpc.id);
  const acl = acls.find(({ id, isDefault }) =>
    networkAcl === undefined ? isDefault : id === networkAcl.aclId,
  );
  const address = isEgress ? packet.destination : packet.source;
  let lowest: NetworkAclEntryRecord | undefined;
  for (const entry of acl?.entries ?? []) {
    const isAbout =
      entry.isEgress === isEgress &&
      matches(entry.cidr, packet.family, address) &&
      aclCovers(entry, packet) &&
      (lowest === undefined || entry.ruleNumber < lowest.ruleNumber);
    if (isAbout) lowest = entry;
  }
  return lowest?.action === 'allow';
}

const ACL_NUMBERS = { tcp: '6', udp: '17' } as const;

function aclCovers({ protocol, ports, icmp }: NetworkAclEntryRecord, packet: Packet): boolean {
  if (protocol === '-1') return true;
  if (packet.protocol === 'icmp') {
    const number = packet.family === 'ipv4' ? '1' : '58';
    return (
      protocol === number && icmp !== undefined && [packet.port, -1].includes(icmp.type) && icmp.code < 1
    );
  }
  return (
    protocol === ACL_NUMBERS[packet.protocol] &&
    ports !== undefined &&
    ports.from <= packet.port &&
    packet.port <= ports.to
  );
}

/** @param peer the interface at the other end; absent where nobody can tell it */
function passesGroups(
  world: World,
  { groupIds }: NetworkInterfaceRecord,
  isEgress: boolean,
  packet: Packet,
  peer: NetworkInterfaceRecord | undefined,
): boolean {
  const rules = groupIds.flatMap((id) => world.truth.securityGroups.get(id)?.rules ?? []);
  return rules.some(
    (rule) =>
      rule.isEgress === isEgress && groupCovers(rule, packet) && isAboutPeer(world, rule, packet, peer),
  );
}

function isAboutPeer(
  world: World,
  { peer, isEgress }: SecurityGroupRuleRecord,
  { family, source, destination }: Packet,
  other: NetworkInterfaceRecord | undefined,
): boolean {
  const address = isEgress ? destination : source;
  switch (peer.kind) {
    case 'ipv4':
    case 'ipv6':
      return matches(peer.cidr, family, address);
    case 'prefix-list':
      return entriesOf(world, peer.id).some((block) => matches(block, family, address));
    case 'group': {
      if (other?.groupIds.includes(peer.groupId) !== true) return false;
      const peering = peer.peeringId === undefined ? undefined : world.truth.peerings.get(peer.peeringId);
      return peer.peeringId === undefined || (peering !== undefined && isOpen(peering, world.now));
    }
  }
}

function groupCovers({ traffic }: SecurityGroupRuleRecord, packet: Packet): boolean {
  const { protocol, fromPort = 0, toPort = 0 } = traffic;
  if (protocol === '-1') return true;
  if (packet.protocol === 'icmp') {
    const name = packet.family === 'ipv4' ? 'icmp' : 'icmpv6';
    return protocol === name && [packet.port, -1].includes(fromPort) && toPort < 1;
  }
  return protocol === packet.protocol && fromPort <= packet.port && packet.port <= toPort;
}

const lengthOf = (block: string): number => Number(block.split('/')[1]);

function matches(block: string, family: Trip['family'], address: bigint): boolean {
  if (block.includes(':') !== (family === 'ipv6')) return false;
  const [network = ''] = block.split('/');
  const shift = BigInt((family === 'ipv6' ? 128 : 32) - lengthOf(block));
  return toNumber(network) >> shift === address >> shift;
}

function toNumber(text: string): bigint {
  if (!text.includes(':')) return text.split('.').reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);
  const [head = '', tail] = text.split('::');
  const groups = (part: string | undefined): readonly string[] =>
    part === undefined || part === '' ? [] : part.split(':');
  const [first, last] = [groups(head), groups(tail)];
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0');
  return [...first, ...zeros, ...last].reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}
