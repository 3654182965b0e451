import type { Cover, Covers } from './covers.ts';
import { ANYTHING, type Trait } from './traits.ts';

/** The two nodes of one way round of a rule. */
export interface Ends {
  readonly requester: number;
  readonly accepter: number;
}

/** A side, as far as the index looks at it. */
export interface Bearer {
  readonly traits: readonly Trait[];
  /** Whether its tags or CIDRs are unknown. */
  readonly isBlind: boolean;
}

/**
 * Finds the pairs of nodes that two sides can match, without a look at the others.
 *
 * Each pair stands under the traits of one of its nodes, the rarer, and with each of them a trait of its other node:
 * only what both sides have can match.
 */
export class PairIndex {
  /** Of all traits, those that the index looks for. */
  readonly traits: ReadonlySet<Trait>;
  /** By whether the requester is blind, then the accepter: an index may not rest on what is unknown. */
  readonly #sights: readonly (readonly Sight[])[];

  constructor(pairs: readonly Ends[], requesters: Covers, accepters: Covers, traitCount: number) {
    this.#sights = [requesters.seeing, requesters.blind].map((one) =>
      [accepters.seeing, accepters.blind].map((other) => sightOf(pairs, one, other, traitCount)),
    );
    const lists = this.#sights.flat().flatMap(({ byRequester, byAccepter }) => [byRequester, byAccepter]);
    this.traits = new Set(lists.flatMap((list) => list.traits()));
  }

  /** The places of all pairs that these two match, or may match, and of few others; some perhaps twice. */
  candidates(requester: Bearer, accepter: Bearer): readonly number[] {
    const sight = this.#sights[requester.isBlind ? 1 : 0]?.[accepter.isBlind ? 1 : 0];
    const found: number[] = [];
    sight?.byRequester.collect(requester.traits, accepter.traits, found);
    sight?.byAccepter.collect(accepter.traits, requester.traits, found);
    return found;
  }
}

interface Sight {
  readonly byRequester: GuardedLists;
  readonly byAccepter: GuardedLists;
}

function sightOf(
  pairs: readonly Ends[],
  requesters: readonly Cover[],
  accepters: readonly Cover[],
  traitCount: number,
): Sight {
  const byRequester: Entry[] = [];
  const byAccepter: Entry[] = [];
  for (const [pair, ends] of pairs.entries()) {
    const [one, other] = [requesters[ends.requester], accepters[ends.accepter]];
    if (one === undefined || other === undefined) throw new Error('every node has a cover');
    if (one.sharing <= other.sharing) addEntries(byRequester, one, other, pair);
    else addEntries(byAccepter, other, one, pair);
  }
  return {
    byRequester: new GuardedLists(byRequester, traitCount),
    byAccepter: new GuardedLists(byAccepter, traitCount),
  };
}

interface Entry {
  readonly trait: Trait;
  /** The other side has it too, or the pair does not match. */
  readonly guard: Trait;
  readonly pair: number;
}

function addEntries(entries: Entry[], { traits }: Cover, other: Cover, pair: number): void {
  for (const trait of traits) for (const guard of other.traits) entries.push({ trait, guard, pair });
}

/** Lists of pairs by trait, all in one array: with thousands of rules it is memory that a decision waits for. */
class GuardedLists {
  /** Where the list of each trait starts; it ends where the next one starts. */
  readonly #starts: Uint32Array;
  readonly #guards: Uint32Array;
  readonly #pairs: Uint32Array;

  constructor(entries: readonly Entry[], traitCount: number) {
    const sorted = entries.toSorted((one, other) => one.trait - other.trait);
    this.#guards = Uint32Array.from(sorted, ({ guard }) => guard);
    this.#pairs = Uint32Array.from(sorted, ({ pair }) => pair);
    this.#starts = new Uint32Array(traitCount + 1);
    for (const { trait } of sorted) this.#starts[trait + 1] = (this.#starts[trait + 1] ?? 0) + 1;
    for (let trait = 0; trait < traitCount; trait += 1) {
      this.#starts[trait + 1] = (this.#starts[trait + 1] ?? 0) + (this.#starts[trait] ?? 0);
    }
  }

  /** The traits that have a list, and the guards. */
  traits(): readonly Trait[] {
    const listed = this.#starts.keys().filter((trait) => this.#starts[trait] !== this.#starts[trait + 1]);
    return [...listed, ...this.#guards];
  }

  collect(traits: readonly Trait[], otherTraits: readonly Trait[], found: number[]): void {
    for (const trait of traits) {
      const end = this.#starts[trait + 1] ?? 0;
      for (let at = this.#starts[trait] ?? 0; at < end; at += 1) {
        if (otherTraits.includes(this.#guards[at] ?? ANYTHING)) found.push(this.#pairs[at] ?? 0);
      }
    }
  }
}
