import type { BrakeRelease, BrakeState } from '../domain/memory/brake.ts';
import type { PeeringId } from '../domain/facts/ids.ts';

/** Bounds how many peerings an hour lose their reachability, for the whole organization. */
export interface Brake {
  /**
   * Adds the peering to those of the last 60 minutes, by one conditional write; the same peering counts once. Nothing
   * may be cut unless this answers `admitted`.
   */
  admit(peeringId: PeeringId, atMost: number): Promise<'admitted' | 'full'>;
  /** Whether `admit` would be answered `full` now, without a write. */
  isFull(peeringId: PeeringId, atMost: number): Promise<boolean>;
  /** Lets `count` further peerings through until `until`. Adds to earlier releases that still run. */
  release(release: BrakeRelease): Promise<void>;
  /** What is in force now: for the command line. */
  read(): Promise<BrakeState>;
}
