import { HUB_ACCOUNT, type World } from '../../sim/world/world.ts';
import { AwsError } from '../../sim/types.ts';
import { sendTo } from '../support/hub-commands.ts';
import { APPS_TO_SHARED } from '../support/policy-text.ts';
import { aPair, APPS, aWorld, SHARED } from '../support/world.ts';

const ADMIN = `arn:aws:iam::${HUB_ACCOUNT}:user/administrator`;
const REQUIRED = APPS_TO_SHARED.replace('accepter: shared }', 'accepter: shared, approval: required }');
const HOUR_MS = 3_600_000;

interface Entry {
  readonly at: string;
  readonly peering: string;
  readonly kind: string;
  readonly verdict?: string;
  readonly changes?: readonly string[];
  readonly planned?: readonly string[];
  readonly approvedBy?: readonly string[];
  readonly by?: string;
  readonly outcome?: string;
}
interface Answer {
  readonly entries: readonly Entry[];
  readonly next: string | null;
  readonly sides: unknown;
  readonly peerings: readonly {
    readonly peering: string;
    readonly letIn: readonly Entry[];
    readonly last: Entry;
  }[];
}

async function ask(world: World, verb: string, input: object): Promise<Answer> {
  const answer = await sendTo(world, HUB_ACCOUNT, { body: { verb, input } });
  expect([verb, answer.status, answer.text]).toEqual([verb, 200, expect.any(String)]);
  const { result }: { result: Answer } = JSON.parse(answer.text);
  return result;
}

const wholeLog = (world: World): Promise<Answer> =>
  ask(world, 'log', {
    since: '2020-01-01T00:00:00Z',
    until: new Date(world.aws.clock.now() + 1).toISOString(),
  });

/** A pair of which one has asked the other. */
async function asked(policy: string, prepare: (world: World) => void = () => undefined) {
  const world = aWorld({ policy });
  const pair = await aPair(world);
  prepare(world);
  const peering = await world.requestPeering(pair.requester, pair.accepter);
  await world.settle();
  return { world, ...pair, peering };
}

async function approve(world: World, peering: string): Promise<void> {
  const { text } = await sendTo(world, HUB_ACCOUNT, { body: { verb: 'pending', input: { peering } } });
  const fingerprint = /"fingerprint":"([^"]+)"/.exec(text)?.[1];
  await ask(world, 'approve', { peering, fingerprint, reason: 'change 4711' });
  await world.settle();
}

const kinds = ({ entries }: Answer) =>
  entries.map(({ kind, verdict }) => (verdict === undefined ? kind : `${kind} ${verdict}`));

it('a history has each decision with its reason, rule, policy, cause, approver, plan, outcome and notices', async () => {
  const { world, requester, accepter, peering } = await asked(REQUIRED);
  await approve(world, peering);
  const answer = await ask(world, 'history', { peering });
  expect(answer.sides).toEqual({
    requester: { accountId: APPS, region: 'eu-west-1', vpcId: requester.vpcId },
    accepter: { accountId: SHARED, region: accepter.region, vpcId: accepter.vpcId },
  });
  expect(kinds(answer)).toEqual(['decided hold', 'approved', 'planned connect', 'decided connect']);
  const [held, yes, plan, done] = answer.entries;
  expect(held).toMatchObject({
    peering,
    rule: 'apps-to-shared',
    reason: { code: 'approval-required' },
    policyVersion: expect.stringMatching(/^sha256:/),
    by: expect.stringContaining('CreateVpcPeeringConnection by '),
    outcome: 'held',
    notices: ['Peering Held'],
    changes: [],
  });
  expect(yes).toMatchObject({ by: ADMIN, rule: 'apps-to-shared', reason: { text: 'change 4711' } });
  expect(plan?.planned).toHaveLength(6);
  expect(plan?.outcome).toBeUndefined();
  expect(done).toMatchObject({
    rule: 'apps-to-shared',
    by: `approve by ${ADMIN}`,
    approvedBy: [ADMIN],
    changes: plan?.planned,
    outcome: 'settled',
    notices: ['Peering Connected'],
  });
  const times = answer.entries.map(({ at }) => Date.parse(at));
  expect(times).toEqual(times.toSorted((one, other) => one - other));
});

