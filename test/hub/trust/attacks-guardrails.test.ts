import { ModifyVpcPeeringConnectionOptionsCommand } from '@aws-sdk/client-ec2';
import { HUB_ACCOUNT, type BuiltVpc } from '../../../sim/world/world.ts';
import { sendTo } from '../../support/hub-commands.ts';
import { APPS_TO_SHARED } from '../../support/policy-text.ts';
import { aPair, APPS, aWorld, pass, SHARED, subjects } from '../../support/world.ts';
import { aConnectedPair, by, messages, MINUTE_MS, STRICT, withoutRule, withRule } from './support.ts';

const HOUR_MS = 60 * MINUTE_MS;
/** One hour may cost one peering its routes. */
const BRAKED = STRICT.replace('quarantine }', 'quarantine, atMost: 1 }');

async function start(policy: string) {
  const world = aWorld({ policy });
  const pair = await aPair(world);
  const peeringId = await aConnectedPair(world, pair);
  const routes = async () => [
    ...(await world.routes(pair.requester)),
    ...(await world.routes(pair.accepter)),
  ];
  return { world, ...pair, peeringId, routes };
}

/** A VPC that is connected with so many others. */
async function startWithSpokes(count: number) {
  const world = aWorld({ policy: BRAKED });
  const hub = await world.buildVpc(SHARED, 'eu-west-1', '10.200.0.0/16');
  const spokes: { readonly vpc: BuiltVpc; readonly peeringId: string }[] = [];
  for (let index = 0; index < count; index++) {
    const vpc = await world.buildVpc(APPS, 'eu-west-1', `10.${index + 1}.0.0/16`);
    spokes.push({ vpc, peeringId: await world.requestPeering(vpc, hub) });
  }
  await world.settle();
  const left = async () => (await world.routes(hub)).length;
  return { world, hub, spokes, left };
}

it('an approval that a live rule asks for from now on cuts nothing that autopeer accepted before', async () => {
  const policy = `${APPS_TO_SHARED}guardrails: { unapproved: quarantine }\n`;
  const { world, routes } = await start(policy);
  const before = await routes();
  world.changePolicy(withRule('approval: required', policy));
  await world.sweep();
  expect(await routes()).toEqual(before);
});

it('what was cut is put back, however often the rule comes and goes', async () => {
  const { world, routes } = await start(STRICT);
  const before = await routes();
  for (let round = 0; round < 3; round++) {
    world.changePolicy(withoutRule(STRICT));
    await world.sweep();
    expect(await routes()).toEqual([]);
    world.changePolicy(STRICT);
    await world.sweep();
    expect(await routes()).toEqual(before);
  }
});

it('an account that passes through an OU whose rule gives no routes loses none', async () => {
  const transit = 'ou-ab12-transit1';
  const rule = `  - { name: transit, requester: { ous: [${transit}] }, accepter: shared, connect: { routes: { exclude: [10.0.0.0/8] } } }\n`;
  const { world, requester, peeringId, routes } = await start(STRICT.replace('allow:\n', `allow:\n${rule}`));
  const before = await routes();
  world.aws.organization.addOrganizationalUnit('Transit', { id: transit });
  world.aws.organization.moveAccount(APPS, transit);
  // Longer than an answer of Organizations is believed.
  await pass(world, 6 * MINUTE_MS);
  await world.hint(requester, peeringId);
  await pass(world, MINUTE_MS);
  expect(messages(world).at(-1)).toContain('Rule: transit');
  expect(await routes()).toEqual(before);
});

describe('the brake', () => {
  it('counts a peering over which somebody fights, too', async () => {
    const { world, spokes, left } = await startWithSpokes(3);
    for (let round = 0; round < 4; round++) {
      await pass(world, 10 * MINUTE_MS);
      for (const { vpc, peeringId } of spokes) {
        const command = new ModifyVpcPeeringConnectionOptionsCommand({
          VpcPeeringConnectionId: peeringId,
          RequesterPeeringConnectionOptions: { AllowDnsResolutionFromRemoteVpc: false },
        });
        await world.aws.clock.drive(world.ec2(vpc.accountId, vpc.region).send(command));
      }
      await world.settle();
    }
    expect(new Set(subjects(world).slice(-3))).toEqual(new Set(['Peering Contested']));
    world.changePolicy(withRule('connect: { routes: { exclude: [10.0.0.0/8] } }', BRAKED));
    await world.sweep();
    expect(await left()).toBe(2);
  });

  it('is not filled by narrower routes that take the place of wider ones', async () => {
    const { world, hub, spokes } = await startWithSpokes(3);
    world.changePolicy(withRule('connect: { routes: { destinations: subnet-cidrs } }', BRAKED));
    await world.sweep();
    const narrow = spokes.map(
      ({ peeringId }, index) => `${hub.tableIds[0]} 10.${index + 1}.0.0/24 ${peeringId} active`,
    );
    expect(await world.routes(hub)).toEqual(narrow);
  });

  it('is not filled again each day by a peering that nobody may delete', async () => {
    const policy = BRAKED.replace('quarantine', 'delete');
    const { world, accepter, peeringId } = await start(withoutRule(policy));
    const cut = async (): Promise<unknown> =>
      (await sendTo(world, HUB_ACCOUNT, { body: { verb: 'brake show' } })).read();
    await by(world, accepter).accept(peeringId);
    await by(world, accepter).route({
      DestinationCidrBlock: '10.1.0.0/16',
      VpcPeeringConnectionId: peeringId,
    });
    await world.settle();
    expect(await cut()).toMatchObject({ result: { cut: [{ peeringId }] } });
    expect(await world.routes(accepter)).toEqual([]);
    // The delete is tried again once a day.
    for (let hour = 0; hour < 27; hour++) {
      await pass(world, 40 * MINUTE_MS);
      world.hub.fireSchedules();
      // Longer than two looks are apart.
      await pass(world, 20 * MINUTE_MS);
      expect(await cut()).toMatchObject({ result: { cut: [] } });
    }
  });

  it('tells each peering that it holds once, although another version of the policy begins anew', async () => {
    const { world, spokes, left } = await startWithSpokes(4);
    const policy = withoutRule(BRAKED);
    const other = '  - { name: other, between: [shared, sandbox] }\n';
    for (const version of [policy, policy.replace('guardrails', `${other}guardrails`), policy]) {
      world.changePolicy(version);
      world.hub.fireSchedules();
      await pass(world, HOUR_MS);
    }
    const held = messages(world).filter((text) => text.includes('nothing is cut now'));
    const named = held.map((text) => spokes.find(({ peeringId }) => text.includes(peeringId)));
    expect(held).toHaveLength(3);
    expect(new Set(named).size).toBe(3);
    expect(await left()).toBeLessThan(3);
  });
});

it('what a trial rule would do is told once, although a side cannot be read', async () => {
  const { world, requester, peeringId } = await start(APPS_TO_SHARED);
  const trial = '  - { name: try, between: [apps, shared], dryRun: true }\n';
  world.changePolicy(STRICT.replace('guardrails', `${trial}guardrails`));
  world.aws.faults.denyRole(SHARED, 'autopeer-prod-member');
  await world.hint(requester, peeringId);
  await world.settle();
  for (let hour = 0; hour < 3; hour++) {
    await world.sweep();
    await pass(world, HOUR_MS);
  }
  expect(subjects(world).filter((subject) => subject === 'Peering Planned')).toHaveLength(1);
});
