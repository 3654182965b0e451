import { overlaps, parseCidr, type Cidr } from '../../../shared/domain/facts/cidr.ts';
import type { PeeringRecord, RouteTableRecord } from '../../../sim/ec2/records.ts';
import type { Role } from '../plan/steps.ts';
import type { JudgedCidrs, Window } from './candidates.ts';
import { destinationText } from './journal.ts';
import type { Judge } from './judge.ts';
import type { Remembered } from './ledger-mirror.ts';
import { entriesOf } from './ways.ts';

export const otherOf = (role: Role): Role => (role === 'requester' ? 'accepter' : 'requester');

/**
 * The CIDRs that the policy judges, as docs/reconcile.md says ("Consent"): of a request all; of an active peering those
 * that the ledger remembers as judged, of those that are there; where it remembers nothing, those that the other side
 * routes through the peering. Where none is left, all count.
 */
export function judgedCidrs(judge: Judge, peering: PeeringRecord, window: Window): JudgedCidrs {
  const states = judge.statesDuring(peering, window);
  const isActive = states.includes('active');
  const isOther = states.some((state) => state !== 'active');
  const remembered = judge.ledger.consentsDuring(peering.id, window.fromMs, window.untilMs);
  return (role, present, isOtherRead) => {
    const sets = isActive
      ? remembered.flatMap((consent) =>
          consentedSets(judge, peering, role, { present, isOtherRead, consent, window }),
        )
      : [];
    const judged = [...(isOther ? [present] : []), ...sets].map((cidrs) =>
      cidrs.length === 0 ? present : cidrs,
    );
    return [...new Map(judged.map((cidrs) => [cidrs.join(), cidrs])).values()];
  };
}

interface Asked {
  readonly present: readonly Cidr[];
  readonly isOtherRead: boolean;
  readonly consent: Remembered | undefined;
  readonly window: Window;
}

/** Usually one; where the other side's routes changed during the window, those of its end and those of all of it. */
export function consentedSets(
  judge: Judge,
  peering: PeeringRecord,
  role: Role,
  { present, isOtherRead, consent, window }: Asked,
): readonly (readonly Cidr[])[] {
  if (consent !== undefined) return [present.filter((cidr) => consent[role].includes(cidr))];
  if (!isOtherRead) return [present];
  const { vpc } = peering[otherOf(role)];
  const tables = [...judge.stage.world.aws.ec2.truth.routeTables.values()].filter(
    (table) => table.vpc === vpc,
  );
  const now = tables.flatMap((table) => routedTo(judge, table, peering.id));
  const before = tables.flatMap((table) =>
    judge.journal.routedDuring(table.id, peering.id, window.fromMs, window.untilMs),
  );
  const through = (routed: readonly Cidr[]) =>
    present.filter((cidr) => routed.some((destination) => overlaps(destination, cidr)));
  return [through(now), through([...now, ...before.flatMap((text) => parseCidr(text) ?? [])])];
}

/** What the table routes to the peering, the entries of prefix lists one by one. */
const routedTo = (judge: Judge, table: RouteTableRecord, peeringId: string): readonly Cidr[] =>
  table.routes
    .filter(({ target }) => target.id === peeringId)
    .flatMap((route) =>
      route.destination.kind === 'prefix-list'
        ? entriesOf(judge, route.destination.id)
        : (parseCidr(destinationText(route)) ?? []),
    );

/** Whether a CIDR counts as judged, for a look at this very moment. */
export function isConsentedNow(
  judge: Judge,
  peering: PeeringRecord,
  role: Role,
  cidr: Cidr,
  isOtherRead: boolean,
): boolean {
  const consent = judge.ledger.consentNow(peering.id);
  const window = { fromMs: judge.now, untilMs: judge.now };
  const [first] = consentedSets(judge, peering, role, { present: [cidr], isOtherRead, consent, window });
  return first?.includes(cidr) === true;
}
