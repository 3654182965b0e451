import { composeReconcile } from '../shared/compose/reconcile.ts';
import { workBatch } from '../shared/reconcile/work-batch.ts';
import { inTime } from '../shared/in-time.ts';
import { onLambda } from '../shared/lambda.ts';
import type { CreateHandler } from '../shared/platform.ts';

/** Work from the FIFO queue: each peering is made what the policy wants. */
export const createHandler: CreateHandler = (platform) => {
  const deps = composeReconcile(platform);
  return inTime(platform, (event, deadline) => workBatch(event, deps(), deadline));
};

export const handler = onLambda(createHandler);
