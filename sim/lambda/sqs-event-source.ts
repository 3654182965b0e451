import { requireArn } from '../arn.ts';
import type { VirtualClock } from '../clock.ts';
import { attributesDigest } from '../sqs/sqs-attributes.ts';
import type { MessageAttribute, Queue, QueueMessage } from '../sqs/sqs-queue.ts';
import { AwsError } from '../types.ts';
import type { SimulatedLambda } from './lambda.ts';
import type { InvocationResult } from './function.ts';

export interface EventSourceOptions {
  readonly queue: Queue;
  readonly functionArn: string;
  readonly batchSize: number;
  readonly windowSeconds: number;
  readonly maximumConcurrency?: number;
  readonly reportsBatchItemFailures: boolean;
}

/** Lambda starts with five concurrent batches; more only come with load that the simulation does not have. */
const DEFAULT_CONCURRENCY = 5;
/** What one ReceiveMessage can return; Lambda gathers more only for batches of standard queues. */
const FIFO_BATCH_LIMIT = 10;
const STANDARD_BATCH_LIMIT = 10_000;

/**
 * Lambda's poller of one queue. It looks when a message becomes visible instead of all the time, so that the
 * simulation comes to rest.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export class SqsEventSource {
  readonly #lambda: SimulatedLambda;
  readonly #clock: VirtualClock;
  readonly #options: EventSourceOptions;
  readonly #polls = new Set<number>();
  #running = 0;

  constructor(lambda: SimulatedLambda, clock: VirtualClock, options: EventSourceOptions) {
    assertOptions(lambda, options);
    this.#lambda = lambda;
    this.#clock = clock;
    this.#options = options;
  }

  /** From now on the function gets the queue's messages, those that are in it already too. */
  start(): void {
    const options = this.#options;
    options.queue.onMessage((visibleAtMs) => this.#pollAt(visibleAtMs + options.windowSeconds * 1000));
    if (options.queue.counts().visible > 0) this.#pollAt(this.#clock.now());
  }

  #pollAt(instantMs: number): void {
    const atMs = Math.max(instantMs, this.#clock.now());
    if (this.#polls.has(atMs)) return;
    this.#polls.add(atMs);
    this.#clock.schedule(atMs - this.#clock.now(), () => {
      this.#polls.delete(atMs);
      this.#poll();
    });
  }

  #poll(): void {
    const { queue, batchSize, maximumConcurrency = DEFAULT_CONCURRENCY } = this.#options;
    while (this.#running < maximumConcurrency) {
      const messages = queue.receive(batchSize);
      if (messages.length === 0) return;
      this.#running++;
      // A rejection here is a fault of the simulation; nobody awaits it, so it ends the process, loudly.
      void this.#process(messages);
    }
  }

  async #process(messages: readonly QueueMessage[]): Promise<void> {
    const { queue, functionArn, reportsBatchItemFailures } = this.#options;
    const records = messages.map((message) => sqsRecord(queue, message));
    const result = await this.#lambda.invoke(functionArn, { Records: records });
    const failed = failedMessages(messages, result, reportsBatchItemFailures);
    for (const message of messages) {
      // A failed message stays hidden until its visibility timeout is over.
      if (failed.has(message.messageId)) queue.announceRetry(message.receiptHandle);
      else deleteHandled(queue, message);
    }
    this.#running--;
    this.#pollAt(this.#clock.now());
  }
}

/** The handle is void when the function took longer than the visibility timeout; the message then comes again. */
function deleteHandled(queue: Queue, message: QueueMessage): void {
  try {
    queue.delete(message.receiptHandle);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
  }
}

/**
 * The ids of the messages that go back. An answer that Lambda cannot read means all of them.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 */
function failedMessages(
  messages: readonly QueueMessage[],
  result: InvocationResult,
  reportsBatchItemFailures: boolean,
): ReadonlySet<string> {
  const all = new Set(messages.map((message) => message.messageId));
  if (result.kind === 'failure') return all;
  const { payload } = result;
  if (!reportsBatchItemFailures || payload === null || payload === '') return new Set();
  if (typeof payload !== 'object') return all;
  const items: unknown = Reflect.get(payload, 'batchItemFailures');
  if (items === undefined || items === null) return new Set();
  if (!Array.isArray(items)) return all;
  const ids = items.map((item: unknown): unknown =>
    typeof item === 'object' && item !== null ? Reflect.get(item, 'itemIdentifier') : undefined,
  );
  const known = ids.filter((id): id is string => typeof id === 'string' && all.has(id));
  return known.length === ids.length ? new Set(known) : all;
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event */
function sqsRecord(queue: Queue, message: QueueMessage): unknown {
  const messageAttributes = Object.entries(message.attributes).map(
    ([name, attribute]) => [name, recordAttribute(attribute)] as const,
  );
  const digest = attributesDigest(message.attributes);
  return {
    messageId: message.messageId,
    receiptHandle: message.receiptHandle,
    body: message.body,
    attributes: message.system,
    messageAttributes: Object.fromEntries(messageAttributes),
    md5OfBody: message.md5OfBody,
    ...(digest === undefined ? {} : { md5OfMessageAttributes: digest }),
    eventSource: 'aws:sqs',
    eventSourceARN: queue.settings.arn,
    awsRegion: requireArn(queue.settings.arn).region,
  };
}

function recordAttribute({ BinaryValue, DataType, StringValue }: MessageAttribute): object {
  return {
    ...(StringValue === undefined ? {} : { stringValue: StringValue }),
    ...(BinaryValue === undefined ? {} : { binaryValue: Buffer.from(BinaryValue).toString('base64') }),
    stringListValues: [],
    binaryListValues: [],
    dataType: DataType,
  };
}

/** What `CreateEventSourceMapping` refuses. */
function assertOptions(lambda: SimulatedLambda, options: EventSourceOptions): void {
  const { queue, functionArn, batchSize, windowSeconds, maximumConcurrency } = options;
  const { name, timeoutSeconds } = lambda.config(functionArn);
  const refuse = (message: string): never => {
    throw new AwsError('InvalidParameterValueException', message);
  };
  if (queue.settings.visibilityTimeoutSeconds < timeoutSeconds) {
    refuse(
      `Queue visibility timeout: ${queue.settings.visibilityTimeoutSeconds} seconds is less than Function timeout: ${timeoutSeconds} seconds`,
    );
  }
  if (batchSize < 1 || batchSize > (queue.isFifo ? FIFO_BATCH_LIMIT : STANDARD_BATCH_LIMIT)) {
    refuse(`Batch size ${batchSize} is not supported for this queue`);
  }
  if (batchSize > FIFO_BATCH_LIMIT && windowSeconds < 1) {
    refuse('Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10');
  }
  if (queue.isFifo && windowSeconds > 0) refuse('Batching window is not supported for FIFO queues');
  if (maximumConcurrency !== undefined && (maximumConcurrency < 2 || maximumConcurrency > 1000)) {
    refuse('MaximumConcurrency must be between 2 and 1000');
  }
  for (const action of ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes']) {
    if (lambda.roleMay(functionArn, action, queue.settings.arn)) continue;
    refuse(
      `The function execution role of ${name} does not have permissions to call ${action.replace('sqs:', '')} on SQS`,
    );
  }
}
