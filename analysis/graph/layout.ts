import { hierarchy, pack, type HierarchyCircularNode } from 'd3-hierarchy';
import { plainWords } from '../../shared/domain/words/foreign-text.ts';
import { compareText } from '../../shared/domain/policy/language/canonical.ts';
import type { Graph, GraphAccount, GraphOu, GraphPeering, GraphVpc } from './model.ts';
import { PICTURE_SIZE, type Circle, type CircleKind, type Line, type Picture } from './picture.ts';

/** Room between neighbours, as a share of the room that a VPC has. */
const PADDING: Readonly<Record<CircleKind, number>> = {
  organization: 0.14,
  outside: 0.1,
  ou: 0.14,
  account: 0.07,
  vpc: 0,
};
/** The room of what holds no VPC, where a VPC without a peering takes 1: it is there, and in nobody's way. */
const EMPTY_VALUE = 0.3;
/** How much a VPC grows with the square root of its peerings. */
const GROWTH = 0.25;
const NAME_CHARACTERS = 80;
/** Places are rounded, so that engines whose sines differ in the last digit make the same file. */
const DIGITS = 2;

interface Item {
  readonly kind: CircleKind | 'all';
  readonly id: string;
  readonly name: string;
  readonly value: number;
  readonly children: readonly Item[];
  readonly facts: Pick<Circle, 'region' | 'cidrs' | 'note'>;
}

/** Nested circles: OU ⊃ account ⊃ VPC. The same graph always gives the same picture. */
export function pictureOf(graph: Graph): Picture {
  const root = hierarchy(treeOf(graph), ({ children }) => children)
    .sum(({ value }) => value)
    // oxlint-disable-next-line unicorn/no-array-sort -- a hierarchy is no array, and has no toSorted
    .sort((one, other) => (other.value ?? 0) - (one.value ?? 0) || compareText(one.data.id, other.data.id));
  const room = PICTURE_SIZE / Math.sqrt(Math.max(graph.vpcs.length, 1));
  const packed = pack<Item>()
    .size([PICTURE_SIZE, PICTURE_SIZE])
    .padding(({ data }) => (data.kind === 'all' ? 0 : room * PADDING[data.kind]))(root);
  const nodes = packed.descendants().filter(({ data }) => data.kind !== 'all');
  const indices = new Map(nodes.map((node, index) => [node, index]));
  const circles = nodes.flatMap((node) => toCircle(node, indices));
  const vpcs = new Map(circles.flatMap(({ kind, id }, index) => (kind === 'vpc' ? [[id, index]] : [])));
  return {
    takenAt: graph.takenAt,
    circles,
    lines: graph.peerings.flatMap((peering) => toLine(peering, vpcs)),
  };
}

function treeOf({ ous, accounts, vpcs, peerings }: Graph): Item {
  const degrees = new Map<string, number>();
  for (const { requester, accepter } of peerings) {
    for (const id of [requester, accepter]) degrees.set(id, (degrees.get(id) ?? 0) + 1);
  }
  const byAccount = Map.groupBy(vpcs, ({ accountId }) => accountId);
  const accountsIn = Map.groupBy(accounts, ({ isMember, ou }) => (isMember ? ou : 'outside'));
  const ousIn = Map.groupBy(ous, ({ parent }) => parent);
  const vpc = (one: GraphVpc): Item =>
    item('vpc', one, [], {
      value: 1 + GROWTH * Math.sqrt(degrees.get(one.id) ?? 0),
      facts: {
        region: one.region,
        cidrs: one.cidrs,
        ...(one.isRead ? {} : { note: 'only a peering tells of it' }),
      },
    });
  const account = (one: GraphAccount): Item =>
    item('account', one, (byAccount.get(one.id) ?? []).map(vpc), {
      facts:
        one.unread === undefined ? {} : { note: `not read: ${plainWords(one.unread, 2 * NAME_CHARACTERS)}` },
    });
  const under = (parent: GraphOu['parent']): readonly Item[] => [
    ...(ousIn.get(parent) ?? []).map((ou) => item('ou', ou, under(ou.id))),
    ...(accountsIn.get(parent) ?? []).map(account),
  ];
  const strangers = (accountsIn.get('outside') ?? []).map(account);
  const outside = { id: 'outside', name: 'outside the organization' };
  const children = [
    item('organization', { id: 'organization', name: 'organization' }, under(null)),
    ...(strangers.length > 0 ? [item('outside', outside, strangers)] : []),
  ];
  return { kind: 'all', id: 'all', name: '', value: 0, children, facts: {} };
}

function item(
  kind: CircleKind,
  { id, name }: { readonly id: string; readonly name: string | undefined },
  children: readonly Item[],
  { value = EMPTY_VALUE, facts = {} }: Partial<Pick<Item, 'value' | 'facts'>> = {},
): Item {
  const shown = plainWords(name ?? '', NAME_CHARACTERS);
  return {
    kind,
    id,
    name: shown === '' ? id : shown,
    value: children.length > 0 ? 0 : value,
    children,
    facts,
  };
}

function toCircle(
  { data, x, y, r, parent }: HierarchyCircularNode<Item>,
  indices: ReadonlyMap<HierarchyCircularNode<Item>, number>,
): readonly Circle[] {
  const { kind, id, name, facts } = data;
  if (kind === 'all') return [];
  const around = parent === null ? -1 : (indices.get(parent) ?? -1);
  return [{ kind, id, name, x: rounded(x), y: rounded(y), r: rounded(r), parent: around, ...facts }];
}

const rounded = (value: number): number => Number(value.toFixed(DIGITS));

function toLine(
  { id, state, requester, accepter, withoutRoute, decision, rule }: GraphPeering,
  vpcs: ReadonlyMap<string, number>,
): readonly Line[] {
  const [from, to] = [vpcs.get(requester), vpcs.get(accepter)];
  if (from === undefined || to === undefined) return [];
  return [
    {
      id,
      state,
      from,
      to,
      ...(withoutRoute.length > 0 && { withoutRoute }),
      ...(decision !== undefined && { decision }),
      ...(rule !== undefined && { rule: plainWords(rule, NAME_CHARACTERS) }),
    },
  ];
}
