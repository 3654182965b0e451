import type { AccountId, OuId, VpcId } from './ids.ts';
import type { SideLocation } from './peering.ts';
import type { Membership, PolicySide } from './policy/side.ts';
import type { Snapshot } from './snapshot.ts';

type SnapshotAccount = Snapshot['accounts'][number];
type SnapshotVpc = Snapshot['vpcs'][number];

/** A snapshot with what one asks of it made ready. */
export interface Organization {
  readonly snapshot: Snapshot;
  readonly accounts: ReadonlyMap<AccountId, SnapshotAccount>;
  readonly vpcs: ReadonlyMap<VpcId, SnapshotVpc>;
  readonly ous: ReadonlyMap<OuId, Snapshot['ous'][number]>;
  /** The OU and all above it, nearest first; an OU that the snapshot does not have stands alone. */
  readonly ancestors: (ou: OuId) => readonly OuId[];
  /** An account that is not listed is outside the organization. */
  readonly membership: (accountId: AccountId) => Membership;
}

/**
 * @example
 * ```ts
 * const organization = organizationOf(parseSnapshot(json));
 * organization.membership(accountId); // { kind: 'member', ous: ['ou-ab12-payments', 'ou-ab12-prod0001'] }
 * ```
 */
export function organizationOf(snapshot: Snapshot): Organization {
  const accounts = new Map(snapshot.accounts.map((account) => [account.id, account]));
  const ous = new Map(snapshot.ous.map((ou) => [ou.id, ou]));
  const ancestors = (ou: OuId): readonly OuId[] => {
    // A set, so that a snapshot whose OUs go in a circle is walked only once.
    const found = new Set<OuId>();
    for (let at: OuId | null = ou; at !== null && !found.has(at); at = ous.get(at)?.parent ?? null) {
      found.add(at);
    }
    return [...found];
  };
  const membership = (accountId: AccountId): Membership => {
    const account = accounts.get(accountId);
    if (account === undefined) return { kind: 'external' };
    return { kind: 'member', ous: account.ou === null ? [] : ancestors(account.ou) };
  };
  return {
    snapshot,
    accounts,
    vpcs: new Map(snapshot.vpcs.map((vpc) => [vpc.id, vpc])),
    ous,
    ancestors,
    membership,
  };
}

/** What the policy would see of a VPC. Of one outside the organization nobody here can read the tags. */
export function sideOfVpc({ membership }: Organization, vpc: SnapshotVpc): PolicySide {
  const { id: vpcId, accountId, region, cidrs, tags } = vpc;
  const standing = membership(accountId);
  return {
    accountId,
    region,
    vpcId,
    membership: standing,
    cidrs,
    tags: standing.kind === 'external' ? 'unknown' : tags,
  };
}

/** What the policy would see of one half of a peering; of a VPC that the snapshot lacks, little is known. */
export function sideOfLocation(organization: Organization, { accountId, region, vpcId }: SideLocation): PolicySide {
  const vpc = organization.vpcs.get(vpcId);
  if (vpc !== undefined && vpc.accountId === accountId) return sideOfVpc(organization, vpc);
  const membership = organization.membership(accountId);
  return { accountId, region, vpcId, membership, cidrs: 'unknown', tags: 'unknown' };
}

/** `Workloads/Prod` */
export function ouPath({ ous, ancestors }: Organization, ou: OuId): string {
  return ancestors(ou)
    .map((id) => ous.get(id)?.name ?? id)
    .toReversed()
    .join('/');
}
