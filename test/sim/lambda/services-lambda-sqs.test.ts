import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

import type { SimulatedAws } from '../../../sim/aws.ts';
import { as, HUB, newAws, REGION } from '../world/services-support.ts';
import {
  deploy,
  queueOf,
  recordsOf,
  testTemplate,
  type TestHandler,
} from '../world/services-stack-support.ts';

const url = (name: string): string => `https://sqs.${REGION}.amazonaws.com/${HUB}/${name}`;

async function send(aws: SimulatedAws, ...bodies: string[]): Promise<void> {
  const client = new SQSClient(as(aws, HUB));
  for (const MessageBody of bodies) {
    await aws.clock.drive(client.send(new SendMessageCommand({ QueueUrl: url('work'), MessageBody })));
  }
}

/** Messages to the FIFO queue, each `group:text`. */
async function sendInGroups(aws: SimulatedAws, ...messages: string[]): Promise<void> {
  const client = new SQSClient(as(aws, HUB));
  const sends = messages.map((message) =>
    client.send(
      new SendMessageCommand({
        QueueUrl: url('work.fifo'),
        MessageBody: message,
        MessageGroupId: message.split(':')[0],
        MessageDeduplicationId: message,
      }),
    ),
  );
  await aws.clock.drive(Promise.all(sends));
}

/** A handler that fails the messages whose body is among `poison`, and keeps what it saw. */
function failing(poison: readonly string[], seen: string[] = []): TestHandler {
  return async (event) => {
    const failed: { itemIdentifier: string }[] = [];
    for (const { body, messageId } of recordsOf(event)) {
      seen.push(body);
      if (poison.includes(body)) failed.push({ itemIdentifier: messageId });
    }
    return { batchItemFailures: failed };
  };
}

const FIFO = {
  QueueName: 'work.fifo',
  FifoQueue: true,
  RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['FifoDead', 'Arn'] }, maxReceiveCount: 2 },
};

