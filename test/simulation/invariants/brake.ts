import { contains, parseCidr } from '../../../shared/domain/cidr.ts';
import type { PeeringRecord } from '../../../sim/ec2/records.ts';
import { otherOf } from './consented.ts';
import type { Judge } from './judge.ts';
import { associatedTables } from './wanted.ts';

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
  return [...other.cidrs, ...other.ipv6Cidrs].some(
    ({ cidr, associatedAt }) => associatedAt <= judge.now && contains(cidr, block),
  );
}
