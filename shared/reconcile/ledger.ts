import type { Cidr } from '../domain/cidr.ts';
import type { AccountId, PeeringId, Region, RouteTableId } from '../domain/ids.ts';
import type { Role, SideLocation } from '../domain/peering.ts';

/** A route that autopeer wrote, or is about to write. */
export interface LedgerRoute {
  readonly accountId: AccountId;
  readonly region: Region;
  readonly routeTableId: RouteTableId;
  readonly destination: Cidr;
}

/**
 * `intended`: about to be written; whether it was is not known yet.
 * `written`: EC2 has said that it took it from us.
 */
export type RouteClaim = LedgerRoute & { readonly state: 'intended' | 'written' };

/** What is remembered of a peering. */
export interface Memory {
  /** Where both sides were when they were last seen; EC2 forgets that some time after the end. */
  readonly sides: Readonly<Record<Role, SideLocation>> | undefined;
  readonly routes: readonly RouteClaim[];
}

/** One thing that became of a peering. History is appended to, and never changed. */
export interface HistoryEntry {
  /** Epoch milliseconds. */
  readonly at: number;
  /** The verdict's kind: `connect`, `hold`, … */
  readonly verdict: string;
  /** The rule that decided, where one did. */
  readonly rule?: string | undefined;
  readonly reason: { readonly code: string; readonly text: string };
  /** The policy's content hash. */
  readonly policyVersion: string;
  /** The steps that were done, a sentence each. */
  readonly changes: readonly string[];
}

/**
 * The memory beside EC2, which holds the truth. Losing it must never let anything in, nor delete anything that is
 * not ours: a route that it does not know is somebody else's.
 */
export interface Ledger {
  /** Strongly consistent. A peering that it has never heard of has no sides and no routes. */
  read(peeringId: PeeringId): Promise<Memory>;
  /** Claims routes before they are created, so that a crash in between leaves none that we would not know. */
  intend(peeringId: PeeringId, routes: readonly LedgerRoute[]): Promise<void>;
  /** EC2 has taken the routes from us. */
  confirm(peeringId: PeeringId, routes: readonly LedgerRoute[]): Promise<void>;
  /** The routes are gone, or turned out to be somebody else's. */
  disclaim(peeringId: PeeringId, routes: readonly LedgerRoute[]): Promise<void>;
  /** Remembers where both sides are. */
  remember(peeringId: PeeringId, sides: Readonly<Record<Role, SideLocation>>): Promise<void>;
  append(peeringId: PeeringId, entry: HistoryEntry): Promise<void>;
  /** Oldest first. */
  history(peeringId: PeeringId): Promise<readonly HistoryEntry[]>;
}
