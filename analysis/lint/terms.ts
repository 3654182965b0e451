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
  readonly tags: ReadonlyMap<string, ReadonlySet<string>>;
  /** Every CIDR of the VPC lies in one of these. */
  readonly within: readonly Block[] | undefined;
  /** Of each list, some CIDR of the VPC overlaps an entry. */
  readonly touching: readonly (readonly Block[])[];
}

const ANYTHING: Term = {
  accounts: undefined,
  vpcs: undefined,
  regions: undefined,
  ous: [],
  external: undefined,
  tags: new Map(),
  within: undefined,
  touching: [],
};

/** Groups of lists of groups multiply; a side beyond this is not analysed, and nothing is claimed of it. */
const TERMS_MAX = 256;

/** The terms of a node; `undefined` where there are too many to look at. */
export function termsOf(nodes: readonly Node[], id: number): readonly Term[] | undefined {
  return expand(nodes, id, [ANYTHING]);
}

function expand(nodes: readonly Node[], id: number, starts: readonly Term[]): readonly Term[] | undefined {
  const { conditions, oneOf } = nodeAt(nodes, id);
  const terms = starts.map((start) => conditions.reduce(narrow, start));
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
      return { ...term, [condition.kind]: both(term[condition.kind], new Set(listValues(condition.values))) };
    case 'ous':
      return { ...term, ous: [...term.ous, new Set(listValues(condition.values))] };
    case 'membership': {
      const clashes = term.external !== undefined && term.external !== condition.external;
      return { ...term, external: clashes ? 'contradiction' : condition.external };
    }
    case 'tag': {
      const values = both(term.tags.get(condition.key), new Set(listValues(condition.values)));
      return { ...term, tags: new Map([...term.tags, [condition.key, values]]) };
    }
    case 'cidrs': {
      const blocks = condition.set.cidrs.map(blockOf);
      if (condition.reading === 'wide') return { ...term, touching: [...term.touching, blocks] };
      return { ...term, within: term.within === undefined ? blocks : sharedBlocks(term.within, blocks) };
    }
  }
}

const both = (one: ReadonlySet<string> | undefined, other: ReadonlySet<string>): ReadonlySet<string> =>
  one === undefined ? other : one.intersection(other);

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
  if (term.within?.length === 0) return 'no CIDR lies in both lists of CIDRs';
  for (const [key, values] of term.tags) {
    if (values.size === 0) return `no VPC has two values of the tag ${key}`;
  }
  return undefined;
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
    impliesMembership(inner, outer) &&
    outer.ous.every((wanted) => inner.ous.some((given) => allUnder(given, wanted, ouWithin))) &&
    [...outer.tags].every(([key, wanted]) => isSubset(inner.tags.get(key), wanted)) &&
    impliesWithin(inner.within, outer.within) &&
    outer.touching.every((wanted) => impliesTouching(inner, wanted))
  );
}

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
