import type { Cidr } from '../../shared/domain/facts/cidr.ts';
import { bySpan, spanOf, type Span } from './space.ts';

/** Two places of a list whose blocks overlap. */
export interface Overlap {
  readonly one: number;
  readonly other: number;
  readonly oneBlock: Cidr;
  readonly otherBlock: Cidr;
  /** The largest block of the list that both of these lie in. */
  readonly root: Cidr;
}

interface Entry {
  readonly place: number;
  readonly block: Cidr;
  readonly span: Span;
}

/**
 * Visits every two places of a list that have blocks which overlap, once, the smaller place first.
 *
 * CIDRs are nested or apart, never half. In the order of their first addresses a block stands right before all that lie within it,
 * so that only pairs which overlap are ever looked at.
 *
 * @param blocksOf of each place: the CIDRs of a VPC, say
 * @returns how many blocks were looked at: the blocks themselves, and twice for each two that overlap
 */
export function eachOverlap(
  blocksOf: readonly (readonly Cidr[])[],
  visit: (overlap: Overlap) => void,
): number {
  const entries = blocksOf
    .flatMap((blocks, place): readonly Entry[] =>
      blocks.map((block) => ({ place, block, span: spanOf(block) })),
    )
    .toSorted((one, other) => bySpan(one.span, other.span));
  const { parents, ends } = nest(entries);
  const entriesOf: number[][] = blocksOf.map(() => []);
  entries.forEach(({ place }, index) => entriesOf[place]?.push(index));
  const seenBy = new Int32Array(blocksOf.length).fill(-1);
  let steps = entries.length;
  const meet = (own: Entry, at: number, root: Cidr): void => {
    steps += 1;
    const other = entries[at];
    if (other === undefined || other.place <= own.place || seenBy[other.place] === own.place) return;
    seenBy[other.place] = own.place;
    visit({ one: own.place, other: other.place, oneBlock: own.block, otherBlock: other.block, root });
  };
  for (const indices of entriesOf) {
    for (const index of indices) {
      const own = entries[index];
      if (own === undefined) continue;
      const root = entries[rootOf(index, parents)]?.block ?? own.block;
      for (let up = parents[index] ?? -1; up >= 0; up = parents[up] ?? -1) meet(own, up, root);
      for (let at = index + 1; at < (ends[index] ?? 0); at += 1) meet(own, at, root);
    }
  }
  return steps;
}

/** Of each entry the one that it lies in, -1 where there is none, and where those end that lie in it. */
function nest(entries: readonly Entry[]): { readonly parents: Int32Array; readonly ends: Int32Array } {
  const parents = new Int32Array(entries.length).fill(-1);
  const ends = new Int32Array(entries.length).fill(entries.length);
  const open: number[] = [];
  entries.forEach(({ span }, index) => {
    for (let top = open.at(-1); top !== undefined && !isWithin(span, entries[top]?.span); top = open.at(-1)) {
      ends[top] = index;
      open.pop();
    }
    parents[index] = open.at(-1) ?? -1;
    open.push(index);
  });
  return { parents, ends };
}

const isWithin = (inner: Span, outer: Span | undefined): boolean =>
  outer !== undefined && inner.family === outer.family && inner.last <= outer.last;

function rootOf(index: number, parents: Int32Array): number {
  let root = index;
  for (let up = parents[root] ?? -1; up >= 0; up = parents[root] ?? -1) root = up;
  return root;
}
