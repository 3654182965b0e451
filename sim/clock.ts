interface Entry {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** Calls a scheduled entry off. */
export type Cancel = () => void;

/** Turns of the event loop without a new virtual event after which all real work is taken to be done. */
const QUIET_TURNS = 4;
/** Turns of the event loop after which real work is given up: some seconds, where it takes milliseconds. */
const MAX_HELD_TURNS = 1_000_000;
/** A run that schedules for ever is a bug in the simulation; this stops it. */
const MAX_STEPS = 10_000_000;

/**
 * Virtual time. Nothing here reads the wall clock: time stands still while code runs, and jumps to the next
 * scheduled entry once every promise that can settle has settled.
 */
export class VirtualClock {
  #now: number;
  #order = 0;
  #activity = 0;
  #held = 0;
  readonly #entries: Entry[] = [];
  readonly #maxHeldTurns: number;
  readonly #quietTurns: number;

  /**
   * @param startMs the first instant, in epoch milliseconds
   * @param options.quietTurns how many turns without anything new show that all work is done; one is enough where
   *   all of it is promises
   */
  constructor(
    startMs: number,
    options: { readonly maxHeldTurns?: number; readonly quietTurns?: number } = {},
  ) {
    this.#now = startMs;
    this.#quietTurns = options.quietTurns ?? QUIET_TURNS;
    this.#maxHeldTurns = options.maxHeldTurns ?? MAX_HELD_TURNS;
  }

  /** The current virtual instant, in epoch milliseconds. */
  now(): number {
    return this.#now;
  }

  /**
   * Runs `run` after `delayMs` of virtual time; entries of the same instant run in the order of scheduling.
   *
   * @returns calls it off; calling that twice, or after it has run, does nothing
   */
  schedule(delayMs: number, run: () => void): Cancel {
    const entry = { at: this.#now + Math.max(0, delayMs), order: this.#order++, run };
    this.#activity++;
    const index = this.#entries.findLastIndex((other) => other.at <= entry.at) + 1;
    this.#entries.splice(index, 0, entry);
    return () => {
      const at = this.#entries.indexOf(entry);
      if (at !== -1) this.#entries.splice(at, 1);
    };
  }

  /** Resolves after `delayMs` of virtual time. */
  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.schedule(delayMs, resolve);
    });
  }

  /** Tells the clock that real work goes on, so that it does not jump ahead of it. */
  touch(): void {
    this.#activity++;
  }

  /** Keeps virtual time where it is until `work` has settled: work that is real input and output, which no turn shows. */
  async hold<T>(work: Promise<T>): Promise<T> {
    this.#held++;
    try {
      return await work;
    } finally {
      this.#held--;
      this.#activity++;
    }
  }

  /**
   * Runs until nothing is scheduled, or until `untilMs` (epoch milliseconds) is reached.
   *
   * @param options.maxBusyTurns turns of the event loop that work which schedules more and more can hold time up;
   * for a server whose clients never pause. Without it the run waits for all work, as a run that can be repeated must.
   */
  async run(
    untilMs = Number.POSITIVE_INFINITY,
    { maxBusyTurns = Number.POSITIVE_INFINITY }: { readonly maxBusyTurns?: number } = {},
  ): Promise<void> {
    for (let step = 0; step < MAX_STEPS; step++) {
      await this.#quiesce(maxBusyTurns);
      const next = this.#entries[0];
      if (next === undefined || next.at > untilMs) {
        if (Number.isFinite(untilMs)) this.#now = Math.max(this.#now, untilMs);
        return;
      }
      this.#entries.shift();
      this.#now = next.at;
      next.run();
    }
    throw new Error(`the simulation did not come to rest within ${MAX_STEPS} steps`);
  }

  /** Runs `work` to its end while virtual time passes as needed. */
  async drive<T>(work: Promise<T>): Promise<T> {
    let settled = false;
    const done = work.finally(() => {
      settled = true;
    });
    done.catch(() => undefined); // handled by whoever awaits the result below
    for (let step = 0; step < MAX_STEPS; step++) {
      await this.#quiesce();
      if (settled) return done;
      const next = this.#entries.shift();
      if (next === undefined) {
        await nextTurn();
        continue;
      }
      this.#now = next.at;
      next.run();
    }
    throw new Error(`the work did not end within ${MAX_STEPS} steps`);
  }

  async #quiesce(maxBusyTurns = Number.POSITIVE_INFINITY): Promise<void> {
    let seen = this.#activity;
    let heldTurns = 0;
    let busyTurns = 0;
    for (let quiet = 0; quiet < this.#quietTurns; quiet++) {
      await nextTurn();
      heldTurns = this.#held > 0 ? heldTurns + 1 : 0;
      if (heldTurns > this.#maxHeldTurns) throw new Error('real work under the simulation does not end');
      if (this.#held === 0 && ++busyTurns > maxBusyTurns) return;
      if (this.#activity !== seen || this.#held > 0) {
        seen = this.#activity;
        quiet = -1;
      }
    }
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
