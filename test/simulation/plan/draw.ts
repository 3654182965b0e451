import { SeededRandom } from '../../../sim/random.ts';

/** Seeded choices. */
export class Draw {
  readonly #random: SeededRandom;

  /** @param seed any integer */
  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
    // Neighbouring seeds begin alike; some turns part them.
    for (let turn = 0; turn < 4; turn++) this.#random.next();
  }

  chance(probability: number): boolean {
    return this.#random.next() < probability;
  }

  /** In [low, high], both included. */
  integer(low: number, high: number): number {
    return this.#random.integer(low, high);
  }

  pick<Item>(items: readonly Item[]): Item {
    const at = this.#random.integer(0, items.length - 1);
    for (const item of items.slice(at, at + 1)) return item;
    throw new Error('nothing to pick from');
  }

  /** One of the items, or none of them when there are none. */
  pickIfAny<Item>(items: readonly Item[]): Item | undefined {
    return items.length === 0 ? undefined : this.pick(items);
  }

  /** A key, as often as its weight says. */
  weighted<Key extends string>(weights: Readonly<Record<Key, number>>): Key {
    const keys = Object.keys(weights).filter((key): key is Key => key in weights);
    let left = this.#random.next() * keys.reduce((sum, key) => sum + weights[key], 0);
    for (const key of keys) {
      left -= weights[key];
      if (left < 0) return key;
    }
    return this.pick(keys);
  }

  /** A few small numbers, rarely a large one: in [low, high], with `bend` above 1 more often near `low`. */
  skewed(low: number, high: number, bend: number): number {
    return low + Math.floor((high - low + 1) * this.#random.next() ** bend);
  }

  /** Some of the items, in their order, each with this probability. */
  some<Item>(items: readonly Item[], probability: number): readonly Item[] {
    return items.filter(() => this.chance(probability));
  }
}
