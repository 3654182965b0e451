import type { PeeringId } from '../domain/ids.ts';
import type { HistoryEntry, LedgerRoute, Memory } from '../domain/memory.ts';
import type { Role, SideLocation } from '../domain/peering.ts';

/**
 * The memory beside EC2, which holds the truth. Losing it must never let anything in, nor delete anything that is
 * not ours: a route that it does not know is somebody else's.
 */
export interface Ledger {
  /** Strongly consistent. A peering that it has never heard of has no sides and no routes. */
  read(peeringId: PeeringId): Promise<Memory>;
  /**
   * Claims routes before they are created, so that a crash in between leaves none that we would not know. A route
   * that is claimed already keeps its state.
   */
  intend(peeringId: PeeringId, routes: readonly LedgerRoute[]): Promise<void>;
  /** EC2 has taken the routes from us, whether they were claimed before or not. */
  confirm(peeringId: PeeringId, routes: readonly LedgerRoute[]): Promise<void>;
  /** The routes are gone, or turned out to be somebody else's. */
  disclaim(peeringId: PeeringId, routes: readonly LedgerRoute[]): Promise<void>;
  /** Remembers where both sides are. */
  remember(peeringId: PeeringId, sides: Readonly<Record<Role, SideLocation>>): Promise<void>;
  /**
   * Adds to the history. Entries of one millisecond keep the order in which they came; one that equals another in
   * every field is that same entry, told twice.
   */
  append(peeringId: PeeringId, entry: HistoryEntry): Promise<void>;
  /** Oldest first, of the last 400 days at least. */
  history(peeringId: PeeringId): Promise<readonly HistoryEntry[]>;
}
