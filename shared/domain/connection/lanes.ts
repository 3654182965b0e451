import { isEverything } from '../facts/address-space.ts';
import type { Cidr } from '../facts/cidr.ts';
import type { PrefixListId } from '../facts/ids.ts';
import { compareText } from '../policy/language/canonical.ts';
import { describeTarget, type PrefixLists, type RouteTable, type RouteTarget } from '../facts/vpc.ts';

/** One destination of a table: a route to a CIDR, or one entry of a prefix list that is routed. */
export interface Lane {
  readonly destination: Cidr;
  readonly target: RouteTarget;
  readonly isBlackhole: boolean;
  /** What goes before what, of the same destination: static, then a prefix list, then propagated. */
  readonly rank: 'static' | 'list' | 'propagated';
  /** The prefix list that it is an entry of. */
  readonly via: PrefixListId | undefined;
  /** A default route to an internet, NAT or egress-only internet gateway. */
  readonly isInternetDefault: boolean;
}

/**
 * All lanes of a table, prefix lists taken apart as far as they could be read. The narrowest come first, and the order
 * is always the same, however EC2 lists them.
 */
export function lanesOf(table: RouteTable, lists: PrefixLists): readonly Lane[] {
  const routed = table.routes.map(({ destination, target, isBlackhole, isPropagated }): Lane => ({
    destination,
    target,
    isBlackhole,
    rank: isPropagated ? 'propagated' : 'static',
    via: undefined,
    isInternetDefault: isInternetDefault(destination, target),
  }));
  const listed = table.prefixListRoutes.flatMap(({ prefixListId, target, isBlackhole }) =>
    (lists.get(prefixListId)?.entries ?? []).map((destination): Lane => ({
      destination,
      target,
      isBlackhole,
      rank: 'list',
      via: prefixListId,
      isInternetDefault: isInternetDefault(destination, target),
    })),
  );
  return [...routed, ...listed].toSorted(
    (one, other) => bitsOf(other) - bitsOf(one) || compareText(textOf(one), textOf(other)),
  );
}

const bitsOf = ({ destination }: Lane): number => Number(destination.slice(destination.indexOf('/') + 1));

const textOf = ({ destination, target, rank, via, isBlackhole }: Lane): string =>
  [destination, RANKS[rank], via ?? '', describeTarget(target), isBlackhole].join(' ');

const RANKS = { static: 0, list: 1, propagated: 2 } as const;

/** Targets by which EC2 itself says what they are: each id begins with its kind. */
const INTERNET = ['igw-', 'nat-', 'eigw-'];

const isInternetDefault = (destination: Cidr, target: RouteTarget): boolean =>
  isEverything(destination) &&
  target.kind === 'other' &&
  INTERNET.some((prefix) => target.id.startsWith(prefix));
