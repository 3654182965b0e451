/** Resources by id in the order of their creation, and by the keys under which lists of them are asked for. */
export class IndexedMap<Item extends { readonly id: string }> {
  readonly #byId = new Map<string, Item>();
  readonly #byKey = new Map<string, Set<Item>>();
  readonly #keysOf: (item: Item) => readonly string[];

  /** @param keysOf the keys of an item; they must never change */
  constructor(keysOf: (item: Item) => readonly string[]) {
    this.#keysOf = keysOf;
  }

  add(item: Item): void {
    this.#byId.set(item.id, item);
    for (const key of this.#keysOf(item)) {
      const found = this.#byKey.get(key);
      if (found === undefined) this.#byKey.set(key, new Set([item]));
      else found.add(item);
    }
  }

  get(id: string): Item | undefined {
    return this.#byId.get(id);
  }

  delete(id: string): void {
    const item = this.#byId.get(id);
    if (item === undefined) return;
    this.#byId.delete(id);
    for (const key of this.#keysOf(item)) {
      const found = this.#byKey.get(key);
      found?.delete(item);
      if (found?.size === 0) this.#byKey.delete(key);
    }
  }

  /** The items with this key, in the order of their creation. */
  with(key: string): Item[] {
    return [...(this.#byKey.get(key) ?? [])];
  }

  /** How many items have this key. */
  count(key: string): number {
    return this.#byKey.get(key)?.size ?? 0;
  }
}
