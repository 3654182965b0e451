import { AsyncLocalStorage } from 'node:async_hooks';
import { OutOfTime, type Deadline } from '../domain/work/deadline.ts';

/**
 * The signal of the deadline that the running code keeps. It follows the code through every `await`, down to the request
 * handler of the SDK's clients, which outlive an invocation and serve all of its work.
 */
const kept = new AsyncLocalStorage<AbortSignal>();

/** Aborts when the code that asks has no time left; absent where it keeps no deadline. */
export const keptSignal = (): AbortSignal | undefined => kept.getStore();

/** A deadline that somebody else's timer calls. */
export class Stopwatch implements Deadline {
  readonly #controller = new AbortController();

  stop(): void {
    this.#controller.abort();
  }

  isOver(): boolean {
    return this.#controller.signal.aborted;
  }

  async keep<Result>(work: () => Promise<Result>): Promise<Result> {
    const { signal } = this.#controller;
    if (signal.aborted) throw new OutOfTime();
    let onStop = (): void => undefined;
    // Listens before any request does, so that the reason is the time and not the request that was given up for it.
    const stopped = new Promise<never>((_resolve, reject) => {
      onStop = () => reject(new OutOfTime());
      signal.addEventListener('abort', onStop);
    });
    try {
      return await Promise.race([kept.run(signal, work), stopped]);
    } finally {
      signal.removeEventListener('abort', onStop);
    }
  }
}
