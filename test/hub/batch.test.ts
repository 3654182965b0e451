import { AwsError } from '../../sim/types.ts';
import { APPS_TO_SHARED } from '../support/policy-text.ts';
import { aPair, APPS, aWorld, expectConnected, SHARED } from '../support/world.ts';

/** A VPC in the middle, and so many others that are connected to it. */
async function aHub(spokes: number) {
  const world = aWorld({ policy: APPS_TO_SHARED });
  const middle = await world.buildVpc(SHARED, 'eu-west-1', '10.2.0.0/16');
  const peerings = [];
  for (let index = 0; index < spokes; index++) {
    const spoke = await world.buildVpc(APPS, 'eu-west-1', `10.${10 + index}.0.0/16`);
    peerings.push({ spoke, peeringId: await world.requestPeering(spoke, middle) });
  }
  await world.settle();
  return { world, middle, peerings };
}

it('hints about several peerings of one account in one batch read its peerings and the VPC in the middle once', async () => {
  const { world, middle, peerings } = await aHub(4);
  const from = { calls: world.aws.calls.length, runs: world.aws.lambda.invocations.length };
  for (const { peeringId } of peerings) await world.hint(middle, peeringId);
  await world.settle();
  const runs = world.aws.lambda.invocations
    .slice(from.runs)
    .filter(({ functionName }) => functionName.endsWith('reconcilePeering'));
  const made = world.aws.calls.slice(from.calls).filter(({ caller }) => caller.roleArn?.endsWith('-member'));
  const inMiddle = (action: string): number =>
    made.filter((call) => call.action === action && call.caller.accountId === SHARED).length;
  expect(inMiddle('DescribeVpcPeeringConnections')).toBe(runs.length);
  expect(inMiddle('DescribeVpcs')).toBe(runs.length);
  expect(runs.length).toBeLessThan(peerings.length);
});

it.each([
  ['', 5_000],
  [', although EC2 takes long to set the first one up', 60_000],
])(
  'requests that come in one batch, of VPCs with the same CIDR, are not both accepted%s',
  async (_name, provisioningMs) => {
    const world = aWorld({ ec2: { provisioningMs } });
    const middle = await world.buildVpc(SHARED, 'eu-west-1', '10.2.0.0/16');
    const spokes = [
      await world.buildVpc(APPS, 'eu-west-1', '10.10.0.0/16'),
      await world.buildVpc(APPS, 'eu-west-1', '10.10.0.0/16'),
    ] as const;
    await world.settle();
    const ids = [
      await world.requestPeering(spokes[0], middle),
      await world.requestPeering(spokes[1], middle),
    ] as const;
    await world.settle();
    const states: unknown[] = [];
    for (const id of ids) states.push((await world.peering(middle, id))?.Status?.Code);
    expect(new Set(states)).toEqual(new Set(['active', 'pending-acceptance']));
  },
);

it('EC2 that throttles every third call, besides its own request limits, delays a connect and fails nothing', async () => {
  const world = aWorld({ ec2: { throttling: true } });
  const { requester, accepter } = await aPair(world);
  const filter = { service: 'ec2', roleName: 'autopeer-prod-member' };
  world.aws.faults.failSome(
    filter,
    0.33,
    new AwsError('RequestLimitExceeded', 'Request limit exceeded.', 503),
  );
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  await expectConnected(world, requester, accepter, peeringId);
  expect(world.aws.calls.some(({ errorCode }) => errorCode === 'RequestLimitExceeded')).toBe(true);
  expect(world.deadLetters()).toEqual([]);
});
