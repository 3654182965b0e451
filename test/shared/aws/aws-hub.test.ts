import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { HttpResponse } from '@smithy/core/protocols';
import { DynamoDbApprovals } from '../../../shared/aws/dynamodb-approvals.ts';
import { DynamoDbSlackPosts } from '../../../shared/aws/dynamodb-slack-posts.ts';
import { HubBus } from '../../../shared/aws/hub-bus.ts';
import { SqsRecheckQueue, SqsWorkQueue } from '../../../shared/aws/queues.ts';
import { SlackChannel } from '../../../shared/aws/slack.ts';
import type { DomainEvent } from '../../../shared/domain/words/notice.ts';
import type { WorkItem } from '../../../shared/domain/work/work-item.ts';
import { SimulatedAws } from '../../../sim/aws.ts';
import { peeringId } from '../../support/ids.ts';
import { PEERING, REQUESTER } from '../../support/observed.ts';

const HUB = '999988887777';
const REGION = 'eu-west-1';

const notice: DomainEvent = {
  detailType: 'Peering Connected',
  detail: {
    version: 1,
    peeringId: PEERING,
    state: 'active',
    reason: { code: 'rule-allows', text: 'Rule a allows it.' },
    changes: [],
    problems: [],
  },
};

function aHub() {
  const aws = new SimulatedAws({ seed: 1 });
  return { aws, config: { region: REGION, maxAttempts: 1, ...aws.client(HUB) } };
}

