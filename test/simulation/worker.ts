import { parentPort } from 'node:worker_threads';

import type { Plan } from './plan/plan.ts';
import { summarizePlan, summarizeSeed, type RunSummary } from './summary.ts';

/** A part of the seeds. */
export interface Share {
  readonly from: number;
  readonly count: number;
  /** Whether the first broken run ends the share. */
  readonly untilBroken: boolean;
  readonly withDigest: boolean;
}

/** Runs the seeds of each share that it is sent, or the plans up to the first that goes wrong, and answers with what is told of them. */
parentPort?.on('message', (share: Share | readonly Plan[]) => {
  void ('from' in share ? runShare(share) : runAgain(share)).then((runs) =>
    parentPort?.postMessage(runs, []),
  );
});

async function runShare({ from, count, untilBroken, withDigest }: Share): Promise<readonly RunSummary[]> {
  const runs: RunSummary[] = [];
  for (let seed = from; seed < from + count; seed++) {
    const run = await summarizeSeed(seed, withDigest);
    runs.push(run);
    if (untilBroken && run.violations.length > 0) break;
  }
  return runs;
}

async function runAgain(plans: readonly Plan[]): Promise<readonly RunSummary[]> {
  const runs: RunSummary[] = [];
  for (const plan of plans) {
    const run = await summarizePlan(plan);
    runs.push(run);
    if (run.violations.length > 0) break;
  }
  return runs;
}
