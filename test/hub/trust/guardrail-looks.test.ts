import { APPS_TO_SHARED } from '../../support/policy-text.ts';
import { aPair, APPS, aWorld, expectConnected, pass, SHARED, subjects } from '../../support/world.ts';
import { aConnectedPair, by, callsOf, LEDGER_WRITES, messages, MINUTE_MS } from './support.ts';

const STRICT = `${APPS_TO_SHARED}guardrails: { unsanctioned: quarantine }\n`;
const WITHOUT_RULE = STRICT.replace(/allow:\n.*\n/, '');
const APPS_OU = 'ou-ab12-apps0001';

/** A connected pair, and an OU that no rule names. */
async function start(policy = STRICT) {
  const world = aWorld({ policy });
  const pair = await aPair(world);
  const peeringId = await aConnectedPair(world, pair);
  const transit = world.aws.organization.addOrganizationalUnit('Transit').id;
  const routes = async () => [
    ...(await world.routes(pair.requester)),
    ...(await world.routes(pair.accepter)),
  ];
  return { world, ...pair, peeringId, transit, routes };
}

describe('an account that is moved between OUs', () => {
  it('is not cut when it only passes through another one', async () => {
    const { world, requester, accepter, peeringId, transit, routes } = await start();
    const before = await routes();
    world.aws.organization.moveAccount(APPS, transit);
    // Longer than an answer of Organizations is believed.
    await pass(world, 6 * MINUTE_MS);
    await world.hint(requester, peeringId);
    await pass(world, MINUTE_MS);
    expect(subjects(world)).toContain('Peering Unsanctioned');
    expect(await routes()).toEqual(before);
    world.aws.organization.moveAccount(APPS, APPS_OU);
    await world.settle();
    expect(await routes()).toEqual(before);
    await expectConnected(world, requester, accepter, peeringId);
  });

  it('is cut when it stays there, ten minutes after it was found', async () => {
    const { world, requester, peeringId, transit, routes } = await start();
    world.aws.organization.moveAccount(APPS, transit);
    await pass(world, 6 * MINUTE_MS);
    await world.hint(requester, peeringId);
    await pass(world, 9 * MINUTE_MS);
    expect(await routes()).toHaveLength(2);
    await world.settle();
    expect(await routes()).toEqual([]);
  });

  it('a look in between that finds it in order begins anew', async () => {
    const { world, requester, peeringId, transit, routes } = await start();
    const look = async (ms: number) => {
      await pass(world, ms);
      await world.hint(requester, peeringId);
      await pass(world, 30_000);
    };
    world.aws.organization.moveAccount(APPS, transit);
    await look(6 * MINUTE_MS);
    world.aws.organization.moveAccount(APPS, APPS_OU);
    await look(6 * MINUTE_MS);
    world.aws.organization.moveAccount(APPS, transit);
    await look(6 * MINUTE_MS);
    // More than ten minutes after the first look, and less than that after the last.
    await pass(world, MINUTE_MS);
    expect(await routes()).toHaveLength(2);
  });
});

it('another version of the policy begins anew, and a trial rule does not', async () => {
  const { world, requester, peeringId, routes } = await start();
  const look = async (policy: string) => {
    world.changePolicy(policy);
    await world.hint(requester, peeringId);
    await pass(world, 5 * MINUTE_MS);
  };
  const denying = (...rules: string[]): string =>
    WITHOUT_RULE.replace('guardrails:', `${rules.map((rule) => `  - { ${rule} }\n`).join('')}guardrails:`);
  const other = 'name: other, between: [shared, sandbox]';
  await look(WITHOUT_RULE);
  await look(denying(other));
  await pass(world, MINUTE_MS);
  expect(await routes()).toHaveLength(2);
  await look(denying(other, 'name: trial, between: [any, any], dryRun: true'));
  await pass(world, MINUTE_MS);
  expect(await routes()).toEqual([]);
});

