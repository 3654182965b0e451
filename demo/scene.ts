import type { DemoAccount, DemoVpc } from './landscape.ts';
import type { SideState } from './side-state.ts';
import type { Expected, PartPlan } from './story.ts';
import type { DecisionKind, TimelineEntry } from './timeline-entry.ts';

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

/** The whole story in numbers. */
export interface Summary {
  /** How many peerings EC2 has in each state in the end. */
  readonly peerings: Readonly<Record<string, number>>;
  readonly decisions: Readonly<Partial<Record<DecisionKind, number>>>;
  /** autopeer's API calls: EC2 calls that read, EC2 calls that change, and those to other services. */
  readonly calls: { readonly reads: number; readonly changes: number; readonly other: number };
  /** Calls of autopeer that AWS answered with an error. */
  readonly refusedCalls: number;
  /** Failures that Lambda or a queue tried again. */
  readonly failures: number;
  /** From each part's first call to the last thing that happened in it, all together. */
  readonly virtualMs: number;
  /** Messages in each dead-letter queue, by its name, and letters in the ledger. */
  readonly deadLetters: Readonly<Record<string, number>>;
  /** The names of the alarms that ring. */
  readonly ringing: readonly string[];
  readonly parts: number;
  /** The parts that EC2 does not confirm. */
  readonly differing: readonly number[];
}
