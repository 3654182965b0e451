import type { DetailType } from '../shared/domain/words/notice.ts';

/** One thing that happened. The kinds and their fields are stable: JSON lines and other viewers rest on them. */
export type TimelineEntry =
  CallEntry | EventEntry | ReadEntry | DecisionEntry | WaitEntry | NoticeEntry | LookEntry | FailureEntry;

export type Actor = 'person' | 'autopeer';

/** What autopeer makes of a peering. */
export type DecisionKind = 'connect' | 'hold' | 'reject' | 'clean-up' | 'report';

interface Timed {
  /** Virtual time, in epoch milliseconds. */
  readonly atMs: number;
}

/** A call to EC2 that changes a peering, or a route to one. */
export interface CallEntry extends Timed {
  readonly kind: 'call';
  readonly by: Actor;
  readonly accountId: string;
  readonly region: string;
  readonly action: string;
  /** Absent where nothing recorded tells which. */
  readonly peeringId?: string;
  readonly routeTableId?: string;
  readonly destination?: string;
  /** The sides whose DNS flag the call sets. */
  readonly dnsOf?: readonly ('requester' | 'accepter')[];
  /** The call failed. */
  readonly errorCode?: string;
}

/** CloudTrail's event of a call has reached the hub's bus. */
export interface EventEntry extends Timed {
  readonly kind: 'event';
  /** Whose call it was. */
  readonly by: Actor;
  readonly accountId: string;
  readonly region: string;
  readonly eventName: string;
  readonly peeringId?: string;
  /** What autopeer made of it: work for the queue, or nothing; `not-taken` where no function has it, or not yet. */
  readonly intake: 'queued' | 'ignored' | 'not-taken';
  /** Why it was ignored. */
  readonly reason?: string;
}

/** autopeer reads what it decides on: so many Describe calls, with the roles of these accounts. */
export interface ReadEntry extends Timed {
  readonly kind: 'read';
  readonly peeringId: string;
  readonly calls: number;
  readonly accountIds: readonly string[];
}

/** Timed at the last instant at which it can have been made: before the first change, or when it was told. */
export interface DecisionEntry extends Timed {
  readonly kind: 'decision';
  readonly peeringId: string;
  readonly decision: DecisionKind;
  readonly rule?: string;
  readonly reason: { readonly code: string; readonly text: string };
}

/** From accepting to the next change; EC2 was asked so many times whether the peering is active. */
export interface WaitEntry extends Timed {
  readonly kind: 'wait';
  readonly peeringId: string;
  readonly forMs: number;
  readonly looks: number;
}

/** People were told. */
export interface NoticeEntry extends Timed {
  readonly kind: 'notice';
  readonly peeringId: string;
  readonly detailType: DetailType;
  readonly channels: readonly string[];
  /** What a person has to do, a sentence each. */
  readonly problems: readonly string[];
}

/** autopeer looked at a peering and had nothing to tell. */
export interface LookEntry extends Timed {
  readonly kind: 'look';
  readonly peeringId: string;
  readonly outcome: string;
  readonly reason: string;
}

/** A function failed; Lambda or the queue tries again, and gives up at the dead-letter queue. */
export interface FailureEntry extends Timed {
  readonly kind: 'failure';
  readonly functionName: string;
  readonly error: string;
  readonly reason: string;
}
