import type { PeeringId, VpcId } from '../domain/facts/ids.ts';
import type { HistoryEntry, Memory } from '../domain/memory/memory.ts';

/** Some of a list, and where the rest begins. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** What to ask with for the next page; nothing after the last one. */
  readonly next: string | undefined;
}

/** An entry, and which peering it is of. */
export interface LoggedEntry {
  readonly peeringId: PeeringId;
  readonly entry: HistoryEntry;
}

/** Instants from and to, epoch milliseconds; the last one is not part of it. */
export interface TimeSpan {
  readonly since: number;
  readonly until: number;
}

/**
 * What became of peerings, for people, a page at a time: so much as one answer of the hub takes. All of it is strongly
 * consistent. `after` is the `next` of the page before.
 */
export interface HistoryBook {
  /** The history of one peering, oldest first. */
  entriesOf(peeringId: PeeringId, after?: string): Promise<Page<HistoryEntry>>;
  /** Its last entry; nothing where it has none. */
  lastOf(peeringId: PeeringId): Promise<HistoryEntry | undefined>;
  /** The entries of all peerings in a span of time, oldest first. */
  log(span: TimeSpan, after?: string): Promise<Page<LoggedEntry>>;
  /** The peerings of a VPC that have a history, in the order of their ids. */
  peeringsOf(vpcId: VpcId, after?: string): Promise<Page<PeeringId>>;
  /** Where its sides are; nothing where the ledger has never heard of it. */
  sidesOf(peeringId: PeeringId): Promise<Memory['sides']>;
}
