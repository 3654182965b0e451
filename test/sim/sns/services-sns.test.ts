import { SNS } from '@aws-sdk/client-sns';
import type { SnsHttpRequest } from '../../../sim/sns/sns-http.ts';
import { as, failureOf, MEMBER, newAws, REGION, STRANGER } from '../world/services-support.ts';

const SITE = 'http://127.0.0.1:8080/notices';

/** SNS whose web sites answer with these statuses, the last one again and again. */
function setUp(...statuses: number[]) {
  const sent: SnsHttpRequest[] = [];
  const aws = newAws({
    sendHttp: async (request) => {
      sent.push(request);
      return { status: statuses[Math.min(sent.length, statuses.length) - 1] ?? 200 };
    },
  });
  const sns = new SNS(as(aws, MEMBER));
  const get = <T>(work: Promise<T>): Promise<T> => aws.clock.drive(work);
  const codeOf = async (work: Promise<unknown>) => (await failureOf(aws, work)).name;
  const topic = async () => (await get(sns.createTopic({ Name: 'notices' }))).TopicArn ?? '';
  const bodyOf = (request: SnsHttpRequest | undefined): Record<string, string> => textsOf(request?.body);
  const subscribe = async (TopicArn: string) => {
    const input = { TopicArn, Protocol: 'http', Endpoint: SITE };
    const { SubscriptionArn } = await get(sns.subscribe(input));
    await aws.clock.run();
    return { SubscriptionArn, Token: bodyOf(sent[0])['Token'] };
  };
  return { aws, sns, get, codeOf, topic, subscribe, sent, bodyOf };
}

describe('web sites that subscribe', () => {
  it('are asked first', async () => {
    const { topic, subscribe, sent, bodyOf } = setUp();
    const TopicArn = await topic();
    const { SubscriptionArn, Token } = await subscribe(TopicArn);
    expect(SubscriptionArn).toBe('pending confirmation');
    expect(sent).toMatchObject([
      {
        url: SITE,
        headers: { 'x-amz-sns-message-type': 'SubscriptionConfirmation', 'x-amz-sns-topic-arn': TopicArn },
      },
    ]);
    expect(bodyOf(sent[0])).toMatchObject({ Type: 'SubscriptionConfirmation', TopicArn, Token });
    expect(bodyOf(sent[0])['SubscribeURL']).toContain(`Action=ConfirmSubscription`);
  });

  it('get messages once they have confirmed, and not before', async () => {
    const { aws, sns, get, topic, subscribe, sent, bodyOf } = setUp();
    const TopicArn = await topic();
    const { Token } = await subscribe(TopicArn);
    await get(sns.publish({ TopicArn, Message: 'too early' }));
    await aws.clock.run();
    expect(sent).toHaveLength(1);
    const { SubscriptionArn } = await get(sns.confirmSubscription({ TopicArn, Token }));
    await get(sns.publish({ TopicArn, Message: 'hello', Subject: 'News' }));
    await aws.clock.run();
    expect(sent[1]?.headers).toMatchObject({
      'x-amz-sns-message-type': 'Notification',
      'x-amz-sns-subscription-arn': SubscriptionArn,
    });
    expect(bodyOf(sent[1])).toMatchObject({
      Type: 'Notification',
      TopicArn,
      Message: 'hello',
      Subject: 'News',
    });
    await get(sns.unsubscribe({ SubscriptionArn }));
    await get(sns.publish({ TopicArn, Message: 'too late' }));
    await aws.clock.run();
    expect(sent).toHaveLength(2);
  });

  it('get the bare message where they asked for that', async () => {
    const { aws, sns, get, topic, subscribe, sent } = setUp();
    const TopicArn = await topic();
    const { Token } = await subscribe(TopicArn);
    const { SubscriptionArn } = await get(sns.confirmSubscription({ TopicArn, Token }));
    const raw = { SubscriptionArn, AttributeName: 'RawMessageDelivery', AttributeValue: 'true' };
    await get(sns.setSubscriptionAttributes(raw));
    await get(sns.publish({ TopicArn, Message: '{"bare":true}' }));
    await aws.clock.run();
    expect(sent[1]).toMatchObject({ body: '{"bare":true}', headers: { 'x-amz-sns-rawdelivery': 'true' } });
  });

  it('are tried three more times, twenty seconds apart, when they fail', async () => {
    const { aws, topic, subscribe, sent } = setUp(503);
    const start = aws.clock.now();
    await subscribe(await topic());
    expect(sent).toHaveLength(4);
    expect(aws.clock.now() - start).toBe(60_000);
  });

  it('are left alone when they refuse', async () => {
    const { topic, subscribe, sent } = setUp(404);
    await subscribe(await topic());
    expect(sent).toHaveLength(1);
  });

  it('confirm with their own token only', async () => {
    const { sns, codeOf, topic, subscribe } = setUp();
    const TopicArn = await topic();
    await subscribe(TopicArn);
    expect(await codeOf(sns.confirmSubscription({ TopicArn, Token: 'guess' }))).toMatch(/^InvalidParameter/);
  });
});

