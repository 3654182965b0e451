import { composeNotify } from '../shared/compose/notify.ts';
import { notify } from '../shared/notices/notify.ts';
import { inTime } from '../shared/in-time.ts';
import { onLambda } from '../shared/lambda.ts';
import type { CreateHandler } from '../shared/platform.ts';

/** Domain events from the hub's bus become SNS messages. */
export const createHandler: CreateHandler = (platform) => {
  const deps = composeNotify(platform);
  return inTime(platform, (event) => notify(event, deps));
};

export const handler = onLambda(createHandler);
