import { createServer, type IncomingHttpHeaders } from 'node:http';
import { SNS } from '@aws-sdk/client-sns';
import { loopbackHttp } from '../../sandbox/loopback-http.ts';
import { EMPTY_WORLD } from '../../sandbox/worlds.ts';
import { aSandbox, clientConfig, credentialOf, type TestSandbox } from './support.ts';

interface Received {
  readonly path: string;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What a web site answers: a status, a redirect to somewhere, or nothing at all. */
type Reply = number | { readonly location: string } | 'silence';

const closing: (() => void)[] = [];

afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A web site on this machine that answers with these, one after the other, and 200 from then on. */
async function aWebSite(...replies: Reply[]) {
  const received: Received[] = [];
  const waiting = new Set<() => void>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      const { url: path = '', method = '', headers } = request;
      received.push({ path, method, headers, body: Buffer.concat(chunks).toString('utf8') });
      const reply = replies.shift() ?? 200;
      if (typeof reply === 'number') response.writeHead(reply).end('thank you');
      else if (reply !== 'silence') response.writeHead(302, reply).end();
      for (const wake of waiting) wake();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen({ port: 0, host: '127.0.0.1' }, resolve);
  });
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  closing.push(close);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the web site has no port');
  /** The request of this number, from 1, once it is there. */
  const request = (number: number): Promise<Received> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = received[number - 1];
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  return {
    received,
    request,
    close,
    port: address.port,
    url: `http://127.0.0.1:${address.port}/notices?from=aws`,
  };
}

async function aTopic() {
  const box = await aSandbox({ world: EMPTY_WORLD });
  const sns = new SNS(clientConfig(box.url, '111111111111'));
  closing.push(() => sns.destroy());
  const { TopicArn = '' } = await sns.createTopic({ Name: 'notices' });
  const subscribe = async (Endpoint: string) => sns.subscribe({ TopicArn, Protocol: 'http', Endpoint });
  const publish = async (Message: string) => {
    await sns.publish({ TopicArn, Message, Subject: 'News' });
    await box.pass(0);
  };
  return { box, sns, TopicArn, subscribe, publish };
}

/** What became of each attempt, once there are so many. */
async function outcomes(box: TestSandbox, count: number): Promise<readonly unknown[]> {
  for (;;) {
    const told = box.events().filter(({ kind }) => kind === 'delivery');
    if (told.length >= count) return told.map(({ data }) => data['outcome']);
    await box.pass(0);
  }
}

const textOf = (body: string, key: string): string => {
  const value: unknown = Reflect.get(Object(JSON.parse(body)), key);
  return typeof value === 'string' ? value : '';
};

const INVALID_TOKEN = '<Code>InvalidParameter</Code>';

