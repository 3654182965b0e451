import type { Cidr } from './cidr.ts';
import type { AccountId, Region, RouteTableId } from './ids.ts';
import type { Role, SideLocation } from './peering.ts';

/** A route that autopeer wrote, or was about to write. */
export interface LedgerRoute {
  readonly accountId: AccountId;
  readonly region: Region;
  readonly routeTableId: RouteTableId;
  readonly destination: Cidr;
}

/** What is remembered of a peering. */
export interface Memory {
  /** Where both sides were when they were last seen; EC2 forgets that some time after the end. */
  readonly sides: Readonly<Record<Role, SideLocation>> | undefined;
  /** Routes that are ours. One that was claimed and then not created may be among them, and does no harm. */
  readonly routes: readonly LedgerRoute[];
  /** What people were told last. It is told again only when it changes. */
  readonly told: string | undefined;
}

/** A peering that the ledger has never heard of. */
export const NO_MEMORY: Memory = { sides: undefined, routes: [], told: undefined };

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
  /** What caused the look, as CloudTrail has it: `DeleteRoute by arn:…`. */
  readonly by?: string | undefined;
  /** What is about to be done, a sentence each, in an entry that is written before it. */
  readonly planned?: readonly string[] | undefined;
  /** The steps that were done, a sentence each. */
  readonly changes: readonly string[];
}
