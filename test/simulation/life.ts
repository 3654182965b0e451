import { perform } from './actors/perform.ts';
import { Troubles } from './fates.ts';
import type { Plan } from './plan/plan.ts';
import type { TroubleKind } from './plan/faults.ts';
import { watchChanges } from './invariants/changes.ts';
import { Judge, type Violation } from './invariants/judge.ts';
import { buildStage, type Stage } from './stage.ts';

const HOUR_MS = 3_600_000;

export interface Life {
  readonly stage: Stage;
  readonly violations: readonly Violation[];
  readonly races: ReadonlyMap<string, number>;
  readonly troubles: ReadonlyMap<TroubleKind, number>;
}

/** Lives a plan to its end: the storm, then the calm in which all must come right. */
export async function runLife(plan: Plan, wire: 'http' | 'direct' = 'direct'): Promise<Life> {
  const stage = await buildStage(plan, wire);
  const { clock } = stage.world.aws;
  const judge = new Judge(stage);
  stage.judge = judge;
  watchChanges(judge);
  const troubles = new Troubles(stage);
  troubles.start();
  for (const step of plan.steps) clock.schedule(step.atMs, () => void perform(step, stage));
  await clock.run(stage.startMs + plan.stormMs);
  await clock.run();
  for (let sweep = 0; sweep < 3; sweep++) {
    stage.world.hub.fireSchedules();
    await clock.run();
    await clock.run(clock.now() + HOUR_MS);
  }
  return { stage, violations: judge.violations, races: judge.races, troubles: troubles.counts };
}
