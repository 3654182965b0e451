import { SQS } from '@aws-sdk/client-sqs';
import { as, failureOf, MEMBER, newAws, STRANGER } from '../world/services-support.ts';

function setUp() {
  const aws = newAws();
  const sqs = new SQS(as(aws, MEMBER));
  const get = <T>(work: Promise<T>): Promise<T> => aws.clock.drive(work);
  const codeOf = async (work: Promise<unknown>) => (await failureOf(aws, work)).name;
  const create = async (QueueName: string, Attributes: Record<string, string> = {}) =>
    (await get(sqs.createQueue({ QueueName, Attributes }))).QueueUrl ?? '';
  const attributes = async (QueueUrl: string) =>
    (await get(sqs.getQueueAttributes({ QueueUrl, AttributeNames: ['All'] }))).Attributes ?? {};
  return { aws, sqs, get, codeOf, create, attributes };
}

describe('a message move task', () => {
  const arnOf = (name: string): string => `arn:aws:sqs:eu-west-1:${MEMBER}:${name}`;

  /** A queue with a dead-letter queue, in which so many messages lie. */
  async function withLetters(count: number) {
    const { create, get, sqs, ...rest } = setUp();
    const letters = await create('letters');
    const work = await create('work', {
      VisibilityTimeout: '0',
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOf('letters'), maxReceiveCount: 1 }),
    });
    for (let number = 0; number < count; number += 1) {
      await get(sqs.sendMessage({ QueueUrl: work, MessageBody: `letter ${number}` }));
    }
    // Nobody deletes what he receives; the second look moves it.
    for (let look = 0; look < 2; look += 1) {
      await get(sqs.receiveMessage({ QueueUrl: work, MaxNumberOfMessages: 10 }));
    }
    const counted = async (QueueUrl: string) => {
      const names = { QueueUrl, AttributeNames: ['ApproximateNumberOfMessages' as const] };
      return (await get(sqs.getQueueAttributes(names))).Attributes?.['ApproximateNumberOfMessages'];
    };
    const task = async (MaxResults = 1) =>
      (await get(sqs.listMessageMoveTasks({ SourceArn: arnOf('letters'), MaxResults }))).Results ?? [];
    return { ...rest, create, get, sqs, letters, work, counted, task };
  }

  it('takes what a dead-letter queue holds back to where it came from, as new messages', async () => {
    const { aws, get, sqs, letters, work, counted, task } = await withLetters(3);
    expect([await counted(work), await counted(letters)]).toEqual(['0', '3']);
    const { TaskHandle } = await get(sqs.startMessageMoveTask({ SourceArn: arnOf('letters') }));
    expect(await task()).toEqual([
      {
        TaskHandle,
        Status: 'RUNNING',
        SourceArn: arnOf('letters'),
        ApproximateNumberOfMessagesMoved: 0,
        ApproximateNumberOfMessagesToMove: 3,
        StartedTimestamp: aws.clock.now(),
      },
    ]);
    await get(aws.clock.sleep(1_000));
    expect(await task()).toMatchObject([{ Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 3 }]);
    expect((await task())[0]).not.toHaveProperty('TaskHandle');
    expect([await counted(work), await counted(letters)]).toEqual(['3', '0']);
    const { Messages } = await get(
      sqs.receiveMessage({ QueueUrl: work, MessageSystemAttributeNames: ['All'] }),
    );
    expect(Messages).toMatchObject([{ Attributes: { ApproximateReceiveCount: '1' } }]);
  });

  it('takes it to another queue, at a rate, until it is cancelled', async () => {
    const { aws, create, get, sqs, letters, counted, task, codeOf } = await withLetters(5);
    const other = await create('other');
    const given = {
      SourceArn: arnOf('letters'),
      DestinationArn: arnOf('other'),
      MaxNumberOfMessagesPerSecond: 2,
    };
    const { TaskHandle } = await get(sqs.startMessageMoveTask(given));
    expect(await codeOf(sqs.startMessageMoveTask(given))).toBe('InvalidParameterValue');
    await get(aws.clock.sleep(1_000));
    expect([await counted(other), await counted(letters)]).toEqual(['2', '3']);
    expect(await get(sqs.cancelMessageMoveTask({ TaskHandle }))).toMatchObject({
      ApproximateNumberOfMessagesMoved: 2,
    });
    await get(aws.clock.sleep(2_000));
    expect([await counted(other), await counted(letters)]).toEqual(['2', '3']);
    await get(sqs.startMessageMoveTask(given));
    expect((await task(10)).map(({ Status }) => Status)).toEqual(['RUNNING', 'CANCELLED']);
    expect(await codeOf(sqs.cancelMessageMoveTask({ TaskHandle }))).toBe('UnsupportedOperation');
  });

  it('fails where nobody knows whence a message came', async () => {
    const { aws, get, sqs, letters, task } = await withLetters(0);
    await get(sqs.sendMessage({ QueueUrl: letters, MessageBody: 'sent by hand' }));
    await get(sqs.startMessageMoveTask({ SourceArn: arnOf('letters') }));
    await get(aws.clock.sleep(1_000));
    expect(await task()).toMatchObject([
      { Status: 'FAILED', FailureReason: 'CouldNotDetermineMessageSource' },
    ]);
  });

  it('is refused where it cannot be', async () => {
    const { create, sqs, codeOf } = await withLetters(0);
    await create('other.fifo', { FifoQueue: 'true' });
    const [SourceArn, missing] = [arnOf('letters'), arnOf('missing')];
    expect(await codeOf(sqs.startMessageMoveTask({ SourceArn: missing }))).toBe('ResourceNotFoundException');
    expect(await codeOf(sqs.startMessageMoveTask({ SourceArn, DestinationArn: missing }))).toBe(
      'ResourceNotFoundException',
    );
    // No queue has it as its dead-letter queue.
    expect(await codeOf(sqs.startMessageMoveTask({ SourceArn: arnOf('work') }))).toBe(
      'InvalidParameterValue',
    );
    const kind = sqs.startMessageMoveTask({ SourceArn, DestinationArn: arnOf('other.fifo') });
    expect(await codeOf(kind)).toBe('InvalidParameterValue');
    expect(await codeOf(sqs.startMessageMoveTask({ SourceArn, MaxNumberOfMessagesPerSecond: 501 }))).toBe(
      'InvalidParameterValue',
    );
    expect(await codeOf(sqs.cancelMessageMoveTask({ TaskHandle: 'none' }))).toBe('ResourceNotFoundException');
  });
});

