import { composeIntake } from '../shared/compose/intake.ts';
import { intake } from '../shared/events/intake.ts';
import { inTime } from '../shared/in-time.ts';
import { onLambda } from '../shared/lambda.ts';
import type { CreateHandler } from '../shared/platform.ts';

/** Peering events from the hub's bus become work for the queue. */
export const createHandler: CreateHandler = (platform) => {
  const deps = composeIntake(platform);
  return inTime(platform, (event) => intake(event, deps));
};

export const handler = onLambda(createHandler);
