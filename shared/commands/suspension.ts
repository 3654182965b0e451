import * as z from 'zod';
import {
  resumed,
  suspended,
  suspensionAt,
  type PastSuspension,
  type Suspension,
} from '../domain/memory/suspension.ts';
import { tellSuspension } from '../reconcile/suspensions.ts';
import { command, type CommandTools } from './command.ts';

const MINUTE_MS = 60_000;
/** Thirty days: whoever means longer leaves the time out. */
const MAX_MINUTES = 30 * 24 * 60;
const MAX_REASON = 500;

/** Stops every write to EC2, and tells people. */
export const suspend = command(
  z.strictObject({
    minutes: z.int().min(1).max(MAX_MINUTES).optional(),
    reason: z.string().trim().min(1).max(MAX_REASON).optional(),
  }),
  async ({ minutes, reason }, { arn: by }, tools) => {
    const at = tools.clock.now();
    const until = minutes === undefined ? undefined : at + minutes * MINUTE_MS;
    await tools.suspensions.change((memory) => suspended(memory, { by, at, until, reason }));
    return statusNow(tools);
  },
);

/** Ends it, tells people, and so starts a sweep. */
export const resume = command(z.strictObject({}), async (_input, { arn: by }, tools) => {
  const at = tools.clock.now();
  await tools.suspensions.change((memory) => resumed(memory, by, at));
  return statusNow(tools);
});

/** Whether autopeer writes, and who suspended it before. */
export const showStatus = command(z.strictObject({}), (_input, _caller, tools) => statusNow(tools));

async function statusNow(tools: CommandTools) {
  const memory = await tellSuspension(tools);
  const now = suspensionAt(memory, tools.clock.now());
  return { suspended: now === undefined ? null : words(now), past: memory.past.map(pastWords) };
}

const words = ({ by, at, until, reason }: Suspension) => ({
  by,
  at: instant(at),
  ...(until === undefined ? {} : { until: instant(until) }),
  ...(reason === undefined ? {} : { reason }),
});

const pastWords = (past: PastSuspension) => ({
  ...words(past),
  ended: { ...past.ended, at: instant(past.ended.at) },
});

const instant = (ms: number): string => new Date(ms).toISOString();
