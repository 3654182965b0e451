import { DynamoDbBrake } from '../../../shared/aws/dynamodb-brake.ts';
import { AwsError } from '../../../sim/types.ts';
import { aPeering } from '../../support/ledger.ts';
import { simulatedTable, WIRES } from '../../support/simulated-table.ts';

const ARN = 'arn:aws:sts::999988887777:assumed-role/NetworkAdmin/jo';
const HOUR = 60 * 60 * 1000;

describe.each(WIRES)('over the wire %s', (wire) => {
  function start() {
    const table = simulatedTable(wire);
    const brake = () => new DynamoDbBrake(table.client, table.name, table.clock);
    return { ...table, brake };
  }

  test('nothing is cut at first', async () => {
    const { brake, drive } = start();
    expect(await drive(brake().read())).toEqual({ cut: [], releases: [], past: [] });
  });

  test('counts for everybody, and forgets after an hour', async () => {
    const { brake, drive, clock, pass } = start();
    const [one, other] = [aPeering(), aPeering()];
    expect(await drive(brake().admit(one, 1))).toBe('admitted');
    expect(await drive(brake().admit(other, 1))).toBe('full');
    expect((await drive(brake().read())).cut).toEqual([{ peeringId: one, at: clock.now() }]);
    await pass(HOUR);
    expect(await drive(brake().admit(other, 1))).toBe('admitted');
  });

  test('of many at once no more get through than may', async () => {
    const { brake, drive } = start();
    const asked = Array.from({ length: 12 }, () => brake().admit(aPeering(), 5));
    const answers = await drive(Promise.all(asked));
    expect(answers.filter((answer) => answer === 'admitted')).toHaveLength(5);
    expect((await drive(brake().read())).cut).toHaveLength(5);
  });

  test('the same peering is written once', async () => {
    const { brake, drive, count } = start();
    const id = aPeering();
    await drive(brake().admit(id, 1));
    expect(await drive(brake().admit(id, 1))).toBe('admitted');
    expect(count('PutItem')).toBe(1);
  });

  test('whether it is full is asked without a write', async () => {
    const { brake, drive, count } = start();
    const id = aPeering();
    expect(await drive(brake().isFull(id, 1))).toBe(false);
    expect(count('PutItem')).toBe(0);
    await drive(brake().admit(id, 1));
    expect(await drive(brake().isFull(id, 1))).toBe(false);
    expect(await drive(brake().isFull(aPeering(), 1))).toBe(true);
    expect(await drive(brake().admit(aPeering(), 1))).toBe('full');
    expect(count('PutItem')).toBe(1);
  });

  test('a peering whose answer was lost is admitted', async () => {
    const { aws, brake, drive } = start();
    aws.faults.loseAnswer('dynamodb', 'PutItem');
    expect(await drive(brake().admit(aPeering(), 1))).toBe('admitted');
  });

  test('a release lets further ones through, is recorded, and written once when its answer was lost', async () => {
    const { aws, brake, drive, clock, pass } = start();
    await drive(brake().admit(aPeering(), 1));
    const at = clock.now();
    aws.faults.loseAnswer('dynamodb', 'PutItem');
    await drive(brake().release({ count: 2, until: at + HOUR, by: ARN, at }));
    expect((await drive(brake().read())).releases).toEqual([
      { count: 2, until: at + HOUR, by: ARN, at, used: 0 },
    ]);
    const answers = [];
    for (let index = 0; index < 3; index++) answers.push(await drive(brake().admit(aPeering(), 1)));
    expect(answers).toEqual(['admitted', 'admitted', 'full']);
    await pass(2 * HOUR);
    expect(await drive(brake().read())).toEqual({
      cut: [],
      releases: [],
      past: [{ count: 2, until: at + HOUR, by: ARN, at, used: 2 }],
    });
  });

  test('a write that fails admits nothing', async () => {
    const { aws, brake, drive } = start();
    aws.faults.failNext('dynamodb', 'PutItem', new AwsError('AccessDeniedException', 'no'));
    await expect(drive(brake().admit(aPeering(), 1))).rejects.toThrow(
      'PutItem in the ledger autopeer-ledger failed: AccessDeniedException',
    );
    expect((await drive(brake().read())).cut).toEqual([]);
  });

  test('gives up where others are always faster', async () => {
    const { aws, brake, drive, count } = start();
    const lost = new AwsError('ConditionalCheckFailedException', 'The conditional request failed');
    for (let index = 0; index < 20; index++) aws.faults.failNext('dynamodb', 'PutItem', lost);
    await expect(drive(brake().admit(aPeering(), 1))).rejects.toThrow('changed by others 20 times in a row');
    expect(count('PutItem')).toBe(20);
  });

  test.each([
    [{ version: { N: '0' } }],
    [{ cut: { S: '[{}]' } }],
    [{ cut: { S: 'not JSON' } }],
    [{ cut: { S: '[{"peeringId":"pcx-1","at":1,"released":false}]' } }],
    [{ releases: { N: '1' } }],
  ])('an item that is not of its form is named: %j', async (attributes) => {
    const { brake, drive, store } = start();
    const empty = { version: { N: '1' }, cut: { S: '[]' }, releases: { S: '[]' } };
    await store({ pk: { S: 'brake' }, sk: { S: 'brake' }, ...empty, ...attributes });
    await expect(drive(brake().admit(aPeering(), 1))).rejects.toThrow(
      "the ledger's item brake, brake is broken",
    );
  });
});
