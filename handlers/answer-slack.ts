import { answerClicks } from '../shared/commands/answer-clicks.ts';
import { composeAnswerSlack } from '../shared/compose/answer-slack.ts';
import { inTime } from '../shared/in-time.ts';
import { onLambda } from '../shared/lambda.ts';
import type { CreateHandler } from '../shared/platform.ts';

/** What people of Slack said with a button is done, and shown. */
export const createHandler: CreateHandler = (platform) => {
  const deps = composeAnswerSlack(platform);
  return inTime(platform, (event, deadline) => answerClicks(event, deps, deadline));
};

export const handler = onLambda(createHandler);
