import { composeLetters } from '../shared/compose/letters.ts';
import { inTime } from '../shared/in-time.ts';
import { takeLetters } from '../shared/letters/take-letters.ts';
import { onLambda } from '../shared/lambda.ts';
import type { CreateHandler } from '../shared/platform.ts';

/** What autopeer gave up on is kept in the ledger and told, one notice a cause. */
export const createHandler: CreateHandler = (platform) => {
  const deps = composeLetters(platform);
  return inTime(platform, (event, deadline) => takeLetters(event, deps, deadline));
};

export const handler = onLambda(createHandler);
