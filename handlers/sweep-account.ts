import { composeSweep } from '../shared/compose/sweep.ts';
import { sweepBatch } from '../shared/reconcile/work-batch.ts';
import { inTime } from '../shared/in-time.ts';
import { onLambda } from '../shared/lambda.ts';
import type { CreateHandler } from '../shared/platform.ts';

/** Accounts and regions are looked through for what events missed. */
export const createHandler: CreateHandler = (platform) => {
  const deps = composeSweep(platform);
  return inTime(platform, (event, deadline) => sweepBatch(event, deps(), deadline));
};

export const handler = onLambda(createHandler);