describe('what was cut', () => {
  it('is put back when the peering is sanctioned again, and hand-written routes stay somebody else’s', async () => {
    const { world, requester, peeringId, routes } = await start();
    const mine = by(world, requester);
    await mine.route({ DestinationCidrBlock: '10.2.9.0/24', VpcPeeringConnectionId: peeringId });
    const before = await routes();
    world.changePolicy(WITHOUT_RULE);
    await world.sweep();
    expect(await routes()).toEqual([]);
    world.changePolicy(STRICT);
    await world.sweep();
    expect(await routes()).toEqual(before);
    // Still not ours: a rule that no longer wants such routes leaves it alone.
    world.changePolicy(
      STRICT.replace(
        'accepter: shared }',
        'accepter: shared, connect: { routes: { exclude: [10.2.0.0/16] } } }',
      ),
    );
    await world.sweep();
    expect(await world.routes(requester)).toEqual([`${mine.tableId} 10.2.9.0/24 ${peeringId} active`]);
  });

  it('is not put back where its destination leads elsewhere meanwhile, and people are told', async () => {
    const { world, requester, peeringId } = await start();
    const mine = by(world, requester);
    await mine.route({ DestinationCidrBlock: '10.2.9.0/24', VpcPeeringConnectionId: peeringId });
    world.changePolicy(WITHOUT_RULE);
    await world.sweep();
    await mine.route({ DestinationCidrBlock: '10.2.9.0/24', TransitGatewayId: 'tgw-0123456789abcdef0' });
    world.changePolicy(STRICT);
    await world.sweep();
    expect(await world.routes(requester)).toContain(`${mine.tableId} 10.2.9.0/24 another target active`);
    expect(messages(world).at(-1)).toContain('10.2.9.0/24');
  });

  it('is forgotten after thirty days', async () => {
    const { world, requester, peeringId } = await start();
    const mine = by(world, requester);
    await mine.route({ DestinationCidrBlock: '10.2.9.0/24', VpcPeeringConnectionId: peeringId });
    world.changePolicy(WITHOUT_RULE);
    await world.sweep();
    await pass(world, 31 * 24 * 60 * MINUTE_MS);
    world.changePolicy(STRICT);
    await world.sweep();
    expect(await world.routes(requester)).toEqual([`${mine.tableId} 10.2.0.0/16 ${peeringId} active`]);
  });
});

describe('the brake', () => {
  /** Pairs that are connected, of which one hour may cost two their routes. */
  async function manyPairs(count: number) {
    const policy = STRICT.replace('quarantine }', 'quarantine, atMost: 2 }');
    const world = aWorld({ policy });
    const hub = await world.buildVpc(SHARED, 'eu-west-1', '10.200.0.0/16');
    for (let index = 0; index < count; index++) {
      const spoke = await world.buildVpc(APPS, 'eu-west-1', `10.${index + 1}.0.0/16`);
      await world.requestPeering(spoke, hub);
    }
    await world.settle();
    const left = async () => (await world.routes(hub)).length;
    return { world, policy, left };
  }

  it('lets no more peerings an hour be cut than the policy says, and tells the rest once', async () => {
    const { world, policy, left } = await manyPairs(5);
    world.changePolicy(policy.replace(/allow:\n.*\n/, ''));
    await world.sweep();
    expect(await left()).toBe(3);
    const held = messages(world).filter((text) => text.includes('nothing is cut now'));
    expect(held).toHaveLength(3);
    const from = world.aws.calls.length;
    await pass(world, 20 * MINUTE_MS);
    await world.sweep();
    expect(await left()).toBe(3);
    expect(callsOf(world, LEDGER_WRITES, from).filter((action) => action === 'BatchWriteItem')).toEqual([]);
    expect(messages(world).filter((text) => text.includes('nothing is cut now'))).toHaveLength(3);
  });

  it('lets the next ones go an hour later', async () => {
    const { world, policy, left } = await manyPairs(3);
    world.changePolicy(policy.replace(/allow:\n.*\n/, ''));
    await world.sweep();
    expect(await left()).toBe(1);
    await pass(world, 61 * MINUTE_MS);
    await world.sweep();
    expect(await left()).toBe(0);
  });

  it('counts routes that a changed rule no longer wants, and not those of ended peerings', async () => {
    const { world, policy, left } = await manyPairs(3);
    world.changePolicy(
      policy.replace('accepter: shared }', 'accepter: shared, connect: { routes: { tables: main } } }'),
    );
    await world.sweep();
    // Three in the main table now, and one that stayed in the subnet's.
    expect(await left()).toBe(3 + 1);
    expect(messages(world).some((text) => text.includes('routes that the rule no longer wants stay'))).toBe(
      true,
    );
  });
});
