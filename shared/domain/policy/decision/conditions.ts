import type { OuId } from '../../facts/ids.ts';
import { type Block, blockOf } from './blocks.ts';
import type { Selector } from '../language/model.ts';
import type { PolicySide } from './side.ts';
import { CidrSet, hasValue, type Values, valuesOf } from '../language/values.ts';

/** No, perhaps (a fact is unknown), yes: ordered, so that AND is the least and OR the greatest of them. */
export const NO = 0;
export const MAYBE = 1;
export const YES = 2;
export type Verdict = typeof NO | typeof MAYBE | typeof YES;

/** What is not known stays unknown. */
export const contrary = (of: Verdict): Verdict => (of === YES ? NO : of === NO ? YES : MAYBE);

/**
 * How a selector is read, always on the side of not joining:
 * `narrow` to allow, where it takes in only what it surely means (members of the organization unless it says
 * external, every CIDR inside); `wide` to deny, where it takes in all that it could mean (anybody unless it
 * says otherwise, any CIDR that overlaps).
 */
export type Reading = 'narrow' | 'wide';

/** One field of a selector, ready to be judged. */
export type Condition =
  | { readonly kind: 'accounts' | 'ous' | 'regions' | 'vpcs'; readonly values: Values }
  /** `isStated`: the selector says `external`, so it is not only what its silence means. */
  | { readonly kind: 'membership'; readonly external: boolean; readonly isStated: boolean }
  | { readonly kind: 'defaultVpc'; readonly isDefault: boolean }
  | { readonly kind: 'tag'; readonly key: string; readonly values: Values }
  | { readonly kind: 'cidrs'; readonly reading: Reading; readonly set: CidrSet };

/** A side with its facts made ready once for all conditions. */
export interface SideView {
  readonly side: PolicySide;
  readonly ous: readonly OuId[];
  readonly external: boolean;
  /** `undefined` while unknown. */
  readonly blocks: readonly Block[] | undefined;
  readonly tags: Readonly<Record<string, string>> | undefined;
}

export function viewOf(side: PolicySide): SideView {
  const { membership, cidrs, tags } = side;
  return {
    side,
    ous: membership.kind === 'member' ? membership.ous : [],
    external: membership.kind === 'external',
    // A VPC always has a CIDR: an empty list is an answer that came too early.
    blocks: cidrs === 'unknown' || cidrs.length === 0 ? undefined : cidrs.map(blockOf),
    tags: tags === 'unknown' ? undefined : tags,
  };
}

/** The conditions of a selector's own fields; its groups are judged apart. */
export function conditionsOf(selector: Selector, reading: Reading): readonly Condition[] {
  const { accounts, ous, regions, vpcs, defaultVpc, tags, cidrs } = selector;
  const conditions: Condition[] = [];
  if (vpcs !== undefined) conditions.push({ kind: 'vpcs', values: valuesOf(vpcs) });
  if (accounts !== undefined) conditions.push({ kind: 'accounts', values: valuesOf(accounts) });
  if (ous !== undefined) conditions.push({ kind: 'ous', values: valuesOf(ous) });
  const external = selector.external ?? impliedMembership(selector, reading);
  if (external !== undefined) {
    conditions.push({ kind: 'membership', external, isStated: selector.external !== undefined });
  }
  if (regions !== undefined) conditions.push({ kind: 'regions', values: valuesOf(regions) });
  if (defaultVpc !== undefined) conditions.push({ kind: 'defaultVpc', isDefault: defaultVpc });
  for (const { key, values } of tags ?? []) conditions.push({ kind: 'tag', key, values: valuesOf(values) });
  if (cidrs !== undefined) conditions.push({ kind: 'cidrs', reading, set: new CidrSet(cidrs) });
  return conditions;
}

/**
 * To allow, a selector that does not say `external` means the organization. One made of groups leaves that to
 * them, and one with OUs needs no telling: only members are under an OU.
 */
function impliedMembership({ groups, ous }: Selector, reading: Reading): false | undefined {
  return reading === 'narrow' && groups === undefined && ous === undefined ? false : undefined;
}

export function judge(condition: Condition, view: SideView): Verdict {
  switch (condition.kind) {
    case 'accounts':
      return verdict(hasValue(condition.values, view.side.accountId));
    case 'ous':
      return verdict(view.ous.some((ou) => hasValue(condition.values, ou)));
    case 'membership':
      return verdict(view.external === condition.external);
    case 'regions':
      return verdict(hasValue(condition.values, view.side.region));
    case 'vpcs':
      return verdict(hasValue(condition.values, view.side.vpcId));
    case 'defaultVpc': {
      const { isDefaultVpc } = view.side;
      return isDefaultVpc === undefined ? MAYBE : verdict(isDefaultVpc === condition.isDefault);
    }
    case 'tag': {
      if (view.tags === undefined) return MAYBE;
      const value = tagOf(view.tags, condition.key);
      return verdict(value !== undefined && hasValue(condition.values, value));
    }
    case 'cidrs':
      return view.blocks === undefined ? MAYBE : verdict(judgeBlocks(condition, view.blocks));
  }
}

const verdict = (holds: boolean): Verdict => (holds ? YES : NO);

/** By own keys only: a tag named `constructor` is one that the VPC has, not one that every object has. */
export const tagOf = (tags: Readonly<Record<string, string>>, key: string): string | undefined =>
  Object.hasOwn(tags, key) ? tags[key] : undefined;

type CidrCondition = Extract<Condition, { kind: 'cidrs' }>;

function judgeBlocks({ reading, set }: CidrCondition, blocks: readonly Block[]): boolean {
  return reading === 'narrow'
    ? blocks.every((block) => set.covers(block))
    : blocks.some((block) => set.touches(block));
}
