import { GetItemCommand, PutItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import {
  admission,
  brakeState,
  NEW_BRAKE,
  withRelease,
  type BrakeMemory,
  type BrakeRelease,
  type BrakeState,
} from '../domain/memory/brake.ts';
import { AwsFailure } from '../domain/work/failure.ts';
import { parsePeeringId } from '../domain/facts/ids.ts';
import type { PeeringId } from '../domain/facts/ids.ts';
import type { Clock } from '../domain/work/log.ts';
import type { Brake } from '../reconcile/brake.ts';
import { call } from './calls.ts';
import { form, jsonAttribute, readItem, stillAt, versionAttribute } from './item-forms.ts';

/** One item, beside the peerings of the ledger's table; deploy/hub/roles.yml names its partition. */
const KEY = { pk: { S: 'brake' }, sk: { S: 'brake' } };

/** Of writers at once one gets through each time; there are ten at most, and a few that begin meanwhile. */
const MAX_ATTEMPTS = 20;

const instant = z.int();
const count = z.int().min(0);
const itemSchema = z.object({
  version: versionAttribute,
  cut: jsonAttribute(
    z.array(
      z.object({ peeringId: form(parsePeeringId, 'a peering id'), at: instant, released: z.boolean() }),
    ),
  ),
  releases: jsonAttribute(
    z.array(z.object({ count, until: instant, by: z.string(), at: instant, used: count })),
  ),
});

interface Stored {
  /** 0 where nothing is stored. */
  readonly version: number;
  readonly memory: BrakeMemory;
}

/**
 * The brake in one item of the ledger's table. Where it cannot be read or written, each method throws an AwsFailure, or
 * an Error that names the broken item: then nothing may be cut.
 *
 * @example
 * const brake = new DynamoDbBrake(new DynamoDBClient({ region: 'eu-west-1' }), 'autopeer-prod-ledger', clock);
 * if ((await brake.admit(peeringId, 10)) === 'admitted') await removeRoutes();
 */
export class DynamoDbBrake implements Brake {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;
  readonly #clock: Clock;

  constructor(client: DynamoDBClient, tableName: string, clock: Clock) {
    this.#client = client;
    this.#tableName = tableName;
    this.#clock = clock;
  }

  async admit(peeringId: PeeringId, atMost: number): Promise<'admitted' | 'full'> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const { version, memory } = await this.#load();
      const decided = admission(memory, peeringId, atMost, this.#clock.now());
      if (decided.kind === 'full') return 'full';
      if (decided.kind === 'counted') return 'admitted';
      if (await this.#store(version, decided.memory)) return 'admitted';
    }
    throw this.#busy();
  }

  async isFull(peeringId: PeeringId, atMost: number): Promise<boolean> {
    const { memory } = await this.#load();
    return admission(memory, peeringId, atMost, this.#clock.now()).kind === 'full';
  }

  /** @throws Error where as many releases run as are kept */
  async release(release: BrakeRelease): Promise<void> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const { version, memory } = await this.#load();
      // The answer to a write may have been lost, and the write repeated.
      if (memory.releases.some((one) => isSame(one, release))) return;
      const released = withRelease(memory, release, this.#clock.now());
      if (released === undefined) throw new Error('too many releases of the brake run at once');
      if (await this.#store(version, released)) return;
    }
    throw this.#busy();
  }

  async read(): Promise<BrakeState> {
    const { memory } = await this.#load();
    return brakeState(memory, this.#clock.now());
  }

  async #load(): Promise<Stored> {
    const command = new GetItemCommand({ TableName: this.#tableName, Key: KEY, ConsistentRead: true });
    const { Item } = await call('GetItem', this.#where(), () => this.#client.send(command));
    if (Item === undefined) return { version: 0, memory: NEW_BRAKE };
    const { version, ...memory } = readItem(Item, itemSchema);
    return { version, memory };
  }

  /** Whether it was written: not where somebody else has written since. */
  async #store(version: number, { cut, releases }: BrakeMemory): Promise<boolean> {
    const Item = {
      ...KEY,
      version: { N: String(version + 1) },
      cut: { S: JSON.stringify(cut) },
      releases: { S: JSON.stringify(releases) },
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

  #busy(): Error {
    return new Error(`the brake in ${this.#where()} was changed by others ${MAX_ATTEMPTS} times in a row`);
  }

  #where(): string {
    return `the ledger ${this.#tableName}`;
  }
}

const isSame = (one: BrakeRelease, other: BrakeRelease): boolean =>
  one.count === other.count && one.until === other.until && one.by === other.by && one.at === other.at;
