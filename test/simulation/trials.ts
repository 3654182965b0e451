import type { Violation } from './invariants/judge.ts';
import { runPlan, type Run } from './organization-run.ts';
import type { Plan } from './plan/plan.ts';

/** The calls that would change something for whoever uses the network. */
const DEEDS: readonly string[] = [
  'AcceptVpcPeeringConnection',
  'RejectVpcPeeringConnection',
  'DeleteVpcPeeringConnection',
  'CreateRoute',
  'DeleteRoute',
  'ModifyVpcPeeringConnectionOptions',
  'CreateTags',
];

/**
 * **A trial changes nothing**: the same run without its trial rules has the same calls that change EC2, and ends with
 * the same routes. Only runs without faults are run twice: elsewhere a call more or less makes another fault happen.
 */
export async function checkTrials(plan: Plan, run: Run): Promise<readonly Violation[]> {
  if (plan.isSteady !== true || !plan.policies.some((policy) => policy.includes('"dryRun":true'))) return [];
  if ((await differenceTo(run, plan)) === undefined) return [];
  // Telling of a trial takes a moment, and what comes after it may see what others did meanwhile. Without latency it takes none.
  const instant = { ...plan, latencyMs: 0 };
  const more = await differenceTo(await runPlan(instant), instant);
  if (more === undefined) return [];
  const text = `with trial rules and without them it is not the same, first in: ${more}`;
  return [{ invariant: 'trial-changed-something', atMs: run.stage.world.aws.clock.now(), text }];
}

/** The first change that a run of the plan makes and one without its trial rules does not. */
async function differenceTo(run: Run, plan: Plan): Promise<string | undefined> {
  const other = await runPlan({ ...plan, policies: plan.policies.map(withoutTrials) });
  const [withThem, without] = [deedsOf(run), deedsOf(other)];
  return withThem.find((deed, at) => deed !== without[at]) ?? without[withThem.length];
}

/** The policies of the simulation are JSON. */
function withoutTrials(policy: string): string {
  const file: { readonly allow: readonly RuleFile[]; readonly deny: readonly RuleFile[] } =
    JSON.parse(policy);
  const isLive = ({ dryRun }: RuleFile): boolean => dryRun !== true;
  return JSON.stringify({ ...file, allow: file.allow.filter(isLive), deny: file.deny.filter(isLive) });
}

interface RuleFile {
  readonly dryRun?: boolean;
}

/** What autopeer changed, and the routes that are there in the end; ids by what they are called in the plan. */
function deedsOf({ stage }: Run): readonly string[] {
  const { calls, ec2 } = stage.world.aws;
  const names = namesOf(stage);
  const done = calls
    .filter(
      ({ action, traceId, errorCode }) =>
        traceId !== undefined && errorCode === undefined && DEEDS.includes(action),
    )
    .map(({ action, input }) => `${action} ${JSON.stringify(input)}`);
  const routes = [...ec2.truth.routeTables.values()].flatMap((table) =>
    table.routes.map((route) => `${table.id} ${JSON.stringify(route.destination)} ${route.target.id}`),
  );
  return [...done, ...routes]
    .map((text) => text.replaceAll(IDS, (id) => names.get(id) ?? '(made later)'))
    .toSorted();
}

const IDS = /\b(?:pcx|rtb|pl|igw|vgw|vpc)-0[0-9a-f]{16}\b/g;

/** Ids differ as soon as one call more was made. */
function namesOf({ peerings, vpcs, lists, gateways }: Run['stage']): ReadonlyMap<string, string> {
  return new Map([
    ...[...peerings].map(([step, { id }]) => [id, `peering ${step}`] as const),
    ...[...vpcs].flatMap(([name, { vpcId, tableIds }]) => [
      [vpcId, name] as const,
      ...tableIds.map((id, nth) => [id, `${name} table ${nth}`] as const),
    ]),
    ...[...lists].map(([place, id]) => [id, `list of ${place}`] as const),
    ...[...gateways].map(([vpc, id]) => [id, `gateway of ${vpc}`] as const),
  ]);
}
