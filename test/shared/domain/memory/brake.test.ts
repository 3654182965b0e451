import fc from 'fast-check';
import {
  admission,
  BRAKE_WINDOW_MS,
  brakeState,
  MAX_CUT,
  NEW_BRAKE,
  withRelease,
  type BrakeMemory,
} from '../../../../shared/domain/memory/brake.ts';
import type { PeeringId } from '../../../../shared/domain/facts/ids.ts';
import { peeringId } from '../../../support/ids.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const ARN = 'arn:aws:sts::999988887777:assumed-role/NetworkAdmin/jo';

const peering = (number: number): PeeringId => peeringId(`pcx-${number.toString(16).padStart(8, '0')}`);
const release = (at: number, count: number, until: number) => ({ at, count, until, by: ARN });

/** Asks for a peering, and keeps what is to be stored. */
function ask(memory: BrakeMemory, number: number, atMost: number, now: number) {
  const decided = admission(memory, peering(number), atMost, now);
  return { kind: decided.kind, memory: decided.kind === 'admitted' ? decided.memory : memory };
}

function releasedIn(memory: BrakeMemory, at: number, count: number, until: number): BrakeMemory {
  const released = withRelease(memory, release(at, count, until), at);
  if (released === undefined) throw new Error('the release was refused');
  return released;
}

test('lets so many peerings through, then no more', () => {
  const one = ask(NEW_BRAKE, 1, 2, 0);
  const two = ask(one.memory, 2, 2, 1);
  expect([one.kind, two.kind, ask(two.memory, 3, 2, 2).kind]).toEqual(['admitted', 'admitted', 'full']);
});

test('the same peering counts once', () => {
  const { memory } = ask(NEW_BRAKE, 1, 1, 0);
  expect(ask(memory, 1, 1, 59 * MINUTE).kind).toBe('counted');
});

test('after 60 minutes a peering takes no room, and counts anew', () => {
  const { memory } = ask(NEW_BRAKE, 1, 1, 0);
  expect(ask(memory, 2, 1, BRAKE_WINDOW_MS - 1).kind).toBe('full');
  expect(ask(memory, 2, 1, BRAKE_WINDOW_MS).kind).toBe('admitted');
  expect(ask(memory, 1, 1, BRAKE_WINDOW_MS).kind).toBe('admitted');
});

test('one that a clock ahead of ours wrote counts', () => {
  const { memory } = ask(NEW_BRAKE, 1, 1, 5 * MINUTE);
  expect(ask(memory, 2, 1, 0).kind).toBe('full');
});

test('none at most is none', () => {
  expect(ask(NEW_BRAKE, 1, 0, 0).kind).toBe('full');
});

test('a release lets so many further peerings through, until its end', () => {
  const { memory } = ask(NEW_BRAKE, 1, 1, 0);
  const released = releasedIn(memory, 0, 1, 30 * MINUTE);
  const two = ask(released, 2, 1, 1);
  expect(two.kind).toBe('admitted');
  expect(ask(two.memory, 3, 1, 2).kind).toBe('full');
  expect(ask(released, 2, 1, 30 * MINUTE).kind).toBe('full');
});

test('a release is not used while there is room without it, and not filled up again', () => {
  const released = releasedIn(NEW_BRAKE, 0, 1, 3 * BRAKE_WINDOW_MS);
  const one = ask(released, 1, 1, 0);
  expect(one.memory.releases[0]?.used).toBe(0);
  const two = ask(one.memory, 2, 1, 0);
  expect(two.memory.releases[0]?.used).toBe(1);
  const three = ask(two.memory, 3, 1, BRAKE_WINDOW_MS);
  expect(three.kind).toBe('admitted');
  expect(ask(three.memory, 4, 1, BRAKE_WINDOW_MS).kind).toBe('full');
});

test('what a release let through takes no room after its end', () => {
  const { memory } = ask(releasedIn(ask(NEW_BRAKE, 1, 1, 0).memory, 0, 1, MINUTE), 2, 1, 0);
  expect(ask(memory, 3, 2, 2 * MINUTE).kind).toBe('admitted');
});

test('releases add up; the one that ends first is used first', () => {
  const { memory } = ask(NEW_BRAKE, 1, 1, 0);
  const released = releasedIn(releasedIn(memory, 0, 1, 20 * MINUTE), 1, 1, 10 * MINUTE);
  const two = ask(released, 2, 1, 2);
  expect(two.memory.releases.map(({ used }) => used)).toEqual([0, 1]);
  const three = ask(two.memory, 3, 1, 2);
  expect(three.memory.releases.map(({ used }) => used)).toEqual([1, 1]);
  expect(ask(three.memory, 4, 1, 3).kind).toBe('full');
});

