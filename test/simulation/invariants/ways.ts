import { contains, type Cidr } from '../../../shared/domain/facts/cidr.ts';
import type { RouteRecord, RouteTableRecord } from '../../../sim/ec2/records.ts';
import { destinationText } from './journal.ts';
import type { Judge } from './judge.ts';

/** One way that traffic may take out of a table: written anew here, as AWS documents which route goes before which. */
export interface Way {
  readonly destination: Cidr;
  readonly target: string;
  readonly kind: 'static' | 'list' | 'propagated';
  readonly isBlackhole: boolean;
  readonly isInternetDefault: boolean;
}

/**
 * @param routes those of the table's static routes that count
 * @param fromMs since when a peering must have been active for a route to it to carry traffic
 */
export function waysOf(
  judge: Judge,
  table: RouteTableRecord,
  routes: readonly RouteRecord[],
  fromMs: number = judge.now,
): readonly Way[] {
  const { vpnGateways } = judge.stage.world.aws.ec2.truth;
  const written = routes.flatMap((route): readonly Way[] => {
    const { destination, target } = route;
    const isList = destination.kind === 'prefix-list';
    const to = isList ? entriesOf(judge, destination.id) : [destination.cidr];
    return to.map((cidr) => ({
      destination: cidr,
      target: target.id,
      kind: isList ? 'list' : 'static',
      isBlackhole: isBlackhole(judge, route, table, fromMs),
      isInternetDefault: cidr.endsWith('/0') && INTERNET.includes(target.kind),
    }));
  });
  const propagated = table.propagating.flatMap((gateway) =>
    (vpnGateways.get(gateway)?.learnt ?? []).map((destination): Way => ({
      destination,
      target: gateway,
      kind: 'propagated',
      isBlackhole: false,
      isInternetDefault: false,
    })),
  );
  return [...written, ...propagated];
}

const INTERNET: readonly RouteRecord['target']['kind'][] = [
  'internet-gateway',
  'nat-gateway',
  'egress-only-gateway',
];

function isBlackhole(
  judge: Judge,
  { target }: RouteRecord,
  { vpc }: RouteTableRecord,
  fromMs: number,
): boolean {
  if (target.kind === 'vpn-gateway') {
    return judge.stage.world.aws.ec2.truth.vpnGateways.get(target.id)?.vpc !== vpc;
  }
  if (target.kind !== 'peering') return false;
  const peering = judge.peering(target.id);
  const window = { fromMs, untilMs: judge.now };
  return peering === undefined || judge.statesDuring(peering, window).some((state) => state !== 'active');
}

/** What the list holds now. */
export const entriesOf = (judge: Judge, prefixListId: string): readonly Cidr[] => {
  const list = judge.stage.world.aws.ec2.truth.prefixLists.get(prefixListId);
  return (list?.versions.findLast(({ since }) => since <= judge.now)?.entries ?? []).map(({ cidr }) => cidr);
};

/** What the route takes of its table's quota. */
export const weightOf = (judge: Judge, { destination }: RouteRecord): number =>
  destination.kind === 'prefix-list'
    ? (judge.stage.world.aws.ec2.truth.prefixLists.get(destination.id)?.maxEntries ?? 1)
    : 1;

/** Whether EC2's own quota leaves no room in a table for one more route of the destination's family. */
export function isFull(judge: Judge, table: RouteTableRecord, destination: string): boolean {
  const { routesPerTable } = judge.stage.world.aws.ec2.quotas(table.ownerId, table.region);
  const isIpv6 = destination.includes(':');
  const used = table.routes
    .filter((route) => destinationText(route).includes(':') === isIpv6)
    .reduce((sum, route) => sum + weightOf(judge, route), 0);
  return used >= routesPerTable;
}

/** A way to somebody else from which a new static route would take traffic. */
export const divertedBy = (ways: readonly Way[], destination: Cidr, peeringId: string): Way | undefined =>
  ways.find(
    (way) =>
      way.target !== peeringId &&
      !way.isBlackhole &&
      !way.isInternetDefault &&
      contains(way.destination, destination) &&
      (way.destination !== destination || way.kind === 'list'),
  );

/** A narrower way to somebody else, which takes a part of the traffic. */
export const shadowOf = (ways: readonly Way[], destination: Cidr, peeringId: string): Way | undefined =>
  ways.find(
    (way) =>
      way.target !== peeringId && way.destination !== destination && contains(destination, way.destination),
  );

/** A static route to the same destination with another target. */
export const conflictWith = (ways: readonly Way[], destination: Cidr, peeringId: string): Way | undefined =>
  ways.find((way) => way.kind === 'static' && way.destination === destination && way.target !== peeringId);

export const wayText = ({ destination, target }: Way): string => `${destination} to ${target}`;
