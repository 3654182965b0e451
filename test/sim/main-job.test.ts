import { aPair, aWorld, dnsFlags } from '../support/world.ts';

it('an allowed request is connected on both sides', async () => {
  const world = aWorld();
  const { requester, accepter } = await aPair(world);
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  console.log(world.aws.calls.map((c) => `${c.atMs - 1767225600000} ${c.caller.arn} ${c.region} ${c.service}:${c.action} ${c.errorCode ?? ''}`).join('\n'));
  console.log(JSON.stringify(world.aws.lambda.logs, null, 1), world.aws.lambda.invocations.map((i) => JSON.stringify(i).slice(0, 3000)));
  expect((await world.peering(requester, peeringId))?.Status?.Code).toBe('active');
  expect(await world.routes(requester)).toEqual([`${requester.tableIds[0]} 10.2.0.0/16 ${peeringId} active`]);
  expect(await world.routes(accepter)).toEqual([`${accepter.tableIds[0]} 10.1.0.0/16 ${peeringId} active`]);
  expect(await dnsFlags(world, requester, accepter, peeringId)).toEqual([true, true]);
});
