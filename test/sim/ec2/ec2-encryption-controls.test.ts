import { DescribeVpcEncryptionControlsCommand } from '@aws-sdk/client-ec2';
import { aWorld, APPS } from '../../support/world.ts';

it('shows the controls of the account and region, by VPC and by filter', async () => {
  const world = aWorld();
  const vpc = await world.buildVpc(APPS, 'eu-west-1', '10.1.0.0/16');
  const other = await world.buildVpc(APPS, 'eu-west-1', '10.2.0.0/16');
  world.aws.ec2.setEncryptionControl(vpc.vpcId, { mode: 'enforce', peeringExclusion: 'enabled' });
  world.aws.ec2.setEncryptionControl(other.vpcId, { mode: 'monitor', peeringExclusion: 'disabled' });
  const shown = async (input: DescribeVpcEncryptionControlsCommand['input']) => {
    const command = new DescribeVpcEncryptionControlsCommand(input);
    const answer = await world.aws.clock.drive(world.ec2(APPS, 'eu-west-1').send(command));
    return (answer.VpcEncryptionControls ?? []).map(({ VpcId, Mode, ResourceExclusions }) => [
      VpcId,
      Mode,
      ResourceExclusions?.VpcPeering?.State,
    ]);
  };
  expect(await shown({ VpcIds: [vpc.vpcId] })).toEqual([[vpc.vpcId, 'enforce', 'enabled']]);
  expect(await shown({ Filters: [{ Name: 'mode', Values: ['monitor'] }] })).toEqual([
    [other.vpcId, 'monitor', 'disabled'],
  ]);
  await expect(shown({ VpcIds: ['vpc-00000000000000000'] })).rejects.toThrow('vpc-00000000000000000');
});
