import Table from 'cli-table3';
import { sweepOrganization, type OrganizationSweep } from './calls/organization.ts';
import { sweepBroken } from './calls/broken.ts';
import { connectBesideHanging } from './calls/hanging.ts';
import { World } from '../sim/world/world.ts';
import { APPS, POLICY, REGIONS, SCENARIOS, type Scenario } from './calls/scenarios.ts';

/**
 * The AWS calls of each piece of work, and the length of its critical path, on the simulated organization with 80 ms
 * a call. Every function starts cold. EC2's own waiting, for a peering to become active, is set to nothing: what is
 * measured is autopeer's.
 *
 * The least is what no tool could do without that keeps these promises: decide on what both accounts and the
 * organization say now, not on the event; know whose routes they are; write down what is about to be done before it is
 * done; read a route's target right before it is deleted; tell both accounts by tags, and people by a notice.
 */
const CALL_MS = 80;

interface Measured {
  readonly name: string;
  readonly calls: number;
  readonly least: number;
  readonly roundTrips: number;
  readonly virtualMs: number;
  /** Each action that is called more often than the least, and why. */
  readonly above: readonly string[];
}

const WHY: ReadonlyMap<string, string> = new Map([
  ['dynamodb:BatchWriteItem', 'what was done is written to the history after it, for auditors'],
  ['dynamodb:GetItem', 'what is reserved on both VPCs, and whether people have suspended autopeer'],
  [
    'dynamodb:TransactWriteItems',
    'reserves both VPCs: two overlapping requests at once are not both accepted',
  ],
  ['dynamodb:PutItem', 'the reservation ends, on each VPC'],
  ['ec2:DescribeVpcPeeringConnections', 'requests that the ended peering held up, which are looked at again'],
  ['ec2:DescribeVpcEncryptionControls', 'whether the VPCs take a peering at all'],
  [
    'dynamodb:Query',
    'what was consented to; and once a minute, for all peerings, which places may not be read',
  ],
]);

async function main(): Promise<void> {
  const measured: Measured[] = [];
  for (const scenario of SCENARIOS) measured.push(await measure(scenario));
  const batches = await connectBesideHanging(newWorld);
  const some = Math.max(100, ...sizes().filter((size) => size <= 1000));
  const broken = await sweepBroken(newWorld, some, 0.3 * some);
  const sweeps: OrganizationSweep[] = [];
  for (const accounts of sizes()) sweeps.push(await sweepOrganization(accounts, CALL_MS));
  if (process.argv.includes('--json')) {
    process.stdout.write(
      `${JSON.stringify({ callMs: CALL_MS, scenarios: measured, batches, broken, sweeps })}\n`,
    );
    return;
  }
  const table = new Table({
    head: ['work', 'calls', 'least', 'round trips', 'virtual ms'],
    style: { head: [], border: [] },
  });
  for (const { name, calls, least, roundTrips, virtualMs } of measured) {
    table.push([name, calls, least, roundTrips, virtualMs]);
  }
  process.stdout.write(`${table.toString()}\n`);
  const batchTable = new Table({
    head: ['work', 'virtual ms until the four are settled', 'until the batch is answered', 'given back'],
    style: { head: [], border: [] },
  });
  for (const { name, settledMs, answeredMs, returned } of batches) {
    batchTable.push([name, settledMs, answeredMs, returned]);
  }
  process.stdout.write(`${batchTable.toString()}\n`);
  const brokenTable = new Table({
    head: [
      'what is broken for good',
      'dead letters',
      'notices',
      'ledger writes in the last hour',
      'calls refused in it',
    ],
    style: { head: [], border: [] },
  });
  for (const { name, deadLetters, notices, writes, refused } of broken) {
    brokenTable.push([name, deadLetters, notices, writes, refused]);
  }
  process.stdout.write(`${brokenTable.toString()}\n`);
  const sweepTable = new Table({
    head: ['work', 'calls', 'least', 'virtual minutes', 'throttled', 'MB a function'],
    style: { head: [], border: [] },
  });
  for (const { name, calls, least, virtualMinutes, throttled, keptMb } of sweeps) {
    sweepTable.push([name, calls, least, virtualMinutes.toFixed(1), throttled, keptMb.toFixed(1)]);
  }
  if (sweeps.length > 0) process.stdout.write(`${sweepTable.toString()}\n`);
  for (const { name, above } of [...measured, ...sweeps]) {
    const lines = above.map((line) => `- ${line}\n`).join('');
    if (above.length > 0) process.stdout.write(`\n${name}, above the least:\n${lines}`);
  }
}

