import { overlaps, type Cidr } from '../facts/cidr.ts';
import type { AccountId, Region } from '../facts/ids.ts';
import { ROLES, type Role, type SideLocation } from '../facts/peering.ts';

/** What is known of the VPC on one side of a peering that failed. */
export type FailedSide = { readonly location: SideLocation } & (
  | { readonly kind: 'seen'; readonly cidrs: readonly Cidr[] }
  /** It is somebody else's, who shares it with this account. */
  | { readonly kind: 'shared'; readonly ownerId: AccountId }
  | { readonly kind: 'absent'; readonly isIn: readonly Region[] }
  /** `why` goes on after "the requester's side cannot be read: ". */
  | { readonly kind: 'unknown'; readonly why: string }
);

/**
 * Why EC2 let a peering fail "due to incorrect VPC-ID, Account ID, or overlapping CIDR range": which of the three it was, as
 * far as the facts tell, a sentence each. EC2 itself does not say.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html#vpc-peering-lifecycle
 */
export function failedCause(sides: Readonly<Record<Role, FailedSide>>): readonly string[] {
  const wrong = ROLES.flatMap((role) => wrongWith(role, sides[role]));
  if (wrong.length > 0) return wrong;
  const { requester, accepter } = sides;
  if (requester.kind === 'seen' && accepter.kind === 'seen')
    return overlapsOf(requester.cidrs, accepter.cidrs);
  return ROLES.flatMap((role) =>
    mayBeWrong(role, sides[role], sides[role === 'requester' ? 'accepter' : 'requester']),
  );
}

const ASK_AGAIN = 'ask again';

function wrongWith(role: Role, side: FailedSide): readonly string[] {
  const { vpcId, accountId, region } = side.location;
  if (side.kind === 'shared') {
    return [
      `the ${role}’s ${vpcId} is shared with account ${accountId}, and belongs to account ${side.ownerId}: only its owner ` +
        `can peer it. Name account ${side.ownerId}, and ${ASK_AGAIN}`,
    ];
  }
  if (side.kind !== 'absent') return [];
  const [elsewhere] = side.isIn;
  return [
    elsewhere === undefined
      ? `the ${role}’s ${vpcId} is not in account ${accountId}, ${region}: its id, its account or its region is wrong, or it ` +
        `was deleted. Correct it, and ${ASK_AGAIN}`
      : `the ${role}’s ${vpcId} is in ${elsewhere} and not in ${region}: name its region, and ${ASK_AGAIN}`,
  ];
}

function overlapsOf(requester: readonly Cidr[], accepter: readonly Cidr[]): readonly string[] {
  const pairs = requester.flatMap((one) =>
    accepter
      .filter((other) => overlaps(one, other))
      .map((other) => `${one} of the requester and ${other} of the accepter`),
  );
  if (pairs.length === 0) {
    return [
      `both VPCs are there, and their CIDRs do not overlap now. What was wrong may be mended: ${ASK_AGAIN}`,
    ];
  }
  return [
    `CIDRs overlap: ${pairs.join('; ')}. EC2 peers no such VPCs. Peer another VPC, or connect them by something else, such ` +
      'as PrivateLink',
  ];
}

/** Where one side is not seen, each of the three may be so. */
function mayBeWrong(role: Role, side: FailedSide, other: FailedSide): readonly string[] {
  if (side.kind !== 'unknown') return [];
  const { vpcId, accountId, region } = side.location;
  const own = other.kind === 'seen' ? other.cidrs.join(', ') : 'the other side';
  return [
    `the ${role}’s side cannot be read: ${side.why}. It is one of three: ${vpcId} is not in ${region}; it does not belong to ` +
      `account ${accountId}; or one of its CIDRs overlaps ${own}. Its owner can tell`,
  ];
}
