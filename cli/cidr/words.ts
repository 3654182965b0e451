import type { Organization } from '../../analysis/snapshot/organization.ts';
import type { VpcId } from '../../shared/domain/facts/ids.ts';
import type { PolicySide } from '../../shared/domain/policy/decision/side.ts';
import { didYouMean } from '../../shared/domain/policy/language/suggest.ts';
import { printable } from '../policy/files.ts';

/** A VPC for people: `payments vpc-0123 (ledger)`; its account, its id, its `Name` tag. */
export function vpcText({ accountId, vpcId, tags }: PolicySide, organization: Organization): string {
  const name = nameOf({ tags });
  const account = organization.accountName(accountId) ?? accountId;
  return `${printable(account)} ${vpcId}${name === undefined ? '' : ` (${printable(name)})`}`;
}

/** A VPC for programs. */
export const vpcJson = (side: PolicySide, organization: Organization) => ({
  vpcId: side.vpcId,
  name: nameOf(side),
  accountId: side.accountId,
  account: organization.accountName(side.accountId),
  region: side.region,
  cidrs: side.cidrs === 'unknown' ? [] : side.cidrs,
});

const nameOf = ({ tags }: Pick<PolicySide, 'tags'>): string | undefined =>
  tags === 'unknown' ? undefined : tags['Name'];

type FoundVpcs =
  | { readonly kind: 'found'; readonly vpcs: readonly PolicySide[] }
  | { readonly kind: 'unclear'; readonly reasons: readonly string[] };

/** VPCs by their ids or `Name` tags, each once. */
export function findVpcs(asked: readonly string[], organization: Organization): FoundVpcs {
  const byName = new Map<string, PolicySide[]>();
  for (const side of organization.vpcById.values()) {
    const name = nameOf(side);
    if (name !== undefined) byName.set(name, [...(byName.get(name) ?? []), side]);
  }
  const byId: ReadonlyMap<string, PolicySide> = organization.vpcById;
  const found = new Map<VpcId, PolicySide>();
  const reasons: string[] = [];
  for (const text of new Set(asked)) {
    const one = byId.get(text);
    const [first, ...more] = one === undefined ? (byName.get(text) ?? []) : [one];
    if (first === undefined) {
      reasons.push(`there is no VPC ${text}${didYouMean(text, [...byId.keys(), ...byName.keys()])}`);
    } else if (more.length > 0) {
      const ids = [first, ...more].map(({ vpcId }) => vpcId).join(' or ');
      reasons.push(`${text} may be ${ids}: give the id`);
    } else found.set(first.vpcId, first);
  }
  return reasons.length > 0 ? { kind: 'unclear', reasons } : { kind: 'found', vpcs: [...found.values()] };
}
