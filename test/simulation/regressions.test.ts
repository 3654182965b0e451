import { runPlan } from './organization-run.ts';
import { readKnownPlans } from './plan/known-plans.ts';

// The plans that showed a bug, shrunk; docs/reliability.md tells of each. A plan does not change when seeds come to mean
// other plans.
describe('a run that once went wrong', () => {
  it.each([...readKnownPlans()])('%s', async (_file, plan) => {
    expect((await runPlan(plan)).violations).toEqual([]);
  });
});
