import { recordsOf } from '../../demo/records.ts';
import { timelineOf } from '../../demo/timeline.ts';
import { AwsError } from '../../sim/types.ts';
import { aPair, APPS, aWorld } from '../support/world.ts';

async function aConnectedPair(break_?: (world: ReturnType<typeof aWorld>) => void) {
  const world = aWorld({ latencyMs: 80 });
  const { requester, accepter } = await aPair(world);
  break_?.(world);
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  return { world, peeringId };
}

test('a failure that is tried again is told, and the decision that comes of it', async () => {
  const { world, peeringId } = await aConnectedPair(({ aws }) =>
    aws.faults.failNext('sts', 'AssumeRole', new AwsError('RegionDisabledException', 'Not now.', 403)),
  );
  const timeline = timelineOf(recordsOf(world));
  const told = timeline.filter(({ kind }) => ['failure', 'decision'].includes(kind));
  expect(told).toMatchObject([
    { kind: 'failure', functionName: 'autopeer-prod-reconcilePeering', error: 'RoleNotAssumable' },
    { kind: 'decision', peeringId, decision: 'connect', rule: 'apps-to-shared' },
  ]);
});

test('an event that a member put on the hub’s bus in autopeer’s name decides nothing', async () => {
  const { world } = await aConnectedPair();
  const records = recordsOf(world);
  const told = records.busDeliveries.find(({ event }) => event.source === 'autopeer');
  if (told === undefined) throw new Error('autopeer told nothing');
  const forged = { ...told, event: { ...told.event, account: APPS, detail: { version: 1 } } };
  const busDeliveries = [forged, ...records.busDeliveries];
  expect(timelineOf({ ...records, busDeliveries })).toEqual(timelineOf(records));
});

test('a call that changes no peering and no route to one is not part of it', async () => {
  const { world } = await aConnectedPair();
  const actions = timelineOf(recordsOf(world)).flatMap((entry) =>
    entry.kind === 'call' && entry.by === 'person' ? [entry.action] : [],
  );
  expect(world.aws.calls.some(({ action }) => action === 'CreateVpc')).toBe(true);
  expect(actions).toEqual(['CreateVpcPeeringConnection']);
});

test('an event that no function took is told as such', async () => {
  const { world } = await aConnectedPair();
  const records = recordsOf(world);
  const timeline = timelineOf({ ...records, invocations: [], logs: [] });
  expect(timeline.filter(({ kind }) => kind === 'event')).toMatchObject([
    { by: 'person', intake: 'not-taken' },
    { by: 'autopeer', intake: 'not-taken' },
    { by: 'autopeer', intake: 'not-taken' },
    { by: 'autopeer', intake: 'not-taken' },
  ]);
});
