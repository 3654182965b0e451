import type { PeeringId, VpcId } from '../domain/facts/ids.ts';
import type {
  BlockedStep,
  Consent,
  CutRoute,
  HistoryEntry,
  LedgerRoute,
  Memory,
  MissingRoute,
  Suspicion,
} from '../domain/memory/memory.ts';
import type { Role, SideLocation } from '../domain/facts/peering.ts';
import type { Digest } from '../domain/policy/language/canonical.ts';

/**
 * The memory beside EC2, which holds the truth. Losing it must never let anything in, nor delete anything that is
 * not ours: a route that it does not know is somebody else's.
 */
export interface Ledger {
  /** Strongly consistent. A peering that it has never heard of has no sides and no routes. */
  read(peeringId: PeeringId): Promise<Memory>;
  /** Writes all of it or throws; after a failure some of it may be written, and writing it again does no harm. */
  write(peeringId: PeeringId, page: LedgerPage): Promise<void>;
  /**
   * Oldest first, of the last 400 days at least. Entries of the same millisecond have no order.
   *
   * @param since epoch milliseconds: no more is read than is needed
   */
  history(peeringId: PeeringId, since?: number): Promise<readonly HistoryEntry[]>;
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
  /** What people are told of trial rules; `null` where they would change nothing any more. */
  readonly planned?: string | null | undefined;
  /** What was judged. */
  readonly consent?: Consent | undefined;
  /** Routes that a guardrail is about to take away. */
  readonly cuts?: readonly CutRoute[];
  /** Such routes that are there again, or that nobody will put back. */
  readonly uncuts?: readonly CutRoute[];
  /** What the first of two looks found; `null` where a look found otherwise. */
  readonly suspicion?: Suspicion | null | undefined;
  /** The sides whose DNS flag is about to be turned on. */
  readonly dns?: readonly Role[];
  /** The sides whose DNS flag is off. */
  readonly undns?: readonly Role[];
  /** Steps that AWS refused until a person does something. */
  readonly blocked?: readonly BlockedStep[];
  /** Such steps that were done since, or that nobody wants any more. */
  readonly unblocked?: readonly Pick<BlockedStep, 'step'>[];
  /** Wanted routes that are seen to be missing for the first time, and left to others for a while. */
  readonly missing?: readonly MissingRoute[];
  /** Such routes that are there, or that nobody wants any more. */
  readonly unmissing?: readonly MissingRoute[];
  /** The digest of what people are asked to approve; `null` where nothing is any more. */
  readonly asked?: Digest | null | undefined;
  /** Added to the history and to the log; an entry that equals another in every field is that same entry. */
  readonly entry?: HistoryEntry | undefined;
  /** Both VPCs of the peering, by which who asks of a VPC finds the entry. */
  readonly vpcs?: readonly VpcId[];
}
