import { createHash } from 'node:crypto';

import type { VirtualClock } from '../clock.ts';
import type { SeededRandom } from '../random.ts';
import { AwsError } from '../types.ts';
import type { QueueSettings } from './sqs-settings.ts';

/** A message attribute as SQS keeps it. */
export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: Uint8Array;
}

export interface NewMessage {
  readonly body: string;
  readonly attributes?: Readonly<Record<string, MessageAttribute>>;
  readonly delaySeconds?: number;
  readonly groupId?: string;
  readonly deduplicationId?: string;
  readonly senderId: string;
}

/** A message as a receiver gets it. */
export interface QueueMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly md5OfBody: string;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  /** `ApproximateReceiveCount`, `SentTimestamp`, `MessageGroupId`, … */
  readonly system: Readonly<Record<string, string>>;
}

interface Stored extends NewMessage {
  readonly messageId: string;
  readonly sequenceNumber: string;
  readonly sentAt: number;
  readonly deadLetterSource?: string;
  visibleAt: number;
  receiveCount: number;
  firstReceivedAt?: number;
  receiptHandle?: string;
}

/** A FIFO queue forgets a deduplication id after five minutes. */
const DEDUPLICATION_MS = 5 * 60_000;
/** SQS never has more than this many messages of a queue in flight (standard; 20,000 for FIFO since 2024). */
const IN_FLIGHT_LIMIT = 120_000;

export const md5 = (text: string): string => createHash('md5').update(text, 'utf8').digest('hex');

/** One queue: what is in it, what is in flight, what goes to the dead-letter queue. */
export class Queue {
  /** Whether SQS forgets a delete, as it may at any time: the message comes again when its timeout is over. */
  losesDelete: () => boolean = () => false;
  readonly createdAtMs: number;
  /** When its attributes were last set. */
  modifiedAtMs: number;
  #settings: QueueSettings;
  readonly #clock: VirtualClock;
  readonly #random: SeededRandom;
  readonly #findQueue: (arn: string) => Queue | undefined;
  #messages: Stored[] = [];
  #sequence = 0;
  readonly #deduplication = new Map<string, { at: number; messageId: string; sequenceNumber: string }>();
  readonly #listeners = new Set<(visibleAt: number) => void>();

  constructor(deps: {
    settings: QueueSettings;
    clock: VirtualClock;
    random: SeededRandom;
    findQueue: (arn: string) => Queue | undefined;
  }) {
    this.#settings = deps.settings;
    this.#clock = deps.clock;
    this.createdAtMs = deps.clock.now();
    this.modifiedAtMs = this.createdAtMs;
    this.#random = deps.random;
    this.#findQueue = deps.findQueue;
  }

  get settings(): QueueSettings {
    return this.#settings;
  }

  /** Changes attributes, as `SetQueueAttributes` does; messages in the queue stay as they are. */
  configure(settings: Partial<QueueSettings>): void {
    this.#settings = { ...this.#settings, ...settings };
    this.modifiedAtMs = this.#clock.now();
  }

  get isFifo(): boolean {
    return this.settings.fifo;
  }

