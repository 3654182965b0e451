import { runLife } from './life.ts';
import { drawPlan } from './plan/draw-plan.ts';
import type { Plan } from './plan/plan.ts';
import { shrink } from './shrink.ts';
import { liveSeed, Tally } from './summary.ts';
import { digestOf, traceOf } from './trace.ts';
import { reportText } from './report.ts';

/** A stormy one, with faults of many kinds. */
const STORMY = 9;

describe('a life', () => {
  it('has the same history each time', async () => {
    const [one, other] = [await runLife(drawPlan(STORMY)), await runLife(drawPlan(STORMY))];
    expect(traceOf(one.stage, { withReads: true })).toEqual(traceOf(other.stage, { withReads: true }));
    expect(digestOf(one.stage)).toBe(digestOf(other.stage));
  });

  it('comes right over HTTP’s bytes as over copies of values', async () => {
    for (const wire of ['http', 'direct'] as const) {
      const life = await runLife(drawPlan(STORMY), wire);
      expect([wire, life.violations]).toEqual([wire, []]);
      expect(life.ownChanges).toBeGreaterThan(0);
    }
  });

  it('with every step and fault left out has nothing to tell', async () => {
    const { violations, ownChanges, stage } = await runLife({ ...drawPlan(STORMY), steps: [], faults: [] });
    expect(violations).toEqual([]);
    expect(ownChanges).toBe(0);
    expect(stage.world.aws.sns.published).toEqual([]);
  });

  it('of other seeds is another one', () => {
    expect(drawPlan(1)).toEqual(drawPlan(1));
    expect(drawPlan(1)).not.toEqual(drawPlan(2));
  });
});

describe('what is wrong is seen', () => {
  it('a route to an ended peering that stays is told as what lacks, with the peering', async () => {
    const plan = drawPlan(STORMY);
    const life = await runLife(plan, 'direct', (stage) => {
      // Nothing that autopeer asks EC2 to delete is deleted.
      stage.world.aws.faults.deny('ec2', 'DeleteRoute');
      stage.world.aws.faults.deny('ec2', 'CreateRoute');
    });
    expect(life.violations.map(({ invariant }) => invariant)).toContain('not-converged');
    expect(life.violations.find(({ invariant }) => invariant === 'not-converged')?.text).toMatch(
      /^pcx-.*rtb-/,
    );
  });
});

describe('shrinking', () => {
  it('leaves only what is needed', async () => {
    const plan = drawPlan(STORMY);
    const needed = plan.steps.at(-1)?.id;
    const has = async ({ steps }: Plan): Promise<boolean> => steps.some(({ id }) => id === needed);
    const smallest = await shrink(plan, has);
    expect(smallest.steps.map(({ id }) => id)).toEqual([needed]);
    expect([smallest.faults, smallest.vpcs, smallest.accounts]).toEqual([[], [], []]);
  });
});

it('the report counts lives, faults and sweeps', async () => {
  const tally = new Tally();
  tally.add(await liveSeed(STORMY));
  const text = reportText(tally, 2, 1);
  expect(text).toMatch(/lives a second \(1 threads\) +│ 0.5/);
  expect(text).toMatch(/answer-lost +│ [\d,]+/);
});
