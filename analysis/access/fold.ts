import type { AccountId, OuId, Region, VpcId } from '../../shared/domain/facts/ids.ts';
import type { PolicySide } from '../../shared/domain/policy/decision/side.ts';
import type { SnapshotIndex } from './snapshot-index.ts';
import { ANY_REGION, ANY_VPC, type Strangers } from './strangers.ts';

/** Some VPCs in as few words as are true. A VPC that the snapshot does not have is in none of the counts. */
export type Who =
  /** Every VPC of the organization. */
  | { readonly kind: 'organization'; readonly accounts: number; readonly vpcs: number }
  /** Every VPC of every account under the OU, at any depth; two accounts at least. */
  | {
      readonly kind: 'ou';
      readonly id: OuId;
      readonly name: string;
      readonly accounts: number;
      readonly vpcs: number;
    }
  /** Every VPC of the account. */
  | {
      readonly kind: 'account';
      readonly id: AccountId;
      readonly name: string | undefined;
      readonly vpcs: number;
    }
  /** Some VPCs of the account. */
  | {
      readonly kind: 'vpcs';
      readonly accountId: AccountId;
      readonly name: string | undefined;
      readonly vpcs: readonly VpcId[];
      /** How many the account has. */
      readonly of: number;
    }
  /** VPCs outside the organization. */
  | {
      readonly kind: 'outside';
      /** `undefined`: any that the policy does not name. */
      readonly accountId: AccountId | undefined;
      /** `other`: those that the policy does not name. */
      readonly regions: readonly (Region | 'other')[] | 'any';
      readonly vpcs: readonly (VpcId | 'other')[] | 'any';
    };

/** What one account has of the VPCs in question. */
interface Holding {
  readonly accountId: AccountId;
  readonly inside: VpcId[];
  /** How many are not in question although they could be. */
  missing: number;
  total: number;
}
type Holdings = ReadonlyMap<AccountId, Holding>;

/** The root, or an OU, with all that is under it. */
interface Unit {
  readonly ou: { readonly id: OuId; readonly name: string } | undefined;
  readonly units: readonly Unit[];
  readonly accounts: readonly AccountId[];
  /** Every account at any depth. */
  readonly all: readonly AccountId[];
}

/**
 * Puts VPCs into words: the organization, whole OUs, whole accounts, and VPCs one by one.
 *
 * @example
 * ```ts
 * new SideFolder(index, strangers).fold(new Set([0, 1, 2])); // [{ kind: 'account', … }]
 * ```
 */
export class SideFolder {
  readonly #index: SnapshotIndex;
  readonly #strangers: Strangers;
  readonly #root: Unit;
  readonly #members: ReadonlySet<AccountId>;
  /** Accounts of which something could not be read: they may have VPCs that nobody saw. */
  readonly #unread: ReadonlySet<AccountId>;

  constructor(index: SnapshotIndex, strangers: Strangers) {
    const { accounts, unread } = index.snapshot;
    this.#index = index;
    this.#strangers = strangers;
    this.#members = new Set(accounts.map(({ id }) => id));
    this.#unread = new Set((unread ?? []).map(({ accountId }) => accountId));
    this.#root = treeOf(index);
  }

