import type { Cancel } from '../sim/clock.ts';

/** The machine's time, as far as the sandbox needs it. Only the server brings the real one. */
export interface WallClock {
  /** Epoch milliseconds, which never go back. */
  now(): number;
  /** Calls `run` again and again, `ms` apart, until it is called off. */
  every(ms: number, run: () => void): Cancel;
}

export const MACHINE_CLOCK: WallClock = {
  now: () => performance.timeOrigin + performance.now(),
  every: (ms, run) => {
    const timer = setInterval(run, ms);
    return () => clearInterval(timer);
  },
};
