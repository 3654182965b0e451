import { readdirSync, readFileSync } from 'node:fs';

import { runLife } from './life.ts';
import type { Plan } from './plan/plan.ts';

const FOLDER = 'test/simulation/regressions';

// The plans that showed a bug, shrunk; docs/reliability.md tells of each. A plan does not change when seeds come to mean
// other plans.
describe('a life that once went wrong', () => {
  it.each(readdirSync(FOLDER))('%s', async (file) => {
    const plan = readPlan(readFileSync(`${FOLDER}/${file}`, 'utf8'));
    expect((await runLife(plan)).violations).toEqual([]);
  });
});

/** The simulation wrote it. */
function readPlan(text: string): Plan {
  const plan: Plan = JSON.parse(text);
  return plan;
}
