import type { STSClientConfig } from '@aws-sdk/client-sts';
import { REQUEST_HEADER } from '@smithy/core/retry';

import type { VirtualClock } from '../clock.ts';
import type { SeededRandom } from '../random.ts';

/** What an SDK client takes as its `retryStrategy`. */
type Configured = NonNullable<STSClientConfig['retryStrategy']>;
export type SdkRetryStrategy = Extract<Configured, { acquireInitialRetryToken: unknown }>;
type Token = Awaited<ReturnType<SdkRetryStrategy['acquireInitialRetryToken']>>;
type ErrorInfo = Parameters<SdkRetryStrategy['refreshRetryTokenForRetry']>[1];

/** The SDK's own delays: exponential with full jitter, longer after throttling. */
const BASE_DELAY_MS = 50;
const THROTTLED_BASE_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 20_000;
/** The SDK's default, for a client that does not say. */
const DEFAULT_MAX_ATTEMPTS = 3;

/**
 * The SDK's standard retry strategy in virtual time. The SDK's own sleeps by `setTimeout` and draws its jitter from
 * `Math.random`: a run would be slow, and different each time. What is retried, and how often, stays as the client
 * is configured; the quota of retries and the adaptive mode's rate limiter are left out.
 */
export class VirtualRetries implements SdkRetryStrategy {
  readonly #clock: VirtualClock;
  readonly #random: SeededRandom;
  /** What each answer's client allows, by the answer, or by the error where there was none. */
  readonly #maxAttempts = new WeakMap<object, number>();

  constructor(clock: VirtualClock, random: SeededRandom) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Keeps how often the sender of a request would send it: the SDK says so in a header. */
  noteAttempts(requestHeaders: Readonly<Record<string, string>>, ending: object): void {
    const [, max] = /max=(\d+)/.exec(requestHeaders[REQUEST_HEADER] ?? '') ?? [];
    if (max !== undefined) this.#maxAttempts.set(ending, Number(max));
  }

  /** The same for a request that nobody has answered in time. */
  async noteFailure<Answer>(
    requestHeaders: Readonly<Record<string, string>>,
    answer: Promise<Answer>,
  ): Promise<Answer> {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof Error) this.noteAttempts(requestHeaders, error);
      throw error;
    }
  }

  async acquireInitialRetryToken(): Promise<Token> {
    return retryToken(0);
  }

  async refreshRetryTokenForRetry(token: Token, errorInfo: ErrorInfo): Promise<Token> {
    const { errorType, error } = errorInfo;
    const retries = token.getRetryCount();
    const isRetried = errorType === 'THROTTLING' || errorType === 'TRANSIENT';
    const ending: unknown = error?.$response ?? error;
    const maxAttempts =
      typeof ending === 'object' && ending !== null ? this.#maxAttempts.get(ending) : undefined;
    if (!isRetried || retries + 1 >= (maxAttempts ?? DEFAULT_MAX_ATTEMPTS)) {
      throw new Error('No retry token available');
    }
    const baseMs = errorType === 'THROTTLING' ? THROTTLED_BASE_DELAY_MS : BASE_DELAY_MS;
    const ceilingMs = Math.min(LONGEST_DELAY_MS, baseMs * 2 ** retries);
    await this.#clock.sleep(Math.floor(this.#random.next() * ceilingMs));
    return retryToken(retries + 1);
  }

  recordSuccess(): void {
    // Only the quota, which is not modelled, would be given back here.
  }
}

/** The delay is over when the token is handed out. */
const retryToken = (count: number): Token => ({ getRetryCount: () => count, getRetryDelay: () => 0 });
