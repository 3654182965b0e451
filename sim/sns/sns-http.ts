import type { VirtualClock } from '../clock.ts';
import {
  confirmationBody,
  messageFor,
  notificationBody,
  type Publication,
  type SnsAddress,
  type Subscription,
} from './sns-messages.ts';

/** A request that SNS sends to a subscribed web site. */
export interface SnsHttpRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Sends it, really or not; answers with the status, or rejects where no answer came. Virtual time goes on meanwhile:
 * where it must not, the sender holds it (`clock.hold`).
 */
export type SendHttp = (request: SnsHttpRequest) => Promise<{ readonly status: number }>;

/** One attempt, once it is over. */
export interface Delivery {
  readonly atMs: number;
  readonly endpoint: string;
  readonly type: MessageType;
  /** The same for each attempt to deliver one message. */
  readonly messageId: string;
  /** What the web site answered, or why there is no answer. */
  readonly outcome: { readonly status: number } | { readonly error: string };
}

type MessageType = 'Notification' | 'SubscriptionConfirmation';

/**
 * The default delivery policy: three more attempts, twenty seconds apart.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
 */
const RETRIES = 3;
const RETRY_DELAY_MS = 20_000;
const TOO_MANY_REQUESTS = 429;

/** SNS towards web sites. Nothing waits for them but their own next attempt. */
export class SnsHttp {
  readonly #clock: VirtualClock;
  readonly #send: SendHttp;
  readonly #addressOf: SnsAddress;
  readonly #tell: (delivery: Delivery) => void;

  /** @param deps.tell is told of each attempt */
  constructor(deps: {
    clock: VirtualClock;
    send: SendHttp;
    addressOf: SnsAddress;
    tell: (delivery: Delivery) => void;
  }) {
    this.#clock = deps.clock;
    this.#send = deps.send;
    this.#addressOf = deps.addressOf;
    this.#tell = deps.tell;
  }

  /** Asks the endpoint whether it wants the messages. */
  askFor(subscription: Subscription, messageId: string): void {
    const about = { messageId, atMs: this.#clock.now() };
    const body = confirmationBody(subscription, about, this.#addressOf);
    this.#attempt(messageTo(subscription, 'SubscriptionConfirmation', messageId, body), RETRIES);
  }

  notify(subscription: Subscription, publication: Publication): void {
    const { raw, protocol, arn } = subscription;
    const body = raw
      ? messageFor(publication, protocol)
      : notificationBody(publication, subscription, this.#addressOf);
    const message = messageTo(subscription, 'Notification', publication.messageId, body);
    const headers = {
      ...message.request.headers,
      'x-amz-sns-subscription-arn': arn,
      ...(raw ? { 'x-amz-sns-rawdelivery': 'true' } : {}),
    };
    this.#attempt({ ...message, request: { ...message.request, headers } }, RETRIES);
  }

  #attempt(message: Message, retries: number): void {
    const { request, ...about } = message;
    const again = (): void => {
      if (retries > 0) this.#clock.schedule(RETRY_DELAY_MS, () => this.#attempt(message, retries - 1));
    };
    const tell = (outcome: Delivery['outcome']): void =>
      this.#tell({ atMs: this.#clock.now(), endpoint: request.url, ...about, outcome });
    void this.#send(request).then(
      ({ status }) => {
        tell({ status });
        // Of the client's errors only this one is worth another attempt.
        if (status >= 500 || status === TOO_MANY_REQUESTS) again();
      },
      (error: unknown) => {
        tell({ error: error instanceof Error ? error.message : String(error) });
        again();
      },
    );
  }
}

interface Message {
  readonly type: MessageType;
  readonly messageId: string;
  readonly request: SnsHttpRequest;
}

function messageTo(subscription: Subscription, type: MessageType, messageId: string, body: string): Message {
  const headers = {
    'content-type': 'text/plain; charset=UTF-8',
    'user-agent': 'Amazon Simple Notification Service Agent',
    'x-amz-sns-message-type': type,
    'x-amz-sns-message-id': messageId,
    'x-amz-sns-topic-arn': subscription.topicArn,
  };
  return { type, messageId, request: { url: subscription.endpoint, headers, body } };
}
