import type { Cidr } from '../../shared/domain/facts/cidr.ts';
import { parseAccountId, parseRegion, parseVpcId } from '../../shared/domain/facts/ids.ts';
import type { AccountId, Region, VpcId } from '../../shared/domain/facts/ids.ts';
import type { SideLocation } from '../../shared/domain/facts/peering.ts';
import { mapBounded } from '../../shared/reconcile/bounded.ts';
import { isWithoutAccess } from '../../shared/reconcile/denial.ts';

/** A VPC that a request is about. */
export interface FoundVpc extends SideLocation {
  readonly name: string | undefined;
  /** `undefined` where it may not be read: of an account outside the organization for one. */
  readonly cidrs: readonly Cidr[] | undefined;
}

/** What a person calls a VPC: `vpc-…`, `web`, `shop/web`, `111111111111/eu-west-1/web`. */
export interface Named {
  readonly account: string | undefined;
  readonly region: Region | undefined;
  readonly vpc: string;
}

/** The organization, as far as VPCs are looked for in it. */
export interface Whereabouts {
  /** The open accounts. Asked for only where a name is to be found. */
  accounts(): Promise<readonly { readonly id: AccountId; readonly name: string }[]>;
  /** The account's own VPCs there. */
  vpcsAt(accountId: AccountId, region: Region): Promise<readonly FoundVpc[]>;
}

export type Search =
  { readonly kind: 'found'; readonly vpc: FoundVpc } | { readonly kind: 'not-found'; readonly why: string };

/** Accounts looked at at once. */
const AT_ONCE = 8;
/** So many names help a person; the rest is noise. */
const NAMES_MAX = 10;

/** A VPC's name may hold slashes: what comes behind the account and the region is the name. */
export function parseNamed(text: string): Named {
  const [first = '', second = '', ...rest] = text.split('/');
  if (second === '') return { account: undefined, region: undefined, vpc: first };
  const region = parseRegion(second);
  return region === undefined || rest.length === 0
    ? { account: first, region: undefined, vpc: [second, ...rest].join('/') }
    : { account: first, region, vpc: rest.join('/') };
}

/**
 * The one VPC that is meant.
 *
 * @param regions where it is looked for, unless its name says it
 * @throws AwsFailure, RoleNotAssumable where the one account that was named may not be read, and its VPC is not given by its id
 */
export async function findVpc(named: Named, regions: readonly Region[], where: Whereabouts): Promise<Search> {
  const places = named.region === undefined ? regions : [named.region];
  if (named.account === undefined) return findAnywhere(named, places, where);
  const accountId = parseAccountId(named.account) ?? (await accountNamed(named.account, where));
  if (typeof accountId === 'object') return { kind: 'not-found', why: accountId.why };
  try {
    const vpcs = await Promise.all(places.map((region) => where.vpcsAt(accountId, region)));
    return pick(named.vpc, vpcs.flat(), `account ${accountId} (${places.join(', ')})`);
  } catch (error) {
    const vpcId = parseVpcId(named.vpc);
    const [region, ...more] = places;
    if (!isWithoutAccess(error) || vpcId === undefined) throw error;
    if (region === undefined || more.length > 0) {
      return {
        kind: 'not-found',
        why: `account ${accountId} may not be read, so say in which region ${vpcId} is`,
      };
    }
    return { kind: 'found', vpc: { accountId, region, vpcId, name: undefined, cidrs: undefined } };
  }
}

async function accountNamed(name: string, where: Whereabouts): Promise<AccountId | { readonly why: string }> {
  const accounts = await where.accounts();
  const same = accounts.filter((account) => account.name === name);
  const alike = accounts.filter((account) => account.name.toLowerCase() === name.toLowerCase());
  const [first, ...more] = same.length > 0 ? same : alike;
  if (first !== undefined && more.length === 0) return first.id;
  if (first !== undefined) {
    const ids = [first, ...more].map(({ id }) => id).join(', ');
    return { why: `several accounts are called ${name}: say which, by its id: ${ids}` };
  }
  const near = accounts.filter((account) => isNear(account.name, name)).map((account) => account.name);
  return { why: `no account is called ${name}${advice(near)}` };
}

/** In every account: those that may not be read are passed over, and counted where nothing is found. */
async function findAnywhere(named: Named, regions: readonly Region[], where: Whereabouts): Promise<Search> {
  const places = (await where.accounts()).flatMap(({ id }) => regions.map((region) => ({ id, region })));
  const read = await mapBounded(places, AT_ONCE, ({ id, region }) => where.vpcsAt(id, region));
  const vpcs = read.flatMap((result) => {
    if (result.status === 'fulfilled') return result.value;
    if (isWithoutAccess(result.reason)) return [];
    throw result.reason;
  });
  const found = pick(named.vpc, vpcs, `the accounts that may be read (${regions.join(', ')})`);
  if (found.kind === 'found' || !found.why.startsWith('no VPC')) return found;
  const closed = read.filter(({ status }) => status === 'rejected').length;
  const rest = closed === 0 ? '' : `; ${closed} of ${read.length} accounts and regions may not be read`;
  return { kind: 'not-found', why: `${found.why}${rest}` };
}

/** The one that has this id, or this name. */
function pick(wanted: string, vpcs: readonly FoundVpc[], place: string): Search {
  const hits = vpcs.filter(({ vpcId, name }) => vpcId === wanted || name === wanted);
  const [vpc, ...more] = hits;
  if (vpc === undefined) {
    const near = vpcs.flatMap(({ name }) => (name !== undefined && isNear(name, wanted) ? [name] : []));
    const few = vpcs.length <= NAMES_MAX ? vpcs.map(({ name, vpcId }) => name ?? vpcId) : [];
    return { kind: 'not-found', why: `no VPC ${wanted} in ${place}${advice(near.length > 0 ? near : few)}` };
  }
  if (more.length === 0) return { kind: 'found', vpc };
  const each = hits.map(({ accountId, region, vpcId }) => `${accountId}/${region}/${vpcId}`);
  return { kind: 'not-found', why: `several VPCs are called ${wanted}: say which: ${each.join(', ')}` };
}

const isNear = (name: string, wanted: string): boolean => {
  const [one, other] = [name.toLowerCase(), wanted.toLowerCase()];
  return wanted.length > 1 && (one.includes(other) || (one.length > 1 && other.includes(one)));
};

const advice = (names: readonly string[]): string =>
  names.length === 0 ? '' : `; there is ${[...new Set(names)].toSorted().slice(0, NAMES_MAX).join(', ')}`;

/** By its id, and what people call it. */
export const vpcWords = ({
  vpcId,
  name,
}: {
  readonly vpcId: VpcId;
  readonly name: string | undefined;
}): string => (name === undefined ? vpcId : `${vpcId} (${name})`);
