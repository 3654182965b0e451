import { perform } from './actors/perform.ts';
import { Troubles } from './fates.ts';
import type { Plan } from './plan/plan.ts';
import type { TroubleKind } from './plan/faults.ts';
import { watchChanges } from './invariants/changes.ts';
import { checkEventsSuffice } from './invariants/events.ts';
import { checkAcknowledged, checkDeadLetters } from './invariants/dead-letters.ts';
import { checkStanding, checkTold, isContested } from './invariants/told.ts';
import { checkHistory, watchLedger } from './invariants/ledger.ts';
import { checkPublished, watchNotices } from './invariants/notices.ts';
import { checkSecrets } from './invariants/secrets.ts';
import { Judge, type Violation } from './invariants/judge.ts';
import { lacksOf } from './convergence.ts';
import { buildStage, type Stage } from './stage.ts';

const HOUR_MS = 3_600_000;
/** So many sweeps, an hour apart, must do. */
const SWEEPS = 3;
/**
 * What another tool undid three times within a day is left alone until the day is over, as docs/reconcile.md says
 * ("Fighting"); so many sweeps must do after that.
 */
const TRUCE_MS = 25 * HOUR_MS;
const SWEEPS_AFTER_TRUCE = 3;
/** Before a request expires, and people are told so; and after it, while EC2 still shows it to whoever sweeps each hour. */
const BEFORE_EXPIRY_MS = 40 * HOUR_MS;
const AFTER_EXPIRY_MS = HOUR_MS / 2;

export interface Life {
  readonly stage: Stage;
  readonly violations: readonly Violation[];
  readonly races: ReadonlyMap<string, number>;
  /** How many changes autopeer made to EC2. */
  readonly ownChanges: number;
  /** How many sweeps it took after the storm until all was as the policy wants it. */
  readonly sweeps: number;
  readonly troubles: ReadonlyMap<TroubleKind, number>;
}

/**
 * Lives a plan to its end: the storm, then the calm in which all must come right.
 *
 * @param spoil what a test does to the stage besides, right before the storm
 */
export async function runLife(
  plan: Plan,
  wire: 'http' | 'direct' = 'direct',
  spoil: (stage: Stage) => void = () => undefined,
): Promise<Life> {
  const stage = await buildStage(plan, wire);
  const { clock } = stage.world.aws;
  const judge = new Judge(stage);
  stage.judge = judge;
  watchChanges(judge);
  watchNotices(judge);
  watchLedger(judge);
  const troubles = new Troubles(stage);
  troubles.start();
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
  if (plan.lingers === true) await linger(judge);
  for (const check of [
    checkPublished,
    checkHistory,
    checkSecrets,
    checkDeadLetters,
    checkAcknowledged,
    checkTold,
    checkStanding,
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

/** Faults are over, and the hub's schedule goes on. Answers the number of sweeps after which nothing was lacking. */
async function calmDown(judge: Judge): Promise<number> {
  const { world } = judge.stage;
  const { clock } = world.aws;
  await clock.run();
  checkEventsSuffice(judge);
  for (let sweep = 1; sweep <= SWEEPS + SWEEPS_AFTER_TRUCE; sweep++) {
    await clock.run(clock.now() + (sweep === SWEEPS + 1 ? TRUCE_MS : HOUR_MS));
    world.hub.fireSchedules();
    await clock.run();
    const lacks = lacksOf(judge);
    if (lacks.length === 0) return sweep;
    if (sweep >= SWEEPS && !lacks.every(({ peeringId }) => isContested(judge, peeringId))) break;
  }
  for (const { peeringId, text } of lacksOf(judge)) judge.report('not-converged', `${peeringId}: ${text}`);
  return Number.POSITIVE_INFINITY;
}

/** A week goes by, in which requests expire that nobody has answered: no event tells of it. */
async function linger(judge: Judge): Promise<void> {
  const { world } = judge.stage;
  const { clock, ec2 } = world.aws;
  const expiries = [...ec2.truth.peerings.values()]
    .filter((peering) => judge.state(peering) === 'pending-acceptance')
    .map(({ expiresAt }) => expiresAt);
  const looks = expiries.flatMap((atMs) => [atMs - BEFORE_EXPIRY_MS, atMs + AFTER_EXPIRY_MS]);
  for (const atMs of looks.toSorted((one, other) => one - other)) {
    await clock.run(Math.max(atMs, clock.now()));
    world.hub.fireSchedules();
    await clock.run();
    checkStanding(judge);
  }
}
