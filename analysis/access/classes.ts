import type { CompiledPolicy } from '../../shared/domain/policy/decision/compile.ts';
import { isGoverned } from '../../shared/domain/policy/decision/decide.ts';
import { type JudgedSide, judgeSide } from '../../shared/domain/policy/decision/match.ts';
import type { PolicySide } from '../../shared/domain/policy/decision/side.ts';
import type { Role } from '../../shared/domain/facts/peering.ts';
import { EndIndex } from './end-index.ts';
import { type Outcome, PairDecider } from './outcome.ts';
import { seenUnder } from './snapshot-index.ts';

/** A policy's view of one side in one role. */
interface Stance {
  readonly judged: JudgedSide;
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
  readonly #ends: readonly Readonly<Record<Role, EndIndex>>[];

  constructor(policies: readonly CompiledPolicy[]) {
    this.#policies = policies;
    this.#deciders = policies.map((policy) => new PairDecider(policy));
    this.#ends = policies.map((policy) => ({
      requester: new EndIndex(policy, 'requester'),
      accepter: new EndIndex(policy, 'accepter'),
    }));
  }

  classify(sides: readonly PolicySide[]): Readonly<Record<Role, Partition>> {
    const requester = new GrowingPartition();
    const accepter = new GrowingPartition();
    const regions = this.#policies.map((policy) => new Set(policy.regions));
    for (const side of sides) {
      const stances = this.#policies.map((policy, index): Stance => {
        const seen = seenUnder(regions[index] ?? new Set(), side);
        return { judged: judgeSide(policy, seen), isGoverned: isGoverned(policy, seen) };
      });
      requester.add(stances, this.#signature(stances, 'requester'));
      accepter.add(stances, this.#signature(stances, 'accepter'));
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
    const judged = { requester: one.judged, accepter: other.judged };
    return decider.decide(judged, one.isGoverned || other.isGoverned);
  }

  /** The same for two sides exactly when all policies see the same in them. */
  #signature(stances: readonly Stance[], role: Role): string {
    const seen = stances.map(({ judged, isGoverned: governed }, policy) => {
      const matched = this.#ends[policy]?.[role].matched(judged) ?? [];
      return `${governed} ${matched.map((id) => `${id}=${judged.judgement.of(id)}`).join()}`;
    });
    return seen.join(';');
  }
}

class GrowingPartition implements Partition {
  readonly classes: (SideClass & { readonly members: number[] })[] = [];
  readonly classOf: SideClass[] = [];
  readonly #bySignature = new Map<string, SideClass & { readonly members: number[] }>();

  add(stances: readonly Stance[], signature: string): void {
    let known = this.#bySignature.get(signature);
    if (known === undefined) {
      known = { id: this.classes.length, members: [], stances };
      this.#bySignature.set(signature, known);
      this.classes.push(known);
    }
    known.members.push(this.classOf.length);
    this.classOf.push(known);
  }
}
