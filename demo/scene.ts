import type { DemoAccount, DemoVpc } from './landscape.ts';
import type { SideState } from './side-state.ts';
import type { Expected, PartPlan } from './story.ts';
import type { Summary } from './summary.ts';
import type { TimelineEntry } from './timeline-entry.ts';

/** What the demo shows, in this order: one opening, a part for each of the story, one closing. */
export type Scene = Opening | Part | Closing;

export interface Opening {
  readonly kind: 'opening';
  readonly seed: number;
  readonly policyFile: string;
  readonly policyText: string;
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  readonly hubAccountId: string;
  readonly accounts: readonly DemoAccount[];
  readonly vpcs: readonly DemoVpc[];
}

/** Both sides as EC2 describes them to their own accounts. */
export interface BothSides {
  readonly requester: SideState;
  readonly accepter: SideState;
}

export interface Part {
  readonly kind: 'part';
  /** From 1. */
  readonly number: number;
  readonly plan: PartPlan;
  readonly peeringId: string;
  /** The instant of the person's call. */
  readonly startMs: number;
  readonly timeline: readonly TimelineEntry[];
  readonly before: BothSides;
  readonly after: BothSides;
  readonly check: Check;
}

/** Whether EC2 says what the story says. */
export interface Check {
  readonly expected: Expected;
  /** What was found, a few words each. */
  readonly findings: readonly string[];
  /** In what it differs from the story, a sentence each; empty when all is as told. */
  readonly differences: readonly string[];
}

export interface Closing {
  readonly kind: 'closing';
  readonly summary: Summary;
}
