/** Until when an invocation may work. */
export interface Deadline {
  isOver(): boolean;
  /**
   * Runs work to its end, or until the time is over. Then what it waits for from AWS is given up at once, and it can call
   * AWS no more: what is left of it changes nothing behind the back of whoever does it again.
   *
   * @throws OutOfTime where the time is over first
   */
  keep<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** There was no time left to do it, or to finish it. Doing it again is safe. */
export class OutOfTime extends Error {
  constructor() {
    super('there was no time left');
    this.name = 'OutOfTime';
  }
}
