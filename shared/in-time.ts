import { Stopwatch } from './aws/stopwatch.ts';
import type { Deadline } from './domain/work/deadline.ts';
import type { Platform } from './platform.ts';

/** Left for what follows when work has no time left: to write down why, and to give messages back. */
const CLOSING_MS = 10_000;
/** Left for the answer to reach Lambda. */
const ANSWER_MS = 1_000;
/** Short functions leave less. */
const MAX_SHARE = 4;

/**
 * A handler that answers before its function's time is over, so that what it has done counts as done, and a failure is
 * told as one. Lambda kills a function that is late: none of its batch counts then.
 *
 * @param work gets the deadline for its work, which is some seconds before that of its answer
 * @returns a handler that rejects with OutOfTime rather than be late
 */
export function inTime(
  platform: Pick<Platform, 'after'>,
  work: (event: unknown, deadline: Deadline) => Promise<unknown>,
): (event: unknown, context: unknown) => Promise<unknown> {
  return async (event, context) => {
    const leftMs = remainingMs(context);
    const [answer, working] = [new Stopwatch(), new Stopwatch()];
    const cancels = [
      platform.after(leftMs - Math.min(ANSWER_MS, leftMs / MAX_SHARE), () => answer.stop()),
      platform.after(leftMs - Math.min(CLOSING_MS, leftMs / MAX_SHARE), () => working.stop()),
    ];
    try {
      return await answer.keep(() => work(event, working));
    } finally {
      for (const cancel of cancels) cancel();
    }
  };
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
function remainingMs(context: unknown): number {
  if (hasRemainingTime(context)) return context.getRemainingTimeInMillis();
  throw new TypeError('the context of the invocation does not say how much time is left');
}

const hasRemainingTime = (context: unknown): context is { getRemainingTimeInMillis: () => number } =>
  typeof context === 'object' &&
  context !== null &&
  'getRemainingTimeInMillis' in context &&
  typeof context.getRemainingTimeInMillis === 'function';
