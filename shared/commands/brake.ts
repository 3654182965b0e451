import * as z from 'zod';
import type { BrakeState, UsedRelease } from '../domain/memory/brake.ts';
import { command } from './command.ts';

const MINUTE_MS = 60_000;
/** Whoever means more has a policy to change. */
const MAX_COUNT = 1000;
/** One day. */
const MAX_MINUTES = 24 * 60;

/** Lets further peerings be cut, for a while. */
export const releaseBrake = command(
  z.strictObject({
    count: z.int().min(1).max(MAX_COUNT),
    minutes: z.int().min(1).max(MAX_MINUTES),
  }),
  async ({ count, minutes }, caller, { brake, clock }) => {
    const at = clock.now();
    const release = { count, until: at + minutes * MINUTE_MS, by: caller.arn, at };
    await brake.release(release);
    return releaseText({ ...release, used: 0 });
  },
);

/** What was cut within the last hour, and who let further ones through. */
export const showBrake = command(z.strictObject({}), async (_input, _caller, { brake }) => {
  const { cut, releases, past }: BrakeState = await brake.read();
  return {
    cut: cut.map(({ peeringId, at }) => ({ peeringId, at: instant(at) })),
    releases: releases.map(releaseText),
    past: past.map(releaseText),
  };
});

const instant = (ms: number): string => new Date(ms).toISOString();

const releaseText = ({ count, used, until, by, at }: UsedRelease) => ({
  count,
  used,
  until: instant(until),
  by,
  at: instant(at),
});
