import { drawAnswers, withApprovers } from './approvals.ts';
import { drawFaults } from './draw-faults.ts';
import { withExcepts } from './excepts.ts';
import { drawLasting } from './lasting.ts';
import { drawSteps } from './draw-steps.ts';
import { drawStories } from './draw-stories.ts';
import { Draw } from './draw.ts';
import { drawAccounts, drawRegions, drawVpcs, VENDORS } from './landscape.ts';
import type { Plan } from './plan.ts';
import { drawPolicy } from './policies.ts';
import { withVariants } from './policy-variants.ts';

const MINUTE_MS = 60_000;
const SHORTEST_STORM_MS = 10 * MINUTE_MS;
const LONGEST_STORM_MS = 300 * MINUTE_MS;

/** After those of all other steps. */
const STORY_IDS = 1000;
const ANSWER_IDS = 2000;

/** The run that a seed stands for. */
export function drawPlan(seed: number): Plan {
  const draw = new Draw(seed);
  const accounts = drawAccounts(draw);
  const regions = drawRegions(draw);
  const vendors = draw.some(VENDORS, 0.25);
  const vpcs = drawVpcs(draw, accounts, vendors, regions);
  const drawn = Array.from({ length: draw.integer(1, 3) }, () => drawPolicy(draw, accounts, regions));
  const answering = new Draw(seed * 3571 + 17);
  const policies = withApprovers(answering, withExcepts(new Draw(seed * 4513 + 7), drawn), accounts);
  const stormMs = draw.skewed(SHORTEST_STORM_MS, LONGEST_STORM_MS, 2);
  const landscape = { accounts, vendors, regions, vpcs, policies };
  const mayDeletePeerings = draw.chance(0.5);
  const steps = drawSteps(draw, landscape, stormMs);
  const peerings = steps.flatMap(({ id, kind }) => (kind === 'request' ? [id] : []));
  // Chance of their own, so that another story changes nothing in the rest of a run.
  const telling = new Draw(seed * 7919 + 13);
  const { policies: all, variants } = withVariants(telling, policies);
  const stories = drawStories(telling, { landscape, variants, peerings }, stormMs, STORY_IDS);
  const answers = drawAnswers(answering, { policies, steps, stormMs }, ANSWER_IDS);
  const faults = drawFaults(draw, landscape, stormMs);
  return {
    seed,
    ...landscape,
    policies: all,
    mayDeletePeerings,
    steps: [...steps, ...stories, ...answers].toSorted((one, other) => one.atMs - other.atMs),
    faults,
    lasting: drawLasting(new Draw(seed * 6151 + 29), landscape, stormMs),
    stormMs,
    isSteady: faults.length === 0,
    lingers: draw.chance(0.1),
  };
}
