import type { Cidr } from '../../facts/cidr.ts';
import type { AccountId, OuId, Region, VpcId } from '../../facts/ids.ts';
import type { Approval } from './approval.ts';

/** Where an account stands: in the organization, under these OUs, or outside of it. */
export type Membership =
  /** `ous` holds every ancestor OU of the account, not only its parent. */
  { readonly kind: 'member'; readonly ous: readonly OuId[] } | { readonly kind: 'external' };

/**
 * What the policy looks at, of one side of a peering.
 *
 * A fact that could not be read is `'unknown'`, never an empty value: of a VPC outside the organization nobody
 * here can read the tags, and a VPC that was just made may come back without CIDRs. A policy never accepts on a
 * fact that it lacks.
 *
 * @example
 * ```ts
 * const side: PolicySide = {
 *   accountId, region, vpcId,
 *   membership: { kind: 'member', ous: [workloads, production] },
 *   cidrs: [primary, secondary, ipv6],
 *   tags: { tier: 'app' },
 * };
 * ```
 */
export interface PolicySide {
  readonly accountId: AccountId;
  readonly region: Region;
  readonly vpcId: VpcId;
  readonly membership: Membership;
  /** Every primary, secondary and IPv6 CIDR. A VPC always has one, so an empty list counts as unknown. */
  readonly cidrs: readonly Cidr[] | 'unknown';
  /** EC2's `IsDefault`, which nobody can set; absent while unknown. */
  readonly isDefaultVpc?: boolean | undefined;
  /** The VPC's tags; `{}` when it has none. */
  readonly tags: Readonly<Record<string, string>> | 'unknown';
}

/** One question to the policy: may these two be joined? */
export interface PolicyRequest {
  readonly requester: PolicySide;
  readonly accepter: PolicySide;
  /** What people have approved for this peering so far, in any order; those that do not fit are passed over. */
  readonly approvals?: readonly Approval[] | undefined;
}
