import { AwsError } from '../types.ts';
import type { QueueSettings } from './sqs-settings.ts';

/** What a request asks of a queue, by the names of SQS. */
export type GivenSettings = ReadonlyMap<
  string,
  { readonly setting: keyof QueueSettings; readonly value: unknown }
>;

/** Bounds of the attributes that are numbers. */
const NUMBERS: Readonly<
  Record<string, readonly [setting: keyof QueueSettings, least: number, most: number]>
> = {
  DelaySeconds: ['delaySeconds', 0, 900],
  MaximumMessageSize: ['maximumMessageBytes', 1_024, 1_048_576],
  MessageRetentionPeriod: ['retentionSeconds', 60, 1_209_600],
  ReceiveMessageWaitTimeSeconds: ['receiveWaitSeconds', 0, 20],
  VisibilityTimeout: ['visibilityTimeoutSeconds', 0, 43_200],
};

/** Attributes that SQS takes and the simulation has no use for. */
const IGNORED = new Set([
  'FifoThroughputLimit',
  'KmsDataKeyReusePeriodSeconds',
  'KmsMasterKeyId',
  'RedriveAllowPolicy',
  'SqsManagedSseEnabled',
]);
const FIFO_ONLY = new Set([
  'FifoQueue',
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'FifoThroughputLimit',
]);

/**
 * Reads and checks the attributes of CreateQueue and SetQueueAttributes.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
 */
export function givenSettings(attributes: Readonly<Record<string, string>>, isFifo: boolean): GivenSettings {
  const given = new Map<string, { setting: keyof QueueSettings; value: unknown }>();
  for (const [name, text] of Object.entries(attributes)) {
    if (FIFO_ONLY.has(name) && !isFifo) throw unknownAttribute(name);
    if (IGNORED.has(name)) continue;
    const number = NUMBERS[name];
    if (number !== undefined) {
      const [setting, least, most] = number;
      given.set(name, { setting, value: numberWithin(name, text, least, most) });
    } else {
      given.set(name, otherSetting(name, text, isFifo));
    }
  }
  return given;
}

function otherSetting(
  name: string,
  text: string,
  isFifo: boolean,
): { setting: keyof QueueSettings; value: unknown } {
  switch (name) {
    case 'FifoQueue':
      if (text !== 'true') throw unknownAttribute(name);
      return { setting: 'fifo', value: true };
    case 'ContentBasedDeduplication':
      return { setting: 'contentBasedDeduplication', value: flag(name, text) };
    case 'DeduplicationScope':
      if (text !== 'queue' && text !== 'messageGroup') throw invalidValue(name);
      return { setting: 'deduplicationScope', value: text };
    case 'RedrivePolicy':
      return { setting: 'redrive', value: text === '' ? undefined : redrive(text, isFifo) };
    case 'Policy':
      return { setting: 'policy', value: text === '' ? undefined : text };
    default:
      throw unknownAttribute(name);
  }
}

const unknownAttribute = (name: string): AwsError =>
  new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`);

const invalidValue = (name: string): AwsError =>
  new AwsError('InvalidAttributeValue', `Invalid value for the parameter ${name}.`);

function numberWithin(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) throw invalidValue(name);
  return value;
}

function flag(name: string, text: string): boolean {
  if (text !== 'true' && text !== 'false') throw invalidValue(name);
  return text === 'true';
}

function redrive(text: string, isFifo: boolean): QueueSettings['redrive'] {
  const policy = parsed(text);
  const deadLetterTargetArn: unknown = Reflect.get(policy, 'deadLetterTargetArn');
  const maxReceiveCount = Number(Reflect.get(policy, 'maxReceiveCount'));
  if (typeof deadLetterTargetArn !== 'string' || !Number.isInteger(maxReceiveCount) || maxReceiveCount < 1) {
    throw invalidValue('RedrivePolicy');
  }
  if (deadLetterTargetArn.endsWith('.fifo') !== isFifo) {
    throw new AwsError(
      'InvalidParameterValue',
      'Dead-letter queue must be same type of queue as the source.',
    );
  }
  return { deadLetterTargetArn, maxReceiveCount };
}

function parsed(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // refused below, like JSON that is no object
  }
  throw invalidValue('RedrivePolicy');
}
