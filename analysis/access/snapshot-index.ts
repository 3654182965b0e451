import type { AccountId, OuId, Region, VpcId } from '../../shared/domain/facts/ids.ts';
import type { Membership, PolicySide } from '../../shared/domain/policy/decision/side.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** A snapshot, made ready for questions. */
export interface SnapshotIndex {
  readonly snapshot: Snapshot;
  /** Every VPC of the snapshot with all that is known of it. */
  readonly vpcs: readonly PolicySide[];
  /** The VPC, if the snapshot has it in just this place. */
  find(where: SidePlace): PolicySide | undefined;
  membershipOf(accountId: AccountId): Membership;
  accountName(accountId: AccountId): string | undefined;
}

interface SidePlace {
  readonly accountId: AccountId;
  readonly region: Region;
  readonly vpcId: VpcId;
}

export function indexSnapshot(snapshot: Snapshot): SnapshotIndex {
  const parents = new Map(snapshot.ous.map(({ id, parent }) => [id, parent]));
  const members = new Map(
    snapshot.accounts.map(({ id, ou }): [AccountId, Membership] => [
      id,
      { kind: 'member', ous: ancestorsOf(ou, parents) },
    ]),
  );
  const names = new Map(snapshot.accounts.map(({ id, name }) => [id, name]));
  const membershipOf = (accountId: AccountId): Membership => members.get(accountId) ?? { kind: 'external' };
  const vpcs = snapshot.vpcs.map(({ id, accountId, region, cidrs, isDefault, tags }): PolicySide => ({
    accountId,
    region,
    vpcId: id,
    membership: membershipOf(accountId),
    cidrs,
    isDefaultVpc: isDefault,
    tags,
  }));
  const byId = new Map(vpcs.map((side) => [side.vpcId, side]));
  return {
    snapshot,
    vpcs,
    find: ({ accountId, region, vpcId }) => {
      const side = byId.get(vpcId);
      return side?.accountId === accountId && side.region === region ? side : undefined;
    },
    membershipOf,
    accountName: (accountId) => names.get(accountId),
  };
}

/** The OU and all OUs above it. The snapshot has no circles: its schema refuses them. */
function ancestorsOf(ou: OuId | null, parents: ReadonlyMap<OuId, OuId | null>): readonly OuId[] {
  const ancestors: OuId[] = [];
  for (let up: OuId | null | undefined = ou; up !== null && up !== undefined; up = parents.get(up)) {
    ancestors.push(up);
  }
  return ancestors;
}

/**
 * The side as autopeer will see it under a policy with these regions: of a side that it does not govern it reads
 * neither tags nor whether it is a default VPC, even if the snapshot has them.
 */
export function seenUnder(regions: ReadonlySet<Region>, side: PolicySide): PolicySide {
  const isGoverned = side.membership.kind === 'member' && regions.has(side.region);
  return isGoverned ? side : { ...side, isDefaultVpc: undefined, tags: 'unknown' };
}
