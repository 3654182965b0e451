import type { PeeringId } from '../../shared/domain/facts/ids.ts';
import {
  NO_MEMORY,
  routeKey,
  type HistoryEntry,
  type LedgerRoute,
  type Memory,
} from '../../shared/domain/memory/memory.ts';
import type { Ledger, LedgerPage } from '../../shared/reconcile/ledger.ts';

/** A ledger of one peering in this process, for tests of what uses it. The real one is tested on DynamoDB's engine. */
export class PlainLedger implements Ledger {
  readonly claims = new Map<string, LedgerRoute>();
  readonly entries: HistoryEntry[] = [];
  #sides: Memory['sides'];
  #told: string | undefined;

  async read(): Promise<Memory> {
    return { ...NO_MEMORY, sides: this.#sides, routes: [...this.claims.values()], told: this.#told };
  }

  async write(
    _id: PeeringId,
    { claims = [], disclaims = [], sides, told, entry }: LedgerPage,
  ): Promise<void> {
    for (const route of claims) this.claims.set(routeKey(route), route);
    for (const route of disclaims) this.claims.delete(routeKey(route));
    this.#sides = sides ?? this.#sides;
    this.#told = told ?? this.#told;
    if (entry !== undefined) this.entries.push(entry);
  }

  async history(): Promise<readonly HistoryEntry[]> {
    return this.entries;
  }
}
