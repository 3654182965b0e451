import { DeleteRouteCommand } from '@aws-sdk/client-ec2';
import { AwsError, type Call } from '../../../sim/types.ts';
import { APPS, aWorld, pass, SHARED } from '../../support/world.ts';

/** A VPC, and two others that have the same CIDR, so that it can be peered with one of them only. */
async function start() {
  const world = aWorld();
  const hub = await world.buildVpc(APPS, 'eu-west-1', '10.1.0.0/16');
  const one = await world.buildVpc(SHARED, 'eu-west-1', '10.2.0.0/16');
  const other = await world.buildVpc(SHARED, 'eu-west-1', '10.2.0.0/16');
  await world.settle();
  const states = async (ids: readonly string[]) =>
    (await Promise.all(ids.map((id) => world.peering(hub, id)))).map((peering) => peering?.Status?.Code);
  return { world, hub, one, other, states };
}

/** … both of which were asked for, and nobody has looked yet. */
async function twoRequests() {
  const made = await start();
  const { world, hub, one, other } = made;
  const hear = world.aws.trail.dropWhere(() => true);
  const first = await world.requestPeering(hub, one);
  const second = await world.requestPeering(hub, other);
  await pass(world, 10_000);
  const slow = async (latencyMs: (call: Call) => number | undefined, afterMs: number) => {
    await world.hint(hub, first);
    await pass(world, afterMs);
    await world.hint(hub, second);
    world.aws.faults.leaveTo({ of: () => undefined, latencyMs });
    await pass(world, 30_000);
    world.aws.faults.leaveTo(undefined);
    await world.settle();
    hear();
    return (await made.states([first, second])).map(String).toSorted();
  };
  return { world, slow };
}

describe('of two overlapping requests only one is accepted', () => {
  it('although Organizations keeps one of them waiting until the other is done', async () => {
    const { world, slow } = await twoRequests();
    world.aws.lambda.recycle();
    let asked = 0;
    const latencyMs = ({ action }: Call) =>
      action === 'DescribeAccount' && ++asked === 2 ? 9000 : undefined;
    expect(await slow(latencyMs, 0)).toEqual(['active', 'pending-acceptance']);
    expect(asked).toBeGreaterThanOrEqual(2);
  });

  it.each([0, 1200, 2400, 3600, 4800])(
    'although what is reserved is read late, %s ms after the first was asked for',
    async (afterMs) => {
      const { slow } = await twoRequests();
      const latencyMs = ({ action }: Call) => (action === 'GetItem' ? 2500 : undefined);
      expect(await slow(latencyMs, afterMs)).toEqual(['active', 'pending-acceptance']);
    },
  );

  it('although both read what is reserved before either writes', async () => {
    const { world, slow } = await twoRequests();
    world.aws.faults.latency({ action: 'TransactWriteItems' }, 3000);
    // So far apart that two functions decide them.
    expect(await slow(() => undefined, 1500)).toEqual(['active', 'pending-acceptance']);
    const codes = world.aws.calls
      .filter(({ action }) => action === 'TransactWriteItems')
      .map(({ errorCode }) => errorCode);
    expect(codes).toContain('TransactionCanceledException');
  });

  it('although the routes of the first could not be written yet', async () => {
    const { world, hub, one, other, states } = await start();
    const error = new AwsError('InternalError', 'The service failed.', 500);
    const failing = { action: 'CreateRoute', roleName: 'autopeer-prod-member' };
    const end = world.aws.faults.failSome(failing, 1, error);
    const first = await world.requestPeering(hub, one);
    await pass(world, 60_000);
    expect(await states([first])).toEqual(['active']);
    const second = await world.requestPeering(hub, other);
    await pass(world, 60_000);
    expect(await world.routes(hub)).toEqual([]);
    end();
    await world.settle();
    await world.sweep();
    expect(await states([first, second])).toEqual(['active', 'pending-acceptance']);
  });

  // One hint on its own is decided in a function of its own; two at once come in one batch.
  it.each([0, 1500, 3000])(
    'although a route of the active one is put back, %s ms before',
    async (afterMs) => {
      const { world, hub, one, other, states } = await start();
      const first = await world.requestPeering(hub, one);
      await world.settle();
      const second = await world.requestPeering(hub, other);
      await world.settle();
      expect(await states([first, second])).toEqual(['active', 'pending-acceptance']);
      await pass(world, 120_000);
      const hear = world.aws.trail.dropWhere(() => true);
      const [RouteTableId] = hub.tableIds;
      const taken = new DeleteRouteCommand({ RouteTableId, DestinationCidrBlock: one.cidr });
      await world.aws.clock.drive(world.ec2(hub.accountId, hub.region).send(taken));
      await pass(world, 10_000);
      const end = world.aws.faults.latency({ action: 'BatchWriteItem' }, 4000);
      await world.hint(hub, first);
      await pass(world, afterMs);
      await world.hint(hub, second);
      await pass(world, 60_000);
      end();
      hear();
      await world.settle();
      expect(await states([first, second])).toEqual(['active', 'pending-acceptance']);
      expect(await world.routes(hub)).toEqual([`${RouteTableId} ${one.cidr} ${first} active`]);
    },
  );
});
