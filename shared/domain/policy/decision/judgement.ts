import { type Condition, judge, NO, type SideView, type Verdict, YES } from './conditions.ts';
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
    const { conditions, oneOf } = nodeAt(this.#nodes, id);
    const all = this.#allOf(conditions);
    if (oneOf === undefined || all === NO) return all;
    this.#verdicts ??= new Map();
    const any = this.#verdicts.get(id) ?? this.#anyOf(oneOf);
    this.#verdicts.set(id, any);
    return any < all ? any : all;
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
