import { DynamoDbReservations } from '../../../shared/aws/dynamodb-reservations.ts';
import { RESERVED_MS } from '../../../shared/reconcile/reservations.ts';
import { AwsError } from '../../../sim/types.ts';
import { ledgerTable } from '../../support/dynamodb-engine.ts';
import { cidr, vpcId } from '../../support/ids.ts';
import { aPeering } from '../../support/ledger.ts';
import { simulatedTable, WIRES } from '../../support/simulated-table.ts';

const ONE = vpcId('vpc-11111111');
const TWO = vpcId('vpc-22222222');
const TEN = [cidr('10.1.0.0/16'), cidr('2001:db8::/56')];

describe.each(WIRES)('over the wire %s', (wire) => {
  function start() {
    const table = simulatedTable(wire);
    const reservations = new DynamoDbReservations(table.client, table.name, table.clock);
    const read = (...ids: (typeof ONE)[]) => table.drive(Promise.all(ids.map((id) => reservations.read(id))));
    return { ...table, reservations, read };
  }

  test('nothing is reserved in a VPC that was never heard of', async () => {
    const { read } = start();
    expect(await read(ONE)).toEqual([{ vpcId: ONE, version: 0, reservations: [] }]);
  });

  test('both VPCs are reserved at once, for a quarter of an hour', async () => {
    const { drive, clock, pass, read, reservations } = start();
    const id = aPeering();
    const until = clock.now() + RESERVED_MS;
    const vpcs = await read(ONE, TWO);
    const wanted = vpcs.map((vpc) => ({ vpc, cidrs: TEN }));
    expect(await drive(reservations.reserve(id, wanted))).toBe('reserved');
    const [one, two] = await read(ONE, TWO);
    expect(one).toEqual({ vpcId: ONE, version: 1, reservations: [{ peeringId: id, cidrs: TEN, until }] });
    expect(two?.reservations).toEqual(one?.reservations);
    await pass(RESERVED_MS - 1);
    expect((await read(ONE))[0]?.reservations).toHaveLength(1);
    await pass(1);
    expect((await read(ONE))[0]).toEqual({ vpcId: ONE, version: 1, reservations: [] });
  });

  test('of two that saw the same, one reserves', async () => {
    const { drive, read, reservations } = start();
    const [one, two] = await read(ONE, TWO);
    if (one === undefined || two === undefined) throw new Error('two were asked for');
    const [first, second] = [aPeering(), aPeering()];
    const answers = await drive(
      Promise.all([
        reservations.reserve(first, [
          { vpc: one, cidrs: TEN },
          { vpc: two, cidrs: TEN },
        ]),
        // A third VPC on the other side.
        reservations.reserve(second, [{ vpc: two, cidrs: TEN }]),
      ]),
    );
    expect(answers.toSorted()).toEqual(['changed', 'reserved']);
    const holders = (await read(ONE, TWO)).flatMap((vpc) => vpc.reservations.map((held) => held.peeringId));
    expect(holders).toEqual(answers[0] === 'reserved' ? [first, first] : [second]);
  });

  test('whoever looks again reserves beside others; its own earlier reservation is replaced', async () => {
    const { drive, read, reservations } = start();
    const [first, second] = [aPeering(), aPeering()];
    const other = [cidr('10.9.0.0/16')];
    for (const [id, cidrs] of [
      [first, TEN],
      [second, TEN],
      [first, other],
    ] as const) {
      const wanted = (await read(ONE)).map((vpc) => ({ vpc, cidrs }));
      expect(await drive(reservations.reserve(id, wanted))).toBe('reserved');
    }
    const [one] = await read(ONE);
    expect(one?.version).toBe(3);
    expect(one?.reservations).toEqual([
      expect.objectContaining({ peeringId: second, cidrs: TEN }),
      expect.objectContaining({ peeringId: first, cidrs: other }),
    ]);
  });

  test('a version never begins anew, not by an end either', async () => {
    const { drive, read, reservations } = start();
    const id = aPeering();
    const before = await read(ONE);
    await drive(
      reservations.reserve(
        id,
        before.map((vpc) => ({ vpc, cidrs: TEN })),
      ),
    );
    await drive(reservations.end(id, await read(ONE), 0));
    expect(await read(ONE)).toEqual([{ vpcId: ONE, version: 2, reservations: [] }]);
    const late = before.map((vpc) => ({ vpc, cidrs: TEN }));
    expect(await drive(reservations.reserve(aPeering(), late))).toBe('changed');
  });

  test('ending what is not reserved is no write', async () => {
    const { count, drive, read, reservations } = start();
    await drive(reservations.end(aPeering(), await read(ONE, TWO), 0));
    expect(count('PutItem')).toBe(0);
  });

  test('an end looks again where somebody was faster, and leaves what is theirs', async () => {
    const { drive, read, reservations } = start();
    const [first, second] = [aPeering(), aPeering()];
    const reserve = async (id: typeof first) => {
      const wanted = (await read(ONE)).map((vpc) => ({ vpc, cidrs: TEN }));
      await drive(reservations.reserve(id, wanted));
    };
    await reserve(first);
    const stale = await read(ONE);
    await reserve(second);
    await drive(reservations.end(first, stale, 0));
    expect((await read(ONE))[0]?.reservations.map(({ peeringId }) => peeringId)).toEqual([second]);
  });

  test('an end gives up where others are always faster', async () => {
    const { aws, drive, read, reservations } = start();
    const id = aPeering();
    const wanted = (await read(ONE)).map((vpc) => ({ vpc, cidrs: TEN }));
    await drive(reservations.reserve(id, wanted));
    const lost = new AwsError('TransactionConflictException', 'there is an ongoing transaction for the item');
    for (let index = 0; index < 20; index++) aws.faults.failNext('dynamodb', 'PutItem', lost);
    await expect(drive(reservations.end(id, await read(ONE), 0))).rejects.toThrow(
      'the reservations of vpc-11111111 were changed by others 20 times in a row',
    );
  });

  test.each([
    ['ConditionalCheckFailed', 'changed'],
    ['TransactionConflict', 'changed'],
    ['ThrottlingError', undefined],
  ])('a transaction that is cancelled for %s', async (Code, answer) => {
    const { aws, drive, read, reservations } = start();
    const reasons = { CancellationReasons: [{ Code: 'None' }, { Code }] };
    const cancelled = new AwsError('TransactionCanceledException', 'Transaction cancelled', 400, reasons);
    aws.faults.failNext('dynamodb', 'TransactWriteItems', cancelled);
    const wanted = (await read(ONE, TWO)).map((vpc) => ({ vpc, cidrs: TEN }));
    const outcome = drive(reservations.reserve(aPeering(), wanted)).catch(() => undefined);
    expect(await outcome).toBe(answer);
  });

  test('an item expires a day after its last reservation', async () => {
    const { clock, drive, item, read, reservations } = start();
    const wanted = (await read(ONE)).map((vpc) => ({ vpc, cidrs: TEN }));
    await drive(reservations.reserve(aPeering(), wanted));
    const stored = await item(`vpc#${ONE}`, 'reserved#now');
    const { AttributeName } = ledgerTable().TimeToLiveSpecification;
    expect(stored?.[AttributeName]?.N).toBe(String((clock.now() + RESERVED_MS) / 1000 + 86_400));
  });

  test.each([
    [{ version: { S: '1' } }],
    [{ reservations: { S: '{}' } }],
    [{ reservations: { S: '[{"peeringId":"pcx-11111111","cidrs":["10.0.0.1/16"],"until":1}]' } }],
  ])('an item that is not of its form is named: %j', async (attributes) => {
    const { read, store } = start();
    const form = { version: { N: '1' }, reservations: { S: '[]' } };
    await store({ pk: { S: `vpc#${ONE}` }, sk: { S: 'reserved#now' }, ...form, ...attributes });
    await expect(read(ONE)).rejects.toThrow("the ledger's item vpc#vpc-11111111, reserved#now is broken");
  });
});
