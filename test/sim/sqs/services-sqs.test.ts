import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
  type SendMessageCommandInput,
} from '@aws-sdk/client-sqs';

import type { NewQueue } from '../../../sim/sqs/sqs.ts';
import { as, failureOf, MEMBER, newAws, REGION, STRANGER } from '../world/services-support.ts';

/** A queue of the member account, and its administrator's client. */
function newQueue(name: string, settings: NewQueue = {}) {
  const aws = newAws();
  const queue = aws.sqs.createQueue(MEMBER, REGION, name, settings);
  const QueueUrl = queue.settings.url;
  const client = new SQSClient(as(aws, MEMBER));
  return {
    aws,
    queue,
    QueueUrl,
    client,
    send: (message: Omit<SendMessageCommandInput, 'QueueUrl'>) =>
      aws.clock.drive(client.send(new SendMessageCommand({ QueueUrl, ...message }))),
    receive: async (options: { max?: number; visibilitySeconds?: number; waitSeconds?: number } = {}) => {
      const answer = await aws.clock.drive(
        client.send(
          new ReceiveMessageCommand({
            QueueUrl,
            MaxNumberOfMessages: options.max ?? 10,
            MessageSystemAttributeNames: ['All'],
            MessageAttributeNames: ['All'],
            ...(options.visibilitySeconds === undefined
              ? {}
              : { VisibilityTimeout: options.visibilitySeconds }),
            ...(options.waitSeconds === undefined ? {} : { WaitTimeSeconds: options.waitSeconds }),
          }),
        ),
      );
      return answer.Messages ?? [];
    },
    delete: (ReceiptHandle: string | undefined) =>
      aws.clock.drive(client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))),
  };
}

const later = (aws: ReturnType<typeof newAws>, seconds: number): Promise<void> =>
  aws.clock.run(aws.clock.now() + seconds * 1000);

