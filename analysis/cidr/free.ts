import { contains, type Cidr } from '../../shared/domain/facts/cidr.ts';
import { blocksWithin, countWithin, halvesOf, spanOf, type Span } from './space.ts';

export interface FreeRange {
  readonly cidr: Cidr;
  /** The largest free block that it lies in. */
  readonly gap: Cidr;
}

export interface Free {
  /** How many ranges of the size are free in all. */
  readonly total: bigint;
  /** The first of them: those in the smallest gaps, so that large ones stay whole. */
  readonly ranges: readonly FreeRange[];
}

/**
 * Ranges of a size that overlap nothing that is taken.
 *
 * @param prefix 20 for a /20; no shorter than that of a block that is looked in
 * @param within blocks to look in
 * @param count how many ranges are wanted
 */
export function freeRanges(
  prefix: number,
  within: readonly Cidr[],
  taken: readonly Cidr[],
  count: number,
): Free {
  const whole = within.filter(
    (block, index) =>
      !within.some((other, at) => at !== index && contains(other, block) && (other !== block || at < index)),
  );
  const spans = taken.map(spanOf);
  const gaps = whole
    .flatMap((block) => [...gapsIn(block, prefix, spans)])
    .toSorted((one, other) => spanOf(other).prefix - spanOf(one).prefix);
  return {
    total: gaps.reduce((sum, gap) => sum + countWithin(gap, prefix), 0n),
    ranges: firstOf(gaps, prefix, count),
  };
}

function firstOf(gaps: readonly Cidr[], prefix: number, count: number): readonly FreeRange[] {
  const ranges: FreeRange[] = [];
  for (const gap of gaps) {
    for (const cidr of blocksWithin(gap, prefix)) {
      if (ranges.length >= count) return ranges;
      ranges.push({ cidr, gap });
    }
  }
  return ranges;
}

/** The largest blocks that are free, in the order of their addresses. */
function* gapsIn(block: Cidr, prefix: number, taken: readonly Span[]): Generator<Cidr> {
  const span = spanOf(block);
  const here = taken.filter((other) => meet(span, other));
  if (here.length === 0) {
    yield block;
    return;
  }
  if (span.prefix >= prefix || here.some((other) => covers(other, span))) return;
  for (const half of halvesOf(block)) yield* gapsIn(half, prefix, here);
}

const meet = (one: Span, other: Span): boolean =>
  one.family === other.family && one.first <= other.last && other.first <= one.last;

const covers = (outer: Span, inner: Span): boolean => outer.first <= inner.first && inner.last <= outer.last;
