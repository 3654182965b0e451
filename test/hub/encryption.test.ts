import { AwsError } from '../../sim/types.ts';
import type { BuiltVpc, World } from '../../sim/world/world.ts';
import { aPair, aWorld, expectConnected, SHARED } from '../support/world.ts';

const enforce = (world: World, vpc: BuiltVpc, peeringExclusion: 'enabled' | 'disabled' = 'disabled'): void =>
  world.aws.ec2.setEncryptionControl(vpc.vpcId, { mode: 'enforce', peeringExclusion });

const toldOf = (world: World, peeringId: string) =>
  world.aws.sns.published.filter(({ subject }) => subject?.endsWith(peeringId) === true);

async function requested(
  prepare: (world: World, requester: BuiltVpc, accepter: BuiltVpc) => void,
  far = false,
) {
  const world = aWorld();
  const { requester, accepter } = await aPair(world, 'eu-west-1', far ? 'us-east-1' : 'eu-west-1');
  prepare(world, requester, accepter);
  const peeringId = await world.requestPeering(requester, accepter);
  await world.settle();
  return { world, requester, accepter, peeringId };
}

describe('a VPC that enforces encryption', () => {
  it('holds a request with one that does not, and takes it once peerings are excluded', async () => {
    const { world, requester, accepter, peeringId } = await requested((each, _requester, theirs) =>
      enforce(each, theirs),
    );
    const [told] = toldOf(world, peeringId);
    expect(told?.subject).toBe(`autopeer: Peering Held, ${peeringId}`);
    expect(told?.message).toContain('[encryption-enforced]');
    expect(told?.message).toContain(`${requester.vpcId} does not`);
    await world.sweep();
    expect(toldOf(world, peeringId)).toHaveLength(1);
    enforce(world, accepter, 'enabled');
    await world.sweep();
    await expectConnected(world, requester, accepter, peeringId);
  });

  it('connects with another one of its region', async () => {
    const { world, requester, accepter, peeringId } = await requested((each, ours, theirs) => {
      enforce(each, ours);
      enforce(each, theirs);
    });
    await expectConnected(world, requester, accepter, peeringId);
  });

  it('holds a request with another region, whatever is enforced there', async () => {
    const { world, peeringId } = await requested((each, ours, theirs) => {
      enforce(each, ours);
      enforce(each, theirs);
    }, true);
    expect(toldOf(world, peeringId)[0]?.message).toContain('[encryption-enforced]');
  });
});

describe('where it may not be read', () => {
  const refused = (code: string) =>
    requested((world) => {
      const filter = { service: 'ec2', action: 'DescribeVpcEncryptionControls', accountId: SHARED };
      world.aws.faults.failSome(filter, 1, new AwsError(code, 'no', 403));
    });

  it('nothing is held, and the notice says what is not known', async () => {
    const { world, requester, accepter, peeringId } = await refused('UnauthorizedOperation');
    await expectConnected(world, requester, accepter, peeringId);
    const [told] = toldOf(world, peeringId);
    expect(told?.message).toContain('To know:');
    expect(told?.message).toContain(`whether ${accepter.vpcId} enforces encryption is not known`);
    await world.sweep();
    expect(toldOf(world, peeringId)).toHaveLength(1);
  });

  it('because the region has no such feature, nobody needs to know', async () => {
    const { world, requester, accepter, peeringId } = await refused('UnsupportedOperation');
    await expectConnected(world, requester, accepter, peeringId);
    expect(toldOf(world, peeringId)[0]?.message).not.toContain('encryption');
  });
});
