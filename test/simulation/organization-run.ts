import { perform } from './actors/perform.ts';
import { calmDown, linger } from './calm.ts';
import { Troubles } from './fates.ts';
import type { Plan } from './plan/plan.ts';
import type { TroubleKind } from './plan/faults.ts';
import { watchChanges } from './invariants/changes.ts';
import { checkRemembered, watchConsent } from './invariants/consent.ts';
import { watchFirstLooks } from './invariants/cuts.ts';
import {
  checkAcknowledged,
  checkDeadLetters,
  checkFailuresTold,
  checkNeighbours,
} from './invariants/dead-letters.ts';
import { checkQuiet } from './invariants/quiet.ts';
import { checkTold } from './invariants/told.ts';
import { checkHistory, watchLedger } from './invariants/ledger.ts';
import { checkPublished, watchNotices } from './invariants/notices.ts';
import { checkWords } from './invariants/words.ts';
import { checkSecrets } from './invariants/secrets.ts';
import { Judge, type Violation } from './invariants/judge.ts';
import { buildStage, type Stage } from './stage.ts';

export interface Run {
  readonly stage: Stage;
  readonly violations: readonly Violation[];
  readonly races: ReadonlyMap<string, number>;
  /** How many changes autopeer made to EC2. */
  readonly ownChanges: number;
  /** How many sweeps it took after the storm until all was as the policy wants it. */
  readonly sweeps: number;
  readonly troubles: ReadonlyMap<TroubleKind, number>;
}

/** From a call to its event. */
const STEADY_MS = 9_000;

/**
 * Runs a plan to its end: the storm, then the calm in which all must come right.
 *
 * @param spoil what a test does to the stage besides, right before the storm
 */
export async function runPlan(
  plan: Plan,
  wire: 'http' | 'direct' = 'direct',
  spoil: (stage: Stage) => void = () => undefined,
): Promise<Run> {
  const stage = await buildStage(plan, wire);
  const { clock } = stage.world.aws;
  const judge = new Judge(stage);
  stage.judge = judge;
  watchChanges(judge);
  watchNotices(judge);
  watchLedger(judge);
  watchConsent(judge);
  watchFirstLooks(judge);
  const troubles = new Troubles(stage);
  troubles.start();
  // Else one call more would have the next event come at another time.
  if (plan.isSteady === true) stage.world.aws.trail.configure({ delayMs: [STEADY_MS, STEADY_MS] });
  spoil(stage);
  for (const step of plan.steps) {
    clock.schedule(step.atMs, () => {
      perform(step, stage).catch((error: unknown) =>
        judge.report('simulation-failed', `step ${step.id}: ${String(error)}`),
      );
    });
  }
  await clock.run(stage.startMs + plan.stormMs);
  const sweeps = await calmDown(judge);
  const isWell = Number.isFinite(sweeps);
  const staysBroken = plan.lasting !== undefined && plan.lasting.length > 0;
  if (isWell && (staysBroken || plan.lingers === true)) await checkQuiet(judge);
  if (plan.lingers === true) await linger(judge);
  for (const check of [
    checkPublished,
    checkHistory,
    checkSecrets,
    checkDeadLetters,
    checkFailuresTold,
    checkAcknowledged,
    checkNeighbours,
    checkTold,
    checkRemembered,
    checkWords,
  ])
    check(judge);
  return {
    stage,
    violations: judge.violations,
    races: judge.races,
    ownChanges: judge.ownChanges.length,
    sweeps,
    troubles: troubles.counts,
  };
}
