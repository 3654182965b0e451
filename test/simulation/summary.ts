import type { Violation } from './invariants/judge.ts';
import { runLife, type Life } from './life.ts';
import { drawPlan } from './plan/draw-plan.ts';
import type { Plan } from './plan/plan.ts';
import { checkTrials } from './trials.ts';
import { TROUBLE_KINDS, type TroubleKind } from './plan/faults.ts';

/** What is told of one life. */
export interface LifeSummary {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly sweeps: number;
  readonly virtualMs: number;
  readonly calls: number;
  readonly ownChanges: number;
  readonly troubles: readonly (readonly [TroubleKind, number])[];
  readonly races: number;
}

export const liveSeed = (seed: number): Promise<LifeSummary> => livePlan(drawPlan(seed));

export async function livePlan(plan: Plan): Promise<LifeSummary> {
  const life = await runLife(plan);
  const violations = life.violations.length > 0 ? life.violations : await checkTrials(plan, life);
  return summaryOf(plan.seed, { ...life, violations });
}

function summaryOf(
  seed: number,
  { stage, violations, sweeps, troubles, races, ownChanges }: Life,
): LifeSummary {
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

/** What is told of many lives. */
export class Tally {
  lives = 0;
  broken: LifeSummary[] = [];
  virtualMs = 0;
  calls = 0;
  ownChanges = 0;
  races = 0;
  /** Lives by the number of sweeps that it took until all was well. */
  readonly sweeps = new Map<number, number>();
  slowest: LifeSummary | undefined;
  readonly troubles = new Map<TroubleKind, number>(TROUBLE_KINDS.map((kind) => [kind, 0]));

  add(life: LifeSummary): void {
    this.lives++;
    if (life.violations.length > 0) this.broken.push(life);
    this.virtualMs += life.virtualMs;
    this.calls += life.calls;
    this.ownChanges += life.ownChanges;
    this.races += life.races;
    this.sweeps.set(life.sweeps, (this.sweeps.get(life.sweeps) ?? 0) + 1);
    if (life.sweeps > (this.slowest?.sweeps ?? 0)) this.slowest = life;
    for (const [kind, count] of life.troubles)
      this.troubles.set(kind, (this.troubles.get(kind) ?? 0) + count);
  }
}