test('what is in force is apart from what was', () => {
  const { memory } = ask(releasedIn(releasedIn(NEW_BRAKE, 0, 3, MINUTE), 1, 4, 3 * MINUTE), 1, 1, 0);
  const state = brakeState(memory, 2 * MINUTE);
  expect(state.cut).toEqual([{ peeringId: peering(1), at: 0 }]);
  expect(state.releases.map(({ count }) => count)).toEqual([4]);
  expect(state.past.map(({ count }) => count)).toEqual([3]);
  expect(brakeState(memory, BRAKE_WINDOW_MS).cut).toEqual([]);
});

describe('the record of releases', () => {
  const many = (count: number, until: (at: number) => number): BrakeMemory => {
    let memory = NEW_BRAKE;
    for (let at = 0; at < count; at++) memory = releasedIn(memory, at, at + 1, until(at));
    return memory;
  };

  test('keeps the last hundred, those that run first of all', () => {
    const counts = many(150, (at) => (at === 0 ? DAY : at + 1)).releases.map(({ count }) => count);
    expect(counts).toHaveLength(100);
    expect([counts[0], counts[1], counts.at(-1)]).toEqual([1, 52, 150]);
  });

  test('of 400 days', () => {
    const later = releasedIn(
      many(2, (at) => at + 1),
      400 * DAY,
      9,
      401 * DAY,
    );
    expect(later.releases.map(({ count }) => count)).toEqual([2, 9]);
  });

  test('refuses one more than a hundred that run', () => {
    expect(
      withRelease(
        many(100, () => DAY),
        release(200, 1, DAY),
        200,
      ),
    ).toBeUndefined();
  });
});

test('the memory fits into an item of 400 KB, whatever is allowed', () => {
  let memory = NEW_BRAKE;
  for (let number = 0; number <= MAX_CUT; number++)
    memory = ask(memory, number, 1e9, 1_700_000_000_000).memory;
  expect(memory.cut).toHaveLength(MAX_CUT);
  expect(JSON.stringify(memory).length).toBeLessThan(300_000);
});

type Step =
  | { readonly kind: 'ask'; readonly number: number; readonly after: number }
  | { readonly kind: 'release'; readonly count: number; readonly forMs: number; readonly after: number };

const after = fc.integer({ min: 0, max: 20 }).map((minutes) => minutes * MINUTE);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('ask' as const), number: fc.nat(12), after }) },
  fc.record({
    kind: fc.constant('release' as const),
    count: fc.integer({ min: 1, max: 3 }),
    forMs: fc.integer({ min: 1, max: 120 }).map((minutes) => minutes * MINUTE),
    after,
  }),
);

test('within any 60 minutes no more are let through than the limit and the releases that ran in them', () => {
  const holds = fc.property(fc.nat(3), fc.array(step, { maxLength: 60 }), (atMost, steps) => {
    let memory = NEW_BRAKE;
    let now = 0;
    const admitted: { number: number; at: number }[] = [];
    const releases: { count: number; at: number; until: number }[] = [];
    for (const one of steps) {
      now += one.after;
      if (one.kind === 'release') {
        memory = releasedIn(memory, now, one.count, now + one.forMs);
        releases.push({ count: one.count, at: now, until: now + one.forMs });
        continue;
      }
      const asked = ask(memory, one.number, atMost, now);
      memory = asked.memory;
      if (asked.kind === 'admitted') admitted.push({ number: one.number, at: now });
      // The other way round: a peering that counts already is never in the way of itself.
      if (asked.kind === 'counted') {
        expect(admitted.some(({ number, at }) => number === one.number && now - at < BRAKE_WINDOW_MS)).toBe(
          true,
        );
      }
    }
    for (const { at: from } of admitted) {
      const to = from + BRAKE_WINDOW_MS;
      const within = admitted.filter(({ at }) => at >= from && at < to);
      expect(new Set(within.map(({ number }) => number)).size).toBe(within.length);
      const extra = releases.filter(({ at, until }) => at < to && until > from);
      expect(within.length).toBeLessThanOrEqual(
        atMost + extra.reduce((total, { count }) => total + count, 0),
      );
    }
  });
  fc.assert(holds, { numRuns: 1000 });
});