describe('a web site on this machine', () => {
  it('is asked, confirms by visiting SubscribeURL, and gets messages until it visits UnsubscribeURL', async () => {
    const { box, TopicArn, subscribe, publish } = await aTopic();
    const site = await aWebSite();
    expect((await subscribe(site.url)).SubscriptionArn).toBe('pending confirmation');

    const asked = await site.request(1);
    expect(asked).toMatchObject({
      method: 'POST',
      path: '/notices?from=aws',
      headers: {
        'content-type': 'text/plain; charset=UTF-8',
        'user-agent': 'Amazon Simple Notification Service Agent',
        'x-amz-sns-message-type': 'SubscriptionConfirmation',
        'x-amz-sns-topic-arn': TopicArn,
      },
    });
    expect(asked.headers['x-amz-sns-message-id']).toBe(textOf(asked.body, 'MessageId'));

    const subscribeUrl = textOf(asked.body, 'SubscribeURL');
    expect(new URL(subscribeUrl).origin).toBe(box.url);
    const confirmed = await fetch(subscribeUrl);
    const [, arn = ''] = /<SubscriptionArn>(.+)<\/SubscriptionArn>/.exec(await confirmed.text()) ?? [];
    expect(confirmed.status).toBe(200);
    expect(arn.startsWith(`${TopicArn}:`)).toBe(true);

    await publish('hello');
    const told = await site.request(2);
    expect(told.headers).toMatchObject({
      'x-amz-sns-message-type': 'Notification',
      'x-amz-sns-subscription-arn': arn,
    });
    expect(JSON.parse(told.body)).toMatchObject({
      Type: 'Notification',
      TopicArn,
      Message: 'hello',
      Subject: 'News',
      SignatureVersion: '1',
    });

    const unsubscribeUrl = textOf(told.body, 'UnsubscribeURL');
    expect(new URL(unsubscribeUrl).origin).toBe(box.url);
    expect((await fetch(unsubscribeUrl)).status).toBe(200);
    await publish('too late');
    await outcomes(box, 2);
    expect(site.received).toHaveLength(2);
    expect(box.faults).toEqual([]);
  });

  it('confirms with its token, too, and is asked again until it has', async () => {
    const { box, sns, TopicArn, subscribe, publish } = await aTopic();
    const site = await aWebSite();
    await subscribe(site.url);
    await subscribe(site.url);
    const { body } = await site.request(2);
    await sns.confirmSubscription({ TopicArn, Token: textOf(body, 'Token') });
    await subscribe(site.url);

    await publish('hello');

    await outcomes(box, 3);
    expect(site.received.map(({ body }) => textOf(body, 'Type'))).toEqual([
      'SubscriptionConfirmation',
      'SubscriptionConfirmation',
      'Notification',
    ]);
  });

  it('leads to the sandbox after a reset as well', async () => {
    const { box, sns, TopicArn, subscribe } = await aTopic();
    const site = await aWebSite();
    await box.fetch('/_autopeer/reset', { method: 'POST' });
    await sns.createTopic({ Name: 'notices' });
    await subscribe(site.url);

    const asked = await site.request(1);

    expect(textOf(asked.body, 'TopicArn')).toBe(TopicArn);
    expect((await fetch(textOf(asked.body, 'SubscribeURL'))).status).toBe(200);
  });

  it('that fails is tried again twenty seconds later, with the same message', async () => {
    const { box, subscribe } = await aTopic();
    const site = await aWebSite(503, 429);
    await subscribe(site.url);
    expect(await outcomes(box, 1)).toEqual([{ status: 503 }]);

    await box.pass(19_999);
    expect(site.received).toHaveLength(1);
    await box.pass(1);
    expect(await outcomes(box, 2)).toEqual([{ status: 503 }, { status: 429 }]);
    await box.pass(20_000);

    expect((await outcomes(box, 3)).at(-1)).toEqual({ status: 200 });
    const ids = site.received.map(({ headers }) => headers['x-amz-sns-message-id']);
    expect(new Set(ids).size).toBe(1);
  });

  it('that is not there is tried three more times', async () => {
    const { box, subscribe } = await aTopic();
    const site = await aWebSite();
    site.close();
    await subscribe(site.url);

    for (const attempts of [1, 2, 3, 4]) {
      expect((await outcomes(box, attempts)).at(-1)).toEqual({
        error: expect.stringContaining('ECONNREFUSED'),
      });
      await box.pass(20_000);
    }
    await box.pass(60_000);

    expect(await outcomes(box, 4)).toHaveLength(4);
  });

  it('that does not answer holds nobody up', async () => {
    const { box, subscribe } = await aTopic();
    const site = await aWebSite('silence');
    await subscribe(site.url);
    await site.request(1);

    await box.pass(3_600_000);

    const { virtualTime } = box.sandbox.health();
    expect(Date.parse(virtualTime)).toBe(Date.UTC(2026, 5, 1, 1));
    expect(box.events().some(({ kind }) => kind === 'delivery')).toBe(false);
  });

  it('cannot send SNS elsewhere', async () => {
    const { box, subscribe } = await aTopic();
    const elsewhere = await aWebSite();
    const site = await aWebSite({ location: elsewhere.url });
    await subscribe(site.url);

    expect(await outcomes(box, 1)).toEqual([{ status: 302 }]);
    await box.pass(60_000);
    expect(elsewhere.received).toEqual([]);
    expect(site.received).toHaveLength(1);
  });

  it('that is slow is given up with the world', async () => {
    const { box, subscribe } = await aTopic();
    const site = await aWebSite('silence');
    const { deliveries } = box.sandbox.running.world.aws.sns;
    await subscribe(site.url);
    await site.request(1);

    await box.fetch('/_autopeer/reset', { method: 'POST' });

    while (deliveries.length === 0) await box.pass(0);
    expect(deliveries[0]?.outcome).toEqual({ error: expect.stringContaining('aborted') });
  });
});

describe('where the sandbox sends to', () => {
  it.each(['127.0.0.1', 'localhost', '127.1'])('%s is this machine', async (host) => {
    const { box, subscribe } = await aTopic();
    const site = await aWebSite();

    await subscribe(`http://${host}:${site.port}/`);

    expect(await outcomes(box, 1)).toEqual([{ status: 200 }]);
  });

  it('[::1] is this machine, whether it speaks IPv6 or not', async () => {
    const { box, subscribe } = await aTopic();
    const site = await aWebSite();

    await subscribe(`http://[::1]:${site.port}/`);

    // The web site listens on 127.0.0.1 only: a connection was tried.
    expect(await outcomes(box, 1)).toEqual([{ error: expect.stringMatching(/connect E/) }]);
  });

  it.each([
    'http://192.0.2.1/',
    'http://example.com/',
    'http://127.0.0.1.example.com/',
    'http://localhost.example.com/',
    'http://127.0.0.1@192.0.2.1/',
    'http://0.0.0.0/',
    'http://[::ffff:192.0.2.1]/',
    'http://:',
  ])('%s is refused', async (endpoint) => {
    const { box, subscribe } = await aTopic();

    await subscribe(endpoint);

    expect(await outcomes(box, 1)).toEqual([
      { error: expect.stringMatching(/the sandbox sends to .* only|Invalid URL/) },
    ]);
  });

  it('gives a web site up that takes too long', async () => {
    const site = await aWebSite('silence');
    const send = loopbackHttp(new AbortController().signal, 50);

    await expect(send({ url: site.url, headers: {}, body: '' })).rejects.toThrow('aborted due to timeout');
  });
});

