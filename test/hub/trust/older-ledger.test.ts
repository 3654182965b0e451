import {
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  DeleteItemCommand,
  type AttributeValue,
} from '@aws-sdk/client-dynamodb';
import { HUB_ACCOUNT, HUB_REGION, type World } from '../../../sim/world/world.ts';
import { APPS_TO_SHARED } from '../../support/policy-text.ts';
import { aPair, aWorld, expectConnected, subjects } from '../../support/world.ts';
import { aConnectedPair, by, messages } from './support.ts';

const TABLE = 'autopeer-prod-ledger';

/**
 * Makes the ledger what the release before this one left behind: claims without a time, sides, what was told and the
 * history, and nothing else.
 */
async function asOlderRelease(world: World, peeringId: string): Promise<void> {
  const client = new DynamoDBClient({ region: HUB_REGION, ...world.aws.client(HUB_ACCOUNT), maxAttempts: 1 });
  const pk = { S: `peering#${peeringId}` };
  const { Items = [] } = await world.aws.clock.drive(
    client.send(
      new QueryCommand({
        TableName: TABLE,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': pk },
      }),
    ),
  );
  const isOlder = (sk: string): boolean => /^(route#|history#)|^(sides|told)$/.test(sk);
  for (const item of Items) {
    const sk = item['sk']?.S ?? '';
    if (!isOlder(sk)) {
      const Key = { pk, sk: { S: sk } };
      await world.aws.clock.drive(client.send(new DeleteItemCommand({ TableName: TABLE, Key })));
    } else if (sk.startsWith('route#')) {
      const { at: _at, ...Item }: Record<string, AttributeValue> = item;
      await world.aws.clock.drive(client.send(new PutItemCommand({ TableName: TABLE, Item })));
    }
  }
}

async function start(policy = APPS_TO_SHARED) {
  const world = aWorld({ policy, wire: 'http' });
  const pair = await aPair(world);
  const peeringId = await aConnectedPair(world, pair);
  await asOlderRelease(world, peeringId);
  return { world, ...pair, peeringId };
}

describe('a ledger of the release before this one', () => {
  it('goes on: nothing is changed or told where all is well', async () => {
    const { world, requester, accepter, peeringId } = await start();
    await world.sweep();
    await world.sweep();
    await expectConnected(world, requester, accepter, peeringId);
    expect(subjects(world)).toEqual(['Peering Connected']);
  });

  it('a CIDR that comes later is a later one: what was routed then is what was consented to', async () => {
    const { world, requester, accepter, peeringId } = await start();
    await by(world, accepter).associate('140.82.112.0/20');
    await world.settle();
    await expectConnected(world, requester, accepter, peeringId);
    expect(messages(world).at(-1)).toContain('140.82.112.0/20');
  });

  it('claims are still ours: what the rule no longer wants goes', async () => {
    const { world, requester } = await start();
    world.changePolicy(
      APPS_TO_SHARED.replace(
        'accepter: shared }',
        'accepter: shared, connect: { routes: { tables: main } } }',
      ),
    );
    await world.sweep();
    expect((await world.routes(requester)).map((route) => route.split(' ')[0])).toEqual([
      requester.mainTableId,
    ]);
  });

  it('a DNS flag of which nobody remembers who turned it on is told, not turned off', async () => {
    const { world } = await start();
    world.changePolicy(
      APPS_TO_SHARED.replace('accepter: shared }', 'accepter: shared, connect: { dns: false } }'),
    );
    await world.sweep();
    expect(messages(world).at(-1)).toContain('autopeer did not turn it on');
    expect(world.deadLetters()).toEqual([]);
  });
});
