/**
 * Who reaches whom by peerings. A peering joins its two VPCs and nobody behind them: A–B and B–C is no way from A to C.
 * Places are indices, so that the page in the browser and the command use the same code.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html#vpc-peering-limitations
 */

export interface Link {
  readonly from: number;
  readonly to: number;
}

/** For each place those that a link joins it with, each once, in ascending order. */
export type Neighbours = readonly (readonly number[])[];

export function neighboursOf(places: number, links: readonly Link[]): Neighbours {
  const sets = Array.from({ length: places }, () => new Set<number>());
  for (const { from, to } of links) {
    if (from === to) continue;
    sets[from]?.add(to);
    sets[to]?.add(from);
  }
  return sets.map((set) => [...set].toSorted((one, other) => one - other));
}

/** What a place seems to reach and does not. */
export interface Seeming {
  readonly place: number;
  /** The neighbours that both have: the B of A–B–C, one at least. */
  readonly via: readonly number[];
}

/** What is two links away and no neighbour, in ascending order. */
export function seemingFrom(place: number, neighbours: Neighbours): readonly Seeming[] {
  const own = neighbours[place] ?? [];
  const direct = new Set(own);
  const vias = new Map<number, number[]>();
  for (const via of own) {
    for (const far of neighbours[via] ?? []) {
      if (far === place || direct.has(far)) continue;
      const known = vias.get(far);
      if (known === undefined) vias.set(far, [via]);
      else known.push(via);
    }
  }
  return [...vias]
    .map(([far, via]) => ({ place: far, via }))
    .toSorted((one, other) => one.place - other.place);
}
