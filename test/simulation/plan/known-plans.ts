import { readdirSync, readFileSync } from 'node:fs';

import type { Plan } from './plan.ts';

const FOLDER = 'test/simulation/regressions';

/** The plans that once showed a bug, by the names of their files; docs/reliability.md tells of each. */
export const readKnownPlans = (): ReadonlyMap<string, Plan> =>
  new Map(readdirSync(FOLDER).map((file) => [file, readPlan(readFileSync(`${FOLDER}/${file}`, 'utf8'))]));

/** The simulation wrote it. */
function readPlan(text: string): Plan {
  const plan: Plan = JSON.parse(text);
  return plan;
}
