import { type Block, blockOf, CidrTree } from './cidr-tree.ts';
import { type Condition, MAYBE, type SideView, YES } from './conditions.ts';
import type { Judgement } from './judgement.ts';
import type { Node } from './nodes.ts';
import { listValues } from './values.ts';

type Ids = readonly number[];

/**
 * Finds the nodes that can match a side without looking at the others. Each node stands under one of its
 * conditions, its anchor: the one whose values the fewest nodes share.
 */
export interface NodeIndex {
  readonly accounts: ReadonlyMap<string, Ids>;
  readonly ous: ReadonlyMap<string, Ids>;
  readonly regions: ReadonlyMap<string, Ids>;
  readonly vpcs: ReadonlyMap<string, Ids>;
  /** By key, then by value. */
  readonly tags: ReadonlyMap<string, ReadonlyMap<string, Ids>>;
  /** Of selectors that want every CIDR inside, and of those that want any to overlap. */
  readonly narrowCidrs: CidrTree<number>;
  readonly wideCidrs: CidrTree<number>;
  readonly members: Ids;
  readonly externals: Ids;
  /** Nodes that match only when the node that is the key does. */
  readonly parts: ReadonlyMap<number, Ids>;
  /** Nodes without any condition. */
  readonly always: Ids;
  /** Every node under `tags`, or under the CIDRs: the candidates while these facts are unknown. */
  readonly tagged: Ids;
  readonly ranged: Ids;
}

export function indexNodes(nodes: readonly Node[]): NodeIndex {
  const sharing = new Map<string, number>();
  for (const node of nodes) {
    for (const anchor of anchorsOf(node)) {
      for (const key of anchor.keys) sharing.set(key, (sharing.get(key) ?? 0) + 1);
    }
  }
  const index = emptyIndex();
  for (const node of nodes) {
    const anchor = rarest(anchorsOf(node), sharing);
    if (anchor === undefined) index.always.push(node.id);
    else if (anchor.kind === 'condition') place(index, anchor.condition, node.id);
    else for (const part of node.oneOf ?? []) push(index.parts, part, node.id);
  }
  return index;
}

const emptyIndex = () => ({
  accounts: new Map<string, number[]>(),
  ous: new Map<string, number[]>(),
  regions: new Map<string, number[]>(),
  vpcs: new Map<string, number[]>(),
  tags: new Map<string, Map<string, number[]>>(),
  narrowCidrs: new CidrTree<number>(),
  wideCidrs: new CidrTree<number>(),
  members: new Array<number>(),
  externals: new Array<number>(),
  parts: new Map<number, number[]>(),
  always: new Array<number>(),
  tagged: new Array<number>(),
  ranged: new Array<number>(),
});

function place(index: ReturnType<typeof emptyIndex>, condition: Condition, id: number): void {
  switch (condition.kind) {
    case 'membership':
      (condition.external ? index.externals : index.members).push(id);
      return;
    case 'tag': {
      index.tagged.push(id);
      const byValue = index.tags.get(condition.key) ?? new Map<string, number[]>();
      index.tags.set(condition.key, byValue);
      for (const value of listValues(condition.values)) push(byValue, value, id);
      return;
    }
    case 'cidrs': {
      index.ranged.push(id);
      const tree = condition.reading === 'narrow' ? index.narrowCidrs : index.wideCidrs;
      for (const cidr of condition.set.cidrs) tree.add(blockOf(cidr), id);
      return;
    }
    case 'accounts':
    case 'ous':
    case 'regions':
    case 'vpcs':
      for (const value of listValues(condition.values)) push(index[condition.kind], value, id);
  }
}

type Anchor =
  | { readonly kind: 'condition'; readonly condition: Condition; readonly keys: readonly string[] }
  | { readonly kind: 'parts'; readonly keys: readonly string[] };

function anchorsOf(node: Node): readonly Anchor[] {
  const anchors = node.conditions.map((condition): Anchor => ({
    kind: 'condition',
    condition,
    keys: keysOf(condition),
  }));
  if (node.oneOf === undefined) return anchors;
  return [...anchors, { kind: 'parts', keys: node.oneOf.map((id) => `part:${id}`) }];
}

/** What two nodes share when both have it; serves only to count. */
function keysOf(condition: Condition): readonly string[] {
  if (condition.kind === 'membership') return [`external:${condition.external}`];
  if (condition.kind === 'cidrs') return condition.set.cidrs;
  const kind = condition.kind === 'tag' ? `tag:${condition.key}=` : `${condition.kind}:`;
  return listValues(condition.values).map((value) => `${kind}${value}`);
}

function rarest(anchors: readonly Anchor[], sharing: ReadonlyMap<string, number>): Anchor | undefined {
  let best: Anchor | undefined;
  let least = Infinity;
  for (const anchor of anchors) {
    const most = anchor.keys.reduce((count, key) => Math.max(count, sharing.get(key) ?? 0), 0);
    if (most < least) {
      least = most;
      best = anchor;
    }
  }
  return best;
}

function push<Key>(map: Map<Key, number[]>, key: Key, id: number): void {
  const ids = map.get(key);
  if (ids === undefined) map.set(key, [id]);
  else ids.push(id);
}

/** Judges every node that matches the side, or may match once all its facts are known, and few others. */
export function judgeCandidates(index: NodeIndex, judgement: Judgement): void {
  const { side, ous, external, tags, blocks } = judgement.view;
  judgement.consider(index.always, undefined);
  judgement.consider(external ? index.externals : index.members, undefined);
  judgement.consider(index.accounts.get(side.accountId), YES);
  judgement.consider(index.regions.get(side.region), YES);
  judgement.consider(index.vpcs.get(side.vpcId), YES);
  for (const ou of ous) judgement.consider(index.ous.get(ou), YES);
  if (index.tagged.length > 0) {
    if (tags === undefined) judgement.consider(index.tagged, MAYBE);
    else judgeByTags(index, tags, judgement);
  }
  if (index.ranged.length > 0) {
    if (blocks === undefined) judgement.consider(index.ranged, MAYBE);
    else judgeByBlocks(index, blocks, judgement);
  }
  // What matched may be part of further nodes; the list grows while it is walked.
  if (index.parts.size > 0) {
    for (const id of judgement.matched) judgement.consider(index.parts.get(id), undefined);
  }
}

type Tags = NonNullable<SideView['tags']>;

function judgeByTags(index: NodeIndex, tags: Tags, judgement: Judgement): void {
  for (const key of Object.keys(tags)) {
    const value = tags[key];
    if (value !== undefined) judgement.consider(index.tags.get(key)?.get(value), YES);
  }
}

function judgeByBlocks(index: NodeIndex, blocks: readonly Block[], judgement: Judgement): void {
  const [first] = blocks;
  // Every block must lie inside, so any one of them finds all candidates; only a single one settles them.
  if (first !== undefined)
    judgement.consider(index.narrowCidrs.containing(first), blocks.length === 1 ? YES : undefined);
  // One overlap is enough.
  for (const block of blocks) judgement.consider(index.wideCidrs.overlapping(block), YES);
}
