import { canonicalJson } from './canonical.ts';
import { type Condition, conditionsOf, type Reading } from './conditions.ts';
import { ANY } from './fields.ts';
import type { Selector, SideSpec } from './model.ts';

/** A selector, a group, or a list of them, compiled. All conditions hold, and one of `oneOf` if there is any. */
export interface Node {
  readonly id: number;
  /** The group's name, if it is one. */
  readonly group: string | undefined;
  readonly conditions: readonly Condition[];
  /** Ids of nodes, each smaller than this node's own. */
  readonly oneOf: readonly number[] | undefined;
}

const NOTHING_SAID: Selector = {
  groups: undefined,
  accounts: undefined,
  ous: undefined,
  external: undefined,
  regions: undefined,
  vpcs: undefined,
  tags: undefined,
  cidrs: undefined,
};

/** Builds each distinct selector once for each reading. */
export class NodeTable {
  readonly nodes: Node[] = [];
  readonly #groups: ReadonlyMap<string, Selector>;
  readonly #ids = new Map<string, number>();

  constructor(groups: ReadonlyMap<string, Selector>) {
    this.#groups = groups;
  }

  /** The node for one side of a rule. */
  sideNode(spec: SideSpec, reading: Reading): number {
    const [first, ...others] = spec;
    if (first !== undefined && others.length === 0) return this.#entryNode(first, reading);
    return this.#intern(`${reading} ${canonicalJson(spec)}`, () => ({
      group: undefined,
      conditions: [],
      oneOf: spec.map((entry) => this.#entryNode(entry, reading)),
    }));
  }

  #entryNode(entry: string | Selector, reading: Reading): number {
    if (typeof entry === 'string') return this.#groupNode(entry, reading);
    return this.#intern(`${reading} ${canonicalJson(entry)}`, () =>
      this.#selectorParts(entry, undefined, reading),
    );
  }

  /** Recursion is bounded: the check of references refuses circles and long chains. */
  #groupNode(name: string, reading: Reading): number {
    const selector = name === ANY ? NOTHING_SAID : this.#groups.get(name);
    if (selector === undefined) throw new Error(`group ${name} passed the check of references`);
    return this.#intern(`${reading} group ${name}`, () => this.#selectorParts(selector, name, reading));
  }

  #selectorParts(selector: Selector, group: string | undefined, reading: Reading) {
    return {
      group,
      conditions: conditionsOf(selector, reading),
      oneOf: selector.groups?.map((name) => this.#groupNode(name, reading)),
    };
  }

  #intern(key: string, make: () => Omit<Node, 'id'>): number {
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const parts = make();
    const id = this.nodes.length;
    this.nodes.push({ id, ...parts });
    this.#ids.set(key, id);
    return id;
  }
}

export function nodeAt(nodes: readonly Node[], id: number): Node {
  const node = nodes[id];
  if (node === undefined) throw new Error(`there is no node ${id}`);
  return node;
}
