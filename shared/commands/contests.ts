import * as z from 'zod';
import { ROLES } from '../domain/facts/peering.ts';
import { command } from './command.ts';
import { peering } from './inputs.ts';

/** Ends the day's wait of a peering that another tool fights over, and has it looked at from both sides at once. */
export const releasePeering = command(
  z.strictObject({ peering }),
  async ({ peering: peeringId }, { arn: by }, { contests, queue, clock }) => {
    const sides = await contests.sidesOf(peeringId);
    if (sides === undefined) return { peering: peeringId, released: false };
    const at = clock.now();
    await contests.release(peeringId, { by, at });
    for (const role of ROLES) {
      const { accountId, region } = sides[role];
      const key = { peeringId, accountId, region };
      await queue.send({ key, hintId: `release-${role}-${at}`, looks: 0, by: `release by ${by}` });
    }
    return { peering: peeringId, released: true, by, at: new Date(at).toISOString() };
  },
);