describe('a standard queue', () => {
  test('gives a message with its body, attributes and receive count', async () => {
    const { send, receive } = newQueue('work');
    await send({
      MessageBody: 'hello',
      MessageAttributes: { kind: { DataType: 'String', StringValue: 'greeting' } },
    });

    const [message] = await receive();

    expect(message).toMatchObject({
      Body: 'hello',
      Attributes: { ApproximateReceiveCount: '1' },
      MessageAttributes: { kind: { DataType: 'String', StringValue: 'greeting' } },
    });
  });

  test('hides a received message until its visibility timeout is over', async () => {
    const { aws, send, receive } = newQueue('work', { visibilityTimeoutSeconds: 30 });
    await send({ MessageBody: 'hello' });
    await receive();

    await later(aws, 29);
    expect(await receive()).toHaveLength(0);
    await later(aws, 1);
    expect((await receive())[0]?.Attributes).toMatchObject({ ApproximateReceiveCount: '2' });
  });

  test('forgets a deleted message', async () => {
    const { aws, send, receive, delete: remove } = newQueue('work');
    await send({ MessageBody: 'hello' });
    await remove((await receive())[0]?.ReceiptHandle);

    await later(aws, 60);

    expect(await receive()).toHaveLength(0);
  });

  test('keeps a message whose delete comes with the handle of an earlier receive', async () => {
    const { aws, send, receive, delete: remove } = newQueue('work');
    await send({ MessageBody: 'hello' });
    const [first] = await receive({ visibilitySeconds: 1 });
    await later(aws, 1);
    await receive({ visibilitySeconds: 1 });

    await remove(first?.ReceiptHandle);
    await later(aws, 1);

    expect(await receive()).toHaveLength(1);
  });

  test('delays a message', async () => {
    const { aws, send, receive } = newQueue('work');
    await send({ MessageBody: 'hello', DelaySeconds: 45 });

    await later(aws, 44);
    expect(await receive()).toHaveLength(0);
    await later(aws, 1);
    expect(await receive()).toHaveLength(1);
  });

  test('moves a message to the dead-letter queue when it would be received once too often', async () => {
    const { aws, QueueUrl, send, receive } = newQueue('work', {
      redrive: { deadLetterTargetArn: `arn:aws:sqs:${REGION}:${MEMBER}:dead`, maxReceiveCount: 2 },
    });
    const dead = aws.sqs.createQueue(MEMBER, REGION, 'dead');
    await send({ MessageBody: 'poison' });
    for (let round = 0; round < 3; round++) {
      await receive({ visibilitySeconds: 1 });
      await later(aws, 1);
    }

    expect(dead.peek().map((message) => message.body)).toEqual(['poison']);
    expect(aws.sqs.queue(`arn:aws:sqs:${REGION}:${MEMBER}:work`)?.counts()).toEqual({
      visible: 0,
      inFlight: 0,
      delayed: 0,
    });
    expect(QueueUrl).toContain('/work');
  });

  test('shows a message again at once when its visibility is set to zero', async () => {
    const { aws, QueueUrl, client, send, receive } = newQueue('work');
    await send({ MessageBody: 'hello' });
    const [message] = await receive();

    await aws.clock.drive(
      client.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl,
          ReceiptHandle: message?.ReceiptHandle,
          VisibilityTimeout: 0,
        }),
      ),
    );

    expect(await receive()).toHaveLength(1);
  });

  test('waits for a message as long as the receiver wants', async () => {
    const { aws, client, QueueUrl, receive } = newQueue('work');
    const startMs = aws.clock.now();
    aws.clock.schedule(5_000, () => {
      void client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'late' }));
    });

    const messages = await receive({ waitSeconds: 20 });

    expect(messages.map((message) => message.Body)).toEqual(['late']);
    expect(aws.clock.now() - startMs).toBe(5_000);
  });

  test('drops a message at the end of its retention', async () => {
    const { aws, send, receive } = newQueue('work', { retentionSeconds: 60 });
    await send({ MessageBody: 'hello' });

    await later(aws, 61);

    expect(await receive()).toHaveLength(0);
  });

  test('counts visible, hidden and delayed messages', async () => {
    const { aws, client, QueueUrl, send, receive } = newQueue('work');
    await send({ MessageBody: 'a' });
    await send({ MessageBody: 'b' });
    await send({ MessageBody: 'c', DelaySeconds: 60 });
    await receive({ max: 1 });

    const { Attributes } = await aws.clock.drive(
      client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] })),
    );

    expect(Attributes).toMatchObject({
      ApproximateNumberOfMessages: '1',
      ApproximateNumberOfMessagesNotVisible: '1',
      ApproximateNumberOfMessagesDelayed: '1',
      QueueArn: `arn:aws:sqs:${REGION}:${MEMBER}:work`,
    });
  });

  test('is found by its name', async () => {
    const { aws, client, QueueUrl } = newQueue('work');

    expect(await aws.clock.drive(client.send(new GetQueueUrlCommand({ QueueName: 'work' })))).toMatchObject({
      QueueUrl,
    });
  });

  test('takes the good entries of a batch and names the bad ones', async () => {
    const { aws, client, QueueUrl } = newQueue('work');

    const answer = await aws.clock.drive(
      client.send(
        new SendMessageBatchCommand({
          QueueUrl,
          Entries: [
            { Id: 'good', MessageBody: 'hello' },
            { Id: 'bad', MessageBody: '' },
          ],
        }),
      ),
    );

    expect(answer.Successful?.map((entry) => entry.Id)).toEqual(['good']);
    expect(answer.Failed).toMatchObject([{ Id: 'bad', Code: 'MissingParameter', SenderFault: true }]);
  });

  test('refuses a batch with the same id twice', async () => {
    const { aws, client, QueueUrl } = newQueue('work');
    const entry = { Id: 'same', MessageBody: 'hello' };

    const failure = await failureOf(
      aws,
      client.send(new SendMessageBatchCommand({ QueueUrl, Entries: [entry, entry] })),
    );

    expect(failure.name).toBe('BatchEntryIdsNotDistinct');
  });

  test('that does not exist is named so', async () => {
    const { aws, client } = newQueue('work');
    const QueueUrl = `https://sqs.${REGION}.amazonaws.com/${MEMBER}/none`;

    const failure = await failureOf(
      aws,
      client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' })),
    );

    expect(failure).toMatchObject({ name: 'QueueDoesNotExist', httpStatus: 400 });
  });

  test('is closed to other accounts', async () => {
    const { aws, QueueUrl } = newQueue('work');
    const stranger = new SQSClient(as(aws, STRANGER));

    const failure = await failureOf(
      aws,
      stranger.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' })),
    );

    expect(failure).toMatchObject({ name: 'AccessDenied', httpStatus: 403 });
  });
});