  /**
   * @param places in the list of the snapshot's VPCs, followed by the strangers
   * @param neutral VPCs that are no part of the question: whether they are in it says nothing of their account
   */
  fold(places: ReadonlySet<number>, neutral: ReadonlySet<number> = new Set()): readonly Who[] {
    const { vpcs } = this.#index;
    const holdings = new Map<AccountId, Holding>();
    for (const [place, { accountId, vpcId }] of vpcs.entries()) {
      const holding = holdings.get(accountId) ?? { accountId, inside: [], missing: 0, total: 0 };
      holdings.set(accountId, holding);
      holding.total += 1;
      if (places.has(place)) holding.inside.push(vpcId);
      else if (!neutral.has(place)) holding.missing += 1;
    }
    const outside = [...places].flatMap((place) => this.#strangers.sides[place - vpcs.length] ?? []);
    const guests = [...holdings.values()].filter(({ accountId }) => !this.#members.has(accountId));
    return [
      ...this.#foldUnit(this.#root, holdings),
      ...guests.flatMap((holding) => this.#foldAccount(holding)),
      ...foldStrangers(outside, this.#strangers),
    ];
  }

  #foldUnit({ ou, units, accounts, all }: Unit, holdings: Holdings): readonly Who[] {
    const own = all.flatMap((id) => holdings.get(id) ?? []);
    const having = own.filter(({ inside }) => inside.length > 0);
    if (having.length === 0) return [];
    const isWhole = own.every(({ missing }) => missing === 0) && !all.some((id) => this.#unread.has(id));
    // An OU with a single account in question says less than the account itself.
    if (isWhole && having.length > 1) {
      const vpcs = having.reduce((sum, { inside }) => sum + inside.length, 0);
      const counts = { accounts: having.length, vpcs };
      return [ou === undefined ? { kind: 'organization', ...counts } : { kind: 'ou', ...ou, ...counts }];
    }
    return [
      ...units.flatMap((unit) => this.#foldUnit(unit, holdings)),
      ...accounts.flatMap((id) => this.#foldAccount(holdings.get(id))),
    ];
  }

  #foldAccount(holding: Holding | undefined): readonly Who[] {
    if (holding === undefined || holding.inside.length === 0) return [];
    const { accountId, inside, missing, total } = holding;
    const name = this.#index.accountName(accountId);
    // Of an account outside the organization nobody knows all VPCs.
    const isKnown = this.#members.has(accountId) && !this.#unread.has(accountId);
    return missing === 0 && isKnown
      ? [{ kind: 'account', id: accountId, name, vpcs: inside.length }]
      : [{ kind: 'vpcs', accountId, name, vpcs: inside, of: total }];
  }
}

function treeOf({ snapshot }: SnapshotIndex): Unit {
  const ous = Map.groupBy(snapshot.ous, ({ parent }) => parent);
  const accounts = Map.groupBy(snapshot.accounts, ({ ou }) => ou);
  const unitOf = (ou: Unit['ou']): Unit => {
    const id = ou?.id ?? null;
    const units = (ous.get(id) ?? []).map((one) => unitOf({ id: one.id, name: one.name }));
    const own = (accounts.get(id) ?? []).map((account) => account.id);
    return { ou, units, accounts: own, all: [...own, ...units.flatMap(({ all }) => all)] };
  };
  return unitOf(undefined);
}

function foldStrangers(
  sides: readonly PolicySide[],
  { anyAccount, sides: tried }: Strangers,
): readonly Who[] {
  const allRegions = new Set(tried.map(({ region }) => region));
  const allVpcs = new Set(tried.map(({ vpcId }) => vpcId));
  const lines: Who[] = [];
  for (const [account, own] of Map.groupBy(sides, ({ accountId }) => accountId)) {
    const accountId = account === anyAccount ? undefined : account;
    // VPCs that can in the same regions share a line.
    const byRegions = new Map<string, { regions: ReadonlySet<Region>; vpcs: VpcId[] }>();
    for (const [vpcId, places] of Map.groupBy(own, (side) => side.vpcId)) {
      const regions = new Set(places.map(({ region }) => region));
      const key = [...regions].join();
      const line = byRegions.get(key) ?? { regions, vpcs: [] };
      byRegions.set(key, line);
      line.vpcs.push(vpcId);
    }
    for (const { regions, vpcs } of byRegions.values()) {
      lines.push({
        kind: 'outside',
        accountId,
        regions:
          regions.size === allRegions.size
            ? 'any'
            : [...regions].map((region) => (region === ANY_REGION ? 'other' : region)),
        vpcs:
          vpcs.length === allVpcs.size ? 'any' : vpcs.map((vpcId) => (vpcId === ANY_VPC ? 'other' : vpcId)),
      });
    }
  }
  return lines;
}
