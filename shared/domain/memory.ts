import type { Cidr } from './cidr.ts';
import type { AccountId, Region, RouteTableId } from './ids.ts';
import type { Role, SideLocation } from './peering.ts';

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

/** A peering that the ledger has never heard of. */
export const NO_MEMORY: Memory = { sides: undefined, routes: [] };

/** Two claims on one route are the same claim. */
export const routeKey = ({ accountId, region, routeTableId, destination }: LedgerRoute): string =>
  `${accountId}/${region}/${routeTableId}/${destination}`;

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
