import type { AccountId, Region } from '../ids.ts';
import { sortedUnique } from '../policy/canonical.ts';
import type { CompiledPolicy } from '../policy/compile.ts';
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
}

export function leftOutOf(policies: readonly CompiledPolicy[], { snapshot }: SnapshotIndex): LeftOut {
  const governed = sortedUnique(policies.flatMap(({ regions }) => regions));
  // A snapshot that was written by hand may not say which regions it holds.
  const read = snapshot.regions === undefined ? undefined : new Set(snapshot.regions);
  return {
    unread: (snapshot.unread ?? []).map(({ accountId, region, reason }) => ({ accountId, region, reason })),
    regions: read === undefined ? [] : governed.filter((region) => !read.has(region)),
  };
}
