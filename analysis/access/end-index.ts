import type { CompiledPolicy } from '../../shared/domain/policy/decision/compile.ts';
import { NO } from '../../shared/domain/policy/decision/conditions.ts';
import { type Cover, CoverFinder } from '../../shared/domain/policy/decision/covers.ts';
import type { JudgedSide } from '../../shared/domain/policy/decision/match.ts';
import { type Trait, type TraitFinder, TraitTable } from '../../shared/domain/policy/decision/traits.ts';
import type { Role } from '../../shared/domain/facts/peering.ts';

/** Finds the nodes at one end of a policy's rules that a side matches, without a look at the others. */
export class EndIndex {
  readonly #finder: TraitFinder;
  readonly #seeing: NodesByTrait;
  readonly #blind: NodesByTrait;

  constructor({ selectors }: CompiledPolicy, role: Role) {
    const ends = selectors.pairs.map((pair) => pair[role]);
    const traits = new TraitTable();
    const { seeing, blind } = new CoverFinder(selectors.nodes, traits).coversOf(ends);
    this.#seeing = nodesByTrait(new Set(ends), seeing);
    this.#blind = nodesByTrait(new Set(ends), blind);
    this.#finder = traits.finder(new Set([...this.#seeing.keys(), ...this.#blind.keys()]));
  }

  /** The nodes that match or may match, by their ids in order. */
  matched({ judgement, isBlind }: JudgedSide): readonly number[] {
    const byTrait = isBlind ? this.#blind : this.#seeing;
    const candidates = new Set(this.#finder.of(judgement.view).flatMap((trait) => byTrait.get(trait) ?? []));
    return [...candidates].filter((id) => judgement.of(id) !== NO).toSorted((one, other) => one - other);
  }
}

type NodesByTrait = ReadonlyMap<Trait, readonly number[]>;

function nodesByTrait(ids: Iterable<number>, covers: readonly Cover[]): NodesByTrait {
  const nodes = new Map<Trait, number[]>();
  for (const id of ids) {
    for (const trait of covers[id]?.traits ?? []) {
      const listed = nodes.get(trait);
      if (listed === undefined) nodes.set(trait, [id]);
      else listed.push(id);
    }
  }
  return nodes;
}
