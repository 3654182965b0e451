import { AcceptVpcPeeringConnectionCommand, CreateRouteCommand } from '@aws-sdk/client-ec2';
import type { WorldOptions } from '../../sim/world/world.ts';
import { aPair, APPS, aWorld, SHARED, toldBesidesPlaces } from '../support/world.ts';

const policyWith = (measure: string): string =>
  `version: 1\nregions: [eu-west-1, us-east-1]\nguardrails: { unsanctioned: ${measure} }\n`;

/** An active peering that no rule allows: a person accepted it and wrote a route on each side. */
async function unsanctioned(measure: string, options: Partial<WorldOptions> = {}) {
  const world = aWorld({ policy: policyWith(measure), ...options });
  const { requester, accepter } = await aPair(world);
  const forget = world.aws.trail.dropWhere(() => true);
  const peeringId = await world.requestPeering(requester, accepter);
  await world.aws.clock.run(world.aws.clock.now() + 5_000);
  const accept = new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId: peeringId });
  await world.aws.clock.drive(world.ec2(SHARED, 'eu-west-1').send(accept));
  for (const [vpc, other] of [
    [requester, accepter],
    [accepter, requester],
  ] as const) {
    const route = new CreateRouteCommand({
      RouteTableId: vpc.mainTableId,
      DestinationCidrBlock: other.cidr,
      VpcPeeringConnectionId: peeringId,
    });
    await world.aws.clock.drive(world.ec2(vpc.accountId, vpc.region).send(route));
  }
  await world.aws.clock.run(world.aws.clock.now() + 10_000);
  forget();
  const state = async () => (await world.peering(requester, peeringId))?.Status?.Code;
  const routes = async () => [...(await world.routes(requester)), ...(await world.routes(accepter))];
  const subjects = () => toldBesidesPlaces(world).map(({ subject }) => subject?.replace(/, pcx-.*/, ''));
  return { world, requester, accepter, peeringId, state, routes, subjects };
}

it('report: it is told, and nothing is touched', async () => {
  const { world, state, routes, subjects } = await unsanctioned('report');
  const before = await routes();
  await world.sweep();
  expect(await state()).toBe('active');
  expect(await routes()).toEqual(before);
  expect(subjects()).toEqual(['autopeer: Peering Unsanctioned']);
});

it('quarantine: its routes go on both sides, the peering stays, and people are told before and after', async () => {
  const { world, state, routes, subjects } = await unsanctioned('quarantine');
  await world.sweep();
  expect(await state()).toBe('active');
  expect(await routes()).toEqual([]);
  expect(subjects()).toEqual(['autopeer: Peering Unsanctioned', 'autopeer: Peering Unsanctioned']);
  expect(world.aws.sns.published[0]?.message).toContain('in ten minutes it is looked at again');
  expect(world.aws.sns.published[1]?.message).toMatch(/^- rtb-\w+: route 10\.2\.0\.0\/16 /m);
});

it('delete: the peering goes, and then its routes', async () => {
  const { world, state, routes, subjects } = await unsanctioned('delete', {
    memberParameters: { MayDeletePeerings: 'true' },
  });
  await world.sweep();
  expect(await state()).toBe('deleted');
  expect(await routes()).toEqual([]);
  expect(subjects()).toEqual([
    'autopeer: Peering Unsanctioned',
    'autopeer: Peering Unsanctioned',
    'autopeer: Peering Cleaned Up',
  ]);
});

it('delete without the permission for it on either side: it is quarantined, and people are told why', async () => {
  const { world, state, routes, subjects } = await unsanctioned('delete');
  await world.sweep();
  await world.sweep();
  expect(await state()).toBe('active');
  expect(await routes()).toEqual([]);
  expect(subjects()).toEqual(['autopeer: Peering Unsanctioned', 'autopeer: Peering Unsanctioned']);
  expect(world.aws.sns.published[1]?.message).toContain('DeleteVpcPeeringConnection in account');
  expect(world.deadLetters()).toEqual([]);
});

it('delete without the permission on the accepter’s side: the requester’s side deletes it', async () => {
  const { world, state } = await unsanctioned('delete', { memberParameters: { MayDeletePeerings: 'true' } });
  world.aws.faults.deny('ec2', 'DeleteVpcPeeringConnection', SHARED);
  await world.sweep();
  expect(await state()).toBe('deleted');
});

it.each(['quarantine', 'delete'])(
  '%s never touches a peering one side of which cannot be read',
  async (measure) => {
    const { world, state, routes } = await unsanctioned(measure, {
      memberParameters: { MayDeletePeerings: 'true' },
    });
    world.aws.faults.deny('ec2', 'DescribeVpcs', APPS);
    await world.sweep();
    expect(await state()).toBe('active');
    expect(await routes()).toHaveLength(2);
  },
);

it.each(['quarantine', 'delete'])(
  '%s: a trial rule neither takes part in it nor stops it',
  async (measure) => {
    const { world, state, routes, subjects } = await unsanctioned(measure, {
      memberParameters: { MayDeletePeerings: 'true' },
      policy: `${policyWith(measure)}deny:\n  - { name: no-more, between: [any, any], dryRun: true }\n`,
    });
    await world.sweep();
    expect(await state()).toBe(measure === 'delete' ? 'deleted' : 'active');
    expect(await routes()).toEqual([]);
    expect(subjects()).not.toContain('autopeer: Peering Planned');
  },
);

it.each([
  ['report', true],
  ['quarantine', false],
])('a rule that expires: what only it allowed follows the guardrail %s', async (measure, isKept) => {
  const rules = (expires: string): string => `${policyWith(measure)}groups:
  apps: { ous: [ou-ab12-apps0001] }
  shared: { ous: [ou-ab12-shared01] }
allow:
  - { name: for-a-while, requester: apps, accepter: shared, expires: ${expires} }
`;
  const { aws } = aWorld();
  const end = new Date(aws.clock.now() + 3 * 3_600_000).toISOString().replace(/\.\d+Z/, 'Z');
  const world = aWorld({ policy: rules(end) });
  const { requester, accepter } = await aPair(world);
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  expect(await world.routes(requester)).toHaveLength(1);
  const pass = (ms: number): Promise<void> => world.aws.clock.run(world.aws.clock.now() + ms);
  await pass(2 * 3_600_000);
  await world.sweep();
  expect(await world.routes(requester)).toHaveLength(1);
  // The functions are warm: the policy that they read long ago knows the time.
  await pass(2 * 3_600_000);
  await world.sweep();
  await pass(15 * 60_000);
  await world.sweep();
  const told = toldBesidesPlaces(world).map(({ message }) => message);
  expect(told.at(-1)).toContain('No allow rule matches any more: for-a-while allowed it until');
  expect((await world.peering(requester, peeringId))?.Status?.Code).toBe('active');
  expect((await world.routes(requester)).length > 0).toBe(isKept);
});