  /** Calls `listener` with the instant at which a message becomes visible; gives the function that stops it. */
  onMessage(listener: (visibleAt: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Adds a message; a FIFO queue answers a repeated deduplication id with the first message's ids. */
  send(message: NewMessage): { messageId: string; sequenceNumber: string } {
    const now = this.#clock.now();
    const deduplicationId = this.#deduplicationId(message);
    const scope = this.settings.deduplicationScope === 'messageGroup' ? message.groupId : '';
    const key = `${scope}/${deduplicationId}`;
    const known = deduplicationId === undefined ? undefined : this.#deduplication.get(key);
    if (known !== undefined && known.at + DEDUPLICATION_MS > now) return known;

    const messageId = this.#random.uuid();
    const sequenceNumber = String(18_850_000_000_000_000_000n + BigInt(this.#sequence++) * 256n);
    const delaySeconds = message.delaySeconds ?? this.settings.delaySeconds;
    const visibleAt = now + delaySeconds * 1000;
    const ids = deduplicationId === undefined ? {} : { deduplicationId };
    this.#add({ ...message, ...ids, messageId, sequenceNumber, sentAt: now, visibleAt, receiveCount: 0 });
    if (deduplicationId !== undefined) {
      this.#deduplication.set(key, { at: now, messageId, sequenceNumber });
    }
    return { messageId, sequenceNumber };
  }

  /** Takes up to `max` visible messages and hides them for `visibilityTimeoutSeconds`. */
  receive(max: number, visibilityTimeoutSeconds = this.settings.visibilityTimeoutSeconds): QueueMessage[] {
    this.#expire();
    const now = this.#clock.now();
    const received: QueueMessage[] = [];
    const room = Math.min(max, IN_FLIGHT_LIMIT - this.counts().inFlight);
    for (const message of this.#deliverable()) {
      if (received.length >= room) break;
      message.receiveCount++;
      message.firstReceivedAt ??= now;
      message.visibleAt = now + visibilityTimeoutSeconds * 1000;
      message.receiptHandle = this.#random.hex(40);
      received.push(this.#received(message, message.receiptHandle));
    }
    return received;
  }

  /**
   * Deletes by receipt handle. A handle that is no longer the message's last one deletes nothing.
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html
   */
  delete(receiptHandle: string): void {
    const message = this.#messages.find((candidate) => candidate.receiptHandle === receiptHandle);
    if (message === undefined) return;
    if (this.isFifo && message.visibleAt <= this.#clock.now()) {
      throw new AwsError(
        'InvalidParameterValue',
        `Value ${receiptHandle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.`,
      );
    }
    if (this.losesDelete()) {
      this.#announce(message.visibleAt);
      return;
    }
    this.#messages = this.#messages.filter((candidate) => candidate !== message);
    // The next message of the group is free now.
    if (this.isFifo) this.#announce(this.#clock.now());
  }

  changeVisibility(receiptHandle: string, seconds: number): void {
    const message = this.#messages.find((candidate) => candidate.receiptHandle === receiptHandle);
    if (message === undefined || message.visibleAt <= this.#clock.now()) {
      throw new AwsError('MessageNotInflight', 'The specified message is not in flight.');
    }
    message.visibleAt = this.#clock.now() + seconds * 1000;
    this.#announce(message.visibleAt);
  }

  purge(): void {
    this.#messages = [];
  }

  /** Messages by state: visible, in flight (received, not deleted), delayed. */
  counts(): { visible: number; inFlight: number; delayed: number } {
    this.#expire();
    const now = this.#clock.now();
    const hidden = this.#messages.filter((message) => message.visibleAt > now);
    const inFlight = hidden.filter((message) => message.receiveCount > 0).length;
    return {
      visible: this.#messages.length - hidden.length,
      inFlight,
      delayed: hidden.length - inFlight,
    };
  }

  /** Everything in the queue, oldest first, without receiving it; for tests and timelines. */
  peek(): readonly {
    messageId: string;
    body: string;
    attributes: Readonly<Record<string, MessageAttribute>>;
  }[] {
    this.#expire();
    return this.#messages.map(({ messageId, body, attributes = {} }) => ({ messageId, body, attributes }));
  }

  /** Tells listeners when the message will be visible again; for a consumer that failed to handle it. */
  announceRetry(receiptHandle: string): void {
    const message = this.#messages.find((candidate) => candidate.receiptHandle === receiptHandle);
    if (message !== undefined) this.#announce(message.visibleAt);
  }

  #add(message: Stored): void {
    this.#messages.push(message);
    this.#announce(message.visibleAt);
  }

  #announce(visibleAt: number): void {
    for (const listener of this.#listeners) listener(visibleAt);
  }

  #deduplicationId(message: NewMessage): string | undefined {
    if (!this.isFifo) return undefined;
    if (message.groupId === undefined) {
      throw new AwsError('MissingParameter', 'The request must contain the parameter MessageGroupId.');
    }
    if (message.deduplicationId !== undefined) return message.deduplicationId;
    if (this.settings.contentBasedDeduplication) {
      return createHash('sha256').update(message.body, 'utf8').digest('hex');
    }
    throw new AwsError(
      'InvalidParameterValue',
      'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    );
  }

  /** Visible messages in the order in which they may go out; spent ones leave for the dead-letter queue. */
  *#deliverable(): Generator<Stored> {
    const now = this.#clock.now();
    const blocked = new Set<string>();
    for (const message of this.#ordered()) {
      const group = this.isFifo ? message.groupId : undefined;
      if (group !== undefined && blocked.has(group)) continue;
      if (message.visibleAt > now) {
        // A FIFO group waits for its message in flight, or delayed.
        if (group !== undefined) blocked.add(group);
        continue;
      }
      if (this.#redrive(message)) continue;
      yield message;
    }
  }

  /** FIFO: as many messages as possible of the group whose message is the oldest, then the next group's. */
  #ordered(): readonly Stored[] {
    if (!this.isFifo) return [...this.#messages];
    return [...Map.groupBy(this.#messages, (message) => message.groupId).values()].flat();
  }

  /** Moves a message that was received too often, as SQS does when somebody would receive it once more. */
  #redrive(message: Stored): boolean {
    const { redrive } = this.settings;
    if (redrive === undefined || message.receiveCount < redrive.maxReceiveCount) return false;
    const target = this.#findQueue(redrive.deadLetterTargetArn);
    if (target === undefined) return false;
    this.#messages = this.#messages.filter((candidate) => candidate !== message);
    const { receiptHandle: _handle, firstReceivedAt: _first, ...rest } = message;
    const visibleAt = this.#clock.now();
    target.#add({ ...rest, receiveCount: 0, visibleAt, deadLetterSource: this.settings.arn });
    return true;
  }

  /**
   * Moves visible messages to other queues, where they are new: with ids of their own, never received, sent now.
   *
   * @param targetOf where a message goes that came from this dead-letter source
   * @returns how many went, and whether one had nowhere to go; that one stays
   */
  moveVisible(
    max: number,
    targetOf: (source: string | undefined) => Queue | undefined,
  ): { readonly moved: number; readonly isStuck: boolean } {
    this.#expire();
    const now = this.#clock.now();
    const moving = this.#ordered()
      .filter(({ visibleAt }) => visibleAt <= now)
      .slice(0, max);
    for (const [moved, message] of moving.entries()) {
      const target = targetOf(message.deadLetterSource);
      if (target === undefined) return { moved, isStuck: true };
      this.#messages = this.#messages.filter((candidate) => candidate !== message);
      const { receiptHandle: _handle, firstReceivedAt: _first, deadLetterSource: _source, ...rest } = message;
      const messageId = this.#random.uuid();
      target.#add({ ...rest, messageId, sentAt: now, visibleAt: now, receiveCount: 0 });
    }
    return { moved: moving.length, isStuck: false };
  }

  #expire(): void {
    const oldest = this.#clock.now() - this.settings.retentionSeconds * 1000;
    this.#messages = this.#messages.filter((message) => message.sentAt > oldest);
  }

  #received(message: Stored, receiptHandle: string): QueueMessage {
    const fifo = {
      ...(message.groupId === undefined ? {} : { MessageGroupId: message.groupId }),
      ...(message.deduplicationId === undefined ? {} : { MessageDeduplicationId: message.deduplicationId }),
      ...(this.isFifo ? { SequenceNumber: message.sequenceNumber } : {}),
    };
    return {
      messageId: message.messageId,
      receiptHandle,
      body: message.body,
      md5OfBody: md5(message.body),
      attributes: message.attributes ?? {},
      system: {
        ApproximateReceiveCount: String(message.receiveCount),
        SentTimestamp: String(message.sentAt),
        SenderId: message.senderId,
        ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt ?? message.sentAt),
        ...fifo,
        ...(message.deadLetterSource === undefined
          ? {}
          : { DeadLetterQueueSourceArn: message.deadLetterSource }),
      },
    };
  }
}
