import { takeClick } from '../shared/commands/take-clicks.ts';
import { composeSlackActions } from '../shared/compose/slack-actions.ts';
import { inTime } from '../shared/in-time.ts';
import { onLambda } from '../shared/lambda.ts';
import type { CreateHandler } from '../shared/platform.ts';

/** A click in Slack is verified, and waits in a queue: Slack gets its answer within three seconds. */
export const createHandler: CreateHandler = (platform) => {
  const deps = composeSlackActions(platform);
  return inTime(platform, (event) => takeClick(event, deps));
};

export const handler = onLambda(createHandler);
