import { GetItemCommand, PutItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { AgingCache } from '../domain/work/aging-cache.ts';
import { AwsFailure } from '../domain/work/failure.ts';
import type { Clock } from '../domain/work/log.ts';
import {
  NEVER_SUSPENDED,
  suspensionAt,
  type Suspension,
  type SuspensionMemory,
} from '../domain/memory/suspension.ts';
import type { Suspensions } from '../reconcile/suspensions.ts';
import { call } from './calls.ts';
import { jsonAttribute, readItem, stillAt, versionAttribute } from './item-forms.ts';

/** One item, beside the peerings of the ledger's table; deploy/hub/roles.yml names its partition. */
const KEY = { pk: { S: 'suspension' }, sk: { S: 'suspension' } };

/** Shorter than people need to see that it is suspended; the peerings of a batch share one read. */
const MAX_AGE_MS = 5000;
/** Only people and the start of a sweep write it. */
const MAX_ATTEMPTS = 10;

const instant = z.int();
const suspensionSchema = z.object({
  by: z.string(),
  at: instant,
  until: instant.optional(),
  reason: z.string().optional(),
});
const memorySchema = z.object({
  current: suspensionSchema.optional(),
  past: z.array(
    suspensionSchema.extend({
      ended: z.object({
        kind: z.enum(['resumed', 'replaced', 'expired']),
        at: instant,
        by: z.string().optional(),
      }),
    }),
  ),
  untold: z.enum(['suspended', 'ended']).optional(),
});
const itemSchema = z.object({ version: versionAttribute, memory: jsonAttribute(memorySchema) });

interface Stored {
  /** 0 where nothing is stored. */
  readonly version: number;
  readonly memory: SuspensionMemory;
}

/**
 * Whether writes are suspended, in one item of the ledger's table. Where it cannot be read or written, each method throws
 * an AwsFailure, or an Error that names the broken item: then nothing may be written to EC2.
 */
export class DynamoDbSuspensions implements Suspensions {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;
  readonly #clock: Clock;
  readonly #read: AgingCache<'memory', Stored>;

  constructor(client: DynamoDBClient, tableName: string, clock: Clock) {
    this.#client = client;
    this.#tableName = tableName;
    this.#clock = clock;
    this.#read = new AgingCache(clock, MAX_AGE_MS);
  }

  async current(): Promise<Suspension | undefined> {
    const { memory } = await this.#read.get('memory', () => this.#load());
    return suspensionAt(memory, this.#clock.now());
  }

  async change(how: (memory: SuspensionMemory) => SuspensionMemory): Promise<SuspensionMemory> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const { version, memory } = await this.#load();
      const changed = how(memory);
      if (changed === memory || (await this.#store(version, changed))) return changed;
    }
    throw new Error(
      `the suspension in ${this.#where()} was changed by others ${MAX_ATTEMPTS} times in a row`,
    );
  }

  async #load(): Promise<Stored> {
    const command = new GetItemCommand({ TableName: this.#tableName, Key: KEY, ConsistentRead: true });
    const { Item } = await call('GetItem', this.#where(), () => this.#client.send(command));
    return Item === undefined ? { version: 0, memory: NEVER_SUSPENDED } : readItem(Item, itemSchema);
  }

  /** Whether it was written: not where somebody else has written since. */
  async #store(version: number, memory: SuspensionMemory): Promise<boolean> {
    const Item = {
      ...KEY,
      version: { N: String(version + 1) },
      memory: { S: JSON.stringify(memory) },
    };
    const command = new PutItemCommand({ TableName: this.#tableName, Item, ...stillAt(version) });
    try {
      await call('PutItem', this.#where(), () => this.#client.send(command));
      return true;
    } catch (error) {
      if (error instanceof AwsFailure && error.code === 'ConditionalCheckFailedException') return false;
      throw error;
    }
  }

  #where(): string {
    return `the ledger ${this.#tableName}`;
  }
}
