import { readFileSync } from 'node:fs';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
  type Message,
} from '@aws-sdk/client-sqs';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { createHandler as createIntake } from '../../../handlers/intake.ts';
import { createHandler as createNotify } from '../../../handlers/notify.ts';
import { createHandler as createTellSlack } from '../../../handlers/tell-slack.ts';
import { createHandler as createRecheck } from '../../../handlers/recheck.ts';
import { createHandler as createReconcile } from '../../../handlers/reconcile-peering.ts';
import { createHandler as createStartSweep } from '../../../handlers/start-sweep.ts';
import { createHandler as createSweepAccount } from '../../../handlers/sweep-account.ts';
import { DynamoDbLedger } from '../../../shared/aws/dynamodb-ledger.ts';
import type { LogEntry } from '../../../shared/domain/work/log.ts';
import type { Platform } from '../../../shared/platform.ts';
import { given } from '../given.ts';
import { MOTO_ACCOUNT } from './clients.ts';
import { MotoTransport } from './transport.ts';

export const HUB_REGION = 'eu-west-1';
const NAME = 'autopeer-moto';
const LEDGER_TABLE = `${NAME}-ledger`;
const SLACK_PARAMETER = `/${NAME}/slack-webhook-url`;
const SLACK_URL = 'https://hooks.slack.example/services/T000/B000/moto';
/** More rounds than any step of the job takes: a queue that never empties must not hold the run. */
const MAX_ROUNDS = 50;

/** Nothing here ends a function that is late. */
const CONTEXT = { getRemainingTimeInMillis: () => 120_000 };

type Handler = (event: unknown, context: unknown) => Promise<unknown>;

/** A queue, and the shipped function behind it. */
interface Source {
  readonly url: string;
  readonly handler: Handler;
  /** What the function gets for a batch of messages. */
  readonly eventsOf: (messages: readonly Message[]) => readonly unknown[];
}

/** A notice as a subscriber of the topic gets it. */
export interface Notice {
  readonly subject: string;
  readonly message: string;
}

/**
 * The hub on moto: its queues, table, bus and topic, and the shipped handlers. What Lambda does, to poll the
 * queues and to call the functions, is done here.
 */
export class MotoHub {
  readonly transport: MotoTransport;
  readonly ledger: DynamoDbLedger;
  readonly slack: string[] = [];
  /** What the functions logged as errors. */
  readonly failures: LogEntry[] = [];
  /** How each reconcile ended. */
  readonly outcomes: string[] = [];
  readonly #sqs: SQSClient;
  readonly #sources: readonly Source[];
  readonly #queues: Readonly<Record<'work' | 'inbox', string>>;
  readonly #intake: Handler;
  readonly #startSweep: Handler;

