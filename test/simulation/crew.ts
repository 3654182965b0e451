import { Worker } from 'node:worker_threads';

import type { Plan } from './plan/plan.ts';
import type { RunSummary } from './summary.ts';
import type { Share } from './worker.ts';

/** Small enough that the last worker does not keep the others waiting for long. */
const SHARE = 25;

export interface Task {
  readonly bundlePath: string;
  readonly start: number;
  readonly seeds: number;
  readonly workers: number;
  /** Whether the first broken run ends everything. */
  readonly untilBroken?: boolean;
  readonly withDigest?: boolean;
  /** Real time in milliseconds after which no new share is handed out. */
  readonly budgetMs?: number;
  readonly onRun: (run: RunSummary) => void;
}

/**
 * Runs many seeds on several threads.
 *
 * @throws what ends a worker: that is a fault of the simulation
 */
export async function runAll(task: Task): Promise<void> {
  let next = task.start;
  const end = task.start + task.seeds;
  const begun = performance.now();
  let isOver = false;
  const take = (): Share | undefined => {
    const isLate = performance.now() - begun > (task.budgetMs ?? Number.POSITIVE_INFINITY);
    if (isOver || isLate || next >= end) return undefined;
    const share = {
      from: next,
      count: Math.min(SHARE, end - next),
      untilBroken: task.untilBroken === true,
      withDigest: task.withDigest === true,
    };
    next += share.count;
    return share;
  };
  const onRun = (run: RunSummary): void => {
    task.onRun(run);
    if (task.untilBroken === true && run.violations.length > 0) isOver = true;
  };
  const crew = Math.max(1, Math.min(task.workers, Math.ceil(task.seeds / SHARE)));
  await Promise.all(Array.from({ length: crew }, () => runWorker(task.bundlePath, take, onRun)));
}

/** Runs plans that are known already, on one thread, up to the first that goes wrong. */
export async function summarizePlans(
  bundlePath: string,
  plans: readonly Plan[],
): Promise<readonly RunSummary[]> {
  const worker = startWorker(bundlePath);
  try {
    return await ask(worker, plans);
  } finally {
    await worker.terminate();
  }
}

/** Most of what a run makes is garbage at once: the more room it has, the less of it is looked through. */
const YOUNG_GENERATION_MB = 128;

const startWorker = (bundlePath: string): Worker =>
  new Worker(bundlePath, { resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB } });

async function runWorker(
  bundlePath: string,
  take: () => Share | undefined,
  onRun: (run: RunSummary) => void,
): Promise<void> {
  const worker = startWorker(bundlePath);
  try {
    for (let share = take(); share !== undefined; share = take()) {
      for (const run of await ask(worker, share)) onRun(run);
    }
  } finally {
    await worker.terminate();
  }
}

function ask(worker: Worker, share: Share | readonly Plan[]): Promise<readonly RunSummary[]> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      worker.off('message', onMessage).off('error', onError);
    };
    const onMessage = (runs: readonly RunSummary[]): void => {
      settle();
      resolve(runs);
    };
    const onError = (error: Error): void => {
      settle();
      const runs = 'from' in share ? `seeds ${share.from} to ${share.from + share.count - 1}` : 'plans';
      reject(new Error(`${runs}: ${error.stack ?? error.message}`));
    };
    worker.on('message', onMessage).on('error', onError);
    worker.postMessage(share, []);
  });
}
