import type { PeeringId } from '../domain/ids.ts';

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

export interface BrakeRelease {
  readonly count: number;
  /** Epoch milliseconds. */
  readonly until: number;
  /** Who released it: the caller's ARN. */
  readonly by: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface BrakeState {
  /** The peerings that were cut within the last 60 minutes. */
  readonly cut: readonly CutPeering[];
  /** Those that still run. */
  readonly releases: readonly BrakeRelease[];
}

export interface CutPeering {
  readonly peeringId: PeeringId;
  /** Epoch milliseconds. */
  readonly at: number;
}
