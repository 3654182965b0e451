import type { VpcId } from '../../shared/domain/facts/ids.ts';
import type { Graph, GraphPeering, GraphVpc } from './model.ts';
import { neighboursOf, seemingFrom } from './reach.ts';

export interface ReachingVpc extends GraphVpc {
  /** Joined by an active peering that no side is known to have no route to. */
  readonly reaches: readonly VpcId[];
  /** Two peerings away: it looks joined in a picture, and no packet gets through. */
  readonly seemsToReach: readonly VpcId[];
}

/** Every VPC with what it reaches: in a large organization the lists are longer than all the rest. */
export function reachingVpcs({ vpcs, peerings }: Graph): readonly ReachingVpc[] {
  const places = new Map(vpcs.map(({ id }, place) => [id, place]));
  const links = peerings.filter(carries).flatMap(({ requester, accepter }) => {
    const [from, to] = [places.get(requester), places.get(accepter)];
    return from === undefined || to === undefined ? [] : [{ from, to }];
  });
  const neighbours = neighboursOf(vpcs.length, links);
  const named = (place: number): readonly VpcId[] => vpcs.slice(place, place + 1).map(({ id }) => id);
  return vpcs.map((vpc, place) => ({
    ...vpc,
    reaches: (neighbours[place] ?? []).flatMap(named),
    seemsToReach: seemingFrom(place, neighbours).flatMap(({ place: far }) => named(far)),
  }));
}

/** Whether packets can go through it, as far as is known. */
const carries = ({ state, withoutRoute }: GraphPeering): boolean =>
  state === 'active' && withoutRoute.length === 0;
