import type { PeeringId } from '../domain/facts/ids.ts';
import type { Role, SideLocation } from '../domain/facts/peering.ts';

/** A person lets autopeer go on with what another tool undid again and again. */
export interface ContestRelease {
  /** Who: the caller's ARN. */
  readonly by: string;
  /** Epoch milliseconds. What was undone before no longer counts. */
  readonly at: number;
}

export interface Contests {
  /** The last release of this peering. */
  releaseOf(peeringId: PeeringId): Promise<ContestRelease | undefined>;
  /** Writes it down in the place of an earlier one. */
  release(peeringId: PeeringId, release: ContestRelease): Promise<void>;
  /** Where both sides are; `undefined` of a peering that autopeer remembers nothing of. */
  sidesOf(peeringId: PeeringId): Promise<Readonly<Record<Role, SideLocation>> | undefined>;
}
