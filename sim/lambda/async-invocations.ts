import { requireArn } from '../arn.ts';
import type { VirtualClock } from '../clock.ts';
import type { SeededRandom } from '../random.ts';
import type { InvocationResult } from './function.ts';

/** How a function's asynchronous invocations are retried, and where their ends are told. */
export interface InvokeConfig {
  readonly maximumRetryAttempts?: number;
  readonly maximumEventAgeSeconds?: number;
  readonly onFailure?: string;
  readonly onSuccess?: string;
}

/** A destination that could not be told. */
export interface LostRecord {
  readonly atMs: number;
  readonly functionArn: string;
  readonly destination: string;
  readonly record: unknown;
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const RETRY_DELAYS_MS = [60_000, 120_000];
const DEFAULT_EVENT_AGE_SECONDS = 6 * 3600;

/** What of Lambda it needs. */
interface Invoked {
  config(functionName: string): { readonly arn: string };
  invoke(functionName: string, event: unknown, requestId?: string): Promise<InvocationResult>;
}

interface Deps {
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  readonly lambda: Invoked;
  mayUse(functionArn: string, action: string, resource: string): boolean;
  sendMessage(queueArn: string, body: string): void;
  publish(topicArn: string, message: string): void;
}

/** One event on its way through its attempts. */
interface Pending {
  readonly functionArn: string;
  readonly event: unknown;
  readonly requestId: string;
  readonly acceptedAtMs: number;
}

/** Lambda's queue of asynchronous invocations: EventBridge and SNS put events into it. */
export class AsyncInvocations {
  /** Records for destinations that the function's role may not use. */
  readonly lost: LostRecord[] = [];
  readonly #deps: Deps;
  readonly #configs = new Map<string, InvokeConfig>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  configure(functionArn: string, config: InvokeConfig): void {
    this.#configs.set(functionArn, config);
  }

  /** Accepts an event. It runs now, and again after one and after two minutes while it fails. */
  accept(functionArn: string, event: unknown): void {
    const { clock, lambda, random } = this.#deps;
    const { arn } = lambda.config(functionArn);
    const pending = { functionArn: arn, event, requestId: random.uuid(), acceptedAtMs: clock.now() };
    this.#schedule(0, pending, 1);
  }

  #schedule(delayMs: number, pending: Pending, attempt: number): void {
    this.#deps.clock.schedule(delayMs, () => {
      // A rejection here is a fault of the simulation; nobody awaits it, so it ends the process, loudly.
      void this.#attempt(pending, attempt);
    });
  }

  async #attempt(pending: Pending, attempt: number): Promise<void> {
    const result = await this.#deps.lambda.invoke(pending.functionArn, pending.event, pending.requestId);
    this.#afterAttempt(pending, attempt, result);
  }

  #afterAttempt(pending: Pending, attempt: number, result: InvocationResult): void {
    const config = this.#configs.get(pending.functionArn) ?? {};
    if (result.kind === 'success') {
      if (config.onSuccess !== undefined) this.#tell(config.onSuccess, pending, attempt, 'Success', result);
      return;
    }
    const delayMs = RETRY_DELAYS_MS[attempt - 1] ?? 0;
    const retryAtMs = this.#deps.clock.now() + delayMs;
    const maxAgeMs = (config.maximumEventAgeSeconds ?? DEFAULT_EVENT_AGE_SECONDS) * 1000;
    const isTooOld = retryAtMs - pending.acceptedAtMs > maxAgeMs;
    const isSpent = attempt > (config.maximumRetryAttempts ?? RETRY_DELAYS_MS.length);
    if (!isSpent && !isTooOld) {
      this.#schedule(delayMs, pending, attempt + 1);
    } else if (config.onFailure !== undefined) {
      const condition = isSpent ? 'RetriesExhausted' : 'EventAgeExceeded';
      this.#tell(config.onFailure, pending, attempt, condition, result);
    }
  }

  #tell(
    destination: string,
    pending: Pending,
    attempts: number,
    condition: string,
    result: InvocationResult,
  ): void {
    const record = invocationRecord(this.#deps.clock.now(), pending, attempts, condition, result);
    const { service } = requireArn(destination);
    if (service !== 'sqs' && service !== 'sns')
      throw new Error(`the destination ${destination} is not modelled`);
    const action = service === 'sqs' ? 'sqs:SendMessage' : 'sns:Publish';
    const { functionArn } = pending;
    if (!this.#deps.mayUse(functionArn, action, destination)) {
      this.lost.push({ atMs: this.#deps.clock.now(), functionArn, destination, record });
      return;
    }
    const body = JSON.stringify(record);
    if (service === 'sqs') this.#deps.sendMessage(destination, body);
    else this.#deps.publish(destination, body);
  }
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
function invocationRecord(
  nowMs: number,
  pending: Pending,
  attempts: number,
  condition: string,
  result: InvocationResult,
): unknown {
  const failed = result.kind === 'failure';
  return {
    version: '1.0',
    timestamp: new Date(nowMs).toISOString(),
    requestContext: {
      requestId: pending.requestId,
      functionArn: `${pending.functionArn}:$LATEST`,
      condition,
      approximateInvokeCount: attempts,
    },
    requestPayload: pending.event,
    responseContext: {
      statusCode: 200,
      executedVersion: '$LATEST',
      ...(failed ? { functionError: 'Unhandled' } : {}),
    },
    responsePayload: failed
      ? {
          errorType: result.errorType,
          errorMessage: result.errorMessage,
          // Lambda puts the stack here; its lines would tell of the machine that runs the simulation.
          trace: [`${result.errorType}: ${result.errorMessage}`],
        }
      : result.payload,
  };
}
