import type { Clock } from './log.ts';

/** More than the accounts and VPCs of any batch; a sweep of thousands must not keep each. */
const MAX_ENTRIES = 1000;

/** Keeps answers for a while. Who asks while an answer is under way shares it; a failure is not kept. */
export class AgingCache<Key, Value> {
  readonly #clock: Clock;
  readonly #maxAgeMs: number;
  readonly #known = new Map<Key, { readonly readAt: number; readonly value: Promise<Value> }>();

  constructor(clock: Clock, maxAgeMs: number) {
    this.#clock = clock;
    this.#maxAgeMs = maxAgeMs;
  }

  get(key: Key, read: () => Promise<Value>): Promise<Value> {
    const known = this.#known.get(key);
    if (known !== undefined && this.#clock.now() - known.readAt < this.#maxAgeMs) return known.value;
    const entry = { readAt: this.#clock.now(), value: read() };
    // The newest is last, so that the oldest is first.
    this.#known.delete(key);
    this.#known.set(key, entry);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_ENTRIES && oldest !== undefined) this.#known.delete(oldest);
    entry.value.catch(() => {
      if (this.#known.get(key) === entry) this.#known.delete(key);
    });
    return entry.value;
  }

  clear(): void {
    this.#known.clear();
  }
}
