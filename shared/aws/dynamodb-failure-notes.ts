import { PutItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { FailureNote } from '../domain/work/failure-note.ts';
import type { Clock } from '../domain/work/log.ts';
import type { FailureNotes } from '../reconcile/failure-notes.ts';
import { call } from './calls.ts';
import { noteItem } from './letter-items.ts';

/** Notes in the ledger's table; letter-items.ts says in which form. */
export class DynamoDbFailureNotes implements FailureNotes {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(client: DynamoDBClient, tableName: string, clock: Pick<Clock, 'now'>) {
    this.#client = client;
    this.#tableName = tableName;
    this.#clock = clock;
  }

  async write(messageId: string, note: FailureNote): Promise<void> {
    const Item = noteItem(messageId, note, this.#clock.now());
    const command = new PutItemCommand({ TableName: this.#tableName, Item });
    await call('PutItem', `the ledger ${this.#tableName}`, () => this.#client.send(command));
  }
}
