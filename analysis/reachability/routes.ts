import { contains, type Cidr } from '../../shared/domain/facts/cidr.ts';
import type { RouteFacts, RouteTableFacts } from '../snapshot/network.ts';
import { partsOf, prefixOf } from './blocks.ts';

/** What a route table does with a block. */
export type Choice =
  | { readonly kind: 'none' }
  | { readonly kind: 'route'; readonly route: RouteFacts; readonly matched: Cidr }
  /** Prefix lists with the same block and different targets: AWS picks one of them, and does not say which. */
  | { readonly kind: 'tie'; readonly routes: readonly RouteFacts[] }
  /** A prefix list that could not be read may match, and lead elsewhere. */
  | { readonly kind: 'hidden'; readonly prefixListId: string };

type PrefixLists = ReadonlyMap<string, readonly Cidr[]>;

interface Candidate {
  readonly route: RouteFacts;
  readonly matched: Cidr;
  readonly rank: number;
}

/** Among routes to the same block the lower one wins. */
const RANK = { local: 0, static: 1, prefixList: 2, propagated: 3 } as const;

/** The parts of a block that the table may treat differently, and what it does with each. */
export function choicesFor(
  table: RouteTableFacts,
  block: Cidr,
  lists: PrefixLists,
): readonly { readonly part: Cidr; readonly choice: Choice }[] {
  const destinations = table.routes.flatMap((route) => destinationsOf(route, lists) ?? []);
  return partsOf(block, destinations).map((part) => ({ part, choice: chooseRoute(table, part, lists) }));
}

/**
 * The longest prefix wins; of the same prefix the local route, then a static one, then a prefix list's, then a propagated one.
 * A propagated route never takes anything from the local one, however specific it is.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html
 * @see https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-route-priority.html
 */
function chooseRoute({ routes }: RouteTableFacts, part: Cidr, lists: PrefixLists): Choice {
  const all = routes.flatMap((route) => candidateOf(route, part, lists) ?? []);
  const isLocal = all.some(({ rank }) => rank === RANK.local);
  const candidates = all.filter(({ rank }) => !(isLocal && rank === RANK.propagated));
  const longest = Math.max(...candidates.map(({ matched }) => prefixOf(matched)));
  const same = candidates.filter(({ matched }) => prefixOf(matched) === longest);
  const best = Math.min(...same.map(({ rank }) => rank));
  const winners = same.filter(({ rank }) => rank === best);
  const [winner] = winners;
  const isTie = winners.some(({ route }) => route.target !== winner?.route.target);
  const hidden = routes.find(
    (route) => destinationsOf(route, lists) === undefined && (isTie || route.target !== winner?.route.target),
  );
  if (hidden !== undefined) return { kind: 'hidden', prefixListId: hidden.destination };
  if (winner === undefined) return { kind: 'none' };
  if (isTie) return { kind: 'tie', routes: winners.map(({ route }) => route) };
  return { kind: 'route', route: winner.route, matched: winner.matched };
}

function candidateOf(route: RouteFacts, part: Cidr, lists: PrefixLists): Candidate | undefined {
  const [matched] = (destinationsOf(route, lists) ?? [])
    .filter((destination) => contains(destination, part))
    .toSorted((one, other) => prefixOf(other) - prefixOf(one));
  return matched && { route, matched, rank: rankOf(route) };
}

function rankOf({ target, isPropagated, destination }: RouteFacts): number {
  if (target === 'local') return RANK.local;
  if (isPropagated) return RANK.propagated;
  return isCidr(destination) ? RANK.static : RANK.prefixList;
}

const isCidr = (destination: RouteFacts['destination']): destination is Cidr =>
  !destination.startsWith('pl-');

/** `undefined` where it is a prefix list that could not be read. */
const destinationsOf = ({ destination }: RouteFacts, lists: PrefixLists): readonly Cidr[] | undefined =>
  isCidr(destination) ? [destination] : lists.get(destination);
