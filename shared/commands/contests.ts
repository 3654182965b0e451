import * as z from 'zod';
import { parsePeeringId, type PeeringId } from '../domain/facts/ids.ts';
import { ROLES } from '../domain/facts/peering.ts';
import { command } from './command.ts';

const peering = z.string().transform((text, context): PeeringId => {
  const id = parsePeeringId(text);
  if (id !== undefined) return id;
  context.addIssue('write the id of a peering, which begins with pcx-');
  return z.NEVER;
});

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