  private constructor(
    transport: MotoTransport,
    sqs: SQSClient,
    policy: string,
    places: Awaited<ReturnType<typeof createPlaces>>,
  ) {
    this.transport = transport;
    this.#sqs = sqs;
    this.#queues = places;
    this.ledger = new DynamoDbLedger(places.dynamodb, LEDGER_TABLE);
    const platform = this.#platform(policy, {
      AWS_REGION: HUB_REGION,
      WORK_QUEUE_URL: places.work,
      SWEEP_QUEUE_URL: places.sweep,
      RECHECK_QUEUE_URL: places.recheck,
      HUB_BUS_NAME: NAME,
      LEDGER_TABLE,
      NOTICE_TOPIC_ARN: places.topicArn,
      SLACK_QUEUE_URL: places.slack,
      SLACK_WEBHOOK_PARAMETER: SLACK_PARAMETER,
      SLACK_TOKEN_PARAMETER: `/${NAME}/slack-bot-token`,
      SLACK_CHANNEL_PARAMETER: `/${NAME}/slack-channel`,
      SLACK_BUTTONS: 'off',
      MEMBER_ROLE_NAME: `${NAME}-member`,
      POLICY_FILE: 'policy.yaml',
      MAX_DELIVERIES: '5',
    });
    this.#intake = createIntake(platform);
    this.#startSweep = createStartSweep(platform);
    this.#sources = [
      { url: places.work, handler: createReconcile(platform), eventsOf: sqsEvent(places.work) },
      { url: places.recheck, handler: createRecheck(platform), eventsOf: sqsEvent(places.recheck) },
      { url: places.sweep, handler: createSweepAccount(platform), eventsOf: sqsEvent(places.sweep) },
      {
        url: places.events,
        handler: createNotify(platform),
        eventsOf: (messages) => messages.map(({ Body }): unknown => JSON.parse(given(Body))),
      },
      { url: places.slack, handler: createTellSlack(platform), eventsOf: sqsEvent(places.slack) },
    ];
  }

  static async deploy(url: string, policy: string): Promise<MotoHub> {
    const transport = new MotoTransport(url);
    const config = { endpoint: url, region: HUB_REGION, credentials: transport.credentials };
    return new MotoHub(transport, new SQSClient(config), policy, await createPlaces(config));
  }

  /** An event reaches the hub's bus, and its rule calls `intake`. */
  async deliver(event: unknown): Promise<void> {
    await this.#intake(event, CONTEXT);
  }

  /** The schedule's event, as EventBridge writes it. */
  async startSweep(): Promise<void> {
    const time = new Date().toISOString().replace(/\.\d{3}Z$/, 'Z');
    await this.#startSweep({ id: crypto.randomUUID(), time, source: 'aws.events' }, CONTEXT);
  }

  /** A hint about a peering, as the sweep gives. */
  async hint(key: { peeringId: string; accountId: string; region: string }): Promise<void> {
    const hintId = crypto.randomUUID();
    await this.#sqs.send(
      new SendMessageCommand({
        QueueUrl: this.#queues.work,
        MessageBody: JSON.stringify({ version: 1, ...key, hintId, looks: 0 }),
        MessageGroupId: key.peeringId,
        MessageDeduplicationId: hintId,
      }),
    );
  }

  /** Gives what lies in the queues to their functions, until nothing lies there. */
  async settle(): Promise<void> {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      let received = 0;
      for (const source of this.#sources) received += await this.#poll(source);
      if (received === 0) return this.#assertNothingWaits();
    }
    throw new Error(`the queues are not empty after ${MAX_ROUNDS} rounds`);
  }

  /** What subscribers of the topic have got since the last call. */
  async notices(): Promise<readonly Notice[]> {
    const notices: Notice[] = [];
    for (;;) {
      const messages = await this.#receive(this.#queues.inbox);
      if (messages.length === 0) return notices;
      for (const message of messages) {
        notices.push(readNotice(given(message.Body)));
        await this.#delete(this.#queues.inbox, message);
      }
    }
  }

  /** Lambda's event source: what the function does not name as failed is deleted. */
  async #poll({ url, handler, eventsOf }: Source): Promise<number> {
    const messages = await this.#receive(url);
    if (messages.length === 0) return 0;
    for (const event of eventsOf(messages)) {
      const answer = await handler(event, CONTEXT);
      const failed = JSON.stringify(answer ?? {});
      if (failed.includes('itemIdentifier'))
        throw new Error(`a function failed: ${JSON.stringify(this.failures)}`);
    }
    for (const message of messages) await this.#delete(url, message);
    return messages.length;
  }

  async #receive(QueueUrl: string): Promise<readonly Message[]> {
    const command = new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 5,
      MessageSystemAttributeNames: ['All'],
    });
    return (await this.#sqs.send(command)).Messages ?? [];
  }

  async #delete(QueueUrl: string, { ReceiptHandle }: Message): Promise<void> {
    await this.#sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  }

  /** moto knows no state on the way: what a function put off would be put off for ever. */
  async #assertNothingWaits(): Promise<void> {
    for (const { url } of this.#sources) {
      const { Attributes } = await this.#sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl: url,
          AttributeNames: ['ApproximateNumberOfMessagesDelayed'],
        }),
      );
      if (Attributes?.ApproximateNumberOfMessagesDelayed !== '0')
        throw new Error(`${url} holds something back`);
    }
  }

  #platform(policy: string, env: Platform['env']): Platform {
    return {
      env,
      transport: this.transport,
      clock: { now: Date.now, sleep: () => Promise.reject(new Error('moto has nothing to wait for')) },
      after: () => () => {},
      log: {
        write: (entry) => {
          if (entry.code === 'reconcile.outcome') this.outcomes.push(entry.outcome);
          if (/failed|malformed/.test(entry.code)) this.failures.push(entry);
        },
      },
      metrics: { count: () => {} },
      readFile: (path) => (path === 'policy.yaml' ? policy : readFileSync(path, 'utf8')),
      fetch: async (_url, request) => {
        if (typeof request?.body === 'string') this.slack.push(request.body);
        return new Response('ok');
      },
    };
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
const sqsEvent = (queueUrl: string) => (messages: readonly Message[]) => [
  {
    Records: messages.map((message) => ({
      messageId: message.MessageId,
      receiptHandle: message.ReceiptHandle,
      body: message.Body,
      attributes: message.Attributes,
      messageAttributes: {},
      md5OfBody: message.MD5OfBody,
      eventSource: 'aws:sqs',
      eventSourceARN: `arn:aws:sqs:${HUB_REGION}:${MOTO_ACCOUNT}:${queueUrl.slice(queueUrl.lastIndexOf('/') + 1)}`,
      awsRegion: HUB_REGION,
    })),
  },
];

