import { trailRecord } from '../../../sim/cloudtrail/cloudtrail.ts';
import { AwsError, type Caller } from '../../../sim/types.ts';
import { memberAt } from '../../support/recorded-files.ts';
import { callOf, Ec2World, START_MS } from '../../support/simulated-ec2.ts';

const META = { eventId: '73bfa272-16c5-49c8-8d5f-ecea11f04060', timeMs: START_MS };
const ACCOUNT = '012345678901';
const call = (action: string, caller?: Caller) => {
  const made = callOf(action, ACCOUNT, 'eu-west-1');
  return { ...made, caller: caller ?? made.caller };
};

describe('a flat CloudTrail record', () => {
  it('says who called what, where and when', () => {
    const input = { VpcPeeringConnectionId: 'pcx-0a1b2c3d4e5f60711' };
    const record = trailRecord(call('DeleteVpcPeeringConnection'), input, { output: { Return: true } }, META);
    expect(record).toMatchObject({
      eventTime: '2026-11-02T00:00:00Z',
      eventSource: 'ec2.amazonaws.com',
      eventName: 'DeleteVpcPeeringConnection',
      awsRegion: 'eu-west-1',
      eventID: META.eventId,
      recipientAccountId: ACCOUNT,
      readOnly: false,
      userAgent: 'aws-cli/2.31.0',
    });
  });

  it('answers Accept with the CIDRs of both sides', async () => {
    const world = new Ec2World();
    const { peeringId } = await world.pending();
    const input = { VpcPeeringConnectionId: peeringId };
    const output = world.accepter.do('AcceptVpcPeeringConnection', input);
    const record = trailRecord(call('AcceptVpcPeeringConnection'), input, { output }, META);
    const peering = memberAt(record, 'responseElements', 'vpcPeeringConnection');
    expect(memberAt(peering, 'accepterVpcInfo', 'cidrBlockSet')).toEqual({
      items: [{ cidrBlock: '10.1.0.0/16' }],
    });
    expect(memberAt(peering, 'requesterVpcInfo', 'cidrBlockSet')).toEqual({
      items: [{ cidrBlock: '10.0.0.0/16' }],
    });
    expect(memberAt(peering, 'status', 'code')).toBe('provisioning');
  });

  it('gives dates in epoch milliseconds', () => {
    const output = { VpcPeeringConnection: { ExpirationTime: new Date(START_MS) } };
    const record = trailRecord(call('CreateVpcPeeringConnection'), {}, { output }, META);
    expect(memberAt(record, 'responseElements', 'vpcPeeringConnection', 'expirationTime')).toBe(START_MS);
  });

  it('lists the rules of a security group, empty lists included', () => {
    const input = {
      GroupId: 'sg-0a1b2c3d4e5f60711',
      IpPermissions: [
        { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '10.0.0.0/8' }], Ipv6Ranges: [] },
      ],
    };
    const record = trailRecord(call('AuthorizeSecurityGroupIngress'), input, { output: {} }, META);
    expect(memberAt(record, 'requestParameters')).toEqual({
      groupId: 'sg-0a1b2c3d4e5f60711',
      ipPermissions: {
        items: [
          {
            ipProtocol: 'tcp',
            fromPort: 22,
            toPort: 22,
            ipRanges: { items: [{ cidrIp: '10.0.0.0/8' }] },
            ipv6Ranges: {},
          },
        ],
      },
    });
  });

  it('names the resources and the tags of CreateTags as AWS does', () => {
    const input = { Resources: ['vpc-0a1b2c3d4e5f60711'], Tags: [{ Key: 'owner', Value: 'platform' }] };
    expect(trailRecord(call('CreateTags'), input, { output: {} }, META)).toMatchObject({
      requestParameters: {
        resourcesSet: { items: [{ resourceId: 'vpc-0a1b2c3d4e5f60711' }] },
        tagSet: { items: [{ key: 'owner', value: 'platform' }] },
      },
      responseElements: { _return: true },
    });
  });

  it('keeps an account id as text', () => {
    const input = { VpcId: 'vpc-0a1b2c3d4e5f60711', PeerOwnerId: ACCOUNT };
    const record = trailRecord(call('CreateVpcPeeringConnection'), input, { output: {} }, META);
    expect(record['requestParameters']).toEqual({ vpcId: 'vpc-0a1b2c3d4e5f60711', peerOwnerId: ACCOUNT });
  });
});

