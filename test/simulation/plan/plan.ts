import type { PlannedFault } from './faults.ts';
import type { LastingTrouble } from './lasting.ts';
import type { Step } from './steps.ts';

/** Calls take so long where no fault makes them slower, in virtual milliseconds. */
export const LATENCY_MS = 50;

/** An account of the organization; `ou` is undefined right under the root. */
export interface PlannedAccount {
  readonly id: string;
  readonly ou: string | undefined;
  /** Whether it has the member stack. */
  readonly isEnrolled: boolean;
}

export interface PlannedVpc {
  /** What steps call it. */
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
  readonly cidr: string;
  readonly hasIpv6: boolean;
  readonly hasDnsHostnames: boolean;
  readonly tags: Readonly<Record<string, string>>;
  /** So many subnets; of these some have a table of their own, the others fall back to the main one. */
  readonly subnets: number;
  readonly ownTables: number;
}

/**
 * A whole run as data: who is there, what everybody does and when, what goes wrong and when. All of it was drawn
 * before anything runs, so that any part can be left out and the rest stays the same (see shrink.ts). Instants are
 * milliseconds since the storm began.
 */
export interface Plan {
  readonly seed: number;
  readonly accounts: readonly PlannedAccount[];
  /** Accounts outside the organization. */
  readonly vendors: readonly string[];
  /** Regions with VPCs and member stacks; the policy governs some of them. */
  readonly regions: readonly string[];
  readonly vpcs: readonly PlannedVpc[];
  /** The policy at the beginning, and those that steps deploy. */
  readonly policies: readonly string[];
  /** Whether the member stack lets autopeer delete peerings. */
  readonly mayDeletePeerings: boolean;
  readonly steps: readonly Step[];
  readonly faults: readonly PlannedFault[];
  /** What stays broken. */
  readonly lasting?: readonly LastingTrouble[];
  /** When the storm is over: no step comes later, no fault goes on. */
  readonly stormMs: number;
  /** Whether each event takes the same time. */
  readonly isSteady?: boolean;
  /** How long each AWS call takes; {@link LATENCY_MS} where it is not stated. */
  readonly latencyMs?: number;
  /** Whether a week goes by after it. */
  readonly lingers?: boolean;
}
