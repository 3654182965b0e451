import { contains, overlaps, parseCidr, type Cidr } from '../../../shared/domain/facts/cidr.ts';
import { ROLES } from '../../../shared/domain/facts/peering.ts';
import type { PeeringRecord, RouteTableRecord, VpcRecord } from '../../../sim/ec2/records.ts';
import type { Window } from './candidates.ts';
import { otherOf } from './consented.ts';
import type { Judge } from './judge.ts';
import { isGoverned } from './sides.ts';
import { associatedTables } from './wanted.ts';
import { isFull } from './ways.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** From a peering's admission to its last removal. */
const LONGEST_RUN_MS = 10 * MINUTE_MS;

/** Counts the peerings that lose their reachability. */
export class BrakeWatch {
  readonly #judge: Judge;
  /** When each of them was last counted. */
  readonly #counted = new Map<string, number>();

  constructor(judge: Judge) {
    this.#judge = judge;
  }

  /**
   * **At most `guardrails.atMost` peerings an hour lose their reachability**, in the whole organization. The same one
   * counts once; some minutes lie between its admission and its last removal.
   */
  count(peering: PeeringRecord): void {
    const { now, policies } = this.#judge;
    if (this.#judge.hasForgottenClaims) return;
    const last = this.#counted.get(peering.id) ?? Number.NEGATIVE_INFINITY;
    if (now - last < HOUR_MS + LONGEST_RUN_MS) return;
    this.#counted.set(peering.id, now);
    const recent = [...this.#counted.values()].filter((atMs) => now - atMs < HOUR_MS - LONGEST_RUN_MS);
    const inForce = policies.during(now - LONGEST_RUN_MS, now);
    const most = Math.max(...inForce.map(({ value }) => value.model.guardrails.atMost));
    if (recent.length > most) {
      this.#judge.report(
        'brake-passed',
        `${recent.length} peerings were cut within an hour, ${peering.id} the last`,
      );
    }
  }
}

/**
 * Whether a table of a governed side led to the peering when the window began: who deletes one without any route takes no
 * way from anybody, and that does not count.
 */
export function hasWay(judge: Judge, peering: PeeringRecord, window: Window): boolean {
  const candidates = judge.candidates(peering, window);
  return ROLES.some((role) => {
    const { vpc } = peering[role];
    if (vpc === undefined || !candidates.some((candidate) => isGoverned(candidate, role))) return false;
    return judge.stage.world.aws.ec2.truth.routeTables
      .with(vpc.id)
      .some(({ routes }) =>
        routes.some(
          ({ target, visibleAt }) =>
            target.kind === 'peering' && target.id === peering.id && visibleAt <= window.fromMs,
        ),
      );
  });
}

/** Whether the removal of a route takes a way to what is there, from a table that carries traffic. */
export function losesReach(
  judge: Judge,
  peering: PeeringRecord,
  { tableId, destination }: { readonly tableId: string; readonly destination: string },
): boolean {
  const { truth } = judge.stage.world.aws.ec2;
  const table = truth.routeTables.get(tableId);
  if (table === undefined) return false;
  const role = peering.requester.vpc === table.vpc ? 'requester' : 'accepter';
  const other = peering[otherOf(role)].vpc;
  const isCarrying = associatedTables(table.vpc, truth).includes(table);
  if (other === undefined || !isCarrying) return false;
  const block = parseCidr(destination);
  // A prefix list's id is no CIDR: it counts whatever it holds.
  if (block === undefined) return true;
  const isThere = [...other.cidrs, ...other.ipv6Cidrs].some(
    ({ cidr, associatedAt }) => associatedAt <= judge.now && contains(cidr, block),
  );
  // Where the quota leaves no room for the new route, the old one makes it.
  const isInTheWay = isReplaced(table, peering, block) || isFull(judge, table, destination);
  return isThere && hasSubnetIn(judge, other, block) && !isInTheWay;
}

/** Where no subnet is, nobody is reached. */
const hasSubnetIn = (judge: Judge, other: VpcRecord, block: Cidr): boolean =>
  judge.stage.world.aws.ec2.truth.subnets
    .with(other.id)
    .some(({ cidr, ipv6Cidr }) =>
      [cidr, ipv6Cidr?.cidr].some((own) => own !== undefined && overlaps(own, block)),
    );

/** Another route of the same table to the same peering leads to a part of it, or to all. */
const isReplaced = (table: RouteTableRecord, peering: PeeringRecord, block: Cidr): boolean =>
  table.routes.some(({ destination, target }) => {
    if (target.kind !== 'peering' || target.id !== peering.id) return false;
    const other = destination.kind === 'prefix-list' ? undefined : destination.cidr;
    return other !== undefined && other !== block && (contains(block, other) || contains(other, block));
  });
