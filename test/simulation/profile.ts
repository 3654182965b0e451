import { Session, type Profiler } from 'node:inspector/promises';
import Table from 'cli-table3';
import { Command } from 'commander';

/** By how a frame's path in the project begins, the first that fits. A frame of none is charged to the one that called it. */
const PARTS: readonly (readonly [string, string])[] = [
  ['node_modules/@smithy/', 'SDK'],
  ['node_modules/@aws-sdk/', 'SDK'],
  ['shared/', 'shipped code'],
  ['handlers/', 'shipped code'],
  ['sim/wire/', 'simulated: wire'],
  ['sim/iam/', 'simulated: IAM'],
  ['sim/ec2/', 'simulated: EC2'],
  ['sim/cloudtrail/', 'simulated: CloudTrail and EventBridge'],
  ['sim/eventbridge/', 'simulated: CloudTrail and EventBridge'],
  ['sim/dynamodb/', 'simulated: DynamoDB'],
  ['sim/sqs/', 'simulated: SQS'],
  ['sim/lambda/', 'simulated: Lambda'],
  ['sim/', 'simulated: the rest'],
  ['test/simulation/actors/', 'people, attackers and faults'],
  ['test/simulation/fates.ts', 'people, attackers and faults'],
  ['test/simulation/invariants/', 'checks'],
  ['test/simulation/convergence.ts', 'checks'],
  ['test/support/policy-interpreter.ts', 'checks'],
  ['test/simulation/profile.ts', 'the profile itself'],
  ['test/', 'plans and stages'],
];
const ROOT = new URL('../../', import.meta.url).href;
/** V8's own names of what is no function. */
const PSEUDO: ReadonlyMap<string, string> = new Map([
  ['(garbage collector)', 'garbage collection'],
  ['(program)', 'event loop'],
  ['(idle)', 'event loop'],
]);
/** Runs before the profile, so that it shows compiled code. */
const WARM_UP = 20;
const SAMPLING_US = 500;
const OTHERS = 'Node and packages';

function partOf({ functionName, url }: Profiler.ProfileNode['callFrame']): string | undefined {
  return PSEUDO.get(functionName) ?? PARTS.find(([path]) => url.startsWith(path, ROOT.length))?.[1];
}

/** Microseconds by part. Packages and Node itself count for whoever of ours called them. */
function timesOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): ReadonlyMap<string, number> {
  const parts = new Map<number, string>();
  // Callers come before what they call.
  for (const { id, callFrame, children = [] } of nodes) {
    const part = partOf(callFrame) ?? parts.get(id) ?? OTHERS;
    parts.set(id, part);
    for (const child of children) parts.set(child, part);
  }
  const times = new Map<string, number>();
  for (const [index, id] of samples.entries()) {
    const part = parts.get(id) ?? OTHERS;
    times.set(part, (times.get(part) ?? 0) + (timeDeltas[index] ?? 0));
  }
  return times;
}

function tableOf(times: ReadonlyMap<string, number>): string {
  const all = [...times.values()].reduce((sum, time) => sum + time, 0);
  const table = new Table({ style: { head: [], border: [] }, head: ['part', 'share of the time'] });
  for (const [part, time] of [...times].toSorted(([, one], [, other]) => other - one)) {
    table.push([part, `${((100 * time) / all).toFixed(1)} %`]);
  }
  return table.toString();
}

/** Where the time of runs goes: V8's sampling profile of one thread, by part. */
const { seeds, start } = new Command('simulate:profile')
  .option('--seeds <count>', 'how many runs', Number, 100)
  .option('--start <seed>', 'the first seed', Number, 5000)
  .parse()
  .opts<{ readonly seeds: number; readonly start: number }>();

const { summarizeSeed } = await import('./summary.ts');
for (let seed = 1; seed <= WARM_UP; seed++) await summarizeSeed(seed);
const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.setSamplingInterval', { interval: SAMPLING_US });
await session.post('Profiler.start');
for (let seed = start; seed < start + seeds; seed++) await summarizeSeed(seed);
const { profile } = await session.post('Profiler.stop');
process.stdout.write(`${tableOf(timesOf(profile))}\n`);
