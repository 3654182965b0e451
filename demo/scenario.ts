import { EC2ServiceException } from '@aws-sdk/client-ec2';
import type { CompiledPolicy } from '../shared/domain/policy/decision/compile.ts';
import { HUB_ACCOUNT, World, type BuiltVpc, type DeployedCode } from '../sim/world/world.ts';
import { checkPart } from './check.ts';
import { ACCOUNTS, buildLandscape, REGIONS, VPCS, type Landscape, type VpcName } from './landscape.ts';
import { recordsOf } from './records.ts';
import type { BothSides, Opening, Part, Scene } from './scene.ts';
import { readSide } from './side-state.ts';
import { STORY, type PartPlan } from './story.ts';
import { summarize } from './summary.ts';
import { timelineOf } from './timeline.ts';

/** What an API call takes, so that the timeline looks as it would on AWS. */
const LATENCY_MS = 80;

export interface StoryOptions {
  readonly seed: number;
  readonly policyFile: string;
  readonly policyText: string;
  readonly policy: CompiledPolicy;
  readonly deployed?: DeployedCode;
}

/**
 * Plays the main job on a simulated organization, part by part. What it yields is read from EC2's answers and from
 * what the simulation recorded, never from what ought to have happened.
 */
export async function* playStory(options: StoryOptions): AsyncGenerator<Scene, void> {
  yield opening(options);
  const world = new World({
    ...options.deployed,
    seed: options.seed,
    policy: options.policyText,
    regions: REGIONS,
    latencyMs: LATENCY_MS,
  });
  const landscape = await buildLandscape(world);
  const parts: Part[] = [];
  for (const [index, plan] of STORY.entries()) {
    const part = await playPart(world, landscape, plan, index + 1, parts);
    parts.push(part);
    yield part;
  }
  yield { kind: 'closing', summary: summarize(world, parts) };
}

function opening({ seed, policyFile, policyText, policy }: StoryOptions): Opening {
  const names = (set: { rules: readonly { rule: { name: string } }[] }): readonly string[] =>
    set.rules.map(({ rule }) => rule.name);
  return {
    kind: 'opening',
    seed,
    policyFile,
    policyText,
    allow: names(policy.allow),
    deny: names(policy.deny),
    hubAccountId: HUB_ACCOUNT,
    accounts: ACCOUNTS,
    vpcs: VPCS,
  };
}

async function playPart(
  world: World,
  landscape: Landscape,
  plan: PartPlan,
  number: number,
  earlier: readonly Part[],
): Promise<Part> {
  const requester = vpcOf(landscape, plan.requester);
  const accepter = vpcOf(landscape, plan.accepter);
  const read = async (id: string | undefined): Promise<BothSides> => ({
    requester: await readSide(world, 'requester', requester, id),
    accepter: await readSide(world, 'accepter', accepter, id),
  });
  const known = plan.act === 'request' ? undefined : peeringBetween(plan, earlier);
  const before = await read(known);
  const startMs = world.aws.clock.now();
  const peeringId = known ?? (await world.requestPeering(requester, accepter));
  if (plan.act === 'deletion') await tryDeleting(world, accepter, peeringId);
  await world.settle();
  const timeline = timelineOf(recordsOf(world)).filter(({ atMs }) => atMs >= startMs);
  const after = await read(peeringId);
  const check = checkPart({ expected: plan.expected, peeringId, before, after, timeline });
  return { kind: 'part', number, plan, peeringId, startMs, timeline, before, after, check };
}

function vpcOf(landscape: Landscape, name: VpcName): BuiltVpc {
  const vpc = landscape.get(name);
  if (vpc === undefined) throw new Error(`the landscape has no VPC ${name}`);
  return vpc;
}

function peeringBetween({ requester, accepter }: PartPlan, earlier: readonly Part[]): string {
  const part = earlier.find(({ plan }) => plan.requester === requester && plan.accepter === accepter);
  if (part === undefined) throw new Error(`no earlier part peers ${requester} with ${accepter}`);
  return part.peeringId;
}

/** EC2 refuses where the peering never came about; the timeline and the check then tell so. */
async function tryDeleting(world: World, by: BuiltVpc, peeringId: string): Promise<void> {
  try {
    await world.deletePeering(by, peeringId);
  } catch (error) {
    if (!(error instanceof EC2ServiceException)) throw error;
  }
}
