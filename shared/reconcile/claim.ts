import { governedSides } from '../domain/connection/choice.ts';
import type { Verdict } from '../domain/connection/verdict.ts';
import type { Observed } from '../domain/facts/observed.ts';
import { routesTo } from '../domain/facts/vpc.ts';
import { routeKey, type LedgerRoute, type Memory } from '../domain/memory/memory.ts';

/**
 * Routes that a person claims: those to the peering that are there, that the policy wants, and that autopeer writes by it. From
 * then on they are as if autopeer had written them, and go when the policy no longer wants them. What it does not want now, or
 * leaves to others, stays somebody else's: a claim on it would delete it at the next look.
 */
export function claimedRoutes(observed: Observed, verdict: Verdict, memory: Memory): readonly LedgerRoute[] {
  if (observed.kind !== 'open' || verdict.kind !== 'connect') return [];
  const { wanted, writing } = verdict.picture;
  const ours = new Set(memory.routes.map(routeKey));
  return governedSides(observed).flatMap(([role, { location, network }]) => {
    if (writing[role]?.kind === 'never') return [];
    return wanted
      .filter((route) => route.role === role)
      .filter(({ routeTableId, destination }) =>
        network.routeTables.some(
          (table) =>
            table.id === routeTableId &&
            routesTo(observed.peering.id, table).some((route) => route.destination === destination),
        ),
      )
      .map(({ routeTableId, destination }) => ({ ...location, routeTableId, destination }))
      .filter((route) => !ours.has(routeKey(route)));
  });
}

/** For the history: `rtb-0aa1: route 10.2.0.0/16 is autopeer's from now on`. */
export const claimWords = ({ routeTableId, destination }: LedgerRoute): string =>
  `${routeTableId}: route ${destination} is autopeer's from now on`;
