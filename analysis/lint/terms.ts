import { type Block, blockContains, blockOf } from '../../shared/domain/policy/decision/blocks.ts';
import type { Condition } from '../../shared/domain/policy/decision/conditions.ts';
import { type Node, nodeAt } from '../../shared/domain/policy/decision/nodes.ts';
import { listValues } from '../../shared/domain/policy/language/values.ts';

/**
 * One way in which a VPC can match a side of a rule: all of it must hold. `undefined` says nothing; an empty set
 * cannot be met. A side with groups and lists comes to several terms, of which one must hold.
 */
export interface Term {
  readonly accounts: ReadonlySet<string> | undefined;
  readonly vpcs: ReadonlySet<string> | undefined;
  readonly regions: ReadonlySet<string> | undefined;
  /** A VPC stands under several OUs, so each of these sets must be met on its own. */
  readonly ous: readonly ReadonlySet<string>[];
  readonly external: boolean | 'contradiction' | undefined;
  readonly defaultVpc: ReadonlySet<string> | undefined;
  readonly tags: ReadonlyMap<string, ReadonlySet<string>>;
  /** Every CIDR of the VPC lies in one of these. */
  readonly within: readonly Block[] | undefined;
  /** Of each list, some CIDR of the VPC overlaps an entry. */
  readonly touching: readonly (readonly Block[])[];
  /** It meets none of these, of each `except`. `undefined`: more than can be looked at. */
  readonly excepts: readonly (readonly Term[] | undefined)[];
}

const ANYTHING: Term = {
  accounts: undefined,
  vpcs: undefined,
  regions: undefined,
  ous: [],
  external: undefined,
  defaultVpc: undefined,
  tags: new Map(),
  within: undefined,
  touching: [],
  excepts: [],
};

/** Groups of lists of groups multiply; a side beyond this is not analysed, and nothing is claimed of it. */
const TERMS_MAX = 256;

/** The terms of a node; `undefined` where there are too many to look at. */
export function termsOf(nodes: readonly Node[], id: number): readonly Term[] | undefined {
  return expand(nodes, id, [ANYTHING]);
}

function expand(nodes: readonly Node[], id: number, starts: readonly Term[]): readonly Term[] | undefined {
  const { conditions, oneOf, except } = nodeAt(nodes, id);
  const excepts = except === undefined ? [] : [termsOf(nodes, except)];
  const terms = starts
    .map((start) => conditions.reduce(narrow, start))
    .map((term) => ({ ...term, excepts: [...term.excepts, ...excepts] }));
  if (oneOf === undefined) return terms;
  const found: Term[] = [];
  for (const part of oneOf) {
    const expanded = expand(nodes, part, terms);
    if (expanded === undefined || found.length + expanded.length > TERMS_MAX) return undefined;
    found.push(...expanded);
  }
  return found;
}

/** The term with one more condition. */
function narrow(term: Term, condition: Condition): Term {
  switch (condition.kind) {
    case 'accounts':
    case 'vpcs':
    case 'regions':
      return {
        ...term,
        [condition.kind]: shared(term[condition.kind], new Set(listValues(condition.values))),
      };
    case 'ous':
      return { ...term, ous: [...term.ous, new Set(listValues(condition.values))] };
    case 'membership': {
      const clashes = term.external !== undefined && term.external !== condition.external;
      return { ...term, external: clashes ? 'contradiction' : condition.external };
    }
    case 'defaultVpc':
      return { ...term, defaultVpc: shared(term.defaultVpc, new Set([String(condition.isDefault)])) };
    case 'tag': {
      const values = shared(term.tags.get(condition.key), new Set(listValues(condition.values)));
      return { ...term, tags: new Map([...term.tags, [condition.key, values]]) };
    }
    case 'cidrs': {
      const blocks = condition.set.cidrs.map(blockOf);
      if (condition.reading === 'wide') return { ...term, touching: [...term.touching, blocks] };
      return { ...term, within: term.within === undefined ? blocks : sharedBlocks(term.within, blocks) };
    }
  }
}

function shared(one: ReadonlySet<string> | undefined, other: ReadonlySet<string>): ReadonlySet<string>;
function shared(
  one: ReadonlySet<string> | undefined,
  other: ReadonlySet<string> | undefined,
): ReadonlySet<string> | undefined;
function shared(one: ReadonlySet<string> | undefined, other: ReadonlySet<string> | undefined) {
  return one === undefined || other === undefined ? (one ?? other) : one.intersection(other);
}

/** A block lies in one of each list exactly when it lies in one of these: of two blocks one holds the other, or none. */
const sharedBlocks = (one: readonly Block[], other: readonly Block[]): readonly Block[] => [
  ...one.filter((block) => isInside(block, other)),
  ...other.filter((block) => isInside(block, one)),
];

const isInside = (block: Block, outers: readonly Block[]): boolean =>
  outers.some((outer) => blockContains(outer, block));

