import ipaddr from 'ipaddr.js';

/**
 * A CIDR as first and last address on one line of numbers, IPv6 beyond all of IPv4. For the engine that has no CIDRs
 * of its own; apart from autopeer's code, so that a fault there cannot hide.
 */
export interface AddressRange {
  readonly first: bigint;
  readonly last: bigint;
}

const IPV6_START = 1n << 32n;

export function rangeOf(cidr: string): AddressRange {
  const [address, bits] = ipaddr.parseCIDR(cidr);
  const bytes = address.toByteArray();
  const number = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  const first = bytes.length === 16 ? IPV6_START + number : number;
  return { first, last: first + (1n << BigInt(bytes.length * 8 - bits)) - 1n };
}

export const isWithin = (inner: AddressRange, outer: AddressRange): boolean =>
  outer.first <= inner.first && inner.last <= outer.last;

export const overlaps = (one: AddressRange, other: AddressRange): boolean =>
  one.first <= other.last && other.first <= one.last;
