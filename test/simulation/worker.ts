import { parentPort } from 'node:worker_threads';

import type { Plan } from './plan/plan.ts';
import { livePlan, liveSeed, type LifeSummary } from './summary.ts';

/** A part of the seeds. */
export interface Share {
  readonly from: number;
  readonly count: number;
  /** Whether the first broken life ends the share. */
  readonly untilBroken: boolean;
}

/** Lives the seeds of each share that it is sent, or the plans up to the first that goes wrong, and answers with what is told of them. */
parentPort?.on('message', (share: Share | readonly Plan[]) => {
  void ('from' in share ? live(share) : liveAgain(share)).then((lives) => parentPort?.postMessage(lives, []));
});

async function live({ from, count, untilBroken }: Share): Promise<readonly LifeSummary[]> {
  const lives: LifeSummary[] = [];
  for (let seed = from; seed < from + count; seed++) {
    const life = await liveSeed(seed);
    lives.push(life);
    if (untilBroken && life.violations.length > 0) break;
  }
  return lives;
}

async function liveAgain(plans: readonly Plan[]): Promise<readonly LifeSummary[]> {
  const lives: LifeSummary[] = [];
  for (const plan of plans) {
    const life = await livePlan(plan);
    lives.push(life);
    if (life.violations.length > 0) break;
  }
  return lives;
}
