import { familyOf, type Cidr } from '../../shared/domain/facts/cidr.ts';
import type { Family, Range } from './blocks.ts';

export const PROTOCOLS = ['tcp', 'udp', 'icmp'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** What is asked about: the request's destination port, where there is one. */
export interface Traffic {
  readonly protocol: Protocol;
  /** All ports where nobody said which. */
  readonly ports: Range;
  /** The ports that the asking host may use: those to which the answer comes back. */
  readonly replyPorts: Range;
}

export const ALL_PORTS: Range = { from: 0, to: 65_535 };

/** A packet in one direction, or all those between two blocks. */
export interface Packet {
  readonly source: Cidr;
  readonly destination: Cidr;
  readonly protocol: Protocol;
  /** Its destination ports; of ICMP, its type. */
  readonly ports: Range;
}

export const familyOfPacket = ({ destination }: Packet): Family => familyOf(destination);

const ICMP_ECHO = { ipv4: { request: 8, reply: 0 }, ipv6: { request: 128, reply: 129 } } as const;

export function requestOf(source: Cidr, destination: Cidr, { protocol, ports }: Traffic): Packet {
  const { request } = ICMP_ECHO[familyOf(destination)];
  return {
    source,
    destination,
    protocol,
    ports: protocol === 'icmp' ? { from: request, to: request } : ports,
  };
}

export function replyOf(request: Packet, { replyPorts }: Traffic): Packet {
  const { source, destination, protocol } = request;
  const { reply } = ICMP_ECHO[familyOf(destination)];
  return {
    source: destination,
    destination: source,
    protocol,
    ports: protocol === 'icmp' ? { from: reply, to: reply } : replyPorts,
  };
}

/** What a rule says about protocol and ports, in EC2's numbers. */
interface RuleTraffic {
  readonly protocol: string;
  readonly fromPort?: number | undefined;
  readonly toPort?: number | undefined;
  readonly icmpType?: number | undefined;
  readonly icmpCode?: number | undefined;
}

/** ICMP of IPv4 and of IPv6 are two protocols. */
export const numberOf = (protocol: Protocol, family: Family): string => {
  if (protocol === 'tcp') return '6';
  if (protocol === 'udp') return '17';
  return family === 'ipv4' ? '1' : '58';
};

/** The ports of the packet that a rule is about; `undefined` where it is about another protocol. -1 stands for all types and codes. */
export function rangeOf(rule: RuleTraffic, packet: Packet): Range | undefined {
  if (rule.protocol === '-1') return ALL_PORTS;
  if (rule.protocol !== numberOf(packet.protocol, familyOfPacket(packet))) return undefined;
  if (packet.protocol !== 'icmp') return { from: rule.fromPort ?? 0, to: rule.toPort ?? ALL_PORTS.to };
  const { icmpType = -1, icmpCode = -1 } = rule;
  if (icmpCode > 0) return undefined;
  return icmpType === -1 ? ALL_PORTS : { from: icmpType, to: icmpType };
}