describe('a FIFO queue', () => {
  const inGroup = (MessageGroupId: string, MessageBody: string) => ({
    MessageGroupId,
    MessageBody,
    MessageDeduplicationId: `${MessageGroupId}-${MessageBody}`,
  });

  test('keeps the order inside a group', async () => {
    const { send, receive } = newQueue('work.fifo');
    for (const body of ['1', '2', '3']) await send(inGroup('a', body));

    expect((await receive()).map((message) => message.Body)).toEqual(['1', '2', '3']);
  });

  test('holds a group back while one of its messages is in flight, and no other group', async () => {
    const { send, receive } = newQueue('work.fifo');
    await send(inGroup('a', '1'));
    await send(inGroup('a', '2'));
    await receive({ max: 1 });
    await send(inGroup('b', '1'));

    expect((await receive()).map((message) => message.Attributes?.MessageGroupId)).toEqual(['b']);
  });

  test('goes on with a group once its message is deleted', async () => {
    const { send, receive, delete: remove } = newQueue('work.fifo');
    await send(inGroup('a', '1'));
    await send(inGroup('a', '2'));
    await remove((await receive({ max: 1 }))[0]?.ReceiptHandle);

    expect((await receive()).map((message) => message.Body)).toEqual(['2']);
  });

  test('takes a deduplication id once in five minutes', async () => {
    const { aws, send, receive, delete: remove } = newQueue('work.fifo');
    const first = await send(inGroup('a', '1'));
    const second = await send(inGroup('a', '1'));
    await remove((await receive())[0]?.ReceiptHandle);

    expect(second.MessageId).toBe(first.MessageId);
    expect(await receive()).toHaveLength(0);
    await later(aws, 300);
    await send(inGroup('a', '1'));
    expect(await receive()).toHaveLength(1);
  });

  test('with the scope of a message group takes the same id in two groups', async () => {
    const { send, receive } = newQueue('work.fifo', { deduplicationScope: 'messageGroup' });
    await send({ MessageGroupId: 'a', MessageBody: 'x', MessageDeduplicationId: 'same' });
    await send({ MessageGroupId: 'b', MessageBody: 'x', MessageDeduplicationId: 'same' });

    expect(await receive()).toHaveLength(2);
  });

  test('deduplicates by content where it is told to', async () => {
    const { send, receive } = newQueue('work.fifo', { contentBasedDeduplication: true });
    await send({ MessageGroupId: 'a', MessageBody: 'x' });
    await send({ MessageGroupId: 'a', MessageBody: 'x' });

    expect(await receive()).toHaveLength(1);
  });

  test('numbers its messages in the order of arrival', async () => {
    const { send } = newQueue('work.fifo');

    const first = await send(inGroup('a', '1'));
    const second = await send(inGroup('b', '1'));

    expect(BigInt(second.SequenceNumber ?? 0)).toBeGreaterThan(BigInt(first.SequenceNumber ?? 0));
  });

  test('refuses a delete with an expired receipt handle', async () => {
    const { aws, QueueUrl, client, send, receive } = newQueue('work.fifo');
    await send(inGroup('a', '1'));
    const [message] = await receive({ visibilitySeconds: 1 });
    await later(aws, 1);

    const failure = await failureOf(
      aws,
      client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle })),
    );

    expect(failure.message).toContain('The receipt handle has expired');
  });

  test.each([
    [{ MessageBody: 'x', MessageDeduplicationId: 'd' }, 'MissingParameter'],
    [{ MessageBody: 'x', MessageGroupId: 'g' }, 'InvalidParameterValue'],
    [
      { MessageBody: 'x', MessageGroupId: 'g', MessageDeduplicationId: 'd', DelaySeconds: 5 },
      'InvalidParameterValue',
    ],
  ])('refuses %j with %s', async (message, code) => {
    const { aws, QueueUrl, client } = newQueue('work.fifo');

    const failure = await failureOf(aws, client.send(new SendMessageCommand({ QueueUrl, ...message })));

    expect(failure.name).toBe(code);
  });

  test('lets the next message of a group through when the first went to the dead-letter queue', async () => {
    const { aws, send, receive } = newQueue('work.fifo', {
      redrive: { deadLetterTargetArn: `arn:aws:sqs:${REGION}:${MEMBER}:dead.fifo`, maxReceiveCount: 1 },
    });
    const dead = aws.sqs.createQueue(MEMBER, REGION, 'dead.fifo');
    await send(inGroup('a', 'poison'));
    await send(inGroup('a', 'good'));
    await receive({ max: 1, visibilitySeconds: 1 });
    await later(aws, 1);

    expect((await receive({ max: 1 })).map((message) => message.Body)).toEqual(['good']);
    expect(dead.peek().map((message) => message.body)).toEqual(['poison']);
  });
});
