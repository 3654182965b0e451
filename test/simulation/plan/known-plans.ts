import { readdirSync, readFileSync } from 'node:fs';

import { SCENES } from '../scenes/scenes.ts';
import type { Plan } from './plan.ts';

const FOLDER = 'test/simulation/regressions';

/**
 * The plans that once showed a bug, by the names of their files, which docs/reliability.md tells of; and the scenes, which
 * were written because chance rarely brings them.
 */
export const readKnownPlans = (): ReadonlyMap<string, Plan> =>
  new Map([
    ...readdirSync(FOLDER).map(
      (file) => [file, readPlan(readFileSync(`${FOLDER}/${file}`, 'utf8'))] as const,
    ),
    ...SCENES,
  ]);

/** The simulation wrote it. */
function readPlan(text: string): Plan {
  const plan: Plan = JSON.parse(text);
  return plan;
}
