import type { Plan } from '../domain/connection/plan.ts';
import type { Outcome, StepResult } from '../domain/connection/outcome.ts';
import type { Verdict } from '../domain/connection/verdict.ts';
import type { Observed } from '../domain/facts/observed.ts';
import type { Suspension } from '../domain/memory/suspension.ts';
import type { Trial } from './decide-on.ts';

/** One reconcile, whole: what was seen, what was decided, what was done, and how it ended. */
export interface Reconciled {
  readonly observed: Observed;
  readonly verdict: Verdict;
  readonly plan: Plan;
  /** Nothing was done; `plan` is what would have been. */
  readonly isDryRun: boolean;
  /** Why nothing was done, where people have suspended autopeer. */
  readonly suspension: Suspension | undefined;
  /** What trial rules would have become of it, where that is something else. */
  readonly trial: Trial | undefined;
  readonly results: readonly StepResult[];
  readonly outcome: Outcome;
}
