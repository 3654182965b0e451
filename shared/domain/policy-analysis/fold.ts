import type { AccountId, OuId, Region, VpcId } from '../ids.ts';
import type { PolicySide } from '../policy/side.ts';
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
      readonly regions: readonly Region[] | 'any';
      readonly vpcs: readonly VpcId[] | 'any';
    };

interface Ground {
  readonly index: SnapshotIndex;
  readonly strangers: Strangers;
  /** The snapshot's VPCs, then the strangers. */
  readonly sides: readonly PolicySide[];
  /** VPCs that are no part of the question: whether they are in or out says nothing about their account. */
  readonly neutral?: ReadonlySet<number> | undefined;
}

/** Puts places of the list into words: the organization, whole OUs, whole accounts, and VPCs one by one. */
export function foldSides(places: ReadonlySet<number>, ground: Ground): readonly Who[] {
  const { index, strangers, sides } = ground;
  const listed = new Map<AccountId, Holding>();
  for (const [place, { accountId, vpcId }] of sides.slice(0, index.vpcs.length).entries()) {
    const holding = listed.get(accountId) ?? { accountId, inside: [], missing: 0, total: 0 };
    listed.set(accountId, holding);
    holding.total += 1;
    if (places.has(place)) holding.inside.push(vpcId);
    else if (ground.neutral?.has(place) !== true) holding.missing += 1;
  }
  const outside = [...places].flatMap((place) => (place >= index.vpcs.length ? (sides[place] ?? []) : []));
  return [...foldMembers(listed, index), ...foldStrangers(outside, strangers)];
}

/** What one account has of the VPCs in question. */
interface Holding {
  readonly accountId: AccountId;
  readonly inside: VpcId[];
  missing: number;
  total: number;
}

/** The root, or an OU, with all that is under it. */
interface Unit {
  readonly ou: { readonly id: OuId; readonly name: string } | undefined;
  readonly units: readonly Unit[];
  readonly holdings: readonly Holding[];
  /** Whether an account that could not be read may have VPCs that nobody saw. */
  readonly isRead: boolean;
}

function foldMembers(listed: ReadonlyMap<AccountId, Holding>, index: SnapshotIndex): readonly Who[] {
  const unread = new Set((index.snapshot.unread ?? []).map(({ accountId }) => accountId));
  const unitOf = (ou: Unit['ou']): Unit => {
    const parent = ou?.id ?? null;
    const accounts = index.snapshot.accounts.filter((account) => account.ou === parent);
    return {
      ou,
      units: index.snapshot.ous.filter((each) => each.parent === parent).map(unitOf),
      holdings: accounts.flatMap(({ id }) => listed.get(id) ?? []),
      isRead: !accounts.some(({ id }) => unread.has(id)),
    };
  };
  const accountWho = ({ accountId, inside, missing, total }: Holding): readonly Who[] => {
    if (inside.length === 0) return [];
    const name = index.accountName(accountId);
    const isWhole = missing === 0 && name !== undefined && !unread.has(accountId);
    return isWhole
      ? [{ kind: 'account', id: accountId, name, vpcs: inside.length }]
      : [{ kind: 'vpcs', accountId, name, vpcs: inside, of: total }];
  };
  const unitWho = (unit: Unit): readonly Who[] => {
    const all = holdingsOf(unit).filter(({ inside }) => inside.length > 0);
    const isWhole = isReadWhole(unit) && holdingsOf(unit).every(({ missing }) => missing === 0);
    // An OU with a single account in question says less than the account itself.
    if (isWhole && all.length > 1) {
      const counts = { accounts: all.length, vpcs: all.reduce((sum, { inside }) => sum + inside.length, 0) };
      return [
        unit.ou === undefined ? { kind: 'organization', ...counts } : { kind: 'ou', ...unit.ou, ...counts },
      ];
    }
    return [...unit.units.flatMap(unitWho), ...unit.holdings.flatMap(accountWho)];
  };
  const members = new Set(index.snapshot.accounts.map(({ id }) => id));
  const others = [...listed.values()].filter(({ accountId }) => !members.has(accountId));
  return [...unitWho(unitOf(undefined)), ...others.flatMap(accountWho)];
}

const holdingsOf = (unit: Unit): readonly Holding[] => [
  ...unit.holdings,
  ...unit.units.flatMap((each) => holdingsOf(each)),
];

const isReadWhole = (unit: Unit): boolean => unit.isRead && unit.units.every((each) => isReadWhole(each));

function foldStrangers(sides: readonly PolicySide[], { anyAccount }: Strangers): readonly Who[] {
  const byAccount = Map.groupBy(sides, ({ accountId }) => accountId);
  return [...byAccount].map(([accountId, own]): Who => {
    const [regions, vpcs] = [
      new Set(own.map(({ region }) => region)),
      new Set(own.map(({ vpcId }) => vpcId)),
    ];
    return {
      kind: 'outside',
      accountId: accountId === anyAccount ? undefined : accountId,
      // Where any other region will do, the policy does not care; and the same with VPCs.
      regions: regions.has(ANY_REGION) ? 'any' : [...regions],
      vpcs: vpcs.has(ANY_VPC) ? 'any' : [...vpcs],
    };
  });
}
