import type { Role } from '../peering.ts';
import { judge, MAYBE, NO, type SideView, type Verdict, YES } from './conditions.ts';
import { type Node, nodeAt } from './nodes.ts';

/** In which roles a node serves, by id: bits of {@link ROLE_BITS}. */
export type Uses = Uint8Array;
export const ROLE_BITS = { requester: 1, accepter: 2 } as const;

/** Judges nodes against one side of one request, each at most once. Lives as long as one decision. */
export class Judgement {
  readonly view: SideView;
  /** The nodes judged so far that match, or may match. */
  readonly matched: number[] = [];
  readonly #nodes: readonly Node[];
  readonly #uses: Uses;
  readonly #bit: number;
  readonly #verdicts = new Map<number, Verdict>();

  constructor(nodes: readonly Node[], uses: Uses, view: SideView, role: Role) {
    this.#nodes = nodes;
    this.#uses = uses;
    this.#bit = ROLE_BITS[role];
    this.view = view;
  }

  of(id: number): Verdict {
    const known = this.#verdicts.get(id);
    if (known !== undefined) return known;
    const found = this.#judge(nodeAt(this.#nodes, id));
    this.#verdicts.set(id, found);
    if (found !== NO) this.matched.push(id);
    return found;
  }

  /** Judges those that serve in this role. */
  consider(ids: readonly number[] | undefined): void {
    if (ids === undefined) return;
    for (const id of ids) {
      if (((this.#uses[id] ?? 0) & this.#bit) !== 0) this.of(id);
    }
  }

  #judge({ conditions, oneOf }: Node): Verdict {
    let all: Verdict = YES;
    for (const condition of conditions) {
      const one = judge(condition, this.view);
      if (one === NO) return NO;
      if (one < all) all = one;
    }
    if (oneOf === undefined) return all;
    let any: Verdict = NO;
    for (const id of oneOf) {
      const one = this.of(id);
      if (one > any) any = one;
      if (any === YES) return all;
    }
    return any === MAYBE ? MAYBE : NO;
  }
}
