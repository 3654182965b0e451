import ipaddr from 'ipaddr.js';
import { familyOf, parseCidr, type Cidr } from '../../shared/domain/facts/cidr.ts';

const BITS = { ipv4: 32, ipv6: 128 } as const;
const BITS_A_BYTE = 8n;

/** The addresses of a block as numbers, the first and the last; and how long its prefix is. */
export interface Span {
  readonly family: ReturnType<typeof familyOf>;
  readonly first: bigint;
  readonly last: bigint;
  readonly prefix: number;
}

export function spanOf(cidr: Cidr): Span {
  const family = familyOf(cidr);
  const [address, prefix] = ipaddr.parseCIDR(cidr);
  const first = address.toByteArray().reduce((sum, byte) => (sum << BITS_A_BYTE) | BigInt(byte), 0n);
  return { family, first, last: first + (1n << BigInt(BITS[family] - prefix)) - 1n, prefix };
}

/** By family, then the first address, then the larger block: a block stands before all that lie within it. */
export function bySpan(one: Span, other: Span): number {
  if (one.family !== other.family) return one.family === 'ipv4' ? -1 : 1;
  if (one.first !== other.first) return one.first < other.first ? -1 : 1;
  return one.prefix - other.prefix;
}

/** How many blocks of this prefix a block has. */
export const countWithin = (block: Cidr, prefix: number): bigint =>
  1n << BigInt(prefix - spanOf(block).prefix);

/** How many addresses a block of this prefix has. */
export const addressesOf = (family: Span['family'], prefix: number): bigint =>
  1n << BigInt(BITS[family] - prefix);

/** The blocks of this prefix in a block, from its first address on; at most so many. */
export function* blocksWithin(block: Cidr, prefix: number): Generator<Cidr> {
  const { family, first, last } = spanOf(block);
  const step = addressesOf(family, prefix);
  for (let at = first; at <= last; at += step) yield blockAt(family, at, prefix);
}

/** Both halves of a block that is more than one address. */
export function halvesOf(block: Cidr): readonly [Cidr, Cidr] {
  const { family, first, last, prefix } = spanOf(block);
  const middle = first + (last - first + 1n) / 2n;
  return [blockAt(family, first, prefix + 1), blockAt(family, middle, prefix + 1)];
}

function blockAt(family: Span['family'], first: bigint, prefix: number): Cidr {
  const length = BITS[family] / Number(BITS_A_BYTE);
  const bytes = Array.from({ length }, (_, index) =>
    Number((first >> (BigInt(length - 1 - index) * BITS_A_BYTE)) & 255n),
  );
  const cidr = parseCidr(`${ipaddr.fromByteArray(bytes).toString()}/${prefix}`);
  if (cidr === undefined) throw new Error(`there is no block ${first}/${prefix}`);
  return cidr;
}