/** How many accounts to sweep: `--accounts 100,1000`, or none with `--accounts 0`. */
function sizes(): readonly number[] {
  const at = process.argv.indexOf('--accounts');
  const text = at < 0 ? '100,1000,10000' : (process.argv[at + 1] ?? '');
  return text
    .split(',')
    .map(Number)
    .filter((size) => size > 0);
}

async function measure(scenario: Scenario): Promise<Measured> {
  const world = newWorld();
  const act = await scenario.prepare(world);
  const callsFrom = world.aws.calls.length;
  const runsFrom = world.aws.lambda.invocations.length;
  await act();
  await world.settle();
  const runs = world.aws.lambda.invocations.slice(runsFrom);
  const run = runs.find(({ functionName }) => functionName.endsWith(scenario.functionName));
  if (run?.endedAtMs === undefined || run.result?.kind !== 'success') {
    throw new Error(`${scenario.name} did not end well`);
  }
  const { startedAtMs, endedAtMs } = run;
  const made = world.aws.calls
    .slice(callsFrom)
    .filter(({ atMs, caller }) => atMs >= startedAtMs && atMs < endedAtMs && isAutopeers(caller.roleArn))
    .filter(({ service, caller, region }) =>
      scenario.functionName === 'sweepAccount'
        ? service === 'ec2' && caller.accountId === APPS && region === REGIONS[0]
        : service !== 'sns' && service !== 'ssm',
    );
  const first = made[0]?.atMs ?? startedAtMs;
  const last = made.at(-1)?.atMs ?? startedAtMs;
  const virtualMs =
    scenario.functionName === 'sweepAccount' ? last + CALL_MS - first : endedAtMs - startedAtMs;
  return {
    name: scenario.name,
    calls: made.length,
    least: Object.values(scenario.least).reduce((sum, each) => sum + each, 0),
    roundTrips: Math.round(virtualMs / CALL_MS),
    virtualMs,
    above: aboveLeast(made, scenario.least),
  };
}

function newWorld(): World {
  const world = new World({
    seed: 1,
    policy: POLICY,
    regions: REGIONS,
    latencyMs: CALL_MS,
    ec2: {
      provisioningMs: 0,
      initiatingMs: 0,
      deletingMs: 0,
      // Pages as long as EC2 gives them to who asks for no size.
      pageSize: 1000,
      // 125 peerings of one VPC are asked for at once before they are accepted.
      outstandingPeeringRequests: 125,
    },
  });
  const { organization } = world.aws;
  world.addMember(APPS, organization.addOrganizationalUnit('Apps', { id: 'ou-ab12-apps0001' }).id);
  world.addMember(
    '222222222222',
    organization.addOrganizationalUnit('Shared', { id: 'ou-ab12-shared01' }).id,
  );
  return world;
}

const isAutopeers = (roleArn: string | undefined): boolean =>
  /-(member|reconcile|sweep)$/.test(roleArn ?? '');

function aboveLeast(
  made: readonly { readonly service: string; readonly action: string }[],
  least: Scenario['least'],
): readonly string[] {
  const byAction = Map.groupBy(made, ({ service, action }) => `${service}:${action}`);
  return [...byAction].flatMap(([name, calls]) => {
    const needed = least[name] ?? 0;
    if (calls.length <= needed) return [];
    return [`${name}: ${calls.length}, least ${needed}: ${WHY.get(name) ?? 'not explained'}`];
  });
}

await main();