describe('a function behind a queue', () => {
  test('gets records as SQS writes them', async () => {
    const aws = newAws();
    const events: unknown[] = [];
    deploy(aws, testTemplate(), async (event) => void events.push(event));

    await send(aws, 'hello');
    await aws.clock.run();

    expect(events).toEqual([
      {
        Records: [
          {
            messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
            receiptHandle: expect.any(String),
            body: 'hello',
            attributes: {
              ApproximateReceiveCount: '1',
              SentTimestamp: '1767225600000',
              SenderId: `arn:aws:iam::${HUB}:user/administrator`,
              ApproximateFirstReceiveTimestamp: '1767225600000',
            },
            messageAttributes: {},
            md5OfBody: '5d41402abc4b2a76b9719d911017c592',
            eventSource: 'aws:sqs',
            eventSourceARN: `arn:aws:sqs:${REGION}:${HUB}:work`,
            awsRegion: REGION,
          },
        ],
      },
    ]);
  });

  test('empties the queue when it works', async () => {
    const aws = newAws();
    const stack = deploy(aws, testTemplate(), failing([]));

    await send(aws, 'a', 'b', 'c');
    await aws.clock.run();

    expect(queueOf(aws, stack, 'Queue').peek()).toHaveLength(0);
  });

  test('gets only the messages again that it reported, after the visibility timeout', async () => {
    const aws = newAws();
    const seen: string[] = [];
    const stack = deploy(aws, testTemplate(), failing(['bad'], seen));

    await send(aws, 'good', 'bad');
    await aws.clock.run();

    expect(seen).toEqual(['good', 'bad', 'bad']);
    const [first = 0, again = 0] = aws.lambda.invocations.map((invocation) => invocation.startedAtMs);
    expect(again - first).toBeGreaterThanOrEqual(30_000);
    expect(
      queueOf(aws, stack, 'Dead')
        .peek()
        .map(({ body }) => body),
    ).toEqual(['bad']);
  });

  test('gets the whole batch again when it throws', async () => {
    const aws = newAws();
    let isBroken = true;
    const seen: string[] = [];
    deploy(aws, testTemplate({ mapping: { MaximumBatchingWindowInSeconds: 1 } }), async (event) => {
      seen.push(
        recordsOf(event)
          .map(({ body }) => body)
          .join(),
      );
      if (isBroken) {
        isBroken = false;
        throw new Error('oops');
      }
    });

    await send(aws, 'a', 'b');
    await aws.clock.run();

    expect(seen).toEqual(['a,b', 'a,b']);
  });

  test.each([
    ['an unknown id', { batchItemFailures: [{ itemIdentifier: 'unknown' }] }],
    ['an empty id', { batchItemFailures: [{ itemIdentifier: '' }] }],
    ['a wrong key', { batchItemFailures: [{ id: 'x' }] }],
    ['a text', 'oops'],
  ])('gets the whole batch again when it answers with %s', async (_what, answer) => {
    const aws = newAws();
    const stack = deploy(aws, testTemplate(), async () => answer);

    await send(aws, 'a');
    await aws.clock.run();

    expect(queueOf(aws, stack, 'Dead').peek()).toHaveLength(1);
  });

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['no failures', { batchItemFailures: [] }],
    ['an object without the list', {}],
  ])('is done with the batch when it answers with %s', async (_what, answer) => {
    const aws = newAws();
    const stack = deploy(aws, testTemplate(), async () => answer);

    await send(aws, 'a');
    await aws.clock.run();

    expect(queueOf(aws, stack, 'Dead').peek()).toHaveLength(0);
    expect(aws.lambda.invocations).toHaveLength(1);
  });

  test('gets the message again that it was killed over', async () => {
    const aws = newAws();
    const stack = deploy(aws, testTemplate(), (_event, platform) => platform.clock.sleep(3600_000));

    await send(aws, 'a');
    await aws.clock.run();

    expect(aws.lambda.invocations).toHaveLength(2);
    expect(queueOf(aws, stack, 'Dead').peek()).toHaveLength(1);
  });

  test('runs in no more batches at once than its configuration says', async () => {
    const aws = newAws();
    let running = 0;
    let most = 0;
    deploy(
      aws,
      testTemplate({ mapping: { BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } } }),
      async (_event, platform) => {
        most = Math.max(most, ++running);
        await platform.clock.sleep(1_000);
        running--;
      },
    );

    await send(aws, 'a', 'b', 'c', 'd', 'e');
    await aws.clock.run();

    expect(most).toBe(2);
  });
});

describe('a function behind a FIFO queue', () => {
  test('gets the messages of a group in order, one batch after the other', async () => {
    const aws = newAws();
    const seen: string[] = [];
    deploy(aws, testTemplate({ queue: FIFO, mapping: { BatchSize: 1 } }), async (event, platform) => {
      const [record] = recordsOf(event);
      seen.push(`start ${record?.body}`);
      await platform.clock.sleep(1_000);
      seen.push(`end ${record?.body}`);
    });

    await sendInGroups(aws, 'a:1', 'a:2');
    await aws.clock.run();

    expect(seen).toEqual(['start a:1', 'end a:1', 'start a:2', 'end a:2']);
  });

  test('works on several groups at once', async () => {
    const aws = newAws();
    const seen: string[] = [];
    deploy(aws, testTemplate({ queue: FIFO, mapping: { BatchSize: 1 } }), async (event, platform) => {
      seen.push(`start ${recordsOf(event)[0]?.body}`);
      await platform.clock.sleep(1_000);
      seen.push('end');
    });

    await sendInGroups(aws, 'a:1', 'b:1');
    await aws.clock.run();

    expect(seen).toEqual(['start a:1', 'start b:1', 'end', 'end']);
  });

  test('holds the group of a failed message back, not the others, and goes on after the dead-letter queue', async () => {
    const aws = newAws();
    const seen: string[] = [];
    const stack = deploy(
      aws,
      testTemplate({ queue: FIFO, mapping: { BatchSize: 1 } }),
      failing(['a:1'], seen),
    );

    await sendInGroups(aws, 'a:1', 'a:2', 'b:1');
    await aws.clock.run();

    expect(seen).toEqual(['a:1', 'b:1', 'a:1', 'a:2']);
    expect(
      queueOf(aws, stack, 'FifoDead')
        .peek()
        .map(({ body }) => body),
    ).toEqual(['a:1']);
  });
});
