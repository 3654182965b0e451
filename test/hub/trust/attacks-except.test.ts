import { AssociateVpcCidrBlockCommand } from '@aws-sdk/client-ec2';
import { aPair, aWorld } from '../../support/world.ts';

it('a CIDR that comes later, and that the rule excepts, is not routed', async () => {
  const world = aWorld({
    policy: `
version: 1
regions: [eu-west-1]
groups: { apps: { ous: [ou-ab12-apps0001], cidrs: [10.0.0.0/8], except: { cidrs: [10.64.0.0/10] } } }
allow: [{ name: r, requester: apps, accepter: any }]
`,
  });
  const { requester, accepter } = await aPair(world);
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  const before = await world.routes(accepter);
  expect(before).toEqual([`${accepter.tableIds[0]} 10.1.0.0/16 ${peeringId} active`]);
  const add = (CidrBlock: string) =>
    world.aws.clock.drive(
      world
        .ec2(requester.accountId, requester.region)
        .send(new AssociateVpcCidrBlockCommand({ VpcId: requester.vpcId, CidrBlock })),
    );
  await add('10.64.0.0/16');
  await world.settle();
  await world.sweep();
  expect(await world.routes(accepter)).toEqual(before);
  await add('10.3.0.0/16');
  await world.settle();
  expect(await world.routes(accepter)).toHaveLength(2);
});
