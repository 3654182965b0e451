import type { Node } from './nodes.ts';
import { ANYTHING, type Trait, type TraitTable } from './traits.ts';

/** A few traits of which a side has at least one whenever it matches a node, or may match it. */
export interface Cover {
  /** At most {@link TRAITS_MAX}. */
  readonly traits: readonly Trait[];
  /** How many ends of rules ask for the most common of them: the fewer, the fewer are looked at in vain. */
  readonly sharing: number;
}

/** The covers of nodes, by the node's id. */
export interface Covers {
  /** For a side whose facts are all known. */
  readonly seeing: readonly Cover[];
  /** For a side of which tags or CIDRs are unknown: these rest on neither. */
  readonly blind: readonly Cover[];
}

/**
 * A longer list becomes one trait of its own: rules that share a list of a thousand accounts must not stand under
 * each of these one by one.
 */
const TRAITS_MAX = 4;

const NO_CONDITION: Cover = { traits: [ANYTHING], sharing: Infinity };

/** One condition of a node. */
interface Want {
  readonly traits: readonly Trait[];
  readonly canBeUnknown: boolean;
}

/** Finds covers for the nodes of a policy. */
export class CoverFinder {
  readonly #nodes: readonly Node[];
  readonly #wants: readonly (readonly Want[])[];
  readonly #traits: TraitTable;

  constructor(nodes: readonly Node[], traits: TraitTable) {
    this.#nodes = nodes;
    this.#traits = traits;
    this.#wants = nodes.map(({ conditions }) =>
      conditions.map((condition) => ({
        traits: traits.of(condition),
        canBeUnknown: condition.kind === 'tag' || condition.kind === 'cidrs',
      })),
    );
  }

  /** @param ends the nodes at one end of the rules, each as often as rules have it */
  coversOf(ends: readonly number[]): Covers {
    const sharing = this.#sharing(ends);
    return { seeing: this.#rarest(sharing, true), blind: this.#rarest(sharing, false) };
  }

  #sharing(ends: readonly number[]): Float64Array {
    const uses = new Float64Array(this.#nodes.length);
    for (const id of ends) uses[id] = (uses[id] ?? 0) + 1;
    // From the whole to its parts, whose ids are smaller.
    for (const { id, oneOf } of this.#nodes.toReversed()) {
      for (const part of oneOf ?? []) uses[part] = (uses[part] ?? 0) + (uses[id] ?? 0);
    }
    const sharing = new Float64Array(this.#traits.count);
    for (const [id, wants] of this.#wants.entries()) {
      for (const { traits } of wants) {
        for (const trait of traits) sharing[trait] = (sharing[trait] ?? 0) + (uses[id] ?? 0);
      }
    }
    // Every side has it: to look by it is to look at all.
    sharing[ANYTHING] = Infinity;
    return sharing;
  }

  /** Of each node's conditions, the one whose traits are shared least. */
  #rarest(sharing: Float64Array, isSeeing: boolean): readonly Cover[] {
    const covers: Cover[] = [];
    for (const { id, oneOf } of this.#nodes) {
      let best =
        oneOf === undefined ? NO_CONDITION : union(oneOf.map((part) => covers[part] ?? NO_CONDITION));
      for (const { traits, canBeUnknown } of this.#wants[id] ?? []) {
        if (canBeUnknown && !isSeeing) continue;
        const most = traits.reduce((count, trait) => Math.max(count, sharing[trait] ?? 0), 0);
        if (most < best.sharing) best = { traits, sharing: most };
      }
      covers.push(this.#shortened(best));
    }
    return covers;
  }

  #shortened(cover: Cover): Cover {
    const { traits, sharing } = cover;
    return traits.length > TRAITS_MAX ? { traits: [this.#traits.anyOf(traits)], sharing } : cover;
  }
}

const union = (covers: readonly Cover[]): Cover => ({
  traits: [...new Set(covers.flatMap(({ traits }) => traits))],
  sharing: covers.reduce((count, { sharing }) => Math.max(count, sharing), 0),
});
