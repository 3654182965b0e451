import { composeTellSlack } from '../shared/compose/tell-slack.ts';
import { notifyBatch } from '../shared/notices/notify-batch.ts';
import { inTime } from '../shared/in-time.ts';
import { onLambda } from '../shared/lambda.ts';
import type { CreateHandler } from '../shared/platform.ts';

/** Domain events that wait for Slack become messages there. */
export const createHandler: CreateHandler = (platform) => {
  const deps = composeTellSlack(platform);
  return inTime(platform, (event, deadline) => notifyBatch(event, deps, deadline));
};

export const handler = onLambda(createHandler);
