import { HUB_ACCOUNT, HUB_REGION, NAME, World } from '../../sim/world/world.ts';
import { maySend, sessionKey } from '../support/hub-commands.ts';
import { HANDLERS } from './handlers.ts';
import type { Judge } from './invariants/judge.ts';
import { given } from './invariants/read.ts';
import { PEOPLE } from './plan/approvals.ts';
import { OUS } from './plan/landscape.ts';
import { LATENCY_MS, type Plan, type PlannedVpc } from './plan/plan.ts';
import type { Person, Role } from './plan/steps.ts';

/** A VPC of the plan that was built. Its first table is the main one. */
export interface LiveVpc {
  readonly accountId: string;
  readonly region: string;
  readonly vpcId: string;
  readonly cidr: string;
  readonly tableIds: string[];
  readonly subnets: { readonly id: string; associationId: string | undefined }[];
}

/** A peering that some step asked for. */
export interface LivePeering extends Readonly<Record<Role, LiveVpc>> {
  readonly id: string;
}

/** Something that happened besides calls, told in the order of the calls around it. */
export interface Note {
  readonly atMs: number;
  /** How many calls had been made by then. */
  readonly callsBefore: number;
  readonly text: string;
}

/** What a person sees of a peering that waits for an approval. */
export interface Shown extends Readonly<Record<Role, readonly string[]>> {
  readonly fingerprint: string;
}

/** The organization of a plan with autopeer in it, and what the plan's names stand for there. */
export interface Stage {
  readonly plan: Plan;
  readonly world: World;
  readonly vpcs: Map<string, LiveVpc>;
  /** By the id of the step that asked. */
  readonly peerings: Map<number, LivePeering>;
  /** Accounts whose member role somebody deleted, or took all away from. */
  readonly brokenRoles: Map<string, 'deleted' | 'stripped'>;
  /** The prefix list of each account and region, by both, once it is there. */
  readonly lists: Map<string, string>;
  /** The virtual private gateway of each VPC that has one. */
  readonly gateways: Map<string, string>;
  /** The sessions of those who answer, and what each saw when he last looked, by peering. */
  readonly keys: Map<Person, string>;
  readonly seen: Map<Person, ReadonlyMap<string, Shown>>;
  readonly notes: Note[];
  /** Who writes down what is true and judges what autopeer does. */
  judge?: Judge;
  /** When the storm begins, in epoch milliseconds. */
  startMs: number;
}

/** Builds the organization. Nothing has happened in it, and nobody has been told of its building. */
export async function buildStage(plan: Plan, wire: 'http' | 'direct' = 'direct'): Promise<Stage> {
  const policy = plan.policies[0] ?? '';
  const world = new World({
    seed: plan.seed,
    policy,
    regions: plan.regions,
    wire,
    latencyMs: plan.latencyMs ?? LATENCY_MS,
    loadHandler: async (path) => HANDLERS[path] ?? missing(path),
    memberParameters: plan.mayDeletePeerings ? { MayDeletePeerings: 'true' } : {},
  });
  const { organization } = world.aws;
  for (const { id, name, parent } of OUS) {
    organization.addOrganizationalUnit(name, parent === undefined ? { id } : { id, parentId: parent });
  }
  for (const { id, ou, isEnrolled } of plan.accounts) {
    organization.addAccount(id, { parentId: ou ?? organization.rootId });
    if (isEnrolled) world.deployMember(id);
  }
  const stage: Stage = {
    plan,
    world,
    vpcs: new Map(),
    peerings: new Map(),
    brokenRoles: new Map(),
    lists: new Map(),
    gateways: new Map(),
    keys: new Map(),
    seen: new Map(),
    notes: [],
    startMs: 0,
  };
  if (plan.steps.some(({ kind }) => kind === 'answer')) {
    for (const who of PEOPLE) stage.keys.set(who, await sessionKey(world, who, maySend(world)));
  }
  const stopDropping = world.aws.trail.dropWhere(() => true);
  world.aws.faults.leaveTo({ latencyMs: () => 0, of: () => undefined });
  await world.aws.clock.drive(buildAll(stage));
  world.aws.faults.leaveTo(undefined);
  stopDropping();
  world.aws.calls.length = 0;
  stage.startMs = world.aws.clock.now();
  return stage;
}

async function buildAll(stage: Stage): Promise<void> {
  for (const vpc of stage.plan.vpcs) stage.vpcs.set(vpc.name, await buildVpc(stage, vpc));
}

async function buildVpc({ world }: Stage, planned: PlannedVpc): Promise<LiveVpc> {
  const { accountId, region, cidr } = planned;
  const act = (action: string, input: object): Promise<unknown> =>
    world.aws.act(accountId, region, action, input);
  const created = await act('CreateVpc', { CidrBlock: cidr, AmazonProvidedIpv6CidrBlock: planned.hasIpv6 });
  const vpcId = given(created, 'Vpc', 'VpcId');
  if (planned.hasDnsHostnames) {
    await act('ModifyVpcAttribute', { VpcId: vpcId, EnableDnsHostnames: { Value: true } });
  }
  const tags = Object.entries(planned.tags).map(([Key, Value]) => ({ Key, Value }));
  if (tags.length > 0) await act('CreateTags', { Resources: [vpcId], Tags: tags });
  const main = [...world.aws.ec2.truth.routeTables.values()].find((table) => table.vpc.id === vpcId);
  const vpc: LiveVpc = { accountId, region, vpcId, cidr, tableIds: [main?.id ?? ''], subnets: [] };
  for (let index = 0; index < planned.subnets; index++) {
    await addSubnet(world, vpc, index < planned.ownTables);
  }
  return vpc;
}

/** The next /24 of the VPC's first CIDR, with a table of its own or without. */
export async function addSubnet(world: World, vpc: LiveVpc, hasOwnTable: boolean): Promise<void> {
  const { accountId, region, vpcId, cidr } = vpc;
  const act = (action: string, input: object): Promise<unknown> =>
    world.aws.act(accountId, region, action, input);
  const [first, second] = cidr.split('.');
  const block = `${first}.${second}.${vpc.subnets.length}.0/24`;
  const subnet = given(await act('CreateSubnet', { VpcId: vpcId, CidrBlock: block }), 'Subnet', 'SubnetId');
  const live: LiveVpc['subnets'][number] = { id: subnet, associationId: undefined };
  vpc.subnets.push(live);
  if (!hasOwnTable) return;
  const table = given(await act('CreateRouteTable', { VpcId: vpcId }), 'RouteTable', 'RouteTableId');
  const association = await act('AssociateRouteTable', { RouteTableId: table, SubnetId: subnet });
  live.associationId = given(association, 'AssociationId');
  vpc.tableIds.push(table);
}

export function note({ world, notes }: Stage, text: string): void {
  notes.push({ atMs: world.aws.clock.now(), callsBefore: world.aws.calls.length, text });
}

/** The ARN of one of the hub's functions, by its name in serverless.yml. */
export function functionArn(name: string): string {
  return `arn:aws:lambda:${HUB_REGION}:${HUB_ACCOUNT}:function:${NAME}-${name}`;
}

function missing(path: string): never {
  throw new Error(`there is no handler ${path}`);
}