describe('the hub’s bus', () => {
  it('takes more events than one call holds', async () => {
    const { aws, config } = aHub();
    const bus = new HubBus(new EventBridgeClient(config), 'default');
    await aws.clock.drive(bus.publish(Array.from({ length: 23 }, () => notice)));
    expect(aws.calls.filter(({ action }) => action === 'PutEvents')).toHaveLength(3);
  });

  it('that refuses an event is a failure, although PutEvents answers 200', async () => {
    const { config } = aHub();
    const refusing = { FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure', ErrorMessage: 'no' }] };
    const body = new TextEncoder().encode(JSON.stringify(refusing));
    const handle = async () => ({ response: new HttpResponse({ statusCode: 200, body }) });
    const bus = new HubBus(new EventBridgeClient({ ...config, requestHandler: { handle } }), 'default');
    await expect(bus.publish([notice])).rejects.toThrow('the hub’s bus refused an event: InternalFailure');
  });
});

it('an event on the hub’s bus is in plain words', async () => {
  const { config } = aHub();
  const bodies: string[] = [];
  const handle = async ({ body }: { readonly body?: unknown }) => {
    if (!(body instanceof Uint8Array)) throw new TypeError('a JSON body is bytes');
    bodies.push(new TextDecoder().decode(body));
    const answer = new TextEncoder().encode(JSON.stringify({ FailedEntryCount: 0, Entries: [{}] }));
    return { response: new HttpResponse({ statusCode: 200, body: answer }) };
  };
  const bus = new HubBus(new EventBridgeClient({ ...config, requestHandler: { handle } }), 'default');
  const problems = ['a\nReason: b\u202e', 'c'.repeat(100_000)];
  await bus.publish([{ ...notice, detail: { ...notice.detail, problems } }]);
  expect(bodies.join('')).toContain(String.raw`\"problems\":[\"a Reason: b�\",\"ccc`);
  expect(bodies.join('').length).toBeLessThan(1500);
});

describe('Slack', () => {
  const NAME = '/autopeer-prod/slack-webhook-url';
  const names = {
    webhook: NAME,
    token: '/autopeer-prod/slack-bot-token',
    channel: '/autopeer-prod/slack-channel',
  };

  function aChannel(answers: readonly number[]) {
    const { aws, config } = aHub();
    const urls: string[] = [];
    const fetch: typeof globalThis.fetch = async (url) => {
      const status = answers[urls.length] ?? 200;
      urls.push(url instanceof Request ? url.url : String(url));
      return new Response(status === 200 ? 'ok' : 'no_service', { status });
    };
    const dynamoDb = new DynamoDBClient(config);
    const channel = new SlackChannel({
      ssm: new SSMClient(config),
      names,
      fetch,
      clock: aws.clock,
      posts: new DynamoDbSlackPosts(dynamoDb, 'ledger'),
      approvals: new DynamoDbApprovals(dynamoDb, 'ledger'),
      hasButtons: false,
    });
    return { aws, urls, send: () => aws.clock.drive(channel.send(notice, 0)) };
  }

  it('without the parameter there is none, and that is no failure', async () => {
    const { send, urls } = aChannel([]);
    await send();
    expect(urls).toEqual([]);
  });

  it('a bot without a channel is a failure that says what to do, and does not tell the token', async () => {
    const { aws, send } = aChannel([]);
    aws.ssm.put(HUB, REGION, names.token, 'xoxb-secret', 'SecureString');
    const failure: unknown = await send().catch((error: unknown) => error);
    expect(String(failure)).toContain(`put the channel's id into ${names.channel}`);
    expect(String(failure)).not.toContain('xoxb');
  });

  it('the URL is read once', async () => {
    const { aws, send, urls } = aChannel([]);
    aws.ssm.put(HUB, REGION, NAME, 'https://hooks.slack.example/one', 'SecureString');
    await send();
    await send();
    expect(urls).toHaveLength(2);
    expect(aws.calls).toHaveLength(1);
  });

  it('a URL that was renewed is taken after the old one failed, and the failure does not tell it', async () => {
    const { aws, send, urls } = aChannel([404]);
    aws.ssm.put(HUB, REGION, NAME, 'https://hooks.slack.example/old-secret', 'SecureString');
    const failure: unknown = await send().catch((error: unknown) => error);
    expect(String(failure)).not.toContain('old-secret');
    aws.ssm.put(HUB, REGION, NAME, 'https://hooks.slack.example/new', 'SecureString');
    await send();
    expect(urls).toEqual(['https://hooks.slack.example/old-secret', 'https://hooks.slack.example/new']);
  });
});

describe('the queues', () => {
  const item = (looks: number, id = PEERING): WorkItem => ({
    key: { peeringId: id, accountId: REQUESTER.accountId, region: REQUESTER.region },
    hintId: `hint-of-${id}`,
    looks,
  });

  it('drop a hint that comes twice, not the next look at it', async () => {
    const { aws, config } = aHub();
    const queue = aws.sqs.createQueue(HUB, REGION, 'work.fifo');
    const work = new SqsWorkQueue(new SQSClient(config), queue.settings.url);
    for (const looks of [0, 0, 1]) await aws.clock.drive(work.send(item(looks)));
    expect(queue.peek()).toHaveLength(2);
  });

  it('keep two peerings apart: one that is worked on does not hold up the other', async () => {
    const { aws, config } = aHub();
    const queue = aws.sqs.createQueue(HUB, REGION, 'work.fifo');
    const work = new SqsWorkQueue(new SQSClient(config), queue.settings.url);
    await aws.clock.drive(work.send(item(0)));
    queue.receive(1);
    await aws.clock.drive(work.send(item(1)));
    await aws.clock.drive(work.send(item(0, peeringId('pcx-99999999'))));
    expect(queue.receive(10).map(({ body }) => body)).toEqual([expect.stringContaining('pcx-99999999')]);
  });

  it('hold a recheck back for its delay', async () => {
    const { aws, config } = aHub();
    const queue = aws.sqs.createQueue(HUB, REGION, 'recheck');
    const recheck = new SqsRecheckQueue(new SQSClient(config), queue.settings.url);
    await aws.clock.drive(recheck.send(item(1), 60));
    expect(queue.counts()).toMatchObject({ visible: 0, delayed: 1 });
    await aws.clock.run(aws.clock.now() + 60_000);
    expect(queue.counts()).toMatchObject({ visible: 1, delayed: 0 });
  });
});
