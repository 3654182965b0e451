import type { AccountId, OuId } from './ids.ts';
import type { Snapshot } from '../../../analysis/snapshot/snapshot.ts';

/** The OUs and the active accounts, each with what it is in; `null` is the root. */
export type OrganizationTree = Pick<Snapshot, 'ous' | 'accounts'>;

/** Where the active accounts were in the organization at one moment. */
export interface OrganizationChart {
  /** Epoch milliseconds. */
  readonly readAt: number;
  /** The OUs above each account, nearest first. */
  readonly accounts: ReadonlyMap<AccountId, readonly OuId[]>;
}

export function chartOf({ ous, accounts }: OrganizationTree, readAt: number): OrganizationChart {
  const parents = new Map(ous.map(({ id, parent }) => [id, parent]));
  const paths = new Map<OuId | null, readonly OuId[]>([[null, []]]);
  const pathOf = (ou: OuId | null): readonly OuId[] => {
    const known = paths.get(ou);
    if (known !== undefined || ou === null) return known ?? [];
    const path = [ou, ...pathOf(parents.get(ou) ?? null)];
    paths.set(ou, path);
    return path;
  };
  return { readAt, accounts: new Map(accounts.map(({ id, ou }) => [id, pathOf(ou)])) };
}
