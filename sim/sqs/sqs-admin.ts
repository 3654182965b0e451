import type {
  CreateQueueRequest,
  CreateQueueResult,
  DeleteQueueRequest,
  ListDeadLetterSourceQueuesRequest,
  ListDeadLetterSourceQueuesResult,
  ListQueuesRequest,
  ListQueuesResult,
  SetQueueAttributesRequest,
} from '@aws-sdk/client-sqs';

import { formatArn } from '../arn.ts';
import type { SimulatedIam } from '../iam/iam.ts';
import { action, AwsError, type ActionTable, type Call } from '../types.ts';
import { pageOfList } from '../wire/pages.ts';
import { givenSettings, type GivenSettings } from './sqs-given-settings.ts';
import type { Queue } from './sqs-queue.ts';
import { QUEUE_DEFAULTS } from './sqs-settings.ts';
import { arnOfUrl } from './sqs-urls.ts';
import type { SimulatedSqs } from './sqs.ts';

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListQueues.html */
const HIGHEST_MAX_RESULTS = 1_000;
const NAME = /^[\w-]{1,80}$/;
const FIFO_NAME = /^[\w-]{1,75}\.fifo$/;

/** Making, changing, listing and deleting queues. */
export function queueActions(sqs: SimulatedSqs, iam: SimulatedIam): ActionTable {
  const byUrl = (call: Call, { QueueUrl }: { QueueUrl?: string | undefined }): readonly string[] => [
    arnOfUrl(call, QueueUrl),
  ];
  return {
    CreateQueue: action<CreateQueueRequest, CreateQueueResult>({
      mutates: true,
      resources: (call, { QueueName = '' }) => [
        formatArn('sqs', call.region, call.caller.accountId, QueueName),
      ],
      run: (call, input) => ({ QueueUrl: createQueue(sqs, iam, call, input).settings.url }),
    }),
    SetQueueAttributes: action<SetQueueAttributesRequest, object>({
      mutates: true,
      resources: byUrl,
      run: (call, input) => {
        const queue = sqs.require(call, input.QueueUrl);
        apply(iam, queue, givenSettings(input.Attributes ?? {}, queue.isFifo));
        return {};
      },
    }),
    DeleteQueue: action<DeleteQueueRequest, object>({
      mutates: true,
      resources: byUrl,
      run: (call, input) => {
        sqs.deleteQueue(sqs.require(call, input.QueueUrl));
        return {};
      },
    }),
    ListQueues: action<ListQueuesRequest, ListQueuesResult>({
      mutates: false,
      run: (call, input) => {
        const found = sqs
          .queuesOf(call.caller.accountId, call.region)
          .filter(({ settings }) => settings.name.startsWith(input.QueueNamePrefix ?? ''));
        const { items, next } = page(found, input);
        // An account without queues gets no list at all.
        return items.length === 0 ? {} : { QueueUrls: items.map(({ settings }) => settings.url), ...next };
      },
    }),
    ListDeadLetterSourceQueues: action<ListDeadLetterSourceQueuesRequest, ListDeadLetterSourceQueuesResult>({
      mutates: false,
      resources: byUrl,
      run: (call, input) => {
        const { arn } = sqs.require(call, input.QueueUrl).settings;
        const sources = sqs
          .queuesOf(call.caller.accountId, call.region)
          .filter(({ settings }) => settings.redrive?.deadLetterTargetArn === arn);
        const { items, next } = page(sources, input);
        return { queueUrls: items.map(({ settings }) => settings.url), ...next };
      },
    }),
  };
}

function createQueue(sqs: SimulatedSqs, iam: SimulatedIam, call: Call, input: CreateQueueRequest): Queue {
  const { QueueName: name = '', Attributes = {} } = input;
  const isFifo = Attributes['FifoQueue'] === 'true';
  if (!(isFifo ? FIFO_NAME : NAME).test(name)) {
    throw new AwsError(
      'InvalidParameterValue',
      isFifo
        ? 'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length.'
        : 'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length.',
    );
  }
  const given = givenSettings(Attributes, isFifo);
  const { accountId } = call.caller;
  const present = sqs.queue(formatArn('sqs', call.region, accountId, name));
  if (present !== undefined) return sameQueue(present, given);
  const queue = sqs.createQueue(accountId, call.region, name);
  apply(iam, queue, given);
  return queue;
}

/** CreateQueue of a queue that exists gives its URL, unless it asks for other attributes. */
function sameQueue(queue: Queue, given: GivenSettings): Queue {
  const settings: Readonly<Record<string, unknown>> = { ...QUEUE_DEFAULTS, ...queue.settings };
  for (const [name, { setting, value }] of given) {
    if (JSON.stringify(settings[setting]) !== JSON.stringify(value)) {
      throw new AwsError(
        'QueueNameExists',
        `A queue already exists with the same name and a different value for attribute ${name}`,
      );
    }
  }
  return queue;
}

function apply(iam: SimulatedIam, queue: Queue, given: GivenSettings): void {
  const policy = given.get('Policy')?.value;
  if (typeof policy === 'string') setPolicy(iam, queue.settings.arn, policy);
  queue.configure(Object.fromEntries([...given.values()].map(({ setting, value }) => [setting, value])));
}

function setPolicy(iam: SimulatedIam, arn: string, text: string): void {
  try {
    iam.putResourcePolicy(arn, text === '' ? { Statement: [] } : JSON.parse(text));
  } catch {
    throw new AwsError('InvalidAttributeValue', 'Invalid value for the parameter Policy.');
  }
}

/** Without MaxResults there are no pages. */
function page<Item>(
  items: readonly Item[],
  input: { readonly MaxResults?: number | undefined; readonly NextToken?: string | undefined },
): { items: Item[]; next: { NextToken?: string } } {
  const { MaxResults: max = HIGHEST_MAX_RESULTS, NextToken } = input;
  if (max < 1 || max > HIGHEST_MAX_RESULTS) {
    throw new AwsError(
      'InvalidParameterValue',
      `Value ${max} for parameter MaxResults is invalid. Reason: Must be between 1 and ${HIGHEST_MAX_RESULTS}.`,
    );
  }
  return pageOfList(items, max, NextToken, () => {
    throw new AwsError('InvalidParameterValue', 'Invalid or expired next token.');
  });
}
