import { CreateVpcCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';

import { AwsError } from '../../../sim/types.ts';
import { as, failureOf, MEMBER, newAws } from '../world/services-support.ts';
import { signedRequest, stubbedWire } from './wire-stub.ts';

describe('the front door of the simulated services', () => {
  test('refuses a request that nobody signed', async () => {
    const wire = stubbedWire(() => ({}));

    const response = await wire.answer({ method: 'POST', host: 'x', path: '/', headers: {}, body: '' });

    expect(response.status).toBe(403);
    expect(response.body).toContain('MissingAuthenticationToken');
  });

  test('says which service it does not model', async () => {
    const response = await stubbedWire(() => ({})).answer(signedRequest({ service: 's3' }));

    expect(response.body).toContain("does not model the service 's3'");
  });

  test('says so in XML to a client of the query protocol, such as RDS’', async () => {
    const request = signedRequest({ service: 'rds' });
    const headers = {
      ...request.headers,
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
    };
    const response = await stubbedWire(() => ({})).answer({ ...request, headers });

    expect(response.headers['content-type']).toContain('text/xml');
    expect(response.body).toContain('<Code>MissingAuthenticationToken</Code>');
    expect(response.body).toContain('rds');
  });

  test.each([
    ['ec2', 'KEY', 401, 'AuthFailure'],
    ['ec2', 'EXPIRED', 400, 'RequestExpired'],
    ['sts', 'KEY', 403, 'InvalidClientTokenId'],
    ['sts', 'EXPIRED', 403, 'ExpiredToken'],
    ['ssm', 'KEY', 400, 'UnrecognizedClientException'],
    ['ssm', 'EXPIRED', 400, 'ExpiredTokenException'],
  ])('%s refuses the access key %s with %d %s', async (service, accessKeyId, status, code) => {
    const response = await stubbedWire(() => ({})).answer(signedRequest({ service, accessKeyId }));

    expect(response.status).toBe(status);
    expect(response.body).toContain(code);
  });

  test('says which action it does not model', async () => {
    const aws = newAws();

    const request = signedRequest({ service: 'ec2', body: 'Action=DescribeKeyPairs&Version=2016-11-15' });

    expect((await aws.answer(request)).body).toContain('does not model ec2:DescribeKeyPairs');
  });
});

describe('the transport under the SDK', () => {
  test('takes the latency of each call in virtual time', async () => {
    const aws = newAws({ latencyMs: 80 });
    const startMs = aws.clock.now();

    await aws.clock.drive(new EC2Client(as(aws, MEMBER)).send(new DescribeVpcsCommand({})));

    expect(aws.clock.now() - startMs).toBe(80);
  });

  test('lets the SDK retry what is throttled, with its delays in virtual time', async () => {
    const aws = newAws();
    aws.faults.failNext('ec2', 'DescribeVpcs', new AwsError('RequestLimitExceeded', 'slow down', 503), 2);

    const answer = await aws.clock.drive(new EC2Client(as(aws, MEMBER)).send(new DescribeVpcsCommand({})));

    expect(answer.$metadata.attempts).toBe(3);
    expect(aws.calls.map((call) => call.errorCode)).toEqual([
      'RequestLimitExceeded',
      'RequestLimitExceeded',
      undefined,
    ]);
    expect(aws.clock.now()).toBeGreaterThan(aws.calls[0]?.atMs ?? 0);
  });

  test('retries as often as the client is configured to', async () => {
    const aws = newAws();
    aws.faults.failNext('ec2', 'DescribeVpcs', new AwsError('InternalError', 'oops', 500), 10);
    const client = new EC2Client({ ...as(aws, MEMBER), maxAttempts: 5 });

    expect(await failureOf(aws, client.send(new DescribeVpcsCommand({})))).toMatchObject({
      name: 'InternalError',
    });
    expect(aws.calls).toHaveLength(5);
  });

  test('does not retry what the client did wrong', async () => {
    const aws = newAws();
    const client = new EC2Client(as(aws, MEMBER));

    await failureOf(aws, client.send(new DescribeVpcsCommand({ VpcIds: ['vpc-00000000000000000'] })));

    expect(aws.calls).toHaveLength(1);
  });

  test('can lose the answer of a call that was done', async () => {
    const aws = newAws();
    aws.faults.loseAnswer('ec2', 'CreateVpc');
    const client = new EC2Client({ ...as(aws, MEMBER), maxAttempts: 1 });

    const failure = await failureOf(aws, client.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' })));
    const { Vpcs } = await aws.clock.drive(client.send(new DescribeVpcsCommand({})));

    expect(failure).toMatchObject({ name: 'ServiceUnavailable', httpStatus: 503 });
    expect(Vpcs).toHaveLength(1);
  });

  test('gives the same calls at the same instants for the same seed', async () => {
    const runOnce = async (): Promise<unknown> => {
      const aws = newAws({ seed: 7, latencyMs: 30 });
      aws.faults.failSome({ service: 'ec2' }, 0.5, new AwsError('RequestLimitExceeded', 'slow down', 503));
      const client = new EC2Client({ ...as(aws, MEMBER), maxAttempts: 8 });
      for (let index = 0; index < 5; index++) {
        await aws.clock.drive(client.send(new CreateVpcCommand({ CidrBlock: `10.${index}.0.0/16` })));
      }
      return aws.calls.map(({ atMs, action, requestId, errorCode }) => ({
        atMs,
        action,
        requestId,
        errorCode,
      }));
    };

    expect(await runOnce()).toEqual(await runOnce());
  });
});
