import type { Cidr } from '../cidr.ts';
import { type Block, blockContains, blockOf, CidrTree } from './cidr-tree.ts';

/**
 * What a field of a selector lists. Most list one entry: a set for it would take ten times the memory, and with
 * thousands of rules it is memory that a decision waits for.
 */
export type Values = string | ReadonlySet<string>;

export function valuesOf(list: readonly string[]): Values {
  const [first] = list;
  return first !== undefined && list.length === 1 ? first : new Set(list);
}

export const hasValue = (values: Values, value: string): boolean =>
  typeof values === 'string' ? values === value : values.has(value);

export const listValues = (values: Values): readonly string[] =>
  typeof values === 'string' ? [values] : [...values];

/** Up to this many blocks, comparing each is faster than a tree. */
const COMPARED_BLOCKS_MAX = 4;

/** The CIDRs that a selector lists. */
export class CidrSet {
  readonly cidrs: readonly Cidr[];
  readonly #blocks: readonly Block[];
  readonly #tree: CidrTree<true> | undefined;

  constructor(cidrs: readonly Cidr[]) {
    this.cidrs = cidrs;
    this.#blocks = cidrs.map(blockOf);
    if (cidrs.length > COMPARED_BLOCKS_MAX) {
      this.#tree = new CidrTree<true>();
      for (const block of this.#blocks) this.#tree.add(block, true);
    }
  }

  /** Whether one of the listed blocks holds all of this one. Two that hold a half each do not count. */
  covers(block: Block): boolean {
    if (this.#tree !== undefined) return this.#tree.containing(block).length > 0;
    return this.#blocks.some((listed) => blockContains(listed, block));
  }

  /** Whether one of the listed blocks shares an address with this one. */
  touches(block: Block): boolean {
    if (this.#tree !== undefined) return this.#tree.overlapping(block).length > 0;
    return this.#blocks.some((listed) => blockContains(listed, block) || blockContains(block, listed));
  }
}
