import { type Cidr, parseCidr } from '../../shared/domain/facts/cidr.ts';
import {
  type AccountId,
  parseAccountId,
  parseRegion,
  parseVpcId,
  type Region,
  type VpcId,
} from '../../shared/domain/facts/ids.ts';
import { compareText, sortedUnique } from '../../shared/domain/policy/language/canonical.ts';
import { type Block, blockContains, blockOf } from '../../shared/domain/policy/decision/blocks.ts';
import type { CompiledPolicy } from '../../shared/domain/policy/decision/compile.ts';
import type { Selector, SideSpec } from '../../shared/domain/policy/language/model.ts';
import type { PolicySide } from '../../shared/domain/policy/decision/side.ts';
import type { SnapshotIndex } from './snapshot-index.ts';

/**
 * VPCs outside the organization, as they could be: no snapshot lists them, but a policy may let them in. Each
 * account that is named anywhere and is no member stands for itself, and one more for all others.
 */
export interface Strangers {
  readonly sides: readonly PolicySide[];
  /** Stands for every outside account that nobody names. */
  readonly anyAccount: AccountId;
  /** Whether there were too many accounts, regions, VPCs and CIDRs to try them all. */
  readonly isCut: boolean;
}

/** A policy that names so many accounts that this does not do has other troubles. */
const STRANGERS_MAX = 200_000;

interface Tried {
  /** Further accounts to try, beside those that the policies name. */
  readonly accounts?: readonly AccountId[];
  /** What to take a stranger's CIDRs to be, one after another; unknown, as they are in truth, where left out. */
  readonly cidrs?: readonly (Cidr | 'unknown')[];
}

/**
 * @example
 * ```ts
 * strangersTo([policy], index).sides; // their CIDRs are unknown
 * strangersTo([before, after], index, { cidrs: ['unknown', ...telltaleCidrs([before, after])] }).sides;
 * ```
 */
export function strangersTo(
  policies: readonly CompiledPolicy[],
  index: SnapshotIndex,
  { accounts = [], cidrs = ['unknown'] }: Tried = {},
): Strangers {
  const named = policies.flatMap(selectorsOf);
  const peered = index.snapshot.peerings.flatMap(({ requester, accepter }) => [requester, accepter]);
  const known = new Set([
    ...named.flatMap((selector) => selector.accounts ?? []),
    ...peered.map(({ accountId }) => accountId),
    ...accounts,
  ]);
  const anyAccount = unusedAccount(new Set([...known, ...index.snapshot.accounts.map(({ id }) => id)]));
  const outside = [...known].filter((id) => index.membershipOf(id).kind === 'external').toSorted(compareText);
  const regions = sortedUnique([
    ...policies.flatMap((policy) => policy.regions),
    ...named.flatMap((selector) => selector.regions ?? []),
  ]);
  const listed = new Set(index.vpcs.map(({ vpcId }) => vpcId));
  const vpcs = sortedUnique(named.flatMap((selector) => selector.vpcs ?? [])).filter((id) => !listed.has(id));
  const places = [...outside, anyAccount].flatMap((accountId) =>
    [...regions, ANY_REGION].map((region) => ({ accountId, region })),
  );
  const facts = [ANY_VPC, ...vpcs].flatMap((vpcId) => cidrs.map((cidr) => ({ vpcId, cidr })));
  const isCut = places.length * facts.length > STRANGERS_MAX;
  const tried = isCut ? [{ vpcId: ANY_VPC, cidr: 'unknown' as const }] : facts;
  const sides = places.slice(0, STRANGERS_MAX).flatMap((place) =>
    tried.map(({ vpcId, cidr }): PolicySide => ({
      ...place,
      vpcId,
      membership: { kind: 'external' },
      cidrs: cidr === 'unknown' ? 'unknown' : [cidr],
      tags: 'unknown',
    })),
  );
  return { sides, anyAccount, isCut };
}

/** With more CIDRs than these, only the listed blocks are tried: finding the parts between them takes too long. */
const GAPS_MAX = 2000;

/**
 * CIDRs such that a change of what the policies say of VPCs with one CIDR shows on one of them: every block that a
 * selector lists, and of each one a part that no other listed block within it touches.
 */
export function telltaleCidrs(policies: readonly CompiledPolicy[]): readonly Cidr[] {
  const listed = sortedUnique(policies.flatMap(selectorsOf).flatMap((selector) => selector.cidrs ?? []));
  if (listed.length > GAPS_MAX) return listed;
  const blocks = listed.map(blockOf);
  const gaps = blocks.flatMap((block) => {
    const within = blocks.filter((other) => other !== block && blockContains(block, other));
    return within.length === 0 ? [] : (gapIn(block, within) ?? []);
  });
  return sortedUnique([...listed, ...gaps.map(cidrOf)]);
}

/** The first largest part of the block that touches none of those within it. */
function gapIn(block: Block, within: readonly Block[]): Block | undefined {
  const touching = within.filter((other) => blockContains(block, other) || blockContains(other, block));
  if (touching.length === 0) return block;
  if (touching.some((other) => blockContains(other, block))) return undefined;
  // A block that contains another has bits to spare, so the halving ends.
  for (const half of halvesOf(block)) {
    const gap = gapIn(half, touching);
    if (gap !== undefined) return gap;
  }
  return undefined;
}

function halvesOf({ family, groups, bits }: Block): readonly Block[] {
  const upper = groups.map((group, index) => (index === bits >> 4 ? group | (0x8000 >> (bits & 15)) : group));
  return [groups, upper].map((half) => ({ family, groups: half, bits: bits + 1 }));
}

function cidrOf({ family, groups, bits }: Block): Cidr {
  const address =
    family === 'ipv4'
      ? groups.flatMap((group) => [group >> 8, group & 255]).join('.')
      : groups.map((group) => group.toString(16)).join(':');
  return must(parseCidr(`${address}/${bits}`));
}

/** Every selector that is written anywhere in the policy. */
function selectorsOf({ model }: CompiledPolicy): readonly Selector[] {
  const sides: readonly SideSpec[] = [...model.allow, ...model.deny].flatMap(({ ends }) =>
    ends.kind === 'between' ? [ends.one, ends.other] : [ends.requester, ends.accepter],
  );
  const written = [...model.groups.values(), ...inPlace(sides.flat())];
  return [...written, ...written.flatMap(({ except = [] }) => inPlace(except))];
}

/** What is left out has no `except` of its own. */
const inPlace = (side: SideSpec): readonly Selector[] => side.filter((entry) => typeof entry !== 'string');

function unusedAccount(taken: ReadonlySet<AccountId>): AccountId {
  for (let number = 0; ; number += 1) {
    const id = must(parseAccountId(String(number).padStart(12, '0')));
    if (!taken.has(id)) return id;
  }
}

/** Stands for every region that nobody names. */
export const ANY_REGION: Region = must(parseRegion('xx-elsewhere-1'));
/** Stands for every VPC that nobody names. */
export const ANY_VPC: VpcId = must(parseVpcId('vpc-00000000'));

function must<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('an id that is made here is well formed');
  return value;
}
