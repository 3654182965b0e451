import type { VirtualClock } from './clock.ts';

/** Calls a timer off; calling it twice, or after the timer has run, does nothing. */
export type Cancel = () => void;

/**
 * Schedules `run` after `delayMs` of virtual time unless it is called off before.
 *
 * The clock keeps the entry of a timer that was called off, so a run to rest still passes over its instant: after
 * `clock.run()` the time may be later by a function's timeout than the last thing that happened.
 */
export function startTimer(clock: VirtualClock, delayMs: number, run: () => void): Cancel {
  let live = true;
  clock.schedule(delayMs, () => {
    if (live) run();
  });
  return () => {
    live = false;
  };
}
