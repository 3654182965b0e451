import type {
  ChangeMessageVisibilityBatchRequest,
  ChangeMessageVisibilityBatchResult,
  ChangeMessageVisibilityRequest,
  DeleteMessageBatchRequest,
  DeleteMessageBatchResult,
  DeleteMessageRequest,
  GetQueueAttributesRequest,
  GetQueueAttributesResult,
  GetQueueUrlRequest,
  GetQueueUrlResult,
  PurgeQueueRequest,
  ReceiveMessageRequest,
  ReceiveMessageResult,
  SendMessageBatchRequest,
  SendMessageBatchResult,
  SendMessageRequest,
  SendMessageResult,
} from '@aws-sdk/client-sqs';

import { formatArn } from '../arn.ts';
import type { VirtualClock } from '../clock.ts';
import type { SeededRandom } from '../random.ts';
import { action, AwsError, type ActionTable, type Call } from '../types.ts';
import { batch } from './sqs-batch.ts';
import { queueAttributes, wireMessage } from './sqs-answers.ts';
import { attributesDigest, messageAttributes } from './sqs-attributes.ts';
import { md5, Queue } from './sqs-queue.ts';
import { QUEUE_DEFAULTS, type QueueSettings } from './sqs-settings.ts';
import { arnOfUrl, queueUrl } from './sqs-urls.ts';
import { receiveWaiting } from './sqs-waiting.ts';

/** The most messages one ReceiveMessage returns. */
const RECEIVE_LIMIT = 10;
const MAX_VISIBILITY_SECONDS = 43_200;

interface Sent {
  readonly MessageId: string;
  readonly MD5OfMessageBody: string;
  readonly MD5OfMessageAttributes?: string;
  readonly SequenceNumber?: string;
}

/** What a new queue sets apart from AWS's defaults. */
export type NewQueue = Partial<Omit<QueueSettings, 'arn' | 'url' | 'name' | 'fifo'>>;

/** Simulated SQS: every queue of every account and region. */
export class SimulatedSqs {
  /** Of messages; those of queues themselves are in sqs-admin.ts. */
  readonly actions: ActionTable;
  readonly #clock: VirtualClock;
  readonly #random: SeededRandom;
  readonly #queues = new Map<string, Queue>();

  constructor(deps: { clock: VirtualClock; random: SeededRandom }) {
    this.#clock = deps.clock;
    this.#random = deps.random;
    this.actions = this.#actionTable();
  }

  /** Creates a queue; a name that ends in `.fifo` makes it a FIFO queue, as on AWS. */
  createQueue(accountId: string, region: string, name: string, settings: NewQueue = {}): Queue {
    const arn = formatArn('sqs', region, accountId, name);
    if (this.#queues.has(arn))
      throw new AwsError('QueueAlreadyExists', `A queue named ${name} already exists`);
    const queue = new Queue({
      clock: this.#clock,
      random: this.#random,
      findQueue: (target) => this.#queues.get(target),
      settings: {
        ...QUEUE_DEFAULTS,
        ...settings,
        arn,
        name,
        url: queueUrl(accountId, region, name),
        fifo: name.endsWith('.fifo'),
      },
    });
    this.#queues.set(arn, queue);
    return queue;
  }

  queue(arn: string): Queue | undefined {
    return this.#queues.get(arn);
  }

  /** The queues of an account in a region, in the order of their creation. */
  queuesOf(accountId: string, region: string): readonly Queue[] {
    const prefix = formatArn('sqs', region, accountId, '');
    return [...this.#queues.values()].filter(({ settings }) => settings.arn.startsWith(prefix));
  }

  deleteQueue(queue: Queue): void {
    this.#queues.delete(queue.settings.arn);
  }

  /** The queue that a call names by its URL; throws `QueueDoesNotExist`. */
  require(call: Call, url: string | undefined): Queue {
    return this.#byUrl(call, url);
  }

  #byUrl(call: Call, url: string | undefined): Queue {
    const queue = this.#queues.get(arnOfUrl(call, url));
    if (queue === undefined) throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
    return queue;
  }

  #actionTable(): ActionTable {
    const resources = (call: Call, input: { QueueUrl?: string | undefined }): readonly string[] => [
      arnOfUrl(call, input.QueueUrl),
    ];
    return {
      SendMessage: action<SendMessageRequest, SendMessageResult>({
        mutates: false, // a data event, which no management trail logs
        resources,
        run: (call, input) => this.#send(call, this.#byUrl(call, input.QueueUrl), input),
      }),
      SendMessageBatch: action<SendMessageBatchRequest, SendMessageBatchResult>({
        mutates: false,
        resources,
        run: (call, input) => {
          const queue = this.#byUrl(call, input.QueueUrl);
          return batch(input.Entries, (entry) => this.#send(call, queue, entry));
        },
      }),
      ReceiveMessage: action<ReceiveMessageRequest, ReceiveMessageResult>({
        mutates: false,
        resources,
        run: (call, input) => this.#receive(this.#byUrl(call, input.QueueUrl), input),
      }),
      DeleteMessage: action<DeleteMessageRequest, object>({
        mutates: false,
        resources,
        run: (call, input) => {
          this.#byUrl(call, input.QueueUrl).delete(input.ReceiptHandle ?? '');
          return {};
        },
      }),
      DeleteMessageBatch: action<DeleteMessageBatchRequest, DeleteMessageBatchResult>({
        mutates: false,
        resources,
        run: (call, input) => {
          const queue = this.#byUrl(call, input.QueueUrl);
          return batch(input.Entries, (entry) => {
            queue.delete(entry.ReceiptHandle ?? '');
            return {};
          });
        },
      }),
      PurgeQueue: action<PurgeQueueRequest, object>({
        mutates: true,
        resources,
        run: (call, input) => {
          this.#byUrl(call, input.QueueUrl).purge();
          return {};
        },
      }),
      ...this.#visibilityActions(resources),
      ...this.#lookupActions(),
    };
  }

  #visibilityActions(
    resources: (call: Call, input: { QueueUrl?: string | undefined }) => readonly string[],
  ): ActionTable {
    return {
      ChangeMessageVisibility: action<ChangeMessageVisibilityRequest, object>({
        mutates: false,
        resources,
        run: (call, input) => {
          const seconds = visibility(input.VisibilityTimeout ?? 0);
          this.#byUrl(call, input.QueueUrl).changeVisibility(input.ReceiptHandle ?? '', seconds);
          return {};
        },
      }),
      ChangeMessageVisibilityBatch: action<
        ChangeMessageVisibilityBatchRequest,
        ChangeMessageVisibilityBatchResult
      >({
        mutates: false,
        resources,
        run: (call, input) => {
          const queue = this.#byUrl(call, input.QueueUrl);
          return batch(input.Entries, ({ ReceiptHandle, VisibilityTimeout }) => {
            queue.changeVisibility(ReceiptHandle ?? '', visibility(VisibilityTimeout ?? 0));
            return {};
          });
        },
      }),
    };
  }

