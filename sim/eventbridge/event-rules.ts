import type { EventMatch } from './pattern/compile.ts';

/** An event as EventBridge hands it to targets. */
export interface EventEnvelope {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** Whole seconds, ISO 8601. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

export interface EventTarget {
  readonly id: string;
  readonly arn: string;
  readonly roleArn?: string;
  /** Constant JSON text instead of the event. */
  readonly input?: string;
  /** `$.detail`: a part of the event instead of the whole. */
  readonly inputPath?: string;
  readonly deadLetterArn?: string;
  /** The group for a FIFO queue. */
  readonly messageGroupId?: string;
}

export interface EventRule {
  readonly arn: string;
  readonly name: string;
  readonly busArn: string;
  readonly enabled: boolean;
  /** JSON text, as it was given. */
  readonly pattern?: string;
  readonly matches?: EventMatch;
  /** `rate(…)` or `cron(…)`; it fires only when a test says so. */
  readonly schedule?: string;
  readonly description?: string;
  /** Kept and shown; what a rule may do is its targets' own roles' matter here. */
  readonly roleArn?: string;
  readonly targets: Map<string, EventTarget>;
}

/** An event that a bus received. */
export interface Delivery {
  readonly atMs: number;
  readonly busArn: string;
  readonly event: EventEnvelope;
}

/** A rule that could not hand an event to its target. */
export interface FailedInvocation {
  readonly atMs: number;
  readonly ruleArn: string;
  readonly targetArn: string;
  readonly code: string;
  readonly message: string;
  readonly event: unknown;
}
