/**
 * The closed list of what autopeer logs. A new message is a new member here, with its fields; free text is not
 * logged, so that no secret and no stranger's text ends in a log by accident.
 */
export type LogEntry =
  | {
      readonly code: 'intake.queued';
      readonly peeringId: string;
      readonly accountId: string;
      readonly eventName: string;
    }
  | { readonly code: 'intake.ignored'; readonly reason: string; readonly eventName: string }
  | {
      readonly code: 'reconcile.outcome';
      readonly peeringId: string;
      readonly outcome: string;
      readonly reason: string;
      readonly steps: number;
      readonly dryRun: boolean;
    }
  | { readonly code: 'reconcile.untagged'; readonly peeringId: string; readonly reason: string }
  | {
      readonly code: 'reconcile.failed';
      readonly peeringId: string;
      readonly error: string;
      readonly reason: string;
    }
  | {
      readonly code: 'intake.place-queued';
      readonly accountId: string;
      readonly region: string;
      readonly eventName: string;
    }
  | {
      readonly code: 'sweep.done';
      readonly accountId: string;
      readonly region: string;
      readonly peerings: number;
      readonly queued: number;
    }
  | {
      readonly code: 'sweep.no-member-role' | 'sweep.no-access';
      readonly accountId: string;
      readonly region: string;
    }
  | { readonly code: 'sweep.started'; readonly accounts: number; readonly places: number }
  | { readonly code: 'sweep.failed'; readonly messageId: string; readonly reason: string }
  | { readonly code: 'recheck.failed'; readonly messageId: string; readonly reason: string }
  | { readonly code: 'failure.unnoted'; readonly messageId: string; readonly reason: string }
  | { readonly code: 'letter.kept'; readonly messageId: string; readonly cause: string }
  | { readonly code: 'letter.told'; readonly cause: string; readonly letters: number }
  | { readonly code: 'letter.failed'; readonly messageId: string; readonly reason: string }
  | { readonly code: 'command.done'; readonly caller: string; readonly verb: string }
  | {
      readonly code: 'command.refused';
      readonly caller: string;
      readonly verb: string;
      readonly reason: string;
    }
  | { readonly code: 'ec2.odd-answer'; readonly where: string; readonly reason: string }
  | { readonly code: 'organization.odd-answer'; readonly reason: string }
  | { readonly code: 'queue.malformed'; readonly messageId: string; readonly reason: string }
  | { readonly code: 'click.failed'; readonly messageId: string; readonly reason: string }
  | { readonly code: 'slack.refused'; readonly reason: string }
  | { readonly code: 'notify.failed'; readonly messageId: string; readonly reason: string }
  | {
      readonly code: 'notify.sent';
      readonly channel: string;
      readonly detailType: string;
      /** The peering's id, the cause of what failed for good, how places stand, or what became of autopeer itself. */
      readonly about: string;
    };

/** Where log entries go. Only `…failed` is an error; everything else is information. */
export interface Log {
  write(entry: LogEntry): void;
}

/** The closed list of what autopeer counts. */
export type Counter =
  | 'IntakeQueued'
  | 'IntakeIgnored'
  | 'Swept'
  | 'ReconcileOutcome'
  | 'FoundBySweep'
  | 'NoticeSent'
  | 'OddAnswer'
  | 'DeadLetterCause'
  /** These have no dimensions: each has an alarm. */
  | 'SweepStarted'
  | 'EventMissed'
  | 'RequestExpiring';

/** Where counts go. `dimensions` are few, and of few values: CloudWatch charges for each that differs. */
export interface Metrics {
  count(counter: Counter, dimensions: Readonly<Record<string, string>>): void;
}

/** Time as the code sees it: the wall clock on Lambda, a virtual one in the simulation. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  sleep(ms: number): Promise<void>;
}
