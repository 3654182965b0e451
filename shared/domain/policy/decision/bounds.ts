import type { Cidr } from '../../facts/cidr.ts';
import { compareText } from '../language/canonical.ts';
import { YES } from './conditions.ts';
import type { Judgement } from './judgement.ts';
import type { Judged } from './match.ts';
import { narrowest, type Node, nodeAt } from './nodes.ts';
import type { Ends } from './pair-index.ts';

/**
 * The blocks by which the deciding rule bounds each side: those of the `cidrs` conditions through which the side
 * matched, those of groups included. `undefined` where nothing bounds it, or where another way to match does not.
 * A list may hold the `/0` of one address family beside blocks of the other: it bounds nothing of its family.
 */
export interface Bounds {
  readonly requester: readonly Cidr[] | undefined;
  readonly accepter: readonly Cidr[] | undefined;
}

const UNBOUNDED: Bounds = { requester: undefined, accepter: undefined };

/** @param ways the ways round of a rule that matches; those that do not match are passed over */
export function boundsOf(nodes: readonly Node[], ways: readonly Ends[], judged: Judged): Bounds {
  const mayBound = ways.some(
    ({ requester, accepter }) =>
      nodeAt(nodes, requester).bound !== undefined || nodeAt(nodes, accepter).bound !== undefined,
  );
  if (!mayBound) return UNBOUNDED;
  const { requester, accepter } = judged;
  const matching = ways.filter(
    (way) => requester.judgement.of(way.requester) === YES && accepter.judgement.of(way.accepter) === YES,
  );
  const side = (role: keyof Bounds): readonly Cidr[] | undefined => {
    const finder = new BoundFinder(nodes, judged[role].judgement);
    return union(matching.map((way) => finder.of(way[role])));
  };
  return { requester: side('requester'), accepter: side('accepter') };
}

/** Lives as long as one decision. */
class BoundFinder {
  readonly #nodes: readonly Node[];
  readonly #judgement: Judgement;
  /** Each node once: groups of groups may share parts many times over. */
  readonly #found = new Map<number, readonly Cidr[] | undefined>();

  constructor(nodes: readonly Node[], judgement: Judgement) {
    this.#nodes = nodes;
    this.#judgement = judgement;
  }

  /** Of a node that matches. */
  of(id: number): readonly Cidr[] | undefined {
    const { bound, ownBound, oneOf } = nodeAt(this.#nodes, id);
    if (bound !== 'depends') return bound;
    if (this.#found.has(id)) return this.#found.get(id);
    const parts = (oneOf ?? []).filter((part) => this.#judgement.of(part) === YES);
    const found = narrowest(ownBound, union(parts.map((part) => this.of(part))));
    this.#found.set(id, found);
    return found;
  }
}

/** Of several ways to match: nothing as soon as one of them is not bounded. */
function union(bounds: readonly (readonly Cidr[] | undefined)[]): readonly Cidr[] | undefined {
  if (bounds.length < 2) return bounds[0];
  const all = new Set<Cidr>();
  for (const bound of bounds) {
    if (bound === undefined) return undefined;
    for (const cidr of bound) all.add(cidr);
  }
  return [...all].toSorted(compareText);
}
