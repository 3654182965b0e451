/**
 * Reads a resource's properties and keeps account of which were read: one that nobody read is one that the
 * simulation would silently ignore, so {@link done} refuses it.
 */
export class Properties {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #path: string;
  readonly #unread: Set<string>;

  constructor(values: Readonly<Record<string, unknown>>, path: string) {
    this.#values = values;
    this.#path = path;
    this.#unread = new Set(Object.keys(values));
  }

  text(name: string): string {
    const value = this.optionalText(name);
    if (value === undefined) throw new Error(`${this.#path}: ${name} is missing`);
    return value;
  }

  optionalText(name: string): string | undefined {
    const value = this.any(name);
    if (value === undefined || typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    throw new Error(`${this.#path}.${name}: ${JSON.stringify(value)} is not text`);
  }

  optionalNumber(name: string): number | undefined {
    const text = this.optionalText(name);
    if (text === undefined) return undefined;
    const number = Number(text);
    if (!Number.isFinite(number)) throw new Error(`${this.#path}.${name}: ${text} is not a number`);
    return number;
  }

  flag(name: string, fallback: boolean): boolean {
    const text = this.optionalText(name)?.toLowerCase() ?? String(fallback);
    if (text !== 'true' && text !== 'false')
      throw new Error(`${this.#path}.${name}: ${text} is not a boolean`);
    return text === 'true';
  }

  list(name: string): readonly unknown[] {
    const value = this.any(name) ?? [];
    if (!Array.isArray(value)) throw new Error(`${this.#path}.${name}: is not a list`);
    return value;
  }

  texts(name: string): readonly string[] {
    return this.list(name).map((item) => {
      if (typeof item !== 'string')
        throw new Error(`${this.#path}.${name}: ${JSON.stringify(item)} is not text`);
      return item;
    });
  }

  /** A list of objects. */
  objects(name: string): readonly Properties[] {
    return this.list(name).map((item, index) => toProperties(item, `${this.#path}.${name}[${index}]`));
  }

  /** An object, or an empty one. */
  object(name: string): Properties {
    const value = this.any(name) ?? {};
    // CloudFormation also takes JSON text for an object, of policies for one.
    const parsed: unknown = typeof value === 'string' ? JSON.parse(value) : value;
    return toProperties(parsed, `${this.#path}.${name}`);
  }

  any(name: string): unknown {
    this.#unread.delete(name);
    return this.#values[name];
  }

  has(name: string): boolean {
    return this.#values[name] !== undefined;
  }

  /** All members, of an object with names of its own such as environment variables. */
  entries(): readonly (readonly [string, string])[] {
    return Object.keys(this.#values).map((name) => [name, this.text(name)] as const);
  }

  /** Properties that are known to change nothing that the simulation models. */
  ignore(...names: readonly string[]): void {
    for (const name of names) this.#unread.delete(name);
  }

  /** Throws for a property that was neither read nor knowingly ignored. */
  done(): void {
    const [stranger] = this.#unread;
    if (stranger !== undefined) throw new Error(`${this.#path}: the property ${stranger} is not modelled`);
  }
}

function toProperties(value: unknown, path: string): Properties {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`${path}: is not an object`);
  }
  return new Properties(value as Record<string, unknown>, path);
}
