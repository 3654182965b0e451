import ipaddr from 'ipaddr.js';
import { type Cidr, familyOf } from '../cidr.ts';

/** A CIDR taken apart once, for many comparisons. */
export interface Block {
  readonly family: 'ipv4' | 'ipv6';
  /** Four or sixteen bytes. */
  readonly bytes: readonly number[];
  /** The prefix's length. */
  readonly bits: number;
}

interface Branch<Value> {
  readonly bytes: readonly number[];
  readonly bits: number;
  readonly values: Value[];
  zero: Branch<Value> | undefined;
  one: Branch<Value> | undefined;
}

const DIGIT_ZERO = 48;

export function blockOf(cidr: Cidr): Block {
  const family = familyOf(cidr);
  if (family === 'ipv6') {
    const [address, bits] = ipaddr.parseCIDR(cidr);
    return { family, bytes: address.toByteArray(), bits };
  }
  // By hand, for it runs on every decision. A `Cidr` is canonical: digits, three dots and a slash, all that is
  // not a digit sorts before the digits.
  const bytes: number[] = [];
  let number = 0;
  for (let index = 0; index < cidr.length; index += 1) {
    const code = cidr.charCodeAt(index);
    if (code >= DIGIT_ZERO) {
      number = number * 10 + code - DIGIT_ZERO;
    } else {
      bytes.push(number);
      number = 0;
    }
  }
  return { family, bytes, bits: number };
}

/**
 * A path-compressed prefix tree: finds the blocks around an address range in as many steps as there are nested
 * blocks, however many blocks it holds.
 *
 * @example
 * ```ts
 * const tree = new CidrTree<string>();
 * tree.add(blockOf(tenSlashEight), 'corporate');
 * tree.containing(blockOf(vpcCidr)); // ['corporate']
 * ```
 */
export class CidrTree<Value> {
  readonly #roots = { ipv4: branch<Value>([0, 0, 0, 0], 0), ipv6: branch<Value>(Array(16).fill(0), 0) };

  add(block: Block, value: Value): void {
    let at = this.#roots[block.family];
    // `at` is always a prefix of the block, and each round goes down or ends: at most one round a bit.
    while (at.bits < block.bits) {
      const side = bitAt(block.bytes, at.bits);
      const child = at[side];
      if (child === undefined) {
        at[side] = branch<Value>(block.bytes, block.bits);
        at = at[side];
        continue;
      }
      const shared = sharedBits(child.bytes, block.bytes, Math.min(child.bits, block.bits));
      if (shared === child.bits) {
        at = child;
        continue;
      }
      const fork = branch<Value>(block.bytes, shared);
      fork[bitAt(child.bytes, shared)] = child;
      at[side] = fork;
      at = fork;
    }
    at.values.push(value);
  }

  /** The values of every block that contains this one wholly; the widest block's first. */
  containing(block: Block, found: Value[] = []): readonly Value[] {
    this.#collectPrefixes(block, found);
    return found;
  }

  /** The values of every block that shares at least one address with this one. */
  overlapping(block: Block, found: Value[] = []): readonly Value[] {
    const within = this.#collectPrefixes(block, found);
    const rest = within === undefined ? [] : [within];
    for (let at = rest.pop(); at !== undefined; at = rest.pop()) {
      // The block's own branch has been collected as its own prefix.
      if (at.bits !== block.bits) addAll(found, at.values);
      if (at.one !== undefined) rest.push(at.one);
      if (at.zero !== undefined) rest.push(at.zero);
    }
    return found;
  }

  /** Collects from the block and all its prefixes. Returns the topmost branch that lies within the block. */
  #collectPrefixes(block: Block, found: Value[]): Branch<Value> | undefined {
    let at: Branch<Value> = this.#roots[block.family];
    for (;;) {
      addAll(found, at.values);
      if (at.bits === block.bits) return at;
      const next: Branch<Value> | undefined = at[bitAt(block.bytes, at.bits)];
      if (next === undefined) return undefined;
      const shared = sharedBits(next.bytes, block.bytes, Math.min(next.bits, block.bits));
      if (shared < next.bits) return shared === block.bits ? next : undefined;
      at = next;
    }
  }
}

function addAll<Value>(to: Value[], values: readonly Value[]): void {
  for (const value of values) to.push(value);
}

/** Whether all of `inner` lies in `outer`. */
export const blockContains = (outer: Block, inner: Block): boolean =>
  outer.family === inner.family &&
  outer.bits <= inner.bits &&
  sharedBits(outer.bytes, inner.bytes, outer.bits) === outer.bits;

const branch = <Value>(bytes: readonly number[], bits: number): Branch<Value> => ({
  bytes,
  bits,
  values: [],
  zero: undefined,
  one: undefined,
});

const byteAt = (bytes: readonly number[], index: number): number => bytes[index] ?? 0;

const bitAt = (bytes: readonly number[], bit: number): 'zero' | 'one' =>
  ((byteAt(bytes, bit >> 3) >> (7 - (bit & 7))) & 1) === 1 ? 'one' : 'zero';

/** How many leading bits two addresses share, at most `limit`. */
function sharedBits(one: readonly number[], other: readonly number[], limit: number): number {
  for (let index = 0; index * 8 < limit; index += 1) {
    const difference = byteAt(one, index) ^ byteAt(other, index);
    // `clz32` counts 24 bits too many: the difference is a byte.
    if (difference !== 0) return Math.min(limit, index * 8 + Math.clz32(difference) - 24);
  }
  return limit;
}
