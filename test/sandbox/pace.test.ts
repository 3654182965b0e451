import { VirtualClock } from '../../sim/clock.ts';
import { Pace } from '../../sandbox/pace.ts';
import type { WallClock } from '../../sandbox/wall-clock.ts';

const START_MS = Date.UTC(2026, 5, 1);

/** Real time and its timer in a test's hands. */
function aWall() {
  let nowMs = 5_000;
  let tick = (): void => undefined;
  const wall: WallClock = {
    now: () => nowMs,
    every: (_ms, run) => {
      tick = run;
      return () => (tick = () => undefined);
    },
  };
  return { wall, pass: (ms: number) => (nowMs += ms), tick: () => tick() };
}

function aPace(speed = 1) {
  const clock = new VirtualClock(START_MS);
  const { wall, ...hands } = aWall();
  return { clock, pace: new Pace({ clock, wall, speed }), ...hands };
}

it.each([
  [1, 1_000],
  [60, 60_000],
  [0.5, 500],
])('at speed %d a real second is %d virtual milliseconds', async (speed, virtualMs) => {
  const { clock, pace, pass } = aPace(speed);
  pass(1_000);

  await pace.catchUp();

  expect(clock.now()).toBe(START_MS + virtualMs);
});

it('does what is due, each at its own instant, and leaves the rest', async () => {
  const { clock, pace, pass } = aPace();
  const seen: number[] = [];
  for (const ms of [10, 999, 1_001]) clock.schedule(ms, () => seen.push(clock.now() - START_MS));
  pass(1_000);

  await pace.catchUp();

  expect(seen).toEqual([10, 999]);
});

it('ticks by itself until it is called off, and tells that it has caught up', async () => {
  const { clock, pace, pass, tick } = aPace();
  let told = 0;
  const stop = pace.start(() => told++);
  pass(100);
  tick();
  // A tick that comes while another one works is none.
  tick();
  await pace.catchUp();
  stop();
  pass(100);
  tick();
  await pace.catchUp();

  expect(told).toBe(1);
  expect(clock.now()).toBe(START_MS + 200);
});

it('goes on although clients never pause', async () => {
  const { clock, pace, pass } = aPace();
  let calling = true;
  const call = (): void => {
    clock.touch();
    if (calling) setImmediate(call);
  };
  call();
  let isDone = false;
  clock.schedule(500, () => (isDone = true));
  pass(1_000);

  await pace.catchUp();
  calling = false;

  expect(isDone).toBe(true);
  expect(clock.now()).toBe(START_MS + 1_000);
});

it('goes on at another speed from the instant at which it was changed', async () => {
  const { clock, pace, pass } = aPace(60);
  pass(1_000);
  pace.change(2);
  pass(1_000);

  await pace.catchUp();

  expect(clock.now()).toBe(START_MS + 62_000);
});
