import { answerCommand } from '../shared/commands/answer.ts';
import { composeCommands } from '../shared/compose/commands.ts';
import { inTime } from '../shared/in-time.ts';
import { onLambda } from '../shared/lambda.ts';
import type { CreateHandler } from '../shared/platform.ts';

/** What people tell autopeer to do, through the function's URL: the one door to the ledger for them. */
export const createHandler: CreateHandler = (platform) => {
  const deps = composeCommands(platform);
  return inTime(platform, (event) => answerCommand(event, deps));
};

export const handler = onLambda(createHandler);
