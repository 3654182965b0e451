import type { VirtualClock } from '../clock.ts';
import {
  confirmationBody,
  messageFor,
  notificationBody,
  type Publication,
  type Subscription,
} from './sns-messages.ts';

/** A request that SNS sends to a subscribed web site. */
export interface SnsHttpRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends it, really or not; answers with the status, or rejects where no answer came. */
export type SendHttp = (request: SnsHttpRequest) => Promise<{ readonly status: number }>;

/**
 * The default delivery policy: three more attempts, twenty seconds apart.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
 */
const RETRIES = 3;
const RETRY_DELAY_MS = 20_000;
const TOO_MANY_REQUESTS = 429;

/** SNS towards web sites. Real sending takes no virtual time; waiting for the next attempt does. */
export class SnsHttp {
  readonly #clock: VirtualClock;
  readonly #send: SendHttp;

  constructor(clock: VirtualClock, send: SendHttp) {
    this.#clock = clock;
    this.#send = send;
  }

  /** Asks the endpoint whether it wants the messages. */
  askFor(subscription: Subscription, messageId: string): void {
    const body = confirmationBody(subscription, messageId, this.#clock.now());
    this.#attempt(request(subscription, 'SubscriptionConfirmation', messageId, body), RETRIES);
  }

  notify(subscription: Subscription, publication: Publication): void {
    const { messageId } = publication;
    const sent = request(
      subscription,
      'Notification',
      messageId,
      subscription.raw
        ? messageFor(publication, subscription.protocol)
        : notificationBody(publication, subscription),
    );
    const headers = { ...sent.headers, 'x-amz-sns-subscription-arn': subscription.arn };
    this.#attempt(
      { ...sent, headers: subscription.raw ? { ...headers, 'x-amz-sns-rawdelivery': 'true' } : headers },
      RETRIES,
    );
  }

  #attempt(sent: SnsHttpRequest, retries: number): void {
    const again = (): void => {
      if (retries > 0) this.#clock.schedule(RETRY_DELAY_MS, () => this.#attempt(sent, retries - 1));
    };
    void this.#clock.hold(this.#send(sent)).then(({ status }) => {
      // Of the client's errors only this one is worth another attempt.
      if (status >= 500 || status === TOO_MANY_REQUESTS) again();
    }, again);
  }
}

function request(
  subscription: Subscription,
  type: 'Notification' | 'SubscriptionConfirmation',
  messageId: string,
  body: string,
): SnsHttpRequest {
  return {
    url: subscription.endpoint,
    headers: {
      'content-type': 'text/plain; charset=UTF-8',
      'user-agent': 'Amazon Simple Notification Service Agent',
      'x-amz-sns-message-type': type,
      'x-amz-sns-message-id': messageId,
      'x-amz-sns-topic-arn': subscription.topicArn,
    },
    body,
  };
}