describe('a CloudTrail record of a failed call', () => {
  const record = (error: AwsError) => trailRecord(call('CreateRoute'), {}, { error }, META);

  it('says that the client is at fault, and has no answer', () => {
    expect(record(new AwsError('UnauthorizedOperation', 'no', 403))).toMatchObject({
      errorCode: 'Client.UnauthorizedOperation',
      errorMessage: 'no',
      responseElements: null,
    });
  });

  it('says so of a dry run too', () => {
    expect(record(new AwsError('DryRunOperation', 'would', 412))).toMatchObject({
      errorCode: 'Client.DryRunOperation',
    });
  });

  it('says that the server is at fault where it is', () => {
    expect(record(new AwsError('InternalError', 'oops', 500))).toMatchObject({
      errorCode: 'Server.InternalError',
    });
  });

  it('has no error members where the call succeeded', () => {
    const succeeded = trailRecord(call('CreateRoute'), {}, { output: { Return: true } }, META);
    expect(succeeded).not.toHaveProperty('errorCode');
  });
});

describe('a wrapped CloudTrail record', () => {
  const modify = (input: object, result: Parameters<typeof trailRecord>[2]) =>
    trailRecord(call('ModifyVpcPeeringConnectionOptions'), input, result, META);

  it('has the request under the name of the request, as it was on the wire', () => {
    const input = {
      VpcPeeringConnectionId: 'pcx-0a1b2c3d4e5f60711',
      AccepterPeeringConnectionOptions: { AllowDnsResolutionFromRemoteVpc: true },
    };
    expect(modify(input, { output: {} })['requestParameters']).toEqual({
      ModifyVpcPeeringConnectionOptionsRequest: input,
    });
  });

  it('has the answer under the name of the answer, with its XML namespace', () => {
    const output = { AccepterPeeringConnectionOptions: { AllowDnsResolutionFromRemoteVpc: true } };
    expect(modify({}, { output })['responseElements']).toEqual({
      ModifyVpcPeeringConnectionOptionsResponse: {
        xmlns: 'http://ec2.amazonaws.com/doc/2016-11-15/',
        requestId: '99846af0-8804-4df0-b148-d77d4a5aa578',
        accepterPeeringConnectionOptions: { allowDnsResolutionFromRemoteVpc: true },
      },
    });
  });

  it('writes what is empty as the empty text', () => {
    const record = modify({ AccepterPeeringConnectionOptions: {} }, { output: {} });
    expect(record['requestParameters']).toEqual({
      ModifyVpcPeeringConnectionOptionsRequest: { AccepterPeeringConnectionOptions: '' },
    });
  });

  it('has no answer where the call failed', () => {
    const error = new AwsError('OperationNotPermitted', 'no');
    expect(modify({}, { error })['responseElements']).toBeNull();
  });
});

describe('whom a CloudTrail record names', () => {
  const identity = (caller: Caller) =>
    trailRecord(call('CreateRoute', caller), {}, { output: {} }, META)['userIdentity'];

  it('names a user', () => {
    const arn = `arn:aws:iam::${ACCOUNT}:user/team/ada`;
    expect(identity({ accountId: ACCOUNT, arn })).toMatchObject({
      type: 'IAMUser',
      arn,
      accountId: ACCOUNT,
      userName: 'ada',
    });
  });

  it('names the root user', () => {
    const arn = `arn:aws:iam::${ACCOUNT}:root`;
    expect(identity({ accountId: ACCOUNT, arn })).toMatchObject({ type: 'Root', principalId: ACCOUNT, arn });
  });

  it('names a role and its session', () => {
    const roleArn = `arn:aws:iam::${ACCOUNT}:role/autopeer-member`;
    const arn = `arn:aws:sts::${ACCOUNT}:assumed-role/autopeer-member/reconcile`;
    expect(identity({ accountId: ACCOUNT, arn, roleArn })).toMatchObject({
      type: 'AssumedRole',
      arn,
      principalId: expect.stringMatching(/^AROA[0-9A-F]{17}:reconcile$/),
      sessionContext: {
        sessionIssuer: { type: 'Role', arn: roleArn, accountId: ACCOUNT, userName: 'autopeer-member' },
        attributes: { mfaAuthenticated: 'false' },
      },
    });
  });

  it('gives the same caller the same ids', () => {
    const caller = { accountId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:user/ada` };
    expect(identity(caller)).toEqual(identity(caller));
  });
});

it('refuses to write a record of another service', () => {
  const other = { ...call('CreateQueue'), service: 'sqs' };
  expect(() => trailRecord(other, {}, { output: {} }, META)).toThrow(
    'no CloudTrail record for sqs:CreateQueue',
  );
});
