import type { Judge } from './judge.ts';
import { looksSince } from './looks.ts';

/** A look this soon after a route was written may not see it, as docs/reconcile.md says ("What is ours"). */
const UNSEEN_MS = 5 * 60_000;

/**
 * **Ours means ours**: a route is autopeer's while it is the one that autopeer wrote. Where somebody wrote it anew, it is
 * his; unless nobody has looked since ours was gone, who could not have known.
 */
export function mayTakeForOurs(
  judge: Judge,
  peeringId: string,
  { tableId, destination }: { readonly tableId: string; readonly destination: string },
): boolean {
  if (judge.journal.routeNow(tableId, destination).isOurs) return true;
  const eras = judge.journal.route(tableId, destination, 0, judge.now);
  const last = eras.findLast(({ value }) => value.isOurs && value.target === peeringId);
  if (last === undefined) return false;
  const wroteAt = eras.at(-1)?.fromMs ?? judge.now;
  return !looksSince(judge, peeringId, last.untilMs).some(
    ({ startedAtMs, endedAtMs }) =>
      endedAtMs <= wroteAt && startedAtMs >= last.fromMs + UNSEEN_MS + judge.skewMs,
  );
}
