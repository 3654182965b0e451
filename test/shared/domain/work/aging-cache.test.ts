import { AgingCache } from '../../../../shared/domain/work/aging-cache.ts';

function aCache(maxAgeMs = 1000) {
  let nowMs = 0;
  let reads = 0;
  const cache = new AgingCache<number, number>({ now: () => nowMs, sleep: async () => undefined }, maxAgeMs);
  const get = (key: number) => cache.get(key, async () => ++reads);
  return { cache, get, reads: () => reads, pass: (ms: number) => (nowMs += ms) };
}

it('an answer serves until it is old', async () => {
  const { get, pass } = aCache();
  expect([await get(1), await get(1)]).toEqual([1, 1]);
  pass(1000);
  expect(await get(1)).toBe(2);
});

it('thousands of keys do not stay: the oldest goes', async () => {
  const { get, reads } = aCache();
  for (let key = 0; key <= 1000; key++) await get(key);
  await get(1);
  expect(reads()).toBe(1001);
  await get(0);
  expect(reads()).toBe(1002);
});

it('a failure that comes late does not take away the answer that came after it', async () => {
  const { cache, reads, get } = aCache();
  let fail = (): void => undefined;
  const late = cache.get(
    1,
    () => new Promise((_resolve, reject) => (fail = () => reject(new Error('late')))),
  );
  cache.clear();
  await get(1);
  fail();
  await expect(late).rejects.toThrow('late');
  await get(1);
  expect(reads()).toBe(1);
});
