import { type Cidr, parseCidr } from '../../shared/domain/facts/cidr.ts';
import {
  type AccountId,
  type OuId,
  parseAccountId,
  parseOuId,
  parseRegion,
  parseVpcId,
  type Region,
} from '../../shared/domain/facts/ids.ts';
import type { PolicySide } from '../../shared/domain/policy/decision/side.ts';
import type { SeededRandom } from '../../sim/random.ts';

/** The top OUs, by what they are for. */
export const TOPS = [
  'production',
  'staging',
  'development',
  'sandbox',
  'shared',
  'security',
  'data',
  'acquired',
] as const;
export type Top = (typeof TOPS)[number];
export const REGIONS: readonly Region[] = ['eu-west-1', 'eu-central-1', 'us-east-1', 'us-west-2'].map(
  (text) => must(parseRegion(text)),
);
/** Used again and again by container overlays; VPCs have it as a secondary CIDR. */
export const OVERLAY_POOL = must(parseCidr('100.64.0.0/10'));
/** The most that a VPC of the bench has: primary, secondary and IPv6. */
export const VPC_CIDRS_MAX = 3;

const MIDS_PER_TOP = 10;
const LEAFS_PER_MID = 12;
const VENDORS = 100;
const TEAMS = 500;
const PROJECTS = 3000;
const TIERS = ['web', 'app', 'data', 'shared'];

/** An OU with the address pools that are handed out to the VPCs below it, as IPAM does. */
export interface Unit {
  readonly ou: OuId;
  readonly ipv4: Cidr;
  readonly ipv6: Cidr;
}

/** A VPC with what a rule may say about it. */
export interface Vpc extends PolicySide {
  /** Top, middle and leaf. Empty for a vendor's VPC. */
  readonly units: readonly Unit[];
  /** Its own CIDRs, which are always known in the bench. */
  readonly cidrs: readonly Cidr[];
}

export interface Organization {
  readonly tops: ReadonlyMap<Top, Unit>;
  readonly mids: readonly Unit[];
  readonly vpcs: readonly Vpc[];
  readonly byTop: ReadonlyMap<Top, readonly Vpc[]>;
  /** The other VPCs of the same leaf OU are neighbours. */
  readonly byLeaf: ReadonlyMap<OuId, readonly Vpc[]>;
  /** VPCs outside the organization, whose tags nobody here can read. */
  readonly vendors: readonly Vpc[];
}

/**
 * Only a large organization has 10,000 rules: this one has 1,048 OUs of the 2,000 that AWS allows.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
 */
export const ACCOUNTS = 5000;

/** 8 × 10 × 12 leaf OUs, accounts with one to three VPCs each, and 100 vendors' accounts with a VPC each. */
export function makeOrganization(random: SeededRandom, accounts: number): Organization {
  const tops = new Map(TOPS.map((top, index) => [top, unitAt([index])]));
  const mids = TOPS.map((_, top) => Array.from({ length: MIDS_PER_TOP }, (_, mid) => unitAt([top, mid])));
  const leafs = mids.map((units, top) =>
    units.map((_, mid) => Array.from({ length: LEAFS_PER_MID }, (_, leaf) => unitAt([top, mid, leaf]))),
  );
  const byTop = new Map<Top, Vpc[]>(TOPS.map((top) => [top, []]));
  const byLeaf = new Map<OuId, Vpc[]>();
  const ids = distinctAccounts(random, accounts + VENDORS);
  for (const accountId of ids.slice(VENDORS)) {
    const place: Place = [
      random.integer(0, TOPS.length - 1),
      random.integer(0, MIDS_PER_TOP - 1),
      random.integer(0, LEAFS_PER_MID - 1),
    ];
    const top = must(TOPS[place[0]]);
    const leaf = must(leafs[place[0]]?.[place[1]]?.[place[2]]);
    const units = [must(tops.get(top)), must(mids[place[0]]?.[place[1]]), leaf];
    for (let count = random.integer(1, 3); count > 0; count -= 1) {
      const vpc = memberVpc(random, accountId, place, units);
      must(byTop.get(top)).push(vpc);
      byLeaf.set(leaf.ou, [...(byLeaf.get(leaf.ou) ?? []), vpc]);
    }
  }
  const vendors = ids.slice(0, VENDORS).map((accountId) => vendorVpc(random, accountId));
  return { tops, mids: mids.flat(), vpcs: [...byTop.values()].flat(), byTop, byLeaf, vendors };
}

