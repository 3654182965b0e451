import { lacksOf, type Lack } from './convergence.ts';
import { checkEventsSuffice } from './invariants/events.ts';
import type { Judge } from './invariants/judge.ts';
import { isBraked, isContested, untoldOf } from './invariants/told.ts';

const HOUR_MS = 3_600_000;
/** So many sweeps, an hour apart, must do. */
const SWEEPS = 3;
/** One peering every two sweeps, of the few dozens that a run has. */
const MOST_BRAKED_SWEEPS = 60;
/** What another tool undid three times within a day is left alone until the day is over, as docs/reconcile.md says ("Fighting"). */
const TRUCE_MS = 25 * HOUR_MS;
/** Before a request expires, and people are told so; and after it, while EC2 still shows it to whoever sweeps each hour. */
const BEFORE_EXPIRY_MS = 40 * HOUR_MS;
const AFTER_EXPIRY_MS = HOUR_MS / 2;

/**
 * Faults are over, and the hub's schedule goes on until all is as the policy wants it and people know how it stands. Only
 * where another tool fights may it take the day longer, after which the fight is taken up again.
 *
 * @returns the number of sweeps after which nothing was lacking
 */
export async function calmDown(judge: Judge): Promise<number> {
  const { clock } = judge.stage.world.aws;
  await clock.run();
  checkEventsSuffice(judge);
  const sweeps = await sweepUntilWell(judge);
  if (sweeps !== undefined) return sweeps;
  const braked = await waitForBrake(judge);
  if (braked !== undefined) return SWEEPS + braked;
  const letters = judge.stage.world.deadLetters().join('\n');
  // Who died before he could tell of the fight has left a letter, which rings an alarm.
  // What AWS has refused is tried again when an event tells of a change, which may be lost, and after a day.
  const mayWait = ({ peeringId }: Lack): boolean =>
    isContested(judge, peeringId) || letters.includes(peeringId) || judge.ledger.has(peeringId, 'blocked#');
  if ([...lacksOf(judge), ...untoldOf(judge)].every(mayWait)) {
    await clock.run(clock.now() + TRUCE_MS - HOUR_MS);
    const more = await sweepUntilWell(judge);
    if (more !== undefined) return SWEEPS + more;
  }
  reportLacks(judge);
  return Number.POSITIVE_INFINITY;
}

/** What the brake holds back goes on hour by hour, as many at a time as the policy lets. */
async function waitForBrake(judge: Judge): Promise<number | undefined> {
  for (let sweeps = SWEEPS; sweeps <= MOST_BRAKED_SWEEPS; sweeps += SWEEPS) {
    const lacks = [...lacksOf(judge), ...untoldOf(judge)];
    if (!lacks.some(({ peeringId }) => isBraked(judge, peeringId))) return undefined;
    const more = await sweepUntilWell(judge);
    if (more !== undefined) return sweeps - SWEEPS + more;
  }
  return undefined;
}

/** A week goes by, in which requests expire that nobody has answered: no event tells of it. */
export async function linger(judge: Judge): Promise<void> {
  const { clock, ec2 } = judge.stage.world.aws;
  const expiries = [...ec2.truth.peerings.values()]
    .filter((peering) => judge.state(peering) === 'pending-acceptance')
    .map(({ expiresAt }) => expiresAt);
  const looks = expiries.flatMap((atMs) => [atMs - BEFORE_EXPIRY_MS, atMs + AFTER_EXPIRY_MS]);
  for (const atMs of looks.toSorted((one, other) => one - other)) {
    await clock.run(Math.max(atMs - HOUR_MS, clock.now()));
    if ((await sweepUntilWell(judge)) === undefined) return reportLacks(judge);
  }
}

/** @returns the number of sweeps, or nothing where {@link SWEEPS} of them do not do */
async function sweepUntilWell(judge: Judge): Promise<number | undefined> {
  const { aws, hub } = judge.stage.world;
  for (let sweep = 1; sweep <= SWEEPS; sweep++) {
    await aws.clock.run(aws.clock.now() + HOUR_MS);
    hub.fireSchedules();
    await aws.clock.run();
    if (lacksOf(judge).length === 0 && untoldOf(judge).length === 0) return sweep;
  }
  return undefined;
}

function reportLacks(judge: Judge): void {
  for (const { peeringId, text } of lacksOf(judge)) judge.report('not-converged', `${peeringId}: ${text}`);
  for (const { peeringId, text } of untoldOf(judge))
    judge.report('standing-not-told', `${peeringId}: ${text}`);
}
