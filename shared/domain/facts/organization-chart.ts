import type { AccountId, OuId } from './ids.ts';

export interface Unit {
  readonly id: OuId;
  readonly name: string;
  /** `null` is the root. */
  readonly parent: OuId | null;
}

export interface PlacedAccount {
  readonly id: AccountId;
  readonly name: string;
  /** What it is in; `null` is the root. */
  readonly ou: OuId | null;
}

/** The OUs and the active accounts. */
export interface OrganizationTree {
  readonly ous: readonly Unit[];
  readonly accounts: readonly PlacedAccount[];
}

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
