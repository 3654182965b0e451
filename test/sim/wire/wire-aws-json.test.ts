import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { DescribeAccountCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';

import { refuse, signedRequest, stubbedWire } from './wire-stub.ts';

describe('the JSON protocols', () => {
  test('read times, lists and structures as the SDK writes them', async () => {
    const wire = stubbedWire(() => ({ FailedEntryCount: 0, Entries: [] }));
    const Entries = [
      {
        Source: 'autopeer',
        DetailType: 'x',
        Detail: '{}',
        Time: new Date(1_767_225_600_000),
        Resources: ['a'],
      },
    ];

    await new EventBridgeClient(wire.client).send(new PutEventsCommand({ Entries }));

    expect(wire.calls[0]?.input).toEqual({ Entries });
  });

  test('read bytes', async () => {
    const wire = stubbedWire(() => ({ MessageId: 'm' }));
    const MessageAttributes = { raw: { DataType: 'Binary', BinaryValue: Uint8Array.of(1, 2, 3) } };

    await new SQSClient({ ...wire.client, md5: false }).send(
      new SendMessageCommand({
        QueueUrl: 'https://sqs.eu-west-1.amazonaws.com/1/n',
        MessageBody: 'b',
        MessageAttributes,
      }),
    );

    expect(wire.calls[0]?.input).toMatchObject({ MessageAttributes });
  });

  test('write times as seconds, which the SDK reads back', async () => {
    const LastModifiedDate = new Date(1_767_225_600_500);
    const wire = stubbedWire(() => ({ Parameter: { Name: '/a', Value: 'v', Version: 3, LastModifiedDate } }));

    const answer = await new SSMClient(wire.client).send(new GetParameterCommand({ Name: '/a' }));

    expect(answer.Parameter).toEqual({ Name: '/a', Value: 'v', Version: 3, LastModifiedDate });
  });

  test('give the SDK the code and the message of an error', async () => {
    const wire = stubbedWire(
      refuse('AccountNotFoundException', "You specified an account that doesn't exist."),
    );

    const send = new OrganizationsClient(wire.client).send(
      new DescribeAccountCommand({ AccountId: '111122223333' }),
    );

    await expect(send).rejects.toMatchObject({
      name: 'AccountNotFoundException',
      message: "You specified an account that doesn't exist.",
    });
  });

  test('of SQS also tells the code of the query protocol', async () => {
    const wire = stubbedWire(refuse('QueueDoesNotExist', 'The specified queue does not exist.'));

    const response = await wire.answer(
      signedRequest({
        service: 'sqs',
        body: '{"QueueUrl":"https://q","MessageBody":"b"}',
        headers: { 'x-amz-target': 'AmazonSQS.SendMessage' },
      }),
    );

    expect(response.headers).toMatchObject({
      'content-type': 'application/x-amz-json-1.0',
      'x-amzn-query-error': 'AWS.SimpleQueueService.NonExistentQueue;Sender',
    });
    expect(JSON.parse(response.body)).toEqual({
      __type: 'com.amazonaws.sqs#QueueDoesNotExist',
      message: 'The specified queue does not exist.',
    });
  });

  test.each([
    ['AmazonSSM.Frobnicate', '{}', 'UnknownOperationException'],
    ['', '{}', 'UnknownOperationException'],
    ['AmazonSSM.GetParameter', '{', 'SerializationException'],
    ['AmazonSSM.GetParameter', '{"Name":5}', 'SerializationException'],
    ['AmazonSSM.GetParameter', '[]', 'SerializationException'],
    ['AmazonSSM.GetParameter', '{}', 'ValidationException'],
  ])('refuse target "%s" with body %s: %s', async (target, body, type) => {
    const wire = stubbedWire(() => ({}));

    const response = await wire.answer(
      signedRequest({ service: 'ssm', body, headers: { 'x-amz-target': target } }),
    );

    expect(response.status).toBe(400);
    expect(JSON.parse(response.body)).toMatchObject({ __type: type });
  });
});