/** The numbers of an OU and of those above it. */
type Place = readonly [top: number, mid: number, leaf: number];

/** Pools within pools, as AWS IPAM has them: a /11 for a top OU, a /15 below, a /19 for a leaf; /36, /40, /44 of IPv6. */
function unitAt(place: readonly number[]): Unit {
  const [top = 0, mid = 0, leaf = 0] = place;
  const second = top * 32 + mid * 2 + (leaf >> 3);
  const third = (leaf & 7) * 32;
  const level = place.length - 1;
  const digits = place.map((step) => String(step).padStart(2, '0')).join('');
  return {
    ou: must(parseOuId(`ou-b3nc-${digits.padEnd(8, 'x')}`)),
    ipv4: must(parseCidr(`10.${second}.${third}.0/${11 + 4 * level}`)),
    ipv6: must(parseCidr(`2600:1f18:${hex(top)}${hex(mid)}${hex(leaf)}0::/${36 + 4 * level}`)),
  };
}

function memberVpc(random: SeededRandom, accountId: AccountId, place: Place, units: readonly Unit[]): Vpc {
  const [top, mid, leaf] = place;
  const second = top * 32 + mid * 2 + (leaf >> 3);
  const third = (leaf & 7) * 32 + random.integer(0, 31);
  const cidrs = [must(parseCidr(`10.${second}.${third}.0/24`))];
  if (random.next() < 0.15) cidrs.push(must(parseCidr(`100.${random.integer(64, 127)}.0.0/16`)));
  if (random.next() < 0.2) {
    const low = hex(random.integer(0, 15));
    cidrs.push(must(parseCidr(`2600:1f18:${hex(top)}${hex(mid)}${hex(leaf)}${low}:${random.hex(2)}00::/56`)));
  }
  return {
    accountId,
    region: pick(random, REGIONS),
    vpcId: must(parseVpcId(`vpc-${random.hex(17)}`)),
    membership: { kind: 'member', ous: units.map(({ ou }) => ou) },
    cidrs,
    tags: {
      env: must(TOPS[top]),
      team: numbered('team', random.integer(1, TEAMS)),
      tier: pick(random, TIERS),
      project: numbered('project', random.integer(1, PROJECTS)),
    },
    units,
  };
}

function vendorVpc(random: SeededRandom, accountId: AccountId): Vpc {
  return {
    accountId,
    region: pick(random, REGIONS),
    vpcId: must(parseVpcId(`vpc-${random.hex(17)}`)),
    membership: { kind: 'external' },
    cidrs: [must(parseCidr(`172.${random.integer(16, 31)}.${random.integer(0, 15) * 16}.0/20`))],
    tags: 'unknown',
    units: [],
  };
}

function distinctAccounts(random: SeededRandom, count: number): readonly AccountId[] {
  const ids = new Set<AccountId>();
  while (ids.size < count) {
    ids.add(must(parseAccountId(String(random.integer(0, 999_999_999_999)).padStart(12, '0'))));
  }
  return [...ids];
}

export function pick<Value>(random: SeededRandom, list: readonly Value[]): Value {
  return must(list[random.integer(0, list.length - 1)]);
}

export function must<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('the generator of the bench made something malformed');
  return value;
}

const hex = (digit: number): string => digit.toString(16);
const numbered = (word: string, number: number): string => `${word}-${String(number).padStart(4, '0')}`;
