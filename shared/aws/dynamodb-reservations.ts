import {
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { parseCidr, type Cidr } from '../domain/facts/cidr.ts';
import { AwsFailure } from '../domain/work/failure.ts';
import { parsePeeringId, type PeeringId, type VpcId } from '../domain/facts/ids.ts';
import type { Clock } from '../domain/work/log.ts';
import {
  RESERVED_MS,
  type Reservation,
  type Reservations,
  type VpcReservations,
  type Wanted,
} from '../reconcile/reservations.ts';
import { call } from './calls.ts';
import { form, jsonAttribute, readItem, stillAt, versionAttribute } from './item-forms.ts';

/** Of writers at once one gets through each time. */
const MAX_ATTEMPTS = 20;

/**
 * How long an item outlives its last reservation. Its version must not begin anew while somebody still holds an old one,
 * and no function lives longer than 15 minutes.
 */
const KEPT_MS = 24 * 60 * 60 * 1000;

/** Reasons of a cancelled transaction that say: somebody else was at one of its items. */
const CHANGED_REASONS: ReadonlySet<unknown> = new Set([
  'None',
  'ConditionalCheckFailed',
  'TransactionConflict',
]);
/** The same of a single write. */
const CHANGED_CODES: ReadonlySet<string> = new Set([
  'ConditionalCheckFailedException',
  'TransactionConflictException',
]);

const itemSchema = z.object({
  version: versionAttribute,
  reservations: jsonAttribute(
    z.array(
      z.object({
        peeringId: form(parsePeeringId, 'a peering id'),
        cidrs: z.array(form<Cidr>(parseCidr, 'a CIDR in canonical form')),
        until: z.int(),
      }),
    ),
  ),
});

const keyOf = (vpcId: VpcId) => ({ pk: { S: `vpc#${vpcId}` }, sk: { S: 'reserved#now' } });

/**
 * Reservations in one item of the ledger's table for each VPC. An item is never deleted by hand, so that its version
 * only grows; DynamoDB lets it expire a day after its last reservation.
 *
 * @example
 * const reservations = new DynamoDbReservations(new DynamoDBClient({ region: 'eu-west-1' }), 'autopeer-prod-ledger', clock);
 * const vpc = await reservations.read(vpcId);
 * const outcome = await reservations.reserve(peeringId, [{ vpc, cidrs }]);
 */
export class DynamoDbReservations implements Reservations {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;
  readonly #clock: Clock;

  constructor(client: DynamoDBClient, tableName: string, clock: Clock) {
    this.#client = client;
    this.#tableName = tableName;
    this.#clock = clock;
  }

  /** @throws Error that names an item which is not of its form: what is taken must not be guessed */
  async read(vpcId: VpcId): Promise<VpcReservations> {
    const command = new GetItemCommand({
      TableName: this.#tableName,
      Key: keyOf(vpcId),
      ConsistentRead: true,
    });
    const { Item } = await this.#call('GetItem', () => this.#client.send(command));
    if (Item === undefined) return { vpcId, version: 0, reservations: [] };
    const { version, reservations } = readItem(Item, itemSchema);
    return { vpcId, version, reservations: reservations.filter((one) => this.#runs(one)) };
  }

  async reserve(peeringId: PeeringId, wanted: readonly Wanted[]): Promise<'reserved' | 'changed'> {
    if (wanted.length === 0) return 'reserved';
    const until = this.#clock.now() + RESERVED_MS;
    const TransactItems = wanted.map(({ vpc, cidrs }) => ({
      Put: this.#put(vpc, [...this.#others(vpc, peeringId), { peeringId, cidrs, until }]),
    }));
    const command = new TransactWriteItemsCommand({ TransactItems });
    try {
      await this.#call('TransactWriteItems', () => this.#client.send(command));
      return 'reserved';
    } catch (error) {
      if (error instanceof AwsFailure && isForChange(error)) return 'changed';
      throw error;
    }
  }

  async end(peeringId: PeeringId, vpcs: readonly VpcReservations[], afterMs: number): Promise<void> {
    const until = this.#clock.now() + afterMs;
    await Promise.all(vpcs.map((vpc) => this.#endAt(peeringId, vpc, until)));
  }

  async #endAt(peeringId: PeeringId, asRead: VpcReservations, until: number): Promise<void> {
    let vpc = asRead;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const own = vpc.reservations.find((one) => one.peeringId === peeringId);
      if (own === undefined || own.until === until) return;
      const rest = until > this.#clock.now() ? [{ ...own, until: Math.min(own.until, until) }] : [];
      const command = new PutItemCommand(this.#put(vpc, [...this.#others(vpc, peeringId), ...rest]));
      try {
        await this.#call('PutItem', () => this.#client.send(command));
        return;
      } catch (error) {
        if (!(error instanceof AwsFailure && CHANGED_CODES.has(error.code))) throw error;
      }
      vpc = await this.read(vpc.vpcId);
    }
    throw new Error(
      `the reservations of ${asRead.vpcId} were changed by others ${MAX_ATTEMPTS} times in a row`,
    );
  }

  #put({ vpcId, version }: VpcReservations, reservations: readonly Reservation[]) {
    const last = Math.max(this.#clock.now(), ...reservations.map(({ until }) => until));
    return {
      TableName: this.#tableName,
      Item: {
        ...keyOf(vpcId),
        version: { N: String(version + 1) },
        reservations: { S: JSON.stringify(reservations) },
        // The table's TimeToLiveSpecification names this attribute; see deploy/hub/ledger.yml.
        expiresAt: { N: String(Math.floor((last + KEPT_MS) / 1000)) },
      },
      ...stillAt(version),
    };
  }

  #others({ reservations }: VpcReservations, peeringId: PeeringId): readonly Reservation[] {
    return reservations.filter((one) => one.peeringId !== peeringId && this.#runs(one));
  }

  #runs({ until }: Reservation): boolean {
    return this.#clock.now() < until;
  }

  #call<Answer>(name: string, send: () => Promise<Answer>): Promise<Answer> {
    return call(name, `the ledger ${this.#tableName}`, send);
  }
}

/** Whether a transaction was cancelled because its items have changed, and for no other reason. */
function isForChange({ code, cause }: AwsFailure): boolean {
  if (code !== 'TransactionCanceledException') return false;
  const reasons = cancellationSchema.safeParse(cause).data?.CancellationReasons ?? [];
  return reasons.length > 0 && reasons.every(({ Code }) => CHANGED_REASONS.has(Code));
}
const cancellationSchema = z.object({ CancellationReasons: z.array(z.object({ Code: z.string() })) });