describe('requests without a signature', () => {
  const confirmation = async (topic: Awaited<ReturnType<typeof aTopic>>) => {
    const site = await aWebSite();
    await topic.subscribe(site.url);
    const { body } = await site.request(1);
    return { Token: textOf(body, 'Token'), url: textOf(body, 'SubscribeURL') };
  };

  it('confirm by POST, too', async () => {
    const topic = await aTopic();
    const { url } = await confirmation(topic);

    const response = await topic.box.fetch('/', { method: 'POST', body: new URL(url).searchParams });

    expect(response.status).toBe(200);
  });

  it('confirm nothing with a token that nobody was sent', async () => {
    const topic = await aTopic();
    const { url, Token } = await confirmation(topic);

    const response = await fetch(url.replace(Token, 'guess'));

    expect(response.status).toBe(400);
    expect(await response.text()).toContain(INVALID_TOKEN);
  });

  it('end nothing that only signed ones may end', async () => {
    const topic = await aTopic();
    const { url, Token } = await confirmation(topic);
    const { TopicArn } = topic;
    expect((await fetch(`${url}&AuthenticateOnUnsubscribe=true`)).status).toBe(403);

    const input = { TopicArn, Token, AuthenticateOnUnsubscribe: 'true' };
    const { SubscriptionArn = '' } = await topic.sns.confirmSubscription(input);

    const query = new URLSearchParams({ Action: 'Unsubscribe', SubscriptionArn });
    const refused = await topic.box.fetch(`/?${query.toString()}`);
    expect(refused.status).toBe(403);
    expect(await refused.text()).toContain('<Code>AuthorizationError</Code>');
    await topic.sns.unsubscribe({ SubscriptionArn });
    expect((await topic.sns.listSubscriptionsByTopic({ TopicArn })).Subscriptions ?? []).toEqual([]);
  });

  it.each(['ListTopics', 'DeleteTopic', 'Publish', 'Subscribe', 'GetCallerIdentity', 'DescribeVpcs', ''])(
    'may do nothing else: %j',
    async (Action) => {
      const { box, TopicArn } = await aTopic();
      const query = new URLSearchParams({ Action, TopicArn, Message: 'x' }).toString();

      expect((await box.fetch(`/?${query}`)).status).toBe(403);
      expect((await box.fetch('/', { method: 'POST', body: query })).status).toBe(403);
    },
  );

  it('of a web page or for another host stay out', async () => {
    const topic = await aTopic();
    const { url } = await confirmation(topic);

    expect((await fetch(url, { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403);
    expect((await fetch(url, { headers: { origin: 'http://example.com' } })).status).toBe(403);
    const { Attributes } = await topic.sns.getTopicAttributes({ TopicArn: topic.TopicArn });
    expect(Attributes).toMatchObject({ SubscriptionsPending: '1' });
  });
});

describe('GET with a query string', () => {
  it.each([
    ['sts', 'Action=GetCallerIdentity&Version=2011-06-15', 200, '<Account>123456789012</Account>'],
    ['sns', 'Action=CreateTopic&Name=a%2Bb', 400, '<Code>InvalidParameter</Code>'],
    ['sns', 'Action=CreateTopic&Name=a?b', 400, '<Code>InvalidParameter</Code>'],
    ['sns', 'Action=CreateTopic&Name=ab', 200, ':123456789012:ab</TopicArn>'],
    ['ec2', 'Action=DescribeVpcs&Version=2016-11-15', 200, '<DescribeVpcsResponse'],
    ['ec2', 'Action=DescribeVpcs&Nonsense=1', 400, '<Code>UnknownParameter</Code>'],
    ['sqs', 'Action=CreateQueue&QueueName=work', 200, '<QueueUrl>'],
    ['sts', '', 400, '<Code>MissingAction</Code>'],
  ])('%s understands %s', async (service, query, status, text) => {
    const box = await aSandbox({ world: EMPTY_WORLD });

    const response = await box.fetch(`/?${query}`, { headers: { authorization: credentialOf(service) } });

    expect(await response.text()).toContain(text);
    expect(response.status).toBe(status);
    expect(box.faults).toEqual([]);
  });
});