it('the log has the same of every peering, and knows the approver there too', async () => {
  const { world, requester, peering } = await asked(REQUIRED);
  const second = await world.requestPeering(
    requester,
    await world.buildVpc(SHARED, 'eu-west-1', '10.9.0.0/16'),
  );
  await world.settle();
  await approve(world, peering);
  const log = await wholeLog(world);
  const both = [await ask(world, 'history', { peering }), await ask(world, 'history', { peering: second })];
  const looks = both.flatMap(({ entries }) => entries.filter(({ verdict }) => verdict !== undefined));
  expect(log.entries).toHaveLength(looks.length);
  expect(log.entries).toEqual(expect.arrayContaining(looks));
  expect(log.entries.at(-1)).toMatchObject({ peering, approvedBy: [ADMIN], kind: 'decided' });
});

it('the log of a span has nothing from before and after it', async () => {
  const { world } = await asked(APPS_TO_SHARED);
  const now = world.aws.clock.now();
  const span = (since: number, until: number) =>
    ask(world, 'log', { since: new Date(since).toISOString(), until: new Date(until).toISOString() });
  expect((await span(now + 1, now + HOUR_MS)).entries).toEqual([]);
  expect((await span(0, now - HOUR_MS)).entries).toEqual([]);
  expect((await span(now - HOUR_MS, now + 1)).entries).not.toEqual([]);
});

it('a VPC names who let each of its peerings in, of both sides', async () => {
  const { world, requester, accepter, peering } = await asked(APPS_TO_SHARED);
  world.changePolicy('version: 1\nregions: [eu-west-1, us-east-1]\nguardrails: { unsanctioned: report }\n');
  await world.sweep();
  for (const { vpcId } of [requester, accepter]) {
    const { peerings, next } = await ask(world, 'who-let-in', { vpc: vpcId });
    expect(next).toBeNull();
    expect(peerings).toEqual([
      expect.objectContaining({
        peering,
        letIn: [expect.objectContaining({ kind: 'decided', verdict: 'connect', rule: 'apps-to-shared' })],
        last: expect.objectContaining({ verdict: 'unsanctioned' }),
      }),
    ]);
  }
  expect((await ask(world, 'who-let-in', { vpc: 'vpc-0123456789abcdef0' })).peerings).toEqual([]);
});

it('nobody let in what was held, nor what a dry run would have', async () => {
  const held = await asked(REQUIRED);
  const dry = await asked(`${APPS_TO_SHARED}\ndryRun: true\n`);
  for (const { world, requester, peering } of [held, dry]) {
    const { peerings } = await ask(world, 'who-let-in', { vpc: requester.vpcId });
    expect(peerings).toEqual([expect.objectContaining({ peering, letIn: [] })]);
  }
});

it('a step that AWS refuses is in the history, with the reason', async () => {
  const { world, peering } = await asked(APPS_TO_SHARED, (each) =>
    each.aws.faults.deny('ec2', 'AcceptVpcPeeringConnection'),
  );
  const { entries } = await ask(world, 'history', { peering });
  expect(entries.at(-1)).toMatchObject({
    verdict: 'hold',
    outcome: 'held',
    problems: [expect.stringContaining('AcceptVpcPeeringConnection')],
  });
});

it('a look that failed half way says what it had done, and why it failed', async () => {
  const { world, peering } = await asked(APPS_TO_SHARED, (each) =>
    each.aws.faults.failNext('ec2', 'CreateRoute', new AwsError('InternalFailure', 'no', 500), 10),
  );
  const { entries } = await ask(world, 'history', { peering });
  expect(entries.find(({ outcome }) => outcome === 'failed')).toMatchObject({
    verdict: 'connect',
    changes: expect.arrayContaining([expect.stringContaining('accept the peering')]),
    problems: [expect.stringContaining('CreateRoute')],
  });
});

it.each([
  ['history', { peering: 'vpc-11111111' }],
  ['history', {}],
  ['history', { peering: 'pcx-11111111', after: 'history#' }],
  ['who-let-in', { vpc: 'pcx-11111111' }],
  ['log', { since: 'yesterday', until: '2026-01-01T00:00:00Z' }],
  ['log', { since: '2026-01-01T00:00:00Z' }],
  ['log', { since: '2026-01-01T00:00:00Z', until: '2026-01-02T00:00:00Z', after: '../x' }],
])('%s of %j is refused with words', async (verb, input) => {
  const { status } = await sendTo(aWorld(), HUB_ACCOUNT, { body: { verb, input } });
  expect(status).toBe(400);
});

it('what nothing is recorded of has an empty answer', async () => {
  const world = aWorld();
  expect(await ask(world, 'history', { peering: 'pcx-11111111' })).toEqual({
    peering: 'pcx-11111111',
    sides: null,
    entries: [],
    next: null,
  });
  expect(await wholeLog(world)).toEqual({ entries: [], next: null });
});