  #lookupActions(): ActionTable {
    return {
      GetQueueAttributes: action<GetQueueAttributesRequest, GetQueueAttributesResult>({
        mutates: false,
        resources: (call, input) => [arnOfUrl(call, input.QueueUrl)],
        run: (call, input) => queueAttributes(this.#byUrl(call, input.QueueUrl), input.AttributeNames ?? []),
      }),
      GetQueueUrl: action<GetQueueUrlRequest, GetQueueUrlResult>({
        mutates: false,
        resources: (call, input) => [
          formatArn(
            'sqs',
            call.region,
            input.QueueOwnerAWSAccountId ?? call.caller.accountId,
            input.QueueName ?? '',
          ),
        ],
        run: (call, input) => {
          const owner = input.QueueOwnerAWSAccountId ?? call.caller.accountId;
          const url = queueUrl(owner, call.region, input.QueueName ?? '');
          return { QueueUrl: this.#byUrl(call, url).settings.url };
        },
      }),
    };
  }

  #send(call: Call, queue: Queue, input: Omit<SendMessageRequest, 'QueueUrl'>): Sent {
    const body = input.MessageBody ?? '';
    if (body === '')
      throw new AwsError('MissingParameter', 'The request must contain the parameter MessageBody.');
    const { maximumMessageBytes: limit } = queue.settings;
    if (Buffer.byteLength(body, 'utf8') > limit) {
      throw invalid(
        `One or more parameters are invalid. Reason: Message must be shorter than ${limit} bytes.`,
      );
    }
    if (queue.isFifo && input.DelaySeconds !== undefined) {
      throw invalid(
        `Value ${input.DelaySeconds} for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type.`,
      );
    }
    const attributes = messageAttributes(input.MessageAttributes);
    const { messageId, sequenceNumber } = queue.send({
      body,
      attributes,
      senderId: call.caller.arn,
      ...(input.DelaySeconds === undefined ? {} : { delaySeconds: input.DelaySeconds }),
      ...(input.MessageGroupId === undefined ? {} : { groupId: input.MessageGroupId }),
      ...(input.MessageDeduplicationId === undefined
        ? {}
        : { deduplicationId: input.MessageDeduplicationId }),
    });
    const digest = attributesDigest(attributes);
    return {
      MessageId: messageId,
      MD5OfMessageBody: md5(body),
      ...(digest === undefined ? {} : { MD5OfMessageAttributes: digest }),
      ...(queue.isFifo ? { SequenceNumber: sequenceNumber } : {}),
    };
  }

  async #receive(queue: Queue, input: ReceiveMessageRequest): Promise<ReceiveMessageResult> {
    const max = input.MaxNumberOfMessages ?? 1;
    if (max < 1 || max > RECEIVE_LIMIT) {
      throw invalid(
        `Value ${max} for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and ${RECEIVE_LIMIT}, if provided.`,
      );
    }
    const timeout = input.VisibilityTimeout ?? queue.settings.visibilityTimeoutSeconds;
    const waitSeconds = input.WaitTimeSeconds ?? queue.settings.receiveWaitSeconds;
    const messages = await receiveWaiting(this.#clock, queue, max, visibility(timeout), waitSeconds);
    const wanted = [...(input.MessageSystemAttributeNames ?? []), ...(input.AttributeNames ?? [])];
    const names = input.MessageAttributeNames ?? [];
    return messages.length === 0
      ? {}
      : { Messages: messages.map((message) => wireMessage(message, wanted, names)) };
  }
}

const invalid = (message: string): AwsError => new AwsError('InvalidParameterValue', message);

function visibility(seconds: number): number {
  if (seconds >= 0 && seconds <= MAX_VISIBILITY_SECONDS) return seconds;
  throw invalid(
    `Value ${seconds} for parameter VisibilityTimeout is invalid. Reason: Must be >= 0 and <= ${MAX_VISIBILITY_SECONDS}, if provided.`,
  );
}
