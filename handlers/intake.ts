import { composeIntake } from '../shared/compose.ts';
import { intake } from '../shared/events/intake.ts';
import { onLambda } from '../shared/lambda.ts';
import type { CreateHandler } from '../shared/platform.ts';

/** Peering events from the hub's bus become work for the queue. */
export const createHandler: CreateHandler = (platform) => {
  const deps = composeIntake(platform);
  return (event) => intake(event, deps);
};

export const handler = onLambda(createHandler);
