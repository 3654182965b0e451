import type { Deadline } from '../../../shared/domain/work/deadline.ts';
import type { FailureNote } from '../../../shared/domain/work/failure-note.ts';
import type { LogEntry } from '../../../shared/domain/work/log.ts';
import { handleBatch } from '../../../shared/reconcile/batch.ts';

const ENDLESS: Deadline = { isOver: () => false, keep: (work) => work() };

/** `a1` is the first message of group `a`; one without a letter has no group. */
const event = (...ids: readonly string[]) => ({
  Records: ids.map((id) => ({
    messageId: id,
    receiptHandle: `handle of ${id}`,
    attributes: /^[a-z]/.test(id) ? { MessageGroupId: id.charAt(0) } : {},
  })),
});

const failed = (...ids: readonly string[]) => ({
  batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
});

it('groups are worked on at the same time, and their messages in order', async () => {
  const log: string[] = [];
  const first = Promise.withResolvers<void>();
  const answer = handleBatch(event('a1', 'b1', 'a2', 'b2'), { deadline: ENDLESS }, async ({ messageId }) => {
    log.push(`begin ${messageId}`);
    if (messageId === 'a1') await first.promise;
    if (messageId === 'b2') first.resolve();
    log.push(`end ${messageId}`);
  });
  await expect(answer).resolves.toEqual(failed());
  expect(log).toEqual([
    'begin a1',
    'begin b1',
    'end b1',
    'begin b2',
    'end b2',
    'end a1',
    'begin a2',
    'end a2',
  ]);
});

it('no more than ten groups at once', async () => {
  const ids = Array.from({ length: 25 }, (_, index) => String(index));
  let running = 0;
  let most = 0;
  await handleBatch(event(...ids), { deadline: ENDLESS }, async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
  });
  expect(most).toBe(10);
});

it('after a failure the rest of its group is returned untouched, and soon; the others are done', async () => {
  const handled: string[] = [];
  const soon: (readonly string[])[] = [];
  const returns = { soon: async (handles: readonly string[]) => void soon.push(handles) };
  const batch = event('a1', 'b1', 'a2', 'b2', 'a3');
  const answer = await handleBatch(batch, { deadline: ENDLESS, returns }, async ({ messageId }) => {
    handled.push(messageId);
    if (messageId === 'a2') throw new Error('throttled');
  });
  expect(answer).toEqual(failed('a2', 'a3'));
  expect(handled.toSorted()).toEqual(['a1', 'a2', 'b1', 'b2']);
  expect(soon).toEqual([['handle of a2', 'handle of a3']]);
});

it('messages without a group fail each by itself', async () => {
  const answer = handleBatch(event('1', '2', '3'), { deadline: ENDLESS }, async ({ messageId }) => {
    if (messageId === '2') throw new Error('throttled');
  });
  await expect(answer).resolves.toEqual(failed('2'));
});

it('what is left when the time is over is returned without being begun', async () => {
  let isOver = false;
  const deadline: Deadline = { ...ENDLESS, isOver: () => isOver };
  const handled: string[] = [];
  const answer = await handleBatch(event('a1', 'a2', 'a3'), { deadline }, async ({ messageId }) => {
    handled.push(messageId);
    isOver = true;
  });
  expect(handled).toEqual(['a1']);
  expect(answer).toEqual(failed('a2', 'a3'));
});

describe('why a message is returned is written down at its last delivery', () => {
  /** Each message comes for the last time, but those that end in `x`. */
  const delivered = (...ids: readonly string[]) => ({
    Records: event(...ids).Records.map((record) => ({
      ...record,
      attributes: {
        ...record.attributes,
        ApproximateReceiveCount: record.messageId.endsWith('x') ? '4' : '5',
      },
    })),
  });

  function noteBook() {
    const log: (string | FailureNote)[][] = [];
    const entries: LogEntry[] = [];
    const noting = {
      notes: {
        write: async (messageId: string, note: FailureNote) => {
          log.push([messageId, note.code]);
          if (messageId === 'c1') throw new Error('the ledger is away');
        },
      },
      maxDeliveries: 5,
      log: { write: (entry: LogEntry) => void entries.push(entry) },
    };
    const returns = {
      soon: async (handles: readonly string[]) => void log.push(['returned', ...handles.toSorted()]),
    };
    return { log, entries, deps: { noting, returns, deadline: ENDLESS } };
  }

  it('before it is given back, with the failure of its group', async () => {
    const { log, deps } = noteBook();
    await handleBatch(delivered('a1', 'b1', 'a2x', 'a3'), deps, async ({ messageId }) => {
      if (messageId === 'a1') throw new TypeError('broken');
    });
    expect(log).toEqual([
      ['a1', 'TypeError'],
      ['a3', 'TypeError'],
      ['returned', 'handle of a1', 'handle of a2x', 'handle of a3'],
    ]);
  });

  it('also when it was not tried, for want of time', async () => {
    const { log, deps } = noteBook();
    const deadline: Deadline = { ...ENDLESS, isOver: () => true };
    await handleBatch(delivered('a1', 'a2x'), { ...deps, deadline }, async () => undefined);
    expect(log[0]).toEqual(['a1', 'not-tried']);
    expect(log).toHaveLength(2);
  });

  it('where it cannot be, the log says so, and the message is returned all the same', async () => {
    const { entries, deps } = noteBook();
    const answer = await handleBatch(delivered('c1', 'd1'), deps, async ({ messageId }) => {
      if (messageId === 'c1') throw new TypeError('broken');
    });
    expect(answer).toEqual(failed('c1'));
    expect(entries).toEqual([{ code: 'failure.unnoted', messageId: 'c1', reason: 'the ledger is away' }]);
  });
});

it.each([undefined, {}, { Records: 'none' }])('%p is not from a queue', async (other) => {
  await expect(handleBatch(other, { deadline: ENDLESS }, async () => undefined)).rejects.toThrow(TypeError);
});
