import type { AccountId, Region } from '../../shared/domain/facts/ids.ts';
import { sortedUnique } from '../../shared/domain/policy/language/canonical.ts';
import type { SideLocation } from '../../shared/domain/facts/peering.ts';
import type { CompiledPolicy } from '../../shared/domain/policy/decision/compile.ts';
import { isLive } from './live.ts';
import type { SnapshotIndex } from './snapshot-index.ts';

/** What an answer says nothing about, because the snapshot does not have it. */
export interface LeftOut {
  /** Accounts, or one region of them, that could not be read. */
  readonly unread: readonly {
    readonly accountId: AccountId;
    readonly region: Region | undefined;
    readonly reason: string;
  }[];
  /** Governed regions that the snapshot was not taken in. */
  readonly regions: readonly Region[];
  /** VPCs of the organization that only a peering tells of. */
  readonly unlisted: readonly SideLocation[];
}

export function leftOutOf(policies: readonly CompiledPolicy[], index: SnapshotIndex): LeftOut {
  const { snapshot } = index;
  const governed = sortedUnique(policies.flatMap(({ regions }) => regions));
  // A snapshot that was written by hand may not say which regions it holds.
  const read = snapshot.regions === undefined ? undefined : new Set(snapshot.regions);
  const ends = snapshot.peerings.filter(isLive).flatMap(({ requester, accepter }) => [requester, accepter]);
  const unlisted = ends
    .filter((end) => index.membershipOf(end.accountId).kind === 'member' && index.find(end) === undefined)
    .map(({ accountId, region, vpcId }): [string, SideLocation] => [vpcId, { accountId, region, vpcId }]);
  return {
    unread: (snapshot.unread ?? []).map(({ accountId, region, reason }) => ({ accountId, region, reason })),
    regions: read === undefined ? [] : governed.filter((region) => !read.has(region)),
    unlisted: [...new Map(unlisted).values()],
  };
}
