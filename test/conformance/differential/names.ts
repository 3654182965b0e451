export type SideName = 'sim' | 'moto';

const ID = /\b(vpc-cidr-assoc|subnet-cidr-assoc|[a-z]+)-([0-9a-f]{17}|[0-9a-f]{8})\b/g;
const WHOLE_ID = new RegExp(`^(?:${ID.source})$`);

/** Which id of the one side is which of the other: each pair has a token, such as `rtb#2`. */
export class Names {
  readonly #tokens: Readonly<Record<SideName, Map<string, string>>> = { sim: new Map(), moto: new Map() };
  readonly #ids: Readonly<Record<SideName, Map<string, string>>> = { sim: new Map(), moto: new Map() };
  readonly #counts = new Map<string, number>();

  token(side: SideName, id: string): string | undefined {
    return this.#tokens[side].get(id);
  }

  /** Two ids that nobody has seen stand for the same thing from now on. @returns whether they may */
  pair(sim: string, moto: string): boolean {
    const [known, other] = [this.token('sim', sim), this.token('moto', moto)];
    if (known !== undefined || other !== undefined) return known === other;
    const kind = WHOLE_ID.exec(sim)?.[1] ?? 'id';
    if (WHOLE_ID.exec(moto)?.[1] !== kind) return false;
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    const token = `${kind}#${count}`;
    for (const [side, id] of [
      ['sim', sim],
      ['moto', moto],
    ] as const) {
      this.#tokens[side].set(id, token);
      this.#ids[side].set(token, id);
    }
    return true;
  }

  /** A text with tokens in the place of its ids; `?` for those that have none. */
  toTokens(side: SideName, text: string): string {
    return text.replaceAll(ID, (id) => this.token(side, id) ?? '?');
  }

  /** A call's input with this side's ids in the place of its tokens. */
  toIds(side: SideName, input: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    return Object.fromEntries(
      Object.entries(input).map(([name, value]) => [name, this.#valueToIds(side, value)]),
    );
  }

  #valueToIds(side: SideName, value: unknown): unknown {
    if (typeof value === 'string') return this.#ids[side].get(value) ?? value;
    if (Array.isArray(value)) return value.map((item: unknown) => this.#valueToIds(side, item));
    return typeof value === 'object' && value !== null ? this.toIds(side, { ...value }) : value;
  }
}

export const isId = (text: string): boolean => WHOLE_ID.test(text);
