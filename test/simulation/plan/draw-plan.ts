import { drawFaults } from './draw-faults.ts';
import { drawSteps } from './draw-steps.ts';
import { Draw } from './draw.ts';
import { drawAccounts, drawRegions, drawVpcs, VENDORS } from './landscape.ts';
import type { Plan } from './plan.ts';
import { drawPolicy } from './policies.ts';

const MINUTE_MS = 60_000;
const SHORTEST_STORM_MS = 10 * MINUTE_MS;
const LONGEST_STORM_MS = 300 * MINUTE_MS;

/** The life that a seed stands for. */
export function drawPlan(seed: number): Plan {
  const draw = new Draw(seed);
  const accounts = drawAccounts(draw);
  const regions = drawRegions(draw);
  const vendors = draw.some(VENDORS, 0.25);
  const vpcs = drawVpcs(draw, accounts, vendors, regions);
  const policies = Array.from({ length: draw.integer(1, 3) }, () => drawPolicy(draw, accounts, regions));
  const stormMs = draw.skewed(SHORTEST_STORM_MS, LONGEST_STORM_MS, 2);
  const landscape = { accounts, vendors, regions, vpcs, policies };
  return {
    seed,
    ...landscape,
    mayDeletePeerings: draw.chance(0.5),
    steps: drawSteps(draw, landscape, stormMs),
    faults: drawFaults(draw, landscape, stormMs),
    stormMs,
    lingers: draw.chance(0.1),
  };
}
