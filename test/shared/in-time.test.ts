import { keptSignal } from '../../shared/aws/stopwatch.ts';
import type { Deadline } from '../../shared/domain/work/deadline.ts';
import { inTime } from '../../shared/in-time.ts';
import { VirtualClock } from '../../sim/clock.ts';

const never = (): Promise<never> => new Promise(() => undefined);

/** A handler with so much time left, on a clock of its own. */
function timed(leftMs: number, work: (event: unknown, deadline: Deadline) => Promise<unknown>) {
  const clock = new VirtualClock(0);
  const handler = inTime({ after: (ms, run) => clock.schedule(ms, run) }, work);
  return { clock, answer: handler('event', { getRemainingTimeInMillis: () => leftMs }) };
}

it('answers what the work answers, and leaves no timer behind', async () => {
  const { clock, answer } = timed(120_000, async (event) => event);
  await expect(answer).resolves.toBe('event');
  await clock.run();
  expect(clock.now()).toBe(0);
});

it.each([
  [120_000, 119_000],
  [30_000, 29_000],
  [2_000, 1_500],
])('with %d ms left the answer is there after %d ms', async (leftMs, answerMs) => {
  const { clock, answer } = timed(leftMs, never);
  await expect(clock.drive(answer)).rejects.toMatchObject({ name: 'OutOfTime' });
  expect(clock.now()).toBe(answerMs);
});

it.each([
  [120_000, 110_000],
  [30_000, 22_500],
])('with %d ms left work ends after %d ms, and there is time to say so', async (leftMs, workMs) => {
  const ends: unknown[] = [];
  const { clock, answer } = timed(leftMs, async (_event, deadline) => {
    const end = await deadline.keep(never).catch((error: unknown) => error);
    ends.push(end, deadline.isOver(), keptSignal()?.aborted);
    return 'told';
  });
  await expect(clock.drive(answer)).resolves.toBe('told');
  expect(clock.now()).toBe(workMs);
  expect(ends).toEqual([expect.objectContaining({ name: 'OutOfTime' }), true, false]);
});

it('work that begins when the time is over does not begin', async () => {
  const begun: string[] = [];
  const { clock, answer } = timed(120_000, async (_event, deadline) => {
    await deadline.keep(never).catch(() => undefined);
    return deadline.keep(async () => begun.push('late'));
  });
  await expect(clock.drive(answer)).rejects.toMatchObject({ name: 'OutOfTime' });
  expect(begun).toEqual([]);
});

it('what is left of the work still knows that its time is over, whatever runs then', async () => {
  const { promise: over, resolve: goOn } = Promise.withResolvers<void>();
  const { promise: seen, resolve: see } = Promise.withResolvers<boolean | undefined>();
  const { clock, answer } = timed(120_000, async (_event, deadline) =>
    deadline.keep(async () => {
      await over;
      see(keptSignal()?.aborted);
    }),
  );
  await expect(clock.drive(answer)).rejects.toMatchObject({ name: 'OutOfTime' });
  goOn();
  await expect(seen).resolves.toBe(true);
  expect(keptSignal()).toBeUndefined();
});

it('a failure of the work is the answer', async () => {
  const { answer } = timed(120_000, () => Promise.reject(new Error('throttled')));
  await expect(answer).rejects.toThrow('throttled');
});

it('a context that does not say how much time is left is a fault', async () => {
  const handler = inTime({ after: () => () => undefined }, never);
  await expect(handler({}, {})).rejects.toThrow('how much time is left');
});

it('much work at once is not taken for a leak', async () => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => warnings.push(warning);
  process.on('warning', onWarning);
  const { clock, answer } = timed(120_000, (_event, deadline) =>
    Promise.allSettled(Array.from({ length: 100 }, () => deadline.keep(never))),
  );
  await expect(clock.drive(answer)).resolves.toHaveLength(100);
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', onWarning);
  expect(warnings).toEqual([]);
});
