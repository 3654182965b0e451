import type { CompiledPolicy } from '../policy/compile.ts';
import { isGoverned } from '../policy/decide.ts';
import type { Judgement } from '../policy/judgement.ts';
import { judgeSides } from '../policy/match.ts';
import type { PolicySide } from '../policy/side.ts';
import type { Role } from '../peering.ts';
import { type Outcome, PairDecider } from './outcome.ts';
import { seenUnder } from './snapshot-index.ts';

/** A policy's view of one side in one role. */
interface Stance {
  readonly judgement: Judgement;
  readonly isGoverned: boolean;
}

/** Sides that no selector of the policies can tell apart, in one role. */
export interface SideClass {
  /** From 0, without gaps. */
  readonly id: number;
  /** Their places in the list that was classified, in its order. */
  readonly members: readonly number[];
  /** For each policy. */
  readonly stances: readonly Stance[];
}

/** All sides sorted into classes, in one role. */
export interface Partition {
  readonly classes: readonly SideClass[];
  /** The class of each side, by its place in the list. */
  readonly classOf: readonly SideClass[];
}

/**
 * Sorts sides by what the rules of some policies see of them.
 *
 * A decision looks at a side only through the selectors that stand at the ends of rules, and through whether the
 * side is governed. Two sides on which every policy says the same of these take the same part in every decision, so
 * that one of them answers for all. That makes every pair of 5,000 VPCs a matter of a few thousand decisions.
 */
export class SideClassifier {
  readonly #policies: readonly CompiledPolicy[];
  readonly #deciders: readonly PairDecider[];
  readonly #ends: readonly Readonly<Record<Role, ReadonlySet<number>>>[];

  constructor(policies: readonly CompiledPolicy[]) {
    this.#policies = policies;
    this.#deciders = policies.map((policy) => new PairDecider(policy));
    this.#ends = policies.map(endsOf);
  }

  classify(sides: readonly PolicySide[]): Readonly<Record<Role, Partition>> {
    const requester = new GrowingPartition();
    const accepter = new GrowingPartition();
    const regions = this.#policies.map((policy) => new Set(policy.regions));
    for (const side of sides) {
      const seen = this.#policies.map((policy, index) => {
        const view = seenUnder(regions[index] ?? new Set(), side);
        return {
          ...judgeSides(policy, { requester: view, accepter: view }),
          governed: isGoverned(policy, view),
        };
      });
      requester.add(seen.map((one, policy) => this.#mark(one.requester, one.governed, policy, 'requester')));
      accepter.add(seen.map((one, policy) => this.#mark(one.accepter, one.governed, policy, 'accepter')));
    }
    return { requester, accepter };
  }

  /** What the policy, by its place in the list, makes of a pair. */
  decide(requester: SideClass, accepter: SideClass, policy: number): Outcome {
    const [one, other] = [requester.stances[policy], accepter.stances[policy]];
    const decider = this.#deciders[policy];
    if (one === undefined || other === undefined || decider === undefined) {
      throw new Error(`there is no policy ${policy}`);
    }
    const judged = { requester: one.judgement, accepter: other.judgement };
    return decider.decide(judged, one.isGoverned || other.isGoverned);
  }

  #mark(judgement: Judgement, isGoverned: boolean, policy: number, role: Role): Marked {
    const ends = this.#ends[policy]?.[role] ?? new Set<number>();
    const seen = judgement.matched.filter((id) => ends.has(id)).toSorted((one, other) => one - other);
    const verdicts = seen.map((id) => `${id}=${judgement.settled(id)}`).join();
    return { signature: `${isGoverned} ${verdicts}`, stance: { judgement, isGoverned } };
  }
}

interface Marked {
  readonly signature: string;
  readonly stance: Stance;
}

class GrowingPartition implements Partition {
  readonly classes: (SideClass & { readonly members: number[] })[] = [];
  readonly classOf: SideClass[] = [];
  readonly #bySignature = new Map<string, SideClass & { readonly members: number[] }>();

  add(marked: readonly Marked[]): void {
    const signature = marked.map((one) => one.signature).join(';');
    let known = this.#bySignature.get(signature);
    if (known === undefined) {
      known = { id: this.classes.length, members: [], stances: marked.map(({ stance }) => stance) };
      this.#bySignature.set(signature, known);
      this.classes.push(known);
    }
    known.members.push(this.classOf.length);
    this.classOf.push(known);
  }
}

/** The nodes that stand at an end of some rule: the only ones that a decision asks for. */
function endsOf({ allow, deny }: CompiledPolicy): Readonly<Record<Role, ReadonlySet<number>>> {
  const ends = { requester: new Set<number>(), accepter: new Set<number>() };
  for (const { rules } of [allow, deny]) {
    for (const rule of rules) {
      for (const { requester, accepter } of rule.ends) {
        ends.requester.add(requester);
        ends.accepter.add(accepter);
      }
    }
  }
  return ends;
}
