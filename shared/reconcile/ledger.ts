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
  /** Writes all of it or throws; after a failure some of it may be written, and writing it again does no harm. */
  write(peeringId: PeeringId, page: LedgerPage): Promise<void>;
  /** Oldest first, of the last 400 days at least. Entries of the same millisecond have no order. */
  history(peeringId: PeeringId): Promise<readonly HistoryEntry[]>;
}

/** What is written at once. */
export interface LedgerPage {
  /** Routes that are about to be created: so that a crash in between leaves none that we would not know. */
  readonly claims?: readonly LedgerRoute[];
  /** Routes that are gone, or turned out to be somebody else's. */
  readonly disclaims?: readonly LedgerRoute[];
  /** Where both sides are. */
  readonly sides?: Readonly<Record<Role, SideLocation>> | undefined;
  /** What people are told. */
  readonly told?: string | undefined;
  /** Added to the history; an entry that equals another in every field is that same entry. */
  readonly entry?: HistoryEntry | undefined;
}
