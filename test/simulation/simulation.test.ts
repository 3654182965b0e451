import type { RecordedCall } from '../../sim/aws.ts';
import { deedsOf, digestOfAll } from './digest.ts';
import { runPlan } from './organization-run.ts';
import { drawPlan } from './plan/draw-plan.ts';
import type { Plan } from './plan/plan.ts';
import { shrink } from './shrink.ts';
import { summarizeSeed, Tally } from './summary.ts';
import { digestOf, traceOf } from './trace.ts';
import { reportText } from './report.ts';

/** A stormy one, with faults of many kinds. */
const STORMY = 9;

describe('a run', () => {
  it('has the same history each time', async () => {
    const [one, other] = [await runPlan(drawPlan(STORMY)), await runPlan(drawPlan(STORMY))];
    expect(traceOf(one.stage, { withReads: true })).toEqual(traceOf(other.stage, { withReads: true }));
    expect(digestOf(one.stage)).toBe(digestOf(other.stage));
  });

  it('comes right over HTTP’s bytes as over copies of values', async () => {
    for (const wire of ['http', 'direct'] as const) {
      const run = await runPlan(drawPlan(STORMY), wire);
      expect([wire, run.violations]).toEqual([wire, []]);
      expect(run.ownChanges).toBeGreaterThan(0);
    }
  });

  it('with every step and fault left out has nothing to tell', async () => {
    const { violations, ownChanges, stage } = await runPlan({ ...drawPlan(STORMY), steps: [], faults: [] });
    expect(violations).toEqual([]);
    expect(ownChanges).toBe(0);
    expect(stage.world.aws.sns.published).toEqual([]);
  });

  it('has policies with except for some seeds, and without for most', () => {
    const texts = Array.from({ length: 60 }, (_, seed) => drawPlan(seed).policies.join());
    const excepting = texts.filter((text) => text.includes('"except"')).length;
    expect(excepting).toBeGreaterThan(5);
    expect(excepting).toBeLessThan(30);
  });

  it('of other seeds is another one', () => {
    expect(drawPlan(1)).toEqual(drawPlan(1));
    expect(drawPlan(1)).not.toEqual(drawPlan(2));
  });
});

describe('what is wrong is seen', () => {
  it('an allowed request that cannot be connected is told as what lacks, by peering and table', async () => {
    const { violations } = await runPlan(aRequest(), 'direct', ({ world }) => {
      world.aws.faults.deny('ec2', 'CreateRoute');
    });
    const lacking = violations.filter(({ invariant }) => invariant === 'not-converged');
    expect(lacking.map(({ text }) => text.replaceAll(/-0[0-9a-f]{16}/g, '-'))).toEqual([
      'pcx-: rtb- has no route to 10.2.0.0/16',
      'pcx-: rtb- has no route to 10.1.0.0/16',
    ]);
  });

  it('the same run without it is well', async () => {
    const { violations, sweeps } = await runPlan(aRequest());
    expect(violations).toEqual([]);
    expect(sweeps).toBe(1);
  });
});

describe('what autopeer did, in short', () => {
  const told = (reason: object, entry: string): RecordedCall => ({
    requestId: 'r',
    userAgent: 'test',
    service: 'events',
    action: 'PutEvents',
    caller: { accountId: '100000000001', arn: 'arn:aws:iam::100000000001:root' },
    region: 'eu-west-1',
    atMs: 1,
    input: { Entries: [{ Detail: JSON.stringify({ reason }) }], Key: `history#1#${entry}` },
  });
  const held = told({ code: 'no-rule', text: 'No rule allows it' }, '0123456789abcdef');

  it('stays when only words change, and what is worked out from them', () => {
    const reworded = told({ code: 'no-rule', text: 'It is allowed by no rule' }, 'fedcba9876543210');
    expect(deedsOf([reworded])).toBe(deedsOf([held]));
  });

  it.each([
    ['a code', told({ code: 'rule-denies', text: 'No rule allows it' }, '0123456789abcdef')],
    ['when', { ...held, atMs: 2 }],
    ['where', { ...held, region: 'us-east-1' }],
    ['an error', { ...held, errorCode: 'Throttling' }],
  ])('changes with %s', (_, other) => {
    expect(deedsOf([other])).not.toBe(deedsOf([held]));
  });

  it('changes with an id of EC2', () => {
    const [one, other] = ['vpc-0123456789abcdef0', 'vpc-0123456789abcdef1'].map((VpcId) =>
      deedsOf([{ ...held, input: { VpcId } }]),
    );
    expect(one).not.toBe(other);
  });

  it('of many runs does not depend on the order in which they end', () => {
    const [one, other] = [
      { seed: 1, digest: 'a' },
      { seed: 2, digest: 'b' },
    ];
    expect(digestOfAll([one, other])).toBe(digestOfAll([other, one]));
    expect(digestOfAll([one, other])).not.toBe(digestOfAll([one]));
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

it('the report counts runs, faults and sweeps', async () => {
  const tally = new Tally();
  tally.add(await summarizeSeed(STORMY));
  const text = reportText(tally, 2, 1);
  expect(text).toMatch(/runs a second \(1 threads\) +│ 0.5/);
  expect(text).toMatch(/answer-lost +│ [\d,]+/);
});

/** Two VPCs of one organizational unit, which may be joined, and one request. */
function aRequest(): Plan {
  const vpc = (name: string, accountId: string, cidr: string): Plan['vpcs'][number] => ({
    name,
    accountId,
    region: 'eu-west-1',
    cidr,
    hasIpv6: false,
    hasDnsHostnames: true,
    tags: {},
    subnets: 1,
    ownTables: 1,
  });
  const account = (id: string): Plan['accounts'][number] => ({
    id,
    ou: 'ou-ab12-prod0001',
    isEnrolled: true,
  });
  const policy = {
    version: 1,
    regions: ['eu-west-1'],
    groups: { prod: { ous: ['ou-ab12-prod0001'] } },
    allow: [{ name: 'within-prod', between: ['prod', 'prod'] }],
  };
  return {
    seed: 1,
    accounts: [account('100000000001'), account('100000000002')],
    vendors: [],
    regions: ['eu-west-1'],
    vpcs: [vpc('v1', '100000000001', '10.1.0.0/16'), vpc('v2', '100000000002', '10.2.0.0/16')],
    policies: [JSON.stringify(policy)],
    mayDeletePeerings: false,
    steps: [{ id: 1, atMs: 1000, kind: 'request', from: 'v1', to: 'v2' }],
    faults: [],
    stormMs: 600_000,
  };
}
