import type { Role } from '../peering.ts';
import { judge, MAYBE, NO, type SideView, type Verdict, YES } from './conditions.ts';
import { type Node, nodeAt } from './nodes.ts';

/**
 * What decides about a node without a look at it, by its id; bits of {@link ROLE_BITS} and {@link ALONE}. With
 * thousands of nodes it is memory that a decision waits for, and one byte a node stays near.
 */
export type NodeFlags = Uint8Array;
/** Whether the node serves in this role, and may match a member of the organization, or an outsider. */
export const ROLE_BITS = {
  requester: { member: 1, external: 2 },
  accepter: { member: 4, external: 8 },
} as const;
/** Apart from membership the node has one condition only: where its anchor holds, it matches. */
export const ALONE = 16;

/** Judges nodes against one side of one request, each at most once. Lives as long as one decision. */
export class Judgement {
  readonly view: SideView;
  /** The nodes judged so far that match, or may match. */
  readonly matched: number[] = [];
  readonly #nodes: readonly Node[];
  readonly #flags: NodeFlags;
  readonly #bit: number;
  readonly #verdicts = new Map<number, Verdict>();

  constructor(nodes: readonly Node[], flags: NodeFlags, view: SideView, role: Role) {
    this.#nodes = nodes;
    this.#flags = flags;
    this.#bit = ROLE_BITS[role][view.external ? 'external' : 'member'];
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

  /** The verdict once all candidates are judged: any other node does not match. */
  settled(id: number): Verdict {
    return this.#verdicts.get(id) ?? NO;
  }

  /** Judges those that may match this side. `anchor` is the verdict on the anchors of all of them, if known. */
  consider(ids: readonly number[] | undefined, anchor: typeof YES | typeof MAYBE | undefined): void {
    if (ids === undefined) return;
    for (const id of ids) {
      const flags = this.#flags[id] ?? 0;
      if ((flags & this.#bit) === 0) continue;
      if (anchor === undefined || (flags & ALONE) === 0) {
        this.of(id);
      } else if (!this.#verdicts.has(id)) {
        this.#verdicts.set(id, anchor);
        this.matched.push(id);
      }
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