/** Why no VPC at all can meet the term, in words; `undefined` where one might. */
export function contradictionOf(term: Term): string | undefined {
  if (term.external === 'contradiction') {
    return 'no VPC is both in the organization and outside of it';
  }
  if (term.external === true && term.ous.length > 0)
    return 'no account outside the organization is under an OU';
  if (term.accounts?.size === 0) return 'no VPC is in two accounts';
  if (term.vpcs?.size === 0) return 'no VPC has two ids';
  if (term.regions?.size === 0) return 'no VPC is in two regions';
  if (term.defaultVpc?.size === 0) return 'no VPC is both a default VPC and none';
  if (term.within?.length === 0) return 'no CIDR lies in both lists of CIDRs';
  for (const [key, values] of term.tags) {
    if (values.size === 0) return `no VPC has two values of the tag ${key}`;
  }
  const bare = { ...term, excepts: [] };
  const isLeftOut = term.excepts.some((excepted) => excepted?.some((one) => implies(bare, one, NO_NESTING)));
  return isLeftOut ? 'its except takes out all that it selects' : undefined;
}

const NO_NESTING: OuWithin = () => false;

/** Whether nobody surely meets both. What contradicts itself alone says nothing: it may match while facts are unknown. */
export function areApart(one: Term, other: Term): boolean {
  const both: Term = {
    accounts: shared(one.accounts, other.accounts),
    vpcs: shared(one.vpcs, other.vpcs),
    regions: shared(one.regions, other.regions),
    ous: [...one.ous, ...other.ous],
    external: sharedMembership(one.external, other.external),
    defaultVpc: shared(one.defaultVpc, other.defaultVpc),
    tags: new Map([
      ...one.tags,
      ...[...other.tags].map(([key, values]) => [key, shared(one.tags.get(key), values) ?? values] as const),
    ]),
    within:
      one.within === undefined || other.within === undefined
        ? (one.within ?? other.within)
        : sharedBlocks(one.within, other.within),
    touching: [...one.touching, ...other.touching],
    excepts: [],
  };
  const bare = (term: Term): Term => ({ ...term, excepts: [] });
  return (
    contradictionOf(bare(one)) === undefined &&
    contradictionOf(bare(other)) === undefined &&
    (contradictionOf(both) !== undefined || isBeyond(one, other) || isBeyond(other, one))
  );
}

/** Whether every CIDR lies in blocks of which none touches what the other wants touched. */
const isBeyond = ({ within }: Term, { touching }: Term): boolean =>
  within !== undefined &&
  touching.some(
    (blocks) =>
      !within.some((inner) =>
        blocks.some((block) => blockContains(inner, block) || blockContains(block, inner)),
      ),
  );

function sharedMembership(one: Term['external'], other: Term['external']): Term['external'] {
  if (one === undefined || other === undefined) return one ?? other;
  return one === other ? one : 'contradiction';
}

/** Whether what holds under the OU `inner` surely holds under `outer`, for they nest. */
export type OuWithin = (inner: string, outer: string) => boolean;

/**
 * Whether every VPC that surely meets `inner` surely meets `outer`. `false` where that is not certain.
 */
export function implies(inner: Term, outer: Term, ouWithin: OuWithin): boolean {
  if (contradictionOf(inner) !== undefined) return true;
  return (
    isSubset(inner.accounts, outer.accounts) &&
    isSubset(inner.vpcs, outer.vpcs) &&
    isSubset(inner.regions, outer.regions) &&
    isSubset(inner.defaultVpc, outer.defaultVpc) &&
    impliesMembership(inner, outer) &&
    outer.ous.every((wanted) => inner.ous.some((given) => allUnder(given, wanted, ouWithin))) &&
    [...outer.tags].every(([key, wanted]) => isSubset(inner.tags.get(key), wanted)) &&
    impliesWithin(inner.within, outer.within) &&
    outer.touching.every((wanted) => impliesTouching(inner, wanted)) &&
    outer.excepts.every((excepted) => isOutside(inner, excepted, ouWithin))
  );
}

/**
 * Whether whoever surely meets the term surely meets none of these: each is apart from the term, or is left out by the
 * term itself.
 */
const isOutside = (inner: Term, excepted: readonly Term[] | undefined, ouWithin: OuWithin): boolean =>
  excepted?.every(
    (one) =>
      areApart(inner, one) ||
      (contradictionOf(one) === undefined &&
        inner.excepts.some((own) => own?.some((wider) => implies(one, wider, ouWithin)))),
  ) ?? false;

const isSubset = (inner: ReadonlySet<string> | undefined, outer: ReadonlySet<string> | undefined): boolean =>
  outer === undefined || (inner !== undefined && inner.isSubsetOf(outer));

const allUnder = (given: ReadonlySet<string>, wanted: ReadonlySet<string>, ouWithin: OuWithin): boolean =>
  [...given].every((inner) => wanted.has(inner) || [...wanted].some((outer) => ouWithin(inner, outer)));

function impliesMembership(inner: Term, outer: Term): boolean {
  if (outer.external === undefined || outer.external === inner.external) return true;
  // Only members are under an OU.
  return outer.external === false && inner.ous.length > 0;
}

const allInside = (inner: readonly Block[], outer: readonly Block[]): boolean =>
  inner.every((block) => isInside(block, outer));

const impliesWithin = (inner: readonly Block[] | undefined, outer: readonly Block[] | undefined): boolean =>
  outer === undefined || (inner !== undefined && allInside(inner, outer));

/** A block inside, or one that overlaps, a block which lies in a wanted one overlaps the wanted one. */
const impliesTouching = ({ within, touching }: Term, wanted: readonly Block[]): boolean =>
  [...(within === undefined ? [] : [within]), ...touching].some((given) => allInside(given, wanted));
