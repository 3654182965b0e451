import { composeStartSweep } from '../shared/compose/start-sweep.ts';
import { readSchedule } from '../shared/events/schedule.ts';
import { startLook } from '../shared/reconcile/start-sweep.ts';
import { inTime } from '../shared/in-time.ts';
import { onLambda } from '../shared/lambda.ts';
import type { CreateHandler } from '../shared/platform.ts';

/** A schedule starts a sweep, or a look for requests: one message for each account and governed region. */
export const createHandler: CreateHandler = (platform) => {
  const deps = composeStartSweep(platform);
  return inTime(platform, (event) => startLook(readSchedule(event), deps()));
};

export const handler = onLambda(createHandler);
