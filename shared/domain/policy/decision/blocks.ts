import { type Cidr, familyOf } from '../../facts/cidr.ts';

/** A CIDR taken apart once, for many comparisons. */
export interface Block {
  readonly family: 'ipv4' | 'ipv6';
  /** The address in groups of 16 bits: two, or eight. */
  readonly groups: readonly number[];
  /** The prefix's length. */
  readonly bits: number;
}

const GROUP_BITS = 16;
const GROUPS = { ipv4: 2, ipv6: 8 } as const;
const BYTE_VALUES = 256;
const DIGIT_ZERO = 48;

/** By hand, for it runs on every decision; that is safe because a `Cidr` is in its one canonical form. */
export function blockOf(cidr: Cidr): Block {
  const family = familyOf(cidr);
  return family === 'ipv4' ? ipv4Block(cidr) : ipv6Block(cidr);
}

/** Digits, three dots and a slash: all that is not a digit sorts before the digits. */
function ipv4Block(cidr: Cidr): Block {
  const groups: number[] = [];
  let high: number | undefined;
  let number = 0;
  for (let index = 0; index < cidr.length; index += 1) {
    const code = cidr.charCodeAt(index);
    if (code >= DIGIT_ZERO) {
      number = number * 10 + code - DIGIT_ZERO;
      continue;
    }
    if (high === undefined) high = number;
    else {
      groups.push(high * BYTE_VALUES + number);
      high = undefined;
    }
    number = 0;
  }
  return { family: 'ipv4', groups, bits: number };
}

/** Hexadecimal groups with at most one `::`, which stands for all groups that are not written. */
function ipv6Block(cidr: Cidr): Block {
  const slash = cidr.indexOf('/');
  const gap = cidr.indexOf('::');
  const before = hexGroups(cidr.slice(0, gap === -1 ? slash : gap));
  const after = gap === -1 ? [] : hexGroups(cidr.slice(gap + 2, slash));
  while (before.length + after.length < GROUPS.ipv6) before.push(0);
  return { family: 'ipv6', groups: [...before, ...after], bits: Number(cidr.slice(slash + 1)) };
}

const hexGroups = (text: string): number[] =>
  text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));

/** Whether all of `inner` lies in `outer`. */
export const blockContains = (outer: Block, inner: Block): boolean =>
  outer.family === inner.family &&
  outer.bits <= inner.bits &&
  sharesPrefix(outer.groups, 0, inner.groups, outer.bits);

/** Whether the address that begins at a place of a list has its first bits in common with another address. */
function sharesPrefix(
  list: ArrayLike<number>,
  start: number,
  groups: ArrayLike<number>,
  bits: number,
): boolean {
  for (let index = 0, rest = bits; rest > 0; index += 1, rest -= GROUP_BITS) {
    const difference = (list[start + index] ?? 0) ^ (groups[index] ?? 0);
    if (difference >> Math.max(GROUP_BITS - rest, 0) !== 0) return false;
  }
  return true;
}

/**
 * Finds the blocks around an address range, or within it, in a few steps, however many blocks there are. Each block
 * stands for a number.
 *
 * @example
 * ```ts
 * const index = new BlockIndex([[blockOf(tenSlashEight), 7]]);
 * index.containing(blockOf(vpcCidr)); // [7]
 * ```
 */
export class BlockIndex {
  readonly #families: { readonly ipv4: SortedBlocks; readonly ipv6: SortedBlocks };

  constructor(blocks: readonly BlockEntry[]) {
    const sorted = (wanted: Block['family']): SortedBlocks =>
      new SortedBlocks(
        GROUPS[wanted],
        blocks.filter(([{ family }]) => family === wanted),
      );
    this.#families = { ipv4: sorted('ipv4'), ipv6: sorted('ipv6') };
  }

  /** The numbers of every block that contains this one wholly, after those that were found before. */
  containing(block: Block, found: number[] = []): number[] {
    const blocks = this.#families[block.family];
    blocks.collectAround(blocks.lastUpTo(block), block, found);
    return found;
  }

  /** The numbers of every block that shares at least one address with this one, after those found before. */
  overlapping(block: Block, found: number[] = []): number[] {
    const blocks = this.#families[block.family];
    const place = blocks.lastUpTo(block);
    blocks.collectAround(place, block, found);
    blocks.collectWithin(place + 1, block, found);
    return found;
  }
}

export type BlockEntry = readonly [block: Block, number: number];

const NONE = -1;

/**
 * Blocks by address, and of the same address the wider one first, so that each block comes before those within it.
 * In flat arrays, for with thousands of blocks it is memory that a search waits for.
 */
class SortedBlocks {
  readonly #size: number;
  readonly #groups: Uint16Array;
  readonly #bits: Uint8Array;
  readonly #numbers: Uint32Array;
  /** The place of the smallest block around each. Blocks nest or are apart: around that one are all others. */
  readonly #parents: Int32Array;

  constructor(size: number, entries: readonly BlockEntry[]) {
    const sorted = entries.toSorted(([one], [other]) => compareBlocks(one, other));
    this.#size = size;
    this.#groups = Uint16Array.from(sorted.flatMap(([{ groups }]) => groups));
    this.#bits = Uint8Array.from(sorted, ([{ bits }]) => bits);
    this.#numbers = Uint32Array.from(sorted, ([, number]) => number);
    this.#parents = new Int32Array(sorted.length);
    for (const [place, [block]] of sorted.entries()) {
      this.#parents[place] = this.#nearestAround(place - 1, block);
    }
  }

  /** The last place whose block comes no later than this one; -1 where all come later. */
  lastUpTo(block: Block): number {
    let low = 0;
    let high = this.#bits.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#isLater(middle, block)) high = middle;
      else low = middle + 1;
    }
    return low - 1;
  }

  /** @param place {@link lastUpTo} the block: it is around the block, or in the smallest one that is */
  collectAround(place: number, block: Block, found: number[]): void {
    let at = this.#nearestAround(place, block);
    for (; at !== NONE; at = this.#parents[at] ?? NONE) found.push(this.#numbers[at] ?? 0);
  }

  collectWithin(place: number, { groups, bits }: Block, found: number[]): void {
    for (let at = place; at < this.#bits.length; at += 1) {
      if (!sharesPrefix(this.#groups, at * this.#size, groups, bits)) return;
      found.push(this.#numbers[at] ?? 0);
    }
  }

  #nearestAround(place: number, { groups, bits }: Block): number {
    let at = place;
    while (at !== NONE) {
      const own = this.#bits[at] ?? 0;
      if (own <= bits && sharesPrefix(this.#groups, at * this.#size, groups, own)) return at;
      at = this.#parents[at] ?? NONE;
    }
    return NONE;
  }

  #isLater(place: number, { groups, bits }: Block): boolean {
    const start = place * this.#size;
    for (let index = 0; index < this.#size; index += 1) {
      const difference = (this.#groups[start + index] ?? 0) - (groups[index] ?? 0);
      if (difference !== 0) return difference > 0;
    }
    return (this.#bits[place] ?? 0) > bits;
  }
}

function compareBlocks(one: Block, other: Block): number {
  for (const [index, group] of one.groups.entries()) {
    const difference = group - (other.groups[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return one.bits - other.bits;
}
