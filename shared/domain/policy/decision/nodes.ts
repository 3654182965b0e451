import { isEverything } from '../../facts/address-space.ts';
import type { Cidr } from '../../facts/cidr.ts';
import { blockOf } from './blocks.ts';
import { canonicalJson, sortedUnique } from '../language/canonical.ts';
import { type Condition, conditionsOf, type Reading } from './conditions.ts';
import { ANY } from './fields.ts';
import type { Selector, SideSpec } from '../language/model.ts';
import { CidrSet } from '../language/values.ts';

/**
 * A selector, a group, or a list of them, compiled. All conditions hold, and one of `oneOf` if there is any, and
 * `except` does not.
 */
export interface Node {
  readonly id: number;
  /** The group's name, if it is one. */
  readonly group: string | undefined;
  readonly conditions: readonly Condition[];
  /** Ids of nodes, each smaller than this node's own. */
  readonly oneOf: readonly number[] | undefined;
  /** Id of the node, smaller than this node's own and of the other reading, that must not match. */
  readonly except: number | undefined;
  /** The blocks of its own `cidrs`; `undefined` where they bound nothing. */
  readonly ownBound: readonly Cidr[] | undefined;
  /** The blocks that bound a side which matches it; `depends` on which of `oneOf` match. */
  readonly bound: readonly Cidr[] | undefined | 'depends';
}

const NOTHING_SAID: Selector = {
  groups: undefined,
  accounts: undefined,
  ous: undefined,
  external: undefined,
  regions: undefined,
  vpcs: undefined,
  defaultVpc: undefined,
  tags: undefined,
  cidrs: undefined,
  except: undefined,
};

/** To leave out is the contrary of taking in: so a doubt about it, too, never lets anything in. */
const OTHER_READING = { narrow: 'wide', wide: 'narrow' } as const;

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
      ownBound: undefined,
      oneOf: spec.map((entry) => this.#entryNode(entry, reading)),
      except: undefined,
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
      ownBound: selector.cidrs && tellingBlocks(selector.cidrs),
      oneOf: selector.groups?.map((name) => this.#groupNode(name, reading)),
      except: selector.except && this.sideNode(selector.except, OTHER_READING[reading]),
    };
  }

  #intern(key: string, make: () => Omit<Node, 'id' | 'bound'>): number {
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const parts = make();
    const id = this.nodes.length;
    this.nodes.push({ id, ...parts, bound: this.#bound(parts) });
    this.#ids.set(key, id);
    return id;
  }

  #bound({ ownBound, oneOf = [] }: Omit<Node, 'id' | 'bound'>): Node['bound'] {
    const bounds = oneOf.map((part) => nodeAt(this.nodes, part).bound);
    if (bounds.every((bound) => bound === undefined)) return ownBound;
    const [only] = bounds;
    return bounds.length > 1 || only === 'depends' ? 'depends' : narrowest(ownBound, only);
  }
}

/** Of two lists that both hold: of each two blocks that nest the inner one. */
export function narrowest(
  one: readonly Cidr[] | undefined,
  other: readonly Cidr[] | undefined,
): readonly Cidr[] | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const [ofOne, ofOther] = [new CidrSet(one), new CidrSet(other)];
  const inner = [
    ...one.filter((cidr) => ofOther.covers(blockOf(cidr))),
    ...other.filter((cidr) => ofOne.covers(blockOf(cidr))),
  ];
  return tellingBlocks(sortedUnique(inner));
}

/** A list of nothing but every address bounds nothing. What is named beside `0.0.0.0/0` is named. */
const tellingBlocks = (cidrs: readonly Cidr[]): readonly Cidr[] | undefined =>
  cidrs.every(isEverything) ? undefined : cidrs;

export function nodeAt(nodes: readonly Node[], id: number): Node {
  const node = nodes[id];
  if (node === undefined) throw new Error(`there is no node ${id}`);
  return node;
}
