import { itWithRecording, memberAt, shapeOf } from '../../support/recorded-files.ts';
import { Ec2Clients } from './ec2-client.ts';
import { STRANGER } from '../world/services-support.ts';

/** As in the recording: a rule that refers to a group of a peered VPC, which was then deleted. */
async function staleRule() {
  const ec2 = new Ec2Clients();
  const { ownerVpc, otherVpc } = await ec2.peered();
  const web = await ec2.group(ec2.owner, ownerVpc, 'web');
  const api = await ec2.group(ec2.other, otherVpc, 'api');
  const pair = { GroupId: api, UserId: STRANGER };
  const permission = { IpProtocol: 'tcp', FromPort: 60_000, ToPort: 62_000, UserIdGroupPairs: [pair] };
  await ec2.get(ec2.owner.authorizeSecurityGroupIngress({ GroupId: web, IpPermissions: [permission] }));
  await ec2.get(ec2.other.deleteSecurityGroup({ GroupId: api }));
  return { ec2, ownerVpc, web };
}

describe('security groups look as AWS’s own answers do', () => {
  itWithRecording(
    'ec2-responses',
    'test_security_group_stale_ec2.DescribeSecurityGroups',
    'with a rule over a peering',
    async (recorded) => {
      const { ec2, web } = await staleRule();
      const { SecurityGroups } = await ec2.get(ec2.owner.describeSecurityGroups({ GroupIds: [web] }));
      const { SecurityGroupArn, ...group } = SecurityGroups?.[0] ?? {}; // newer than the recording
      expect(SecurityGroupArn).toBeDefined();
      expect(shapeOf(group)).toEqual(shapeOf(memberAt(recorded, 'data', 'SecurityGroups', 0)));
    },
  );

  itWithRecording(
    'ec2-responses',
    'test_security_group_stale_ec2.DescribeStaleSecurityGroups',
    'with a rule that is stale',
    async (recorded) => {
      const { ec2, ownerVpc } = await staleRule();
      const { StaleSecurityGroupSet } = await ec2.get(
        ec2.owner.describeStaleSecurityGroups({ VpcId: ownerVpc }),
      );
      const real = memberAt(recorded, 'data', 'StaleSecurityGroupSet', 0);
      expect(shapeOf(StaleSecurityGroupSet?.[0])).toEqual(shapeOf(real));
    },
  );
});
