import { blockOf, CidrTree } from './cidr-tree.ts';
import type { Condition, SideView } from './conditions.ts';
import { listValues } from './values.ts';

/**
 * One thing that selectors ask of a side, such as one account, one tag with its value, or one block around its CIDRs.
 * A number from 0 without gaps, so that arrays can be looked up by it.
 */
export type Trait = number;

/** What every side has. */
export const ANYTHING: Trait = 0;
const MEMBER: Trait = 1;
const EXTERNAL: Trait = 2;

/** All traits that the selectors of a policy ask for. */
export class TraitTable {
  #count = 3;
  readonly #values = {
    accounts: new Map<string, Trait>(),
    ous: new Map<string, Trait>(),
    regions: new Map<string, Trait>(),
    vpcs: new Map<string, Trait>(),
  };
  /** By key, then by value. */
  readonly #tags = new Map<string, Map<string, Trait>>();
  readonly #cidrs = {
    narrow: { known: new Map<string, Trait>(), tree: new CidrTree<Trait>() },
    wide: { known: new Map<string, Trait>(), tree: new CidrTree<Trait>() },
  };

  get count(): number {
    return this.#count;
  }

  /** The traits of a condition: a side that meets it has at least one of them, if its facts are known. */
  add(condition: Condition): readonly Trait[] {
    switch (condition.kind) {
      case 'membership':
        return [condition.external ? EXTERNAL : MEMBER];
      case 'tag': {
        const byValue = this.#tags.get(condition.key) ?? new Map<string, Trait>();
        this.#tags.set(condition.key, byValue);
        return listValues(condition.values).map((value) => this.#intern(byValue, value));
      }
      case 'cidrs':
        return condition.set.cidrs.map((cidr) => {
          const { known, tree } = this.#cidrs[condition.reading];
          const before = this.#count;
          const trait = this.#intern(known, cidr);
          if (trait === before) tree.add(blockOf(cidr), trait);
          return trait;
        });
      case 'accounts':
      case 'ous':
      case 'regions':
      case 'vpcs':
        return listValues(condition.values).map((value) => this.#intern(this.#values[condition.kind], value));
    }
  }

  /** The traits that the side has, as far as its facts are known. */
  of({ side, ous, external, tags, blocks }: SideView): readonly Trait[] {
    const found: Trait[] = [ANYTHING, external ? EXTERNAL : MEMBER];
    const { accounts, regions, vpcs } = this.#values;
    take(found, accounts.get(side.accountId));
    take(found, regions.get(side.region));
    take(found, vpcs.get(side.vpcId));
    for (const ou of ous) take(found, this.#values.ous.get(ou));
    if (tags !== undefined && this.#tags.size > 0) {
      for (const key of Object.keys(tags)) take(found, this.#tags.get(key)?.get(tags[key] ?? ''));
    }
    // To allow, every block must lie inside: the first one alone finds all conditions that can hold.
    const [first] = blocks ?? [];
    if (first !== undefined) this.#cidrs.narrow.tree.containing(first, found);
    for (const block of blocks ?? []) this.#cidrs.wide.tree.overlapping(block, found);
    return found;
  }

  #intern(traits: Map<string, Trait>, value: string): Trait {
    const known = traits.get(value);
    if (known !== undefined) return known;
    const trait = this.#count;
    this.#count += 1;
    traits.set(value, trait);
    return trait;
  }
}

function take(found: Trait[], trait: Trait | undefined): void {
  if (trait !== undefined) found.push(trait);
}
