import type { CompiledPolicy } from '../policy/compile.ts';
import { NO } from '../policy/conditions.ts';
import { CoverFinder, type Covers } from '../policy/covers.ts';
import type { JudgedSide } from '../policy/match.ts';
import { type Trait, TraitTable } from '../policy/traits.ts';
import type { Role } from '../peering.ts';

type NodesByTrait = ReadonlyMap<Trait, readonly number[]>;

/** Finds the nodes at one end of a policy's rules that a side matches, without a look at the others. */
export class EndIndex {
  readonly #traits = new TraitTable();
  readonly #seeing: NodesByTrait;
  readonly #blind: NodesByTrait;

  constructor({ selectors, allow, deny }: CompiledPolicy, role: Role) {
    const ends = [...allow.pairs, ...deny.pairs].map((pair) => pair[role]);
    const covers: Covers = new CoverFinder(selectors.nodes, this.#traits).coversOf(ends);
    const distinct = [...new Set(ends)].toSorted((one, other) => one - other);
    const byTrait = (list: Covers['seeing']): NodesByTrait => {
      const found = new Map<Trait, number[]>();
      for (const id of distinct) {
        for (const trait of list[id]?.traits ?? []) found.set(trait, [...(found.get(trait) ?? []), id]);
      }
      return found;
    };
    this.#seeing = byTrait(covers.seeing);
    this.#blind = byTrait(covers.blind);
  }

  /** The nodes that match or may match, by their ids in order. */
  matched({ judgement, isBlind }: JudgedSide): readonly number[] {
    const byTrait = isBlind ? this.#blind : this.#seeing;
    const candidates = this.#traits.of(judgement.view).flatMap((trait) => byTrait.get(trait) ?? []);
    return [...new Set(candidates)]
      .filter((id) => judgement.of(id) !== NO)
      .toSorted((one, other) => one - other);
  }
}
