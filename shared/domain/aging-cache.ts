import type { Clock } from './log.ts';

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
    this.#known.set(key, entry);
    entry.value.catch(() => {
      if (this.#known.get(key) === entry) this.#known.delete(key);
    });
    return entry.value;
  }

  clear(): void {
    this.#known.clear();
  }
}
