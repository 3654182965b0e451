import type { PeeringId } from '../../shared/domain/ids.ts';
import {
  routeKey,
  type HistoryEntry,
  type LedgerRoute,
  type Memory,
  type RouteClaim,
} from '../../shared/domain/memory.ts';
import type { Ledger } from '../../shared/reconcile/ledger.ts';

/** A ledger of one peering in this process, for tests of what uses it. The real one is tested on DynamoDB's engine. */
export class PlainLedger implements Ledger {
  readonly claims = new Map<string, RouteClaim>();
  readonly entries: HistoryEntry[] = [];
  #sides: Memory['sides'];

  async read(): Promise<Memory> {
    return { sides: this.#sides, routes: [...this.claims.values()] };
  }

  async intend(_id: PeeringId, routes: readonly LedgerRoute[]): Promise<void> {
    for (const route of routes) {
      if (!this.claims.has(routeKey(route)))
        this.claims.set(routeKey(route), { ...route, state: 'intended' });
    }
  }

  async confirm(_id: PeeringId, routes: readonly LedgerRoute[]): Promise<void> {
    for (const route of routes) this.claims.set(routeKey(route), { ...route, state: 'written' });
  }

  async disclaim(_id: PeeringId, routes: readonly LedgerRoute[]): Promise<void> {
    for (const route of routes) this.claims.delete(routeKey(route));
  }

  async remember(_id: PeeringId, sides: NonNullable<Memory['sides']>): Promise<void> {
    this.#sides = sides;
  }

  async append(_id: PeeringId, entry: HistoryEntry): Promise<void> {
    this.entries.push(entry);
  }

  async history(): Promise<readonly HistoryEntry[]> {
    return this.entries;
  }
}
