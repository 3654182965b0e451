import type { VirtualClock } from '../clock.ts';

/** What of the SDK's options for one request ends its waiting. */
interface Patience {
  readonly requestTimeout?: number | undefined;
  readonly abortSignal?: AbortSignal | undefined;
}

/**
 * Waits for an answer as long as the caller does: `requestTimeout` in virtual time, and until `abortSignal` aborts. The
 * call itself goes on behind the wire, as it does in AWS.
 *
 * @param options what the SDK hands to a request handler
 * @throws the errors of `NodeHttpHandler`: a TimeoutError, an AbortError
 */
export function awaitPatiently<Answer>(
  answer: Promise<Answer>,
  options: unknown,
  clock: VirtualClock,
): Promise<Answer> {
  const { requestTimeout, abortSignal } = patienceOf(options);
  if (requestTimeout === undefined && abortSignal === undefined) return answer;
  return new Promise((resolve, reject) => {
    if (abortSignal?.aborted === true) return reject(aborted());
    const giveUp = (error: Error): void => {
      stopWaiting();
      clock.touch();
      reject(error);
    };
    const onAbort = (): void => giveUp(aborted());
    abortSignal?.addEventListener('abort', onAbort);
    const cancel =
      requestTimeout === undefined
        ? undefined
        : clock.schedule(requestTimeout, () => giveUp(timedOut(requestTimeout)));
    const stopWaiting = (): void => {
      cancel?.();
      abortSignal?.removeEventListener('abort', onAbort);
    };
    void answer.then(resolve, reject).finally(stopWaiting);
  });
}

const patienceOf = (options: unknown): Patience =>
  typeof options === 'object' && options !== null ? options : {};

const timedOut = (ms: number): Error =>
  Object.assign(new Error(`a request has exceeded the configured ${ms} ms requestTimeout.`), {
    name: 'TimeoutError',
    code: 'ETIMEDOUT',
  });

const aborted = (): Error => Object.assign(new Error('Request aborted'), { name: 'AbortError' });
