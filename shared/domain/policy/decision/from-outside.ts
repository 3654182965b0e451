import type { OuId } from '../../facts/ids.ts';
import type { Place } from '../../facts/peering.ts';
import type { PolicyModel, Selector, SideSpec } from '../language/model.ts';
import { ANY } from './fields.ts';

/** An account of the organization, in one region. */
export interface Member extends Place {
  /** Every ancestor OU. */
  readonly ous: readonly OuId[];
}

type Groups = PolicyModel['groups'];

/**
 * Whether an allow rule lets somebody outside the organization ask a VPC of this account and region for a peering. No
 * event tells of such a request: the requester's trail is not ours. What a rule asks of the VPC itself is passed over, so
 * that a doubt looks once more than needed.
 */
export const mayBeAskedFromOutside = (model: PolicyModel, member: Member): boolean =>
  askedFromOutside(model).some((side) => isSomeOf(side, member, model.groups));

/** The accepters of the rules that let somebody outside the organization ask; none where no rule does. */
export const askedFromOutside = ({ allow, groups }: PolicyModel): readonly SideSpec[] =>
  allow
    .flatMap(({ ends }): (readonly [SideSpec, SideSpec])[] =>
      ends.kind === 'directed'
        ? [[ends.requester, ends.accepter]]
        : [
            [ends.one, ends.other],
            [ends.other, ends.one],
          ],
    )
    .filter(([requester]) => isSomeOutside(requester, groups))
    .map(([, accepter]) => accepter);

const isSomeOutside = (side: SideSpec, groups: Groups): boolean =>
  side.some((entry) => {
    const selector = selectorOf(entry, groups);
    if (selector === undefined) return false;
    return selector.external ?? isSomeOutside(selector.groups ?? [], groups);
  });

const isSomeOf = (side: SideSpec, member: Member, groups: Groups): boolean =>
  side.some((entry) => {
    if (entry === ANY) return true;
    const selector = selectorOf(entry, groups);
    if (selector === undefined || selector.external === true) return false;
    const { accounts, ous, regions } = selector;
    return (
      (accounts?.includes(member.accountId) ?? true) &&
      (regions?.includes(member.region) ?? true) &&
      (ous?.some((ou) => member.ous.includes(ou)) ?? true) &&
      (selector.groups === undefined || isSomeOf(selector.groups, member, groups))
    );
  });

/** `any` has none: in an allow rule it is the organization. */
const selectorOf = (entry: string | Selector, groups: Groups): Selector | undefined =>
  typeof entry === 'string' ? groups.get(entry) : entry;
