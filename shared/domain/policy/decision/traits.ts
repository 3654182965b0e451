import type { Cidr } from '../../facts/cidr.ts';
import { BlockIndex, blockOf } from './blocks.ts';
import type { Condition, SideView } from './conditions.ts';
import { listValues } from '../language/values.ts';

/**
 * One thing that selectors ask of a side, such as one account, one tag with its value, or one block around its CIDRs.
 * A number from 0 without gaps, so that arrays can be looked up by it.
 */
export type Trait = number;

/** What every side has. */
export const ANYTHING: Trait = 0;
const MEMBER: Trait = 1;
const EXTERNAL: Trait = 2;

/** Gives each trait its number. */
export class TraitTable {
  #count = 3;
  readonly #values = {
    accounts: new Map<string, Trait>(),
    ous: new Map<string, Trait>(),
    regions: new Map<string, Trait>(),
    vpcs: new Map<string, Trait>(),
    narrow: new Map<Cidr, Trait>(),
    wide: new Map<Cidr, Trait>(),
  };
  /** By key, then by value. */
  readonly #tags = new Map<string, Map<string, Trait>>();
  /** What {@link anyOf} made each of its traits from. */
  readonly #origins = new Map<Trait, readonly Trait[]>();

  get count(): number {
    return this.#count;
  }

  /** The traits of a condition: a side that meets it has at least one of them, if its facts are known. */
  of(condition: Condition): readonly Trait[] {
    switch (condition.kind) {
      case 'membership':
        return [condition.external ? EXTERNAL : MEMBER];
      case 'defaultVpc':
        // One of two answers would narrow the search little, and may not be known.
        return [ANYTHING];
      case 'tag': {
        const byValue = this.#tags.get(condition.key) ?? new Map<string, Trait>();
        this.#tags.set(condition.key, byValue);
        return listValues(condition.values).map((value) => this.#number(byValue, value));
      }
      case 'cidrs':
        return condition.set.cidrs.map((cidr) => this.#number(this.#values[condition.reading], cidr));
      case 'accounts':
      case 'ous':
      case 'regions':
      case 'vpcs':
        return listValues(condition.values).map((value) => this.#number(this.#values[condition.kind], value));
    }
  }

  /** A new trait: that of a side with at least one of these. */
  anyOf(traits: readonly Trait[]): Trait {
    const trait = this.#count;
    this.#count += 1;
    this.#origins.set(trait, traits);
    return trait;
  }

  /** Finds these traits on a side, and few others. */
  finder(asked: ReadonlySet<Trait>): TraitFinder {
    const wanted = new Set(asked);
    const implied = new Map<Trait, Trait[]>();
    // The set grows while it is walked.
    for (const trait of wanted) {
      for (const origin of this.#origins.get(trait) ?? []) {
        wanted.add(origin);
        const listed = implied.get(origin);
        if (listed === undefined) implied.set(origin, [trait]);
        else listed.push(trait);
      }
    }
    // Cloned, so that the texts of a map lie close together: it is memory that a decision waits for.
    const only = <Value>(traits: ReadonlyMap<Value, Trait>): ReadonlyMap<Value, Trait> =>
      structuredClone(new Map([...traits].filter(([, trait]) => wanted.has(trait))));
    const { accounts, ous, regions, vpcs, narrow, wide } = this.#values;
    const blocks = (traits: ReadonlyMap<Cidr, Trait>): BlockIndex =>
      new BlockIndex([...only(traits)].map(([cidr, trait]) => [blockOf(cidr), trait]));
    const tags = [...this.#tags].map(([key, byValue]) => [key, only(byValue)] as const);
    return new TraitFinder({
      accounts: only(accounts),
      ous: only(ous),
      regions: only(regions),
      vpcs: only(vpcs),
      tags: new Map(tags.filter(([, byValue]) => byValue.size > 0)),
      narrow: blocks(narrow),
      wide: blocks(wide),
      implied,
    });
  }

  #number<Value>(traits: Map<Value, Trait>, value: Value): Trait {
    const known = traits.get(value);
    if (known !== undefined) return known;
    const trait = this.#count;
    this.#count += 1;
    traits.set(value, trait);
    return trait;
  }
}

type Traits = ReadonlyMap<string, Trait>;

interface TraitMaps {
  readonly accounts: Traits;
  readonly ous: Traits;
  readonly regions: Traits;
  readonly vpcs: Traits;
  /** By key, then by value. */
  readonly tags: ReadonlyMap<string, Traits>;
  readonly narrow: BlockIndex;
  readonly wide: BlockIndex;
  /** A side with the trait that is the key has these too. */
  readonly implied: ReadonlyMap<Trait, readonly Trait[]>;
}

/** Finds the traits of sides. */
export class TraitFinder {
  readonly #maps: TraitMaps;

  constructor(maps: TraitMaps) {
    this.#maps = maps;
  }

  /** As far as the side's facts are known. */
  of({ side, ous, external, tags, blocks }: SideView): readonly Trait[] {
    const maps = this.#maps;
    const found: Trait[] = [ANYTHING, external ? EXTERNAL : MEMBER];
    take(found, maps.accounts.get(side.accountId));
    take(found, maps.regions.get(side.region));
    take(found, maps.vpcs.get(side.vpcId));
    for (const ou of ous) take(found, maps.ous.get(ou));
    if (tags !== undefined && maps.tags.size > 0) {
      for (const key of Object.keys(tags)) take(found, maps.tags.get(key)?.get(tags[key] ?? ''));
    }
    if (blocks !== undefined) {
      // To allow, every block must lie inside: the first one alone finds all conditions that can hold.
      const [first] = blocks;
      if (first !== undefined) maps.narrow.containing(first, found);
      for (const block of blocks) maps.wide.overlapping(block, found);
    }
    if (maps.implied.size > 0) addImplied(found, maps.implied);
    return found;
  }
}

function addImplied(found: Trait[], implied: TraitMaps['implied']): void {
  // The list grows while it is walked.
  for (const trait of found) {
    for (const more of implied.get(trait) ?? []) if (!found.includes(more)) found.push(more);
  }
}

function take(found: Trait[], trait: Trait | undefined): void {
  if (trait !== undefined) found.push(trait);
}
