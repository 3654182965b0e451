import { gunzipSync } from 'node:zlib';
import * as z from 'zod';
import type { SimulatedAws } from '../aws.ts';

export interface DeadLetter {
  readonly messageId: string;
  readonly body: string;
  /** As the ledger has it; absent of a letter that lies in a queue. */
  readonly cause?: string;
}

const keySchema = z.object({
  pk: z.object({ S: z.literal('dead-letters') }),
  sk: z.object({ S: z.string() }),
});
const expiresAt = z.object({ N: z.coerce.number() });
const bodySchema = keySchema.extend({ body: z.object({ B: z.instanceof(Uint8Array) }), expiresAt });
const letterSchema = keySchema.extend({ letter: z.object({ S: z.string() }), expiresAt });
const messageSchema = z.object({ messageId: z.string() });
const putSchema = z.object({ Item: z.union([bodySchema, letterSchema]) });
const deleteSchema = z.object({ Key: keySchema });

interface Kept {
  messageId?: string;
  body?: string;
  expiresAtMs: number;
}

/** The dead letters that the hub's function has written into the ledger, read from its calls that were done. */
export class KeptLetters {
  readonly #aws: SimulatedAws;
  /** By cause and id. */
  readonly #kept = new Map<string, Kept>();

  constructor(aws: SimulatedAws) {
    this.#aws = aws;
    aws.watch({
      after: ({ service, action }, input) => {
        if (service !== 'dynamodb') return;
        if (action === 'PutItem') this.#put(input);
        if (action === 'DeleteItem') this.#delete(input);
      },
    });
  }

  /** What is there and has not expired. */
  list(): readonly DeadLetter[] {
    const now = this.#aws.clock.now();
    return [...this.#kept].flatMap(([name, { messageId, body, expiresAtMs }]) =>
      messageId === undefined || body === undefined || expiresAtMs <= now
        ? []
        : [{ messageId, body, cause: name.split('#')[1] ?? '' }],
    );
  }

  #put(input: unknown): void {
    const item = putSchema.safeParse(input).data?.Item;
    if (item === undefined) return;
    const name = nameOf(item.sk.S);
    const kept = this.#kept.get(name) ?? { expiresAtMs: 0 };
    this.#kept.set(name, kept);
    kept.expiresAtMs = item.expiresAt.N * 1000;
    if ('body' in item) kept.body = gunzipSync(item.body.B).toString();
    else kept.messageId = messageSchema.parse(JSON.parse(item.letter.S)).messageId;
  }

  #delete(input: unknown): void {
    const key = deleteSchema.safeParse(input).data?.Key;
    if (key?.sk.S.startsWith('letter#') === true) this.#kept.delete(nameOf(key.sk.S));
  }
}

/** `letter#<cause>#<id>` and `body#<cause>#<id>` are two halves of one. */
const nameOf = (sortKey: string): string => sortKey.slice(sortKey.indexOf('#'));
