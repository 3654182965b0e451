import {
  CreateTagsCommand,
  CreateVpcPeeringConnectionCommand,
  DescribeVpcPeeringConnectionsCommand,
  EC2Client,
  ModifyVpcPeeringConnectionOptionsCommand,
} from '@aws-sdk/client-ec2';

import { refuse, signedRequest, stubbedWire } from './wire-stub.ts';

describe('the EC2 query protocol', () => {
  test('reads lists of structures, lists of texts and numbers as the SDK writes them', async () => {
    const wire = stubbedWire(() => ({ VpcPeeringConnections: [] }));

    await new EC2Client(wire.client).send(
      new DescribeVpcPeeringConnectionsCommand({
        Filters: [{ Name: 'status-code', Values: ['active', 'pending-acceptance'] }],
        VpcPeeringConnectionIds: ['pcx-1', 'pcx-2'],
        MaxResults: 5,
      }),
    );

    expect(wire.calls[0]?.input).toEqual({
      Filters: [{ Name: 'status-code', Values: ['active', 'pending-acceptance'] }],
      VpcPeeringConnectionIds: ['pcx-1', 'pcx-2'],
      MaxResults: 5,
    });
  });

  test('reads nested structures and booleans', async () => {
    const wire = stubbedWire(() => ({}));
    const input = {
      VpcPeeringConnectionId: 'pcx-1',
      AccepterPeeringConnectionOptions: { AllowDnsResolutionFromRemoteVpc: true },
      DryRun: false,
    };

    await new EC2Client(wire.client).send(new ModifyVpcPeeringConnectionOptionsCommand(input));

    expect(wire.calls[0]?.input).toEqual(input);
  });

  test('tells who calls, for which service, action and region', async () => {
    const wire = stubbedWire(() => ({ VpcPeeringConnections: [] }));

    await new EC2Client({ ...wire.client, region: 'us-east-1' }).send(
      new DescribeVpcPeeringConnectionsCommand({}),
    );

    expect(wire.calls[0]?.call).toMatchObject({
      service: 'ec2',
      action: 'DescribeVpcPeeringConnections',
      region: 'us-east-1',
      requestId: 'request-1',
      caller: { accountId: '111122223333' },
    });
  });

  test('writes an answer that the SDK reads back whole', async () => {
    const peering = {
      VpcPeeringConnectionId: 'pcx-1',
      ExpirationTime: new Date('2026-01-08T00:00:00Z'),
      Status: { Code: 'pending-acceptance', Message: 'Pending <Acceptance> & "more"' },
      RequesterVpcInfo: {
        CidrBlock: '10.0.0.0/16',
        CidrBlockSet: [{ CidrBlock: '10.0.0.0/16' }, { CidrBlock: '10.1.0.0/16' }],
        PeeringOptions: { AllowDnsResolutionFromRemoteVpc: false },
      },
      Tags: [],
    };
    const wire = stubbedWire(() => ({ VpcPeeringConnection: peering }));

    const answer = await new EC2Client(wire.client).send(
      new CreateVpcPeeringConnectionCommand({ VpcId: 'vpc-1' }),
    );

    expect(answer.VpcPeeringConnection).toEqual(peering);
    expect(answer.$metadata.requestId).toBe('request-1');
  });

  test('writes an answer without members for an action that has none', async () => {
    const wire = stubbedWire(() => ({}));

    const { body } = await wire.answer(
      signedRequest({
        service: 'ec2',
        body: 'Action=CreateTags&Version=2016-11-15&ResourceId.1=pcx-1&Tag.1.Key=a&Tag.1.Value=b',
      }),
    );

    expect(body).toContain('<CreateTagsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">');
    expect(body).toContain('<requestId>request-1</requestId><return>true</return>');
  });

  test('gives the SDK the code and the message of an error', async () => {
    const wire = stubbedWire(refuse('InvalidVpcID.NotFound', "The vpc ID 'vpc-1' does not exist"));
    const send = new EC2Client(wire.client).send(
      new CreateTagsCommand({ Resources: ['vpc-1'], Tags: [{ Key: 'a' }] }),
    );

    await expect(send).rejects.toMatchObject({
      name: 'InvalidVpcID.NotFound',
      message: "The vpc ID 'vpc-1' does not exist",
      $metadata: { httpStatusCode: 400 },
    });
  });

  test.each([
    ['Action=Frobnicate', 'InvalidAction'],
    ['Version=2016-11-15', 'MissingAction'],
    ['Action=AcceptVpcPeeringConnection', 'MissingParameter'],
    ['Action=DescribeVpcs&Colour=red', 'UnknownParameter'],
    ['Action=DescribeVpcs&MaxResults=many', 'InvalidParameterValue'],
    ['Action=DescribeVpcs&DryRun=perhaps', 'InvalidParameterValue'],
  ])('refuses %s with %s', async (body, code) => {
    const wire = stubbedWire(() => ({}));

    const response = await wire.answer(signedRequest({ service: 'ec2', body }));

    expect(response.status).toBe(400);
    expect(response.body).toContain(`<Response><Errors><Error><Code>${code}</Code>`);
  });

  test('stops an answer that holds what AWS never answers', async () => {
    const wire = stubbedWire(() => ({ Vpc: { Colour: 'red' } }));
    const request = signedRequest({ service: 'ec2', body: 'Action=CreateVpc&CidrBlock=10.0.0.0/16' });

    await expect(wire.answer(request)).rejects.toThrow('has no member');
  });
});
