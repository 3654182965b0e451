import type { VpcPeeringConnection } from '@aws-sdk/client-ec2';
import { itWithRecording, memberAt, shapeOf } from '../../support/recorded-files.ts';
import { Ec2World } from '../../support/simulated-ec2.ts';

const INTER_REGION = [
  'tests/aws/services/ec2/test_ec2.py::TestEc2Integrations::test_vcp_peering_difference_regions',
  'recorded-content',
] as const;

/** One account in two regions, as in the recording. */
function world() {
  const made = new Ec2World();
  const accepter = made.user(made.requester.accountId, 'us-east-1');
  return { made, accepter };
}

describe('peerings look as AWS’s own answers do', () => {
  itWithRecording('ec2-responses', 'test_ec2.snapshot', 'while pending', async (recorded) => {
    const { made, accepter } = world();
    const { peeringId } = await made.pending({ accepter });
    const real = memberAt(recorded, ...INTER_REGION, 'pending-acceptance', 'VpcPeeringConnections', 0);
    expect(shapeOf(made.see(made.requester, peeringId))).toEqual(shapeOf(real));
  });

  itWithRecording(
    'ec2-responses',
    'test_ec2.snapshot',
    'when active, in the requester’s region',
    async (recorded) => {
      const { made, accepter } = world();
      const { peeringId } = await made.active({ accepter });
      const real = memberAt(recorded, ...INTER_REGION, 'requester-peer', 'VpcPeeringConnections', 0);
      expect(shapeOf(made.see(made.requester, peeringId))).toEqual(shapeOf(real));
    },
  );

  itWithRecording(
    'ec2-responses',
    'test_ec2.snapshot',
    'when active, in the accepter’s region',
    async (recorded) => {
      const { made, accepter } = world();
      const { peeringId } = await made.active({ accepter });
      const real = memberAt(recorded, ...INTER_REGION, 'accepter-peer', 'VpcPeeringConnections', 0);
      expect(shapeOf(made.see(accepter, peeringId))).toEqual(shapeOf(real));
    },
  );

  itWithRecording(
    'ec2-responses',
    'test_security_group_stale_ec2.AcceptVpcPeeringConnection',
    'in the answer to Accept',
    async (recorded) => {
      const made = new Ec2World();
      const { peeringId } = await made.pending({ accepter: made.requester });
      const answer = made.requester.do('AcceptVpcPeeringConnection', { VpcPeeringConnectionId: peeringId });
      const real = memberAt(recorded, 'data', 'VpcPeeringConnection');
      expect(shapeOf(asOf2017(answer.VpcPeeringConnection))).toEqual(shapeOf(real));
    },
  );

  itWithRecording(
    'ec2-responses',
    'test_ec2.snapshot',
    'with the messages that AWS has',
    async (recorded) => {
      const { made, accepter } = world();
      const { peeringId } = await made.pending({ accepter });
      const message = memberAt(
        recorded,
        ...INTER_REGION,
        'pending-acceptance',
        'VpcPeeringConnections',
        0,
        'Status',
        'Message',
      );
      expect(made.see(made.requester, peeringId)?.Status?.Message).toBe(
        String(message).replace(/\d{12}/, accepter.accountId),
      );
    },
  );
});

/** Before inter-region peering and secondary CIDRs, the sides had neither a region nor a set of CIDRs. */
function asOf2017(peering: VpcPeeringConnection | undefined) {
  const side = (info: VpcPeeringConnection['RequesterVpcInfo']) => {
    const { Region, CidrBlockSet, ...rest } = info ?? {};
    expect([Region, CidrBlockSet]).not.toContain(undefined);
    return rest;
  };
  return {
    ...peering,
    RequesterVpcInfo: side(peering?.RequesterVpcInfo),
    AccepterVpcInfo: side(peering?.AccepterVpcInfo),
  };
}
