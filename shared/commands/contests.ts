import * as z from 'zod';
import { ROLES } from '../domain/facts/peering.ts';
import { CLAIM_HINT } from '../domain/work/work-item.ts';
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

/**
 * Has a peering looked at by a look that claims: its routes that the policy wants are autopeer's from then on, whoever wrote
 * them. Only the reconcile writes what is remembered of a peering, and only it knows what the policy wants.
 */
export const claimRoutes = command(
  z.strictObject({ peering }),
  async ({ peering: peeringId }, { arn: by }, { contests, queue, clock }) => {
    const sides = await contests.sidesOf(peeringId);
    if (sides === undefined) return { peering: peeringId, claiming: false };
    const at = clock.now();
    const { accountId, region } = sides.accepter;
    const key = { peeringId, accountId, region };
    await queue.send({ key, hintId: `${CLAIM_HINT}${peeringId}-${at}`, looks: 0, by: `claim by ${by}` });
    return { peering: peeringId, claiming: true, by, at: new Date(at).toISOString() };
  },
);
