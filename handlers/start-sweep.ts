import { composeStartSweep } from '../shared/compose/start-sweep.ts';
import { scheduleId } from '../shared/events/schedule.ts';
import { startSweep } from '../shared/reconcile/start-sweep.ts';
import { inTime } from '../shared/in-time.ts';
import { onLambda } from '../shared/lambda.ts';
import type { CreateHandler } from '../shared/platform.ts';

/** The schedule starts a sweep: one message for each account and governed region. */
export const createHandler: CreateHandler = (platform) => {
  const deps = composeStartSweep(platform);
  return inTime(platform, (event) => startSweep(scheduleId(event), deps));
};

export const handler = onLambda(createHandler);
