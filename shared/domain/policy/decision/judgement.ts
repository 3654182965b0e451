import { type Condition, contrary, judge, NO, type SideView, type Verdict, YES } from './conditions.ts';
import { type Node, nodeAt } from './nodes.ts';

/** Judges nodes against one side of one request. Lives as long as one decision. */
export class Judgement {
  readonly view: SideView;
  readonly #nodes: readonly Node[];
  /** Of nodes with parts, each of which is judged once: groups of groups may share parts many times over. */
  #verdicts: Map<number, Verdict> | undefined;

  constructor(nodes: readonly Node[], view: SideView) {
    this.#nodes = nodes;
    this.view = view;
  }

  of(id: number): Verdict {
    const node = nodeAt(this.#nodes, id);
    const all = this.#allOf(node.conditions);
    if ((node.oneOf === undefined && node.except === undefined) || all === NO) return all;
    this.#verdicts ??= new Map();
    const parts = this.#verdicts.get(id) ?? this.#partsOf(node);
    this.#verdicts.set(id, parts);
    return parts < all ? parts : all;
  }

  #partsOf({ oneOf, except }: Node): Verdict {
    const any = oneOf === undefined ? YES : this.#anyOf(oneOf);
    if (except === undefined || any === NO) return any;
    const outside = contrary(this.of(except));
    return outside < any ? outside : any;
  }

  #allOf(conditions: readonly Condition[]): Verdict {
    let all: Verdict = YES;
    for (const condition of conditions) {
      const one = judge(condition, this.view);
      if (one === NO) return NO;
      if (one < all) all = one;
    }
    return all;
  }

  #anyOf(parts: readonly number[]): Verdict {
    let any: Verdict = NO;
    for (const id of parts) {
      const one = this.of(id);
      if (one > any) any = one;
      if (any === YES) break;
    }
    return any;
  }
}