describe('addresses in messages', () => {
  it.each([
    [undefined, 'https://sns.eu-west-1.amazonaws.com'],
    [() => undefined, 'https://sns.eu-west-1.amazonaws.com'],
    [() => 'http://127.0.0.1:4566', 'http://127.0.0.1:4566'],
  ])('of a simulation whose own is %p are at %s', async (publicUrl, origin) => {
    const sent: SnsHttpRequest[] = [];
    const aws = newAws({
      sendHttp: async (request) => {
        sent.push(request);
        return { status: 200 };
      },
      ...(publicUrl === undefined ? {} : { publicUrl }),
    });
    const topicArn = aws.sns.createTopic(MEMBER, REGION, 'notices');
    const site = { protocol: 'http', endpoint: SITE, ownerId: MEMBER };
    const { arn, token } = aws.sns.subscribeEndpoint(topicArn, site);
    aws.sns.confirm(topicArn, token);
    aws.sns.publish(topicArn, 'hello');
    await aws.clock.run();

    const [asked, told] = sent.map(({ body }) => textsOf(body));
    const confirm = new URLSearchParams({ Action: 'ConfirmSubscription', TopicArn: topicArn, Token: token });
    expect(asked?.['SubscribeURL']).toBe(`${origin}/?${confirm.toString()}`);
    const end = new URLSearchParams({ Action: 'Unsubscribe', SubscriptionArn: arn });
    expect(told?.['UnsubscribeURL']).toBe(`${origin}/?${end.toString()}`);
  });
});

describe('topics', () => {
  it('hand their messages to queues that let them in', async () => {
    const { aws, sns, get, topic } = setUp();
    const TopicArn = await topic();
    const open = aws.sqs.createQueue(MEMBER, REGION, 'open');
    const closed = aws.sqs.createQueue(MEMBER, REGION, 'closed');
    aws.iam.putResourcePolicy(open.settings.arn, {
      Statement: {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: open.settings.arn,
      },
    });
    for (const { settings } of [open, closed]) {
      await get(sns.subscribe({ TopicArn, Protocol: 'sqs', Endpoint: settings.arn }));
    }
    const Message = JSON.stringify({ default: 'all', sqs: 'queues' });
    await get(sns.publish({ TopicArn, Message, MessageStructure: 'json' }));
    await aws.clock.run();
    expect(open.peek().map(({ body }) => textsOf(body)['Message'])).toEqual(['queues']);
    expect(closed.peek()).toEqual([]);
  });

  it('are listed with their subscriptions', async () => {
    const { aws, sns, get, topic, subscribe } = setUp();
    const TopicArn = await topic();
    await subscribe(TopicArn);
    expect((await get(sns.listTopics({}))).Topics).toEqual([{ TopicArn }]);
    expect((await get(sns.listSubscriptionsByTopic({ TopicArn }))).Subscriptions).toEqual([
      { SubscriptionArn: 'PendingConfirmation', Owner: MEMBER, Protocol: 'http', Endpoint: SITE, TopicArn },
    ]);
    expect((await get(sns.getTopicAttributes({ TopicArn }))).Attributes).toMatchObject({
      Owner: MEMBER,
      SubscriptionsPending: '1',
    });
    expect((await get(new SNS(as(aws, STRANGER)).listTopics({}))).Topics ?? []).toEqual([]);
  });

  it('are gone once they are deleted', async () => {
    const { sns, get, codeOf, topic } = setUp();
    const TopicArn = await topic();
    await get(sns.deleteTopic({ TopicArn }));
    expect(await codeOf(sns.publish({ TopicArn, Message: 'x' }))).toMatch(/^NotFound/);
  });

  it.each([
    ['an unknown protocol', { Protocol: 'pigeon', Endpoint: 'x' }],
    ['another protocol than the address has', { Protocol: 'https', Endpoint: SITE }],
    ['a queue that is no ARN', { Protocol: 'sqs', Endpoint: 'queue' }],
  ])('refuse subscriptions of %s', async (_, input) => {
    const { sns, codeOf, topic } = setUp();
    expect(await codeOf(sns.subscribe({ TopicArn: await topic(), ...input }))).toMatch(/^InvalidParameter/);
  });
});

/** The members of a JSON object that are texts. */
function textsOf(json = '{}'): Record<string, string> {
  const value: unknown = JSON.parse(json);
  const entries = Object.entries(value ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(entries);
}
