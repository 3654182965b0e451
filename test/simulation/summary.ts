import { deedsOf } from './digest.ts';
import type { Violation } from './invariants/judge.ts';
import { runPlan, type Run } from './organization-run.ts';
import { drawPlan } from './plan/draw-plan.ts';
import type { Plan } from './plan/plan.ts';
import { checkTrials } from './trials.ts';
import { TROUBLE_KINDS, type TroubleKind } from './plan/faults.ts';

/** The report on one run. */
export interface RunSummary {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly sweeps: number;
  readonly virtualMs: number;
  readonly calls: number;
  readonly ownChanges: number;
  readonly troubles: readonly (readonly [TroubleKind, number])[];
  readonly races: number;
  /** What autopeer did, in short, where it was asked for: digest.ts. */
  readonly digest?: string;
}

export const summarizeSeed = (seed: number, withDigest = false): Promise<RunSummary> =>
  summarizePlan(drawPlan(seed), withDigest);

export async function summarizePlan(plan: Plan, withDigest = false): Promise<RunSummary> {
  const run = await runPlan(plan);
  const violations = run.violations.length > 0 ? run.violations : await checkTrials(plan, run);
  const summary = summaryOf(plan.seed, { ...run, violations });
  return withDigest ? { ...summary, digest: deedsOf(run.stage.world.aws.calls) } : summary;
}

function summaryOf(
  seed: number,
  { stage, violations, sweeps, troubles, races, ownChanges }: Run,
): RunSummary {
  const { clock, calls } = stage.world.aws;
  return {
    seed,
    violations,
    sweeps,
    virtualMs: clock.now() - stage.startMs,
    calls: calls.length,
    ownChanges,
    troubles: [...troubles],
    races: [...races.values()].reduce((sum, each) => sum + each, 0),
  };
}

/** The report on many runs. */
export class Tally {
  runs = 0;
  broken: RunSummary[] = [];
  virtualMs = 0;
  calls = 0;
  ownChanges = 0;
  races = 0;
  /** Runs by the number of sweeps that it took until all was well. */
  readonly sweeps = new Map<number, number>();
  slowest: RunSummary | undefined;
  readonly troubles = new Map<TroubleKind, number>(TROUBLE_KINDS.map((kind) => [kind, 0]));

  add(run: RunSummary): void {
    this.runs++;
    if (run.violations.length > 0) this.broken.push(run);
    this.virtualMs += run.virtualMs;
    this.calls += run.calls;
    this.ownChanges += run.ownChanges;
    this.races += run.races;
    this.sweeps.set(run.sweeps, (this.sweeps.get(run.sweeps) ?? 0) + 1);
    if (run.sweeps > (this.slowest?.sweeps ?? 0)) this.slowest = run;
    for (const [kind, count] of run.troubles) this.troubles.set(kind, (this.troubles.get(kind) ?? 0) + count);
  }
}