/** https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
function readNotice(body: string): Notice {
  const envelope: unknown = JSON.parse(body);
  const isNotice =
    typeof envelope === 'object' && envelope !== null && 'Subject' in envelope && 'Message' in envelope;
  if (!isNotice) throw new TypeError(`not a notification: ${body}`);
  return { subject: String(envelope.Subject), message: String(envelope.Message) };
}

/** What the template of the hub declares, as far as moto needs it. */
async function createPlaces(config: {
  endpoint: string;
  region: string;
  credentials: MotoTransport['credentials'];
}) {
  const sqs = new SQSClient(config);
  const queue = async (name: string, Attributes: Record<string, string> = {}): Promise<string> => {
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: `${NAME}-${name}`, Attributes }));
    return given(QueueUrl);
  };
  const fifo = {
    FifoQueue: 'true',
    DeduplicationScope: 'messageGroup',
    FifoThroughputLimit: 'perMessageGroupId',
  };
  const places = {
    work: await queue('work.fifo', fifo),
    // The template holds its messages back for a minute: nobody here waits for a wall clock.
    sweep: await queue('sweep.fifo', fifo),
    recheck: await queue('recheck'),
    events: await queue('events'),
    slack: await queue('slack'),
    inbox: await queue('inbox'),
  };
  const arnOf = (url: string): string =>
    `arn:aws:sqs:${HUB_REGION}:${MOTO_ACCOUNT}:${url.slice(url.lastIndexOf('/') + 1)}`;
  const sns = new SNSClient(config);
  const topicArn = given((await sns.send(new CreateTopicCommand({ Name: `${NAME}-notices` }))).TopicArn);
  await sns.send(
    new SubscribeCommand({ TopicArn: topicArn, Protocol: 'sqs', Endpoint: arnOf(places.inbox) }),
  );
  await createBus(new EventBridgeClient(config), [arnOf(places.events), arnOf(places.slack)]);
  await new SSMClient(config).send(
    new PutParameterCommand({ Name: SLACK_PARAMETER, Value: SLACK_URL, Type: 'SecureString' }),
  );
  const dynamodb = new DynamoDBClient(config);
  await dynamodb.send(
    new CreateTableCommand({
      TableName: LEDGER_TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
  return { ...places, topicArn, dynamodb };
}

/** A rule gives autopeer's own events to a queue a channel, where the template has the function of the mail itself. */
async function createBus(events: EventBridgeClient, queueArns: readonly string[]): Promise<void> {
  await events.send(new CreateEventBusCommand({ Name: NAME }));
  const rule = { Name: `${NAME}-notify`, EventBusName: NAME };
  await events.send(
    new PutRuleCommand({
      ...rule,
      EventPattern: JSON.stringify({ source: ['autopeer'], account: [MOTO_ACCOUNT] }),
    }),
  );
  await events.send(
    new PutTargetsCommand({
      Rule: rule.Name,
      EventBusName: NAME,
      Targets: queueArns.map((Arn, index) => ({ Id: `channel-${index}`, Arn })),
    }),
  );
}
