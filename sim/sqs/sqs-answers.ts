import type { GetQueueAttributesResult, Message } from '@aws-sdk/client-sqs';

import { AwsError } from '../types.ts';
import { attributesDigest } from './sqs-attributes.ts';
import type { Queue, QueueMessage } from './sqs-queue.ts';

/** A message with the system attributes that were wanted and the message attributes of these names. */
export function wireMessage(
  message: QueueMessage,
  wanted: readonly string[],
  names: readonly string[],
): Message {
  const isWanted = (name: string): boolean => wanted.includes('All') || wanted.includes(name);
  const system = Object.entries(message.system).filter(([name]) => isWanted(name));
  const attributes = Object.entries(message.attributes).filter(
    ([name]) => names.includes('All') || names.includes('.*') || names.includes(name),
  );
  const digest = attributesDigest(Object.fromEntries(attributes));
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: message.md5OfBody,
    ...(system.length === 0 ? {} : { Attributes: Object.fromEntries(system) }),
    ...(digest !== undefined && {
      MessageAttributes: Object.fromEntries(attributes),
      MD5OfMessageAttributes: digest,
    }),
  };
}

/** The queue's attributes of these names. */
export function queueAttributes(queue: Queue, names: readonly string[]): GetQueueAttributesResult {
  const { settings } = queue;
  const counts = queue.counts();
  const all: Record<string, string> = {
    ApproximateNumberOfMessages: String(counts.visible),
    ApproximateNumberOfMessagesNotVisible: String(counts.inFlight),
    ApproximateNumberOfMessagesDelayed: String(counts.delayed),
    DelaySeconds: String(settings.delaySeconds),
    MessageRetentionPeriod: String(settings.retentionSeconds),
    ReceiveMessageWaitTimeSeconds: String(settings.receiveWaitSeconds),
    VisibilityTimeout: String(settings.visibilityTimeoutSeconds),
    MaximumMessageSize: String(settings.maximumMessageBytes),
    SqsManagedSseEnabled: 'true',
    QueueArn: settings.arn,
    CreatedTimestamp: seconds(queue.createdAtMs),
    LastModifiedTimestamp: seconds(queue.modifiedAtMs),
    ...(settings.policy === undefined ? {} : { Policy: settings.policy }),
    ...(settings.redrive === undefined ? {} : { RedrivePolicy: JSON.stringify(settings.redrive) }),
    ...(settings.fifo
      ? {
          FifoQueue: 'true',
          ContentBasedDeduplication: String(settings.contentBasedDeduplication),
          DeduplicationScope: settings.deduplicationScope,
        }
      : {}),
  };
  const unknown = names.find((name) => name !== 'All' && !(name in all) && !OPTIONAL_ATTRIBUTES.has(name));
  if (unknown !== undefined) throw new AwsError('InvalidAttributeName', `Unknown Attribute ${unknown}.`);
  const wanted = Object.entries(all).filter(([name]) => names.includes('All') || names.includes(name));
  return wanted.length === 0 ? {} : { Attributes: Object.fromEntries(wanted) };
}

const seconds = (instantMs: number): string => String(Math.floor(instantMs / 1000));

/** Valid names that a queue may have no value for. */
const OPTIONAL_ATTRIBUTES = new Set(['RedrivePolicy', 'FifoQueue', 'ContentBasedDeduplication', 'Policy']);
