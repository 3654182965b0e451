import { judge, MAYBE, NO, type SideView, type Verdict, YES } from './conditions.ts';
import { type Node, nodeAt } from './nodes.ts';

/** Judges nodes against one side of one request, each at most once. Lives as long as one decision. */
export class Judgement {
  readonly view: SideView;
  readonly #nodes: readonly Node[];
  #verdicts: Map<number, Verdict> | undefined;

  constructor(nodes: readonly Node[], view: SideView) {
    this.#nodes = nodes;
    this.view = view;
  }

  of(id: number): Verdict {
    const known = this.#verdicts?.get(id);
    if (known !== undefined) return known;
    const found = this.#judge(nodeAt(this.#nodes, id));
    this.#verdicts ??= new Map();
    this.#verdicts.set(id, found);
    return found;
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
