import { NodeHttpHandler } from '@smithy/node-http-handler';
import { keptSignal } from './stopwatch.ts';

type Request = Parameters<NodeHttpHandler['handle']>[0];
type Options = Parameters<NodeHttpHandler['handle']>[1];

/** What carries the requests of an SDK client, in the SDK's own terms. */
export type RequestHandler = Pick<NodeHttpHandler, 'handle'>;

/** How long a client waits. */
export interface Patience {
  readonly connectionMs: number;
  readonly answerMs: number;
}

/**
 * A connection in AWS's network takes milliseconds; a lost packet is sent again after one second. The longest lists take
 * some seconds; see MAX_UNANSWERED for why it is not more.
 */
const USUAL: Patience = { connectionMs: 3_000, answerMs: 7_000 };
/**
 * So often an invocation lets an endpoint not answer one client, which is one account and region, before it asks it no
 * more: with the SDK's five attempts each call to one that hangs would take half a minute.
 */
const MAX_UNANSWERED = 2;

/**
 * HTTP that never waits for ever: for a connection, for an answer, and when the invocation has no time left not at all.
 * One for each client.
 */
export class TimedHttp implements RequestHandler {
  readonly #http: RequestHandler;
  readonly #patience: Patience;
  /** How often there was no answer, by the deadline that the caller kept. */
  readonly #unanswered = new WeakMap<AbortSignal, number>();

  /** @param http what carries the requests in the place of HTTP */
  constructor(http?: RequestHandler, patience: Patience = USUAL) {
    this.#patience = patience;
    this.#http =
      http ??
      new NodeHttpHandler({
        connectionTimeout: patience.connectionMs,
        // Between the beginning of an answer and its end.
        socketTimeout: patience.answerMs,
        // Without this the handler only logs a warning.
        throwOnRequestTimeout: true,
      });
  }

  /** @throws the SDK's TimeoutError or AbortError, or {@link NoAnswer} */
  async handle(request: Request, options: Options = {}): ReturnType<RequestHandler['handle']> {
    const signal = keptSignal();
    const unanswered = signal === undefined ? 0 : (this.#unanswered.get(signal) ?? 0);
    if (unanswered >= MAX_UNANSWERED) throw new NoAnswer();
    try {
      return await this.#http.handle(request, {
        requestTimeout: this.#patience.answerMs,
        ...options,
        ...(signal === undefined ? {} : { abortSignal: signal }),
      });
    } catch (error) {
      // Requests that were under way together have not been answered once.
      if (signal !== undefined && isTimeout(error)) this.#unanswered.set(signal, unanswered + 1);
      throw error;
    }
  }
}

/** Has the code of a timeout, for it is one; and another name, because those of that name are tried again. */
class NoAnswer extends Error {
  readonly Code = 'TimeoutError';

  constructor() {
    super(`the endpoint has not answered ${MAX_UNANSWERED} times, and is not asked again by this invocation`);
    this.name = 'NoAnswer';
  }
}

const isTimeout = (error: unknown): boolean => error instanceof Error && error.name === 'TimeoutError';
