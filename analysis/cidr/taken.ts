import { contains, type Cidr } from '../../shared/domain/facts/cidr.ts';
import type { VpcId } from '../../shared/domain/facts/ids.ts';
import type { PolicySide } from '../../shared/domain/policy/decision/side.ts';
import { isLive } from '../access/live.ts';
import { sideOf } from '../access/live-peerings.ts';
import type { SnapshotIndex } from '../access/snapshot-index.ts';

/** What a new VPC must not overlap, so that it can be peered with some VPCs and be reached by them. */
export interface Taken {
  readonly blocks: readonly Cidr[];
  /** How many VPCs these are peered with besides. */
  readonly peers: number;
  /** Peers of theirs whose CIDRs are not known. */
  readonly unknown: readonly VpcId[];
  /** How many destinations of their routes are kept free; nothing of a snapshot without the network. */
  readonly routes: number | undefined;
}

/**
 * The VPCs' own CIDRs, which EC2 asks for; and what their route tables lead elsewhere already: the CIDRs of the VPCs that they are
 * peered with, and the destinations of their routes. Two peers with one CIDR are allowed, but a table leads to one of them only.
 *
 * A route that covers all that is looked in, such as one of 0.0.0.0/0, takes nothing: a longer prefix goes before it.
 */
export function takenFor(
  wanted: readonly PolicySide[],
  within: readonly Cidr[],
  index: SnapshotIndex,
): Taken {
  const ids = new Set(wanted.map(({ vpcId }) => vpcId));
  const peers = new Map<VpcId, PolicySide>();
  for (const peering of index.snapshot.peerings.filter(isLive)) {
    const { requester, accepter } = peering;
    for (const [own, other] of [
      [requester, accepter],
      [accepter, requester],
    ] as const) {
      if (ids.has(own.vpcId) && !ids.has(other.vpcId)) peers.set(other.vpcId, sideOf(other, index));
    }
  }
  const all = [...wanted, ...peers.values()];
  const routes = routesOf(ids, within, index);
  return {
    blocks: [...all.flatMap(({ cidrs }) => (cidrs === 'unknown' ? [] : cidrs)), ...(routes ?? [])],
    peers: peers.size,
    unknown: all.filter(({ cidrs }) => cidrs === 'unknown').map(({ vpcId }) => vpcId),
    routes: routes?.length,
  };
}

function routesOf(
  ids: ReadonlySet<VpcId>,
  within: readonly Cidr[],
  { snapshot: { network } }: SnapshotIndex,
): readonly Cidr[] | undefined {
  if (network === undefined) return undefined;
  const found = network.flatMap(({ routeTables, prefixLists }) => {
    const entries = new Map(prefixLists.map((list) => [list.id, list.entries]));
    return routeTables
      .filter(({ vpcId }) => ids.has(vpcId))
      .flatMap(({ routes }) => routes.filter(({ target }) => target !== 'local'))
      .flatMap(({ destination }) => (isCidr(destination) ? [destination] : (entries.get(destination) ?? [])));
  });
  return [...new Set(found)].filter((destination) => !within.some((block) => contains(destination, block)));
}

const isCidr = (destination: string): destination is Cidr => destination.includes('/');
