import { contains, familyOf, parseCidr, type Cidr } from '../../shared/domain/facts/cidr.ts';

/** `ipv4` or `ipv6`. */
export type Family = ReturnType<typeof familyOf>;

const HOST_PREFIX = { ipv4: 32, ipv6: 128 } as const;

/** One address as a block; `undefined` for text that is no address. */
export const hostOf = (text: string): Cidr | undefined =>
  text.includes('/') ? undefined : parseCidr(`${text}/${HOST_PREFIX[text.includes(':') ? 'ipv6' : 'ipv4']}`);

export const prefixOf = (block: Cidr): number => Number(block.slice(block.indexOf('/') + 1));

const isHost = (block: Cidr): boolean => prefixOf(block) === HOST_PREFIX[familyOf(block)];

/** As people write it: one address without its prefix. */
export const showBlock = (block: Cidr): string =>
  isHost(block) ? block.slice(0, block.indexOf('/')) : block;

/**
 * The parts of a block that a list of other blocks may treat differently: each of those within it, and the block itself where
 * they leave something of it over. A part stands for its addresses that are in no smaller part.
 *
 * @example
 * partsOf('10.0.0.0/24', ['10.0.0.0/16', '10.0.0.128/25']) // ['10.0.0.128/25', '10.0.0.0/24']
 */
export function partsOf(block: Cidr, cuts: readonly Cidr[]): readonly Cidr[] {
  const inside = [...new Set(cuts)].filter((cut) => cut !== block && contains(block, cut));
  return [...inside, block].filter((part) => !isUsedUp(part, inside));
}

function isUsedUp(part: Cidr, all: readonly Cidr[]): boolean {
  const inside = all.filter((cut) => cut !== part && contains(part, cut));
  const largest = inside.filter((cut) => !inside.some((other) => other !== cut && contains(other, cut)));
  const share = largest.reduce((sum, cut) => sum + 2 ** (prefixOf(part) - prefixOf(cut)), 0);
  return share === 1;
}

/** Ports from and to, both included. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** The parts of a range that a list of other ranges may treat differently, in their order. */
export function rangesOf({ from, to }: Range, cuts: readonly Range[]): readonly Range[] {
  const starts = cuts.flatMap((cut) => [cut.from, cut.to + 1]).filter((start) => start > from && start <= to);
  const sorted = [...new Set([from, ...starts])].toSorted((one, other) => one - other);
  return sorted.map((start, index) => ({ from: start, to: (sorted[index + 1] ?? to + 1) - 1 }));
}

export const showRange = ({ from, to }: Range): string => (from === to ? String(from) : `${from}-${to}`);