describe('queues over the API', () => {
  it('are made with attributes, and changed', async () => {
    const { aws, sqs, get, create, attributes } = setUp();
    const QueueUrl = await create('work', { VisibilityTimeout: '60' });
    expect(QueueUrl).toBe(`https://sqs.eu-west-1.amazonaws.com/${MEMBER}/work`);
    expect(await attributes(QueueUrl)).toMatchObject({
      QueueArn: `arn:aws:sqs:eu-west-1:${MEMBER}:work`,
      VisibilityTimeout: '60',
      MessageRetentionPeriod: '345600',
      CreatedTimestamp: String(aws.clock.now() / 1000),
    });
    await get(
      sqs.setQueueAttributes({ QueueUrl, Attributes: { VisibilityTimeout: '90', DelaySeconds: '5' } }),
    );
    expect(await attributes(QueueUrl)).toMatchObject({ VisibilityTimeout: '90', DelaySeconds: '5' });
  });

  it('are made once: the same again gives the same URL, another kind of it is refused', async () => {
    const { sqs, create, codeOf } = setUp();
    const url = await create('work', { VisibilityTimeout: '60' });
    expect(await create('work', { VisibilityTimeout: '60' })).toBe(url);
    const other = sqs.createQueue({ QueueName: 'work', Attributes: { VisibilityTimeout: '61' } });
    expect(await codeOf(other)).toBe('QueueNameExists');
  });

  it('are first in, first out where the request says so', async () => {
    const { sqs, create, codeOf, attributes } = setUp();
    const url = await create('work.fifo', { FifoQueue: 'true', ContentBasedDeduplication: 'true' });
    expect(await attributes(url)).toMatchObject({ FifoQueue: 'true', ContentBasedDeduplication: 'true' });
    expect(await codeOf(sqs.createQueue({ QueueName: 'work', Attributes: { FifoQueue: 'true' } }))).toBe(
      'InvalidParameterValue',
    );
    expect(await codeOf(sqs.createQueue({ QueueName: 'other.fifo' }))).toBe('InvalidParameterValue');
  });

  it.each<[string, Record<string, string>, string]>([
    ['a number out of bounds', { VisibilityTimeout: '43201' }, 'InvalidAttributeValue'],
    ['a number that is none', { DelaySeconds: 'soon' }, 'InvalidAttributeValue'],
    ['an unknown attribute', { Colour: 'red' }, 'InvalidAttributeName'],
    ['an attribute of FIFO queues', { ContentBasedDeduplication: 'true' }, 'InvalidAttributeName'],
    ['a redrive policy that is no JSON', { RedrivePolicy: 'x' }, 'InvalidAttributeValue'],
    ['a policy that is no JSON', { Policy: 'x' }, 'InvalidAttributeValue'],
  ])('are refused with %s', async (_, Attributes, code) => {
    const { sqs, codeOf } = setUp();
    expect(await codeOf(sqs.createQueue({ QueueName: 'work', Attributes }))).toBe(code);
  });

  it('let another account in by their policy', async () => {
    const { aws, get, create, codeOf } = setUp();
    const policy = (Principal: object) =>
      JSON.stringify({ Statement: { Effect: 'Allow', Principal, Action: 'sqs:SendMessage', Resource: '*' } });
    const open = await create('open', { Policy: policy({ AWS: STRANGER }) });
    const closed = await create('closed');
    const stranger = new SQS(as(aws, STRANGER));
    await get(stranger.sendMessage({ QueueUrl: open, MessageBody: 'x' }));
    expect(await codeOf(stranger.sendMessage({ QueueUrl: closed, MessageBody: 'x' }))).toMatch(
      /AccessDenied/,
    );
  });

  it('are listed by prefix and in pages', async () => {
    const { sqs, get, create } = setUp();
    expect((await get(sqs.listQueues({}))).QueueUrls).toBeUndefined();
    for (const name of ['a-1', 'a-2', 'b-1']) await create(name);
    const first = await get(sqs.listQueues({ QueueNamePrefix: 'a-', MaxResults: 1 }));
    const second = await get(
      sqs.listQueues({ QueueNamePrefix: 'a-', MaxResults: 1, NextToken: first.NextToken }),
    );
    expect(
      [...(first.QueueUrls ?? []), ...(second.QueueUrls ?? [])].map((url) => url.split('/').at(-1)),
    ).toEqual(['a-1', 'a-2']);
  });

  it('know whose dead letters they get', async () => {
    const { aws, sqs, get, create } = setUp();
    const dead = await create('dead');
    const deadArn = `arn:aws:sqs:eu-west-1:${MEMBER}:dead`;
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: deadArn, maxReceiveCount: '1' });
    const work = await create('work', { RedrivePolicy, VisibilityTimeout: '1' });
    expect((await get(sqs.listDeadLetterSourceQueues({ QueueUrl: dead }))).queueUrls).toEqual([work]);
    await get(sqs.sendMessage({ QueueUrl: work, MessageBody: 'x' }));
    await get(sqs.receiveMessage({ QueueUrl: work }));
    await aws.clock.run(aws.clock.now() + 2_000);
    await get(sqs.receiveMessage({ QueueUrl: work }));
    expect((await get(sqs.receiveMessage({ QueueUrl: dead }))).Messages).toHaveLength(1);
  });

  it('are gone once they are deleted', async () => {
    const { sqs, get, create, codeOf } = setUp();
    const QueueUrl = await create('work');
    await get(sqs.deleteQueue({ QueueUrl }));
    expect(await codeOf(sqs.sendMessage({ QueueUrl, MessageBody: 'x' }))).toBe('QueueDoesNotExist');
  });

  it('give the digest of the attributes that a receiver asked for', async () => {
    const { sqs, get, create } = setUp();
    const QueueUrl = await create('work');
    const attribute = { DataType: 'String', StringValue: 'x' };
    const MessageAttributes = { one: attribute, two: attribute };
    const sent = await get(sqs.sendMessage({ QueueUrl, MessageBody: 'x', MessageAttributes }));
    const receive = async (...names: string[]) => {
      const input = { QueueUrl, MessageAttributeNames: names, VisibilityTimeout: 0 };
      return (await get(sqs.receiveMessage(input))).Messages?.[0];
    };
    expect((await receive('All'))?.MD5OfMessageAttributes).toBe(sent.MD5OfMessageAttributes);
    expect((await receive('one'))?.MD5OfMessageAttributes).not.toBe(sent.MD5OfMessageAttributes);
    expect((await receive())?.MD5OfMessageAttributes).toBeUndefined();
  });

  it('show a batch of messages again when told to', async () => {
    const { sqs, get, create } = setUp();
    const QueueUrl = await create('work');
    await get(sqs.sendMessage({ QueueUrl, MessageBody: 'x' }));
    const { Messages = [] } = await get(sqs.receiveMessage({ QueueUrl }));
    const Entries = [
      { Id: 'good', ReceiptHandle: Messages[0]?.ReceiptHandle ?? '', VisibilityTimeout: 0 },
      { Id: 'bad', ReceiptHandle: 'none', VisibilityTimeout: 0 },
    ];
    const result = await get(sqs.changeMessageVisibilityBatch({ QueueUrl, Entries }));
    expect(result.Successful?.map(({ Id }) => Id)).toEqual(['good']);
    expect(result.Failed?.map(({ Id }) => Id)).toEqual(['bad']);
    expect((await get(sqs.receiveMessage({ QueueUrl }))).Messages).toHaveLength(1);
  });
});
