import { AwsError } from '../../../sim/types.ts';
import { APPS_TO_SHARED } from '../../support/policy-text.ts';
import { aPair, aWorld, pass, subjects } from '../../support/world.ts';
import { aConnectedPair, by, messages, MINUTE_MS, STRICT, withoutRule, withRule } from './support.ts';

const OF_AUTOPEER = { action: 'CreateRoute', roleName: 'autopeer-prod-member' };
const ONLY_MAIN = 'connect: { routes: { tables: main } }';

/** A connected pair, the requester's own route to the accepter, and who writes it by hand. */
async function start(policy = APPS_TO_SHARED) {
  const world = aWorld({ policy });
  const { requester, accepter } = await aPair(world);
  const peeringId = await aConnectedPair(world, { requester, accepter });
  const mine = by(world, requester);
  const write = () => mine.route({ DestinationCidrBlock: '10.2.0.0/16', VpcPeeringConnectionId: peeringId });
  /** Whether it stays when the rule no longer gives it, so that autopeer would remove its own. */
  const staysWithoutRule = async (): Promise<boolean> => {
    world.changePolicy(withRule(ONLY_MAIN, policy));
    await world.sweep();
    const routes = await world.routes(requester);
    expect(routes).toContain(`${requester.mainTableId} 10.2.0.0/16 ${peeringId} active`);
    return routes.includes(`${mine.tableId} 10.2.0.0/16 ${peeringId} active`);
  };
  return { world, requester, peeringId, mine, write, staysWithoutRule };
}

describe('a route that somebody else wrote where autopeer’s was is never deleted', () => {
  it('although he wrote it at the moment when autopeer would have', async () => {
    const { world, mine, write, staysWithoutRule } = await start();
    await pass(world, 10 * MINUTE_MS);
    // EC2 shows a new route to who lists them later than it refuses a second one.
    const error = new AwsError('RouteAlreadyExists', 'There is such a route.');
    let refusals = 0;
    const end = world.aws.faults.failSome(OF_AUTOPEER, 1, () => {
      refusals++;
      return error;
    });
    await mine.deleteRoute('10.2.0.0/16');
    await pass(world, 80_000);
    await write();
    end();
    await world.settle();
    expect(refusals).toBeGreaterThan(0);
    expect(await staysWithoutRule()).toBe(true);
  });

  it('although the table was full when autopeer would have', async () => {
    const { world, mine, write, staysWithoutRule } = await start();
    await pass(world, 10 * MINUTE_MS);
    const end = world.aws.faults.failSome(OF_AUTOPEER, 1, new AwsError('RouteLimitExceeded', 'It is full.'));
    await mine.deleteRoute('10.2.0.0/16');
    await world.settle();
    expect(messages(world).at(-1)).toContain('RouteLimitExceeded');
    await write();
    end();
    await world.settle();
    expect(await staysWithoutRule()).toBe(true);
  });

  it('although he had undone autopeer’s three times within a minute', async () => {
    const { world, requester, peeringId, mine, write, staysWithoutRule } = await start();
    const hear = world.aws.trail.dropWhere(() => true);
    for (let round = 0; round < 3; round++) {
      await pass(world, 15_000);
      await mine.deleteRoute('10.2.0.0/16');
      await world.hint(requester, peeringId);
      await pass(world, 5_000);
    }
    expect(subjects(world).at(-1)).toBe('Peering Contested');
    await write();
    hear();
    await pass(world, 60 * MINUTE_MS);
    expect(await staysWithoutRule()).toBe(true);
  });

  it('although a guardrail took it away with the others, and it was put back', async () => {
    const { world, requester, write, staysWithoutRule } = await start(STRICT);
    world.changePolicy(withoutRule(STRICT));
    await world.sweep();
    await write();
    await world.settle();
    expect(await world.routes(requester)).toEqual([]);
    world.changePolicy(STRICT);
    await world.sweep();
    expect(await world.routes(requester)).toHaveLength(1);
    expect(await staysWithoutRule()).toBe(true);
  });
});
