import { composeReconcile } from '../shared/compose.ts';
import { workBatch } from '../shared/reconcile/work-batch.ts';
import { onLambda } from '../shared/lambda.ts';
import type { CreateHandler } from '../shared/platform.ts';

/** Work from the FIFO queue: each peering is made what the policy wants. */
export const createHandler: CreateHandler = (platform) => {
  const deps = composeReconcile(platform);
  return (event) => workBatch(event, deps);
};

export const handler = onLambda(createHandler);
