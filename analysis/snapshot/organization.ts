import type { AccountId, OuId, VpcId } from '../../shared/domain/facts/ids.ts';
import { indexSnapshot, type SnapshotIndex } from '../access/snapshot-index.ts';
import type { PolicySide } from '../../shared/domain/policy/decision/side.ts';
import type { Snapshot } from './snapshot.ts';

/** A snapshot by its ids: for questions about single accounts, OUs and VPCs. */
export interface Organization extends SnapshotIndex {
  readonly accounts: ReadonlyMap<AccountId, Snapshot['accounts'][number]>;
  readonly ous: ReadonlyMap<OuId, Snapshot['ous'][number]>;
  /** Those that are listed, and those that only a peering tells of, such as a vendor's. */
  readonly vpcById: ReadonlyMap<VpcId, PolicySide>;
  /** The OU and all above it, nearest first; an OU that the snapshot does not have stands alone. */
  readonly ancestors: (ou: OuId) => readonly OuId[];
}

/**
 * @example
 * ```ts
 * const organization = organizationOf(parseSnapshot(json));
 * ouPath(organization, payments); // 'Workloads/Prod/Payments'
 * ```
 */
export function organizationOf(snapshot: Snapshot): Organization {
  const index = indexSnapshot(snapshot);
  const ous = new Map(snapshot.ous.map((ou) => [ou.id, ou]));
  const ancestors = (ou: OuId): readonly OuId[] => {
    const found: OuId[] = [];
    // The schema of snapshots refuses circles.
    for (let at: OuId | null | undefined = ou; at !== null && at !== undefined; at = ous.get(at)?.parent) {
      found.push(at);
    }
    return found;
  };
  return {
    ...index,
    accounts: new Map(snapshot.accounts.map((account) => [account.id, account])),
    ous,
    vpcById: vpcsOf(index),
    ancestors,
  };
}

function vpcsOf(index: SnapshotIndex): ReadonlyMap<VpcId, PolicySide> {
  const byId = new Map(index.vpcs.map((side) => [side.vpcId, side]));
  for (const { requester, accepter } of index.snapshot.peerings) {
    for (const { accountId, region, vpcId, cidrs } of [requester, accepter]) {
      if (byId.has(vpcId)) continue;
      const membership = index.membershipOf(accountId);
      byId.set(vpcId, { accountId, region, vpcId, membership, cidrs: cidrs ?? 'unknown', tags: 'unknown' });
    }
  }
  return byId;
}

/** `Workloads/Prod` */
export function ouPath({ ous, ancestors }: Organization, ou: OuId): string {
  return ancestors(ou)
    .map((id) => ous.get(id)?.name ?? id)
    .toReversed()
    .join('/');
}
