import type { Cancel } from '../sim/clock.ts';

/** One thing that happened in the sandbox. */
export interface FeedEvent {
  /** Rises by one; a client that comes back says the last one that it has seen. */
  readonly id: number;
  readonly kind: FeedKind;
  /** Virtual, in epoch milliseconds. */
  readonly atMs: number;
  readonly data: Readonly<Record<string, unknown>>;
}

export type FeedKind = 'call' | 'delivery' | 'event' | 'invocation' | 'log' | 'notice' | 'policy' | 'reset';

/** How many events are kept for clients that come late or come back. */
export const KEPT_EVENTS = 1_000;

/** What happens, to whoever listens. */
export class Feed {
  readonly #listeners = new Set<(event: FeedEvent) => void>();
  #kept: FeedEvent[] = [];
  #lastId = 0;

  publish(kind: FeedKind, atMs: number, data: FeedEvent['data']): void {
    const event = { id: ++this.#lastId, kind, atMs, data };
    this.#kept.push(event);
    // Twice as many at most, so that not every event moves all of them.
    if (this.#kept.length > 2 * KEPT_EVENTS) this.#kept = this.#kept.slice(-KEPT_EVENTS);
    for (const listener of this.#listeners) listener(event);
  }

  /**
   * Hands every event from now on to `listener`.
   *
   * @param afterId the kept events after this one come first; 0 means all of them, without it none comes
   * @returns ends it
   */
  subscribe(listener: (event: FeedEvent) => void, afterId = this.#lastId): Cancel {
    for (const event of this.#kept) if (event.id > afterId) listener(event);
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
