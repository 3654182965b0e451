import type { Cidr } from '../../facts/cidr.ts';
import { type Block, blockContains, BlockIndex, blockOf } from '../decision/blocks.ts';

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

/** Up to this many blocks, comparing each is faster than an index. */
const COMPARED_BLOCKS_MAX = 4;

/** The CIDRs that a selector lists. */
export class CidrSet {
  readonly cidrs: readonly Cidr[];
  readonly #blocks: readonly Block[];
  readonly #index: BlockIndex | undefined;

  constructor(cidrs: readonly Cidr[]) {
    this.cidrs = cidrs;
    this.#blocks = cidrs.map(blockOf);
    if (cidrs.length > COMPARED_BLOCKS_MAX) {
      this.#index = new BlockIndex(this.#blocks.map((block, place) => [block, place]));
    }
  }

  /** Whether one of the listed blocks holds all of this one. Two that hold a half each do not count. */
  covers(block: Block): boolean {
    if (this.#index !== undefined) return this.#index.containing(block).length > 0;
    return this.#blocks.some((listed) => blockContains(listed, block));
  }

  /** Whether one of the listed blocks shares an address with this one. */
  touches(block: Block): boolean {
    if (this.#index !== undefined) return this.#index.overlapping(block).length > 0;
    return this.#blocks.some((listed) => blockContains(listed, block) || blockContains(block, listed));
  }
}
