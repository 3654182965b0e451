/** JSON whose every value knows where it stands, for EventBridge's errors tell where it stopped to read. */
export type SourceNode =
  | (Place & { readonly kind: 'object'; readonly entries: readonly SourceEntry[] })
  | (Place & { readonly kind: 'array'; readonly items: readonly SourceNode[] })
  | (Place & { readonly kind: 'string' | 'number' | 'literal'; readonly text: string });

export interface SourceEntry {
  readonly name: string;
  readonly value: SourceNode;
}

/** Offsets into the text. */
interface Place {
  /** Where a streaming parser stands when it has seen what kind of value this is: a string's end is still to come. */
  readonly at: number;
  /** Behind the value. */
  readonly end: number;
}

/** Text that is no JSON. The words are those of the parser that EventBridge uses (Jackson). */
export class JsonSyntaxError extends Error {
  readonly offset: number;

  constructor(reason: string, offset: number) {
    super(reason);
    this.offset = offset;
  }
}

const LITERALS = ['true', 'false', 'null'];
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const SPACE = /[ \t\r\n]*/y;
const WORD = /[\p{L}\p{N}_$]*/uy;
/** An event pattern has at most 4,096 characters; deeper nesting than this no rule has. */
const MAX_DEPTH = 500;
const EXPECTED_VALUE = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

export const parseSource = (text: string): SourceNode => new SourceParser(text).document();

class SourceParser {
  readonly #text: string;
  #offset = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): SourceNode {
    return this.#value();
  }

  #value(): SourceNode {
    this.#take(SPACE);
    switch (this.#peek()) {
      case '{':
        return this.#nested(() => this.#object());
      case '[':
        return this.#nested(() => this.#array());
      case '"': {
        const at = this.#offset + 1;
        return { kind: 'string', text: this.#string(), at, end: this.#offset };
      }
      default:
        return this.#scalar();
    }
  }

  #nested(read: () => SourceNode): SourceNode {
    if (++this.#depth > MAX_DEPTH) this.#fail('Document nesting depth exceeds the maximum allowed');
    const node = read();
    this.#depth--;
    return node;
  }

  #object(): SourceNode {
    const at = ++this.#offset;
    const entries: SourceEntry[] = [];
    if (this.#ends('}')) return { kind: 'object', entries, at, end: this.#offset };
    do {
      this.#take(SPACE);
      if (this.#peek() !== '"') this.#unexpected('was expecting double-quote to start field name');
      const name = this.#string();
      this.#take(SPACE);
      if (this.#peek() !== ':') this.#unexpected('was expecting a colon to separate field name and value');
      this.#offset++;
      entries.push({ name, value: this.#value() });
    } while (this.#continues('}', 'Object'));
    return { kind: 'object', entries, at, end: this.#offset };
  }

  #array(): SourceNode {
    const at = ++this.#offset;
    const items: SourceNode[] = [];
    if (this.#ends(']')) return { kind: 'array', items, at, end: this.#offset };
    do items.push(this.#value());
    while (this.#continues(']', 'Array'));
    return { kind: 'array', items, at, end: this.#offset };
  }

  #ends(close: string): boolean {
    this.#take(SPACE);
    if (this.#peek() !== close) return false;
    this.#offset++;
    return true;
  }

  #continues(close: string, what: 'Object' | 'Array'): boolean {
    if (this.#ends(close)) return false;
    if (this.#peek() !== ',') this.#unexpected(`was expecting comma to separate ${what} entries`);
    this.#offset++;
    return true;
  }

  #string(): string {
    const start = this.#offset++;
    for (;;) {
      const char = this.#peek();
      if (char === '') this.#fail('Unexpected end-of-input: was expecting closing quote for a string value');
      this.#offset += char === '\\' ? 2 : 1;
      if (char === '"') break;
    }
    try {
      return String(JSON.parse(this.#text.slice(start, this.#offset)));
    } catch {
      return this.#fail('Illegal unquoted or unrecognized character in a string value');
    }
  }

  #scalar(): SourceNode {
    const number = this.#take(NUMBER);
    if (number !== '') return this.#ended('number', number);
    const start = this.#offset;
    const word = this.#take(WORD);
    if (LITERALS.includes(word)) return this.#ended('literal', word);
    if (word !== '') return this.#fail(`Unrecognized token '${word}': was expecting ${EXPECTED_VALUE}`);
    this.#offset = start;
    return this.#unexpected(`expected a valid value ${EXPECTED_VALUE}`);
  }

  #ended(kind: 'number' | 'literal', text: string): SourceNode {
    return { kind, text, at: this.#offset, end: this.#offset };
  }

  #unexpected(expectation: string): never {
    const char = this.#peek();
    if (char === '') this.#fail(`Unexpected end-of-input: ${expectation}`);
    return this.#fail(`Unexpected character ('${char}' (code ${char.codePointAt(0)})): ${expectation}`);
  }

  #fail(reason: string): never {
    throw new JsonSyntaxError(reason, this.#offset);
  }

  #peek(): string {
    return this.#text.charAt(this.#offset);
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#offset;
    const [found = ''] = pattern.exec(this.#text) ?? [];
    this.#offset += found.length;
    return found;
  }
}
