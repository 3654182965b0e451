import type { Cancel, VirtualClock } from '../sim/clock.ts';
import type { WallClock } from './wall-clock.ts';

/** How often virtual time catches up with real time: it is late by this much at most, times the speed. */
const TICK_MS = 10;
/** Turns of the event loop for which virtual time waits for clients that keep calling; then it goes on without a pause. */
const MAX_BUSY_TURNS = 1_000;

/** Lets virtual time pass as real time does, or faster. */
export class Pace {
  readonly #clock: VirtualClock;
  readonly #wall: WallClock;
  #speed: number;
  #fromVirtualMs: number;
  #fromRealMs: number;
  #running: Promise<void> | undefined;

  /** @param deps.speed virtual seconds in a real one */
  constructor(deps: { clock: VirtualClock; wall: WallClock; speed: number }) {
    this.#clock = deps.clock;
    this.#wall = deps.wall;
    this.#speed = deps.speed;
    this.#fromVirtualMs = deps.clock.now();
    this.#fromRealMs = deps.wall.now();
  }

  /** Goes on by itself until it is called off. `afterTick` is called whenever time has caught up. */
  start(afterTick: () => void): Cancel {
    return this.#wall.every(TICK_MS, () => {
      // A rejection is a fault of the simulation; nobody awaits it, so it ends the process, loudly.
      if (this.#running === undefined) void this.catchUp().then(afterTick);
    });
  }

  /** From now on. What was due until now stays due. */
  change(speed: number): void {
    this.#fromVirtualMs = this.#dueMs();
    this.#fromRealMs = this.#wall.now();
    this.#speed = speed;
  }

  /** Everything that is due by now has happened when this resolves. */
  catchUp(): Promise<void> {
    this.#running ??= this.#run().finally(() => (this.#running = undefined));
    return this.#running;
  }

  #dueMs(): number {
    const passedMs = (this.#wall.now() - this.#fromRealMs) * this.#speed;
    return this.#fromVirtualMs + Math.floor(passedMs);
  }

  #run(): Promise<void> {
    return this.#clock.run(this.#dueMs(), { maxBusyTurns: MAX_BUSY_TURNS });
  }
}
