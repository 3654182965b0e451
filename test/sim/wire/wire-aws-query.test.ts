import { CreateTopicCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';

import { refuse, signedRequest, stubbedWire } from './wire-stub.ts';

describe('the query protocol of STS and SNS', () => {
  test('reads lists with `member` between name and index', async () => {
    const wire = stubbedWire(() => ({}));
    const input = {
      RoleArn: 'arn:aws:iam::111122223333:role/reader',
      RoleSessionName: 'session',
      DurationSeconds: 900,
      Tags: [
        { Key: 'team', Value: 'network' },
        { Key: 'stage', Value: 'prod' },
      ],
    };

    await new STSClient(wire.client).send(new AssumeRoleCommand(input));

    expect(wire.calls[0]?.input).toEqual(input);
  });

  test('reads maps', async () => {
    const wire = stubbedWire(() => ({ MessageId: 'm-1' }));
    const input = {
      TopicArn: 'arn:aws:sns:eu-west-1:111122223333:notices',
      Message: 'hello & goodbye = 1',
      MessageAttributes: { detailType: { DataType: 'String', StringValue: 'Peering Connected' } },
    };

    await new SNSClient(wire.client).send(new PublishCommand(input));

    expect(wire.calls[0]?.input).toEqual(input);
  });

  test('reads an empty list that is written as an empty value', async () => {
    const wire = stubbedWire(() => ({ TopicArn: 'arn' }));

    await new SNSClient(wire.client).send(new CreateTopicCommand({ Name: 'notices', Tags: [] }));

    expect(wire.calls[0]?.input).toEqual({ Name: 'notices', Tags: [] });
  });

  test('writes an answer that the SDK reads back whole', async () => {
    const Expiration = new Date('2026-01-01T01:00:00Z');
    const Credentials = { AccessKeyId: 'ASIA', SecretAccessKey: 's', SessionToken: 't', Expiration };
    const wire = stubbedWire(() => ({ Credentials }));

    const answer = await new STSClient(wire.client).send(
      new AssumeRoleCommand({ RoleArn: 'arn', RoleSessionName: 'session' }),
    );

    expect(answer.Credentials).toEqual(Credentials);
  });

  test('gives the SDK the code and the message of an error', async () => {
    const wire = stubbedWire(refuse('AccessDenied', 'User: x is not authorized', 403));

    const send = new STSClient(wire.client).send(new GetCallerIdentityCommand({}));

    await expect(send).rejects.toMatchObject({
      name: 'AccessDenied',
      message: 'User: x is not authorized',
      $metadata: { httpStatusCode: 403 },
    });
  });

  test('names the action and the version that it does not know', async () => {
    const wire = stubbedWire(() => ({}));

    const response = await wire.answer(signedRequest({ service: 'sts', body: 'Action=Frobnicate' }));

    expect(response.body).toContain('<Code>InvalidAction</Code>');
    expect(response.body).toContain('Could not find operation Frobnicate for version 2011-06-15');
  });
});
