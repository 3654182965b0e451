import { trailRecord } from '../../../sim/cloudtrail/cloudtrail.ts';
import { AwsError } from '../../../sim/types.ts';
import { itWithRecording, memberAt, shapeOf } from '../../support/recorded-files.ts';
import { callOf, Ec2World, START_MS } from '../../support/simulated-ec2.ts';

const META = { eventId: '73bfa272-16c5-49c8-8d5f-ecea11f04060', timeMs: START_MS };

/** Members that only some records have, whatever the action: the console's, the transport's, ours. */
const NOT_OF_EVERY_RECORD = ['_source', 'sessionCredentialFromConsole', 'tlsDetails'];

function recordOf(action: string, input: unknown, output: unknown) {
  return trailRecord(callOf(action, '111122223333', 'eu-west-1'), input, { output }, META);
}

function expectSameShape(record: Record<string, unknown>, recorded: unknown): void {
  const real = Array.isArray(recorded) ? recorded[0] : recorded;
  const names = Object.keys(Object(real)).filter((name) => !NOT_OF_EVERY_RECORD.includes(name));
  expect(Object.keys(record).toSorted()).toEqual(names.toSorted());
  for (const part of ['requestParameters', 'responseElements']) {
    expect({ [part]: shapeOf(record[part]) }).toEqual({ [part]: shapeOf(memberAt(real, part)) });
  }
}

describe('CloudTrail records have the shape of recorded ones', () => {
  itWithRecording(
    'cloudtrail',
    'CreateVpcPeeringConnection',
    'for CreateVpcPeeringConnection',
    async (recorded) => {
      const world = new Ec2World();
      const VpcId = world.vpc(world.requester, '10.0.0.0/16');
      const input = { VpcId, PeerVpcId: world.vpc(world.requester, '10.1.0.0/16') };
      const output = world.requester.do('CreateVpcPeeringConnection', input);
      expectSameShape(recordOf('CreateVpcPeeringConnection', input, output), recorded);
    },
  );

  itWithRecording(
    'cloudtrail',
    'DeleteVpcPeeringConnection',
    'for DeleteVpcPeeringConnection',
    async (recorded) => {
      const world = new Ec2World();
      const input = { VpcPeeringConnectionId: (await world.active()).peeringId };
      const output = world.requester.do('DeleteVpcPeeringConnection', input);
      expectSameShape(recordOf('DeleteVpcPeeringConnection', input, output), recorded);
    },
  );

  itWithRecording('cloudtrail', 'CreateRoute.e2584e51', 'for CreateRoute', async (recorded) => {
    const { owner, gateway, table } = withGateway();
    const input = { RouteTableId: table, DestinationCidrBlock: '0.0.0.0/0', GatewayId: gateway };
    const output = owner.do('CreateRoute', input);
    expectSameShape(recordOf('CreateRoute', input, output), recorded);
  });

  itWithRecording('cloudtrail', 'DeleteRoute', 'for DeleteRoute', async (recorded) => {
    const { owner, gateway, table } = withGateway();
    const input = { RouteTableId: table, DestinationCidrBlock: '0.0.0.0/0' };
    owner.do('CreateRoute', { ...input, GatewayId: gateway });
    const output = owner.do('DeleteRoute', input);
    expectSameShape(recordOf('DeleteRoute', input, output), recorded);
  });

  itWithRecording('cloudtrail', 'CreateRouteTable.730f73db', 'for CreateRouteTable', async (recorded) => {
    const world = new Ec2World();
    const input = { VpcId: world.vpc(world.requester, '10.0.0.0/16') };
    expectSameShape(
      recordOf('CreateRouteTable', input, world.requester.do('CreateRouteTable', input)),
      recorded,
    );
  });

  itWithRecording(
    'cloudtrail',
    'CreateRouteTable.ba4c0841',
    'for CreateRouteTable with tags',
    async (recorded) => {
      const world = new Ec2World();
      const input = {
        VpcId: world.vpc(world.requester, '10.0.0.0/16'),
        TagSpecifications: [
          { ResourceType: 'route-table' as const, Tags: [{ Key: 'Name', Value: 'private' }] },
        ],
      };
      expectSameShape(
        recordOf('CreateRouteTable', input, world.requester.do('CreateRouteTable', input)),
        recorded,
      );
    },
  );

  itWithRecording('cloudtrail', 'AssociateRouteTable', 'for AssociateRouteTable', async (recorded) => {
    const { owner, table, vpcId } = withGateway();
    const SubnetId = owner.do('CreateSubnet', { VpcId: vpcId, CidrBlock: '10.0.0.0/24' }).Subnet?.SubnetId;
    const input = { RouteTableId: table, SubnetId };
    expectSameShape(recordOf('AssociateRouteTable', input, owner.do('AssociateRouteTable', input)), recorded);
  });

  itWithRecording('cloudtrail', 'ModifyVpcAttribute', 'for ModifyVpcAttribute', async (recorded) => {
    const { owner, vpcId } = withGateway();
    const input = { VpcId: vpcId, EnableDnsSupport: { Value: true } };
    expectSameShape(recordOf('ModifyVpcAttribute', input, owner.do('ModifyVpcAttribute', input)), recorded);
  });

  itWithRecording('cloudtrail', 'CreateVpc.Client', 'for a call that failed', async (recorded) => {
    const input = {
      CidrBlock: '10.0.0.0/16',
      InstanceTenancy: 'default',
      AmazonProvidedIpv6CidrBlock: false,
      TagSpecifications: [{ ResourceType: 'vpc', Tags: [{ Key: 'Name', Value: 'x' }] }],
    };
    const error = new AwsError('VpcLimitExceeded', 'The maximum number of VPCs has been reached.');
    const call = callOf('CreateVpc', '111122223333', 'us-east-1');
    const record = trailRecord(call, input, { error }, META);
    expectSameShape(record, recorded);
    for (const part of ['errorCode', 'errorMessage']) expect(record[part]).toBe(memberAt(recorded, 0, part));
  });
});

function withGateway() {
  const world = new Ec2World();
  const owner = world.requester;
  const vpcId = world.vpc(owner, '10.0.0.0/16');
  const gateway = owner.do('CreateInternetGateway', {}).InternetGateway?.InternetGatewayId;
  owner.do('AttachInternetGateway', { InternetGatewayId: gateway, VpcId: vpcId });
  const table = owner.do('CreateRouteTable', { VpcId: vpcId }).RouteTable?.RouteTableId;
  return { owner, vpcId, gateway, table };
}
