import type { BuiltVpc, World } from '../../sim/world/world.ts';
import { APPS, IRELAND, SHARED, VIRGINIA } from './scenarios.ts';

const NEAR = 4;
const MINUTE_MS = 60_000;

export interface HangingBatch {
  readonly name: string;
  /** Until all peerings but the one in the hanging region are connected and told, in virtual milliseconds. */
  readonly settledMs: number;
  /** Until the function has answered for the whole batch. */
  readonly answeredMs: number;
  /** Peerings that the batch gave back. */
  readonly returned: number;
}

/**
 * Four requests within one region and one whose accepter is in another, in one batch: once with nothing wrong, and once
 * with EC2 of the other region never answering.
 */
export async function connectBesideHanging(newWorld: () => World): Promise<readonly HangingBatch[]> {
  return [
    await measure('connect five in one batch', newWorld(), false),
    await measure('connect with one hanging region in the batch', newWorld(), true),
  ];
}

async function measure(name: string, world: World, isHanging: boolean): Promise<HangingBatch> {
  const { clock, faults, lambda, calls, sqs } = world.aws;
  const ids = await requests(world);
  if (isHanging) faults.hang({ service: 'ec2', region: VIRGINIA });
  lambda.recycle();
  const startMs = clock.now();
  for (const peeringId of ids) {
    const body = { version: 1, peeringId, accountId: APPS, region: IRELAND, hintId: peeringId, looks: 0 };
    const message = { body: JSON.stringify(body), groupId: peeringId, deduplicationId: peeringId };
    sqs.queue(world.hub.arn('WorkQueue'))?.send({ ...message, senderId: 'bench' });
  }
  await clock.run(startMs + MINUTE_MS);
  const run = lambda.invocations.find(({ functionName }) => functionName.endsWith('reconcilePeering'));
  const told = calls.filter(({ action, traceId }) => action === 'PutEvents' && traceId === run?.requestId);
  if (run?.endedAtMs === undefined || told.length < NEAR) throw new Error(`${name} did not end well`);
  return {
    name,
    settledMs: Math.max(...told.map(({ endedAtMs = Number.NaN }) => endedAtMs)) - startMs,
    answeredMs: run.endedAtMs - startMs,
    returned: JSON.stringify(run.result).split('itemIdentifier').length - 1,
  };
}

/** Nobody has told autopeer of them. */
async function requests(world: World): Promise<readonly string[]> {
  world.aws.trail.dropWhere(() => true);
  const ids: string[] = [];
  for (let index = 0; index <= NEAR; index++) {
    const requester: BuiltVpc = await world.buildVpc(APPS, IRELAND, `10.${index}.0.0/16`, 3);
    const region = index < NEAR ? IRELAND : VIRGINIA;
    const accepter = await world.buildVpc(SHARED, region, `10.${100 + index}.0.0/16`, 3);
    ids.push(await world.requestPeering(requester, accepter));
  }
  await world.aws.clock.run(world.aws.clock.now() + MINUTE_MS);
  return ids;
}
