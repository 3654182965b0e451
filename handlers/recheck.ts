import { composeRecheck } from '../shared/compose/recheck.ts';
import { recheckBatch } from '../shared/reconcile/work-batch.ts';
import { inTime } from '../shared/in-time.ts';
import { onLambda } from '../shared/lambda.ts';
import type { CreateHandler } from '../shared/platform.ts';

/** What was held back for a while goes to the work queue again. */
export const createHandler: CreateHandler = (platform) => {
  const deps = composeRecheck(platform);
  return inTime(platform, (event, deadline) => recheckBatch(event, deps, deadline));
};

export const handler = onLambda(createHandler);
