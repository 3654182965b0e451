import {
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { AwsFailure } from '../domain/work/failure.ts';
import type { FailureNote } from '../domain/work/failure-note.ts';
import type { CauseRecord, KeptLetter } from '../domain/work/letter.ts';
import type { Clock } from '../domain/work/log.ts';
import type { LetterBook, StoredCause } from '../letters/ports.ts';
import { call, collectPages } from './calls.ts';
import { stillAt, type Item } from './item-forms.ts';
import {
  bodyItem,
  bodyKey,
  causeItem,
  causeKey,
  CAUSES_PREFIX,
  letterItem,
  letterKey,
  LETTERS_PARTITION,
  lettersPrefix,
  noteKey,
  readBody,
  readCause,
  readLetterItem,
  readNote,
} from './letter-items.ts';

/**
 * Dead letters in the ledger's table; letter-items.ts says in which form.
 *
 * @example
 * const book = new DynamoDbLetters(new DynamoDBClient({ region: 'eu-west-1' }), 'autopeer-prod-ledger', clock);
 * for (const { id, text } of await book.causes()) print(id, text);
 */
export class DynamoDbLetters implements LetterBook {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(client: DynamoDBClient, tableName: string, clock: Pick<Clock, 'now'>) {
    this.#client = client;
    this.#tableName = tableName;
    this.#clock = clock;
  }

  async noteOf(messageId: string): Promise<FailureNote | undefined> {
    return readNote(await this.#get(noteKey(messageId)));
  }

  async cause(causeId: string): Promise<StoredCause | undefined> {
    return readCause(await this.#get(causeKey(causeId)), this.#clock.now());
  }

  async causes(): Promise<readonly CauseRecord[]> {
    const items = await this.#query(CAUSES_PREFIX);
    return items.flatMap((item) => readCause(item, this.#clock.now())?.cause ?? []);
  }

  async storeCause(version: number, cause: CauseRecord): Promise<boolean> {
    try {
      await this.#put(causeItem(version + 1, cause), stillAt(version));
      return true;
    } catch (error) {
      if (error instanceof AwsFailure && error.code === 'ConditionalCheckFailedException') return false;
      throw error;
    }
  }

  forgetCause(causeId: string): Promise<void> {
    return this.#delete(causeKey(causeId));
  }

  async letter(causeId: string, letterId: string): Promise<Omit<KeptLetter, 'body'> | undefined> {
    return readLetterItem(await this.#get(letterKey(causeId, letterId)), this.#clock.now());
  }

  async letters(causeId: string): Promise<readonly Omit<KeptLetter, 'body'>[]> {
    const items = await this.#query(lettersPrefix(causeId));
    return items.flatMap((item) => readLetterItem(item, this.#clock.now()) ?? []);
  }

  async bodyOf({ causeId, id }: Pick<KeptLetter, 'causeId' | 'id'>): Promise<string> {
    const body = readBody(await this.#get(bodyKey(causeId, id)));
    if (body === undefined) throw new Error(`the body of the letter ${id} is not there`);
    return body;
  }

  /** First the body, so that a letter that is listed has one. */
  async keep(letter: KeptLetter): Promise<void> {
    await this.#put(bodyItem(letter));
    await this.#put(letterItem(letter));
  }

  async forget({ causeId, id }: Pick<KeptLetter, 'causeId' | 'id'>): Promise<void> {
    await this.#delete(letterKey(causeId, id));
    await this.#delete(bodyKey(causeId, id));
  }

  async #get(Key: Item): Promise<Item | undefined> {
    const command = new GetItemCommand({ TableName: this.#tableName, Key, ConsistentRead: true });
    return (await this.#call('GetItem', () => this.#client.send(command))).Item;
  }

  async #put(Item: Item, condition: ReturnType<typeof stillAt> | object = {}): Promise<void> {
    const command = new PutItemCommand({ TableName: this.#tableName, Item, ...condition });
    await this.#call('PutItem', () => this.#client.send(command));
  }

  async #delete(Key: Item): Promise<void> {
    const command = new DeleteItemCommand({ TableName: this.#tableName, Key });
    await this.#call('DeleteItem', () => this.#client.send(command));
  }

  #query(prefix: string): Promise<readonly Item[]> {
    return collectPages(async (lastSortKey) => {
      const command = new QueryCommand({
        TableName: this.#tableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': LETTERS_PARTITION, ':prefix': { S: prefix } },
        ExclusiveStartKey:
          lastSortKey === undefined ? undefined : { pk: LETTERS_PARTITION, sk: { S: lastSortKey } },
      });
      const answer = await this.#call('Query', () => this.#client.send(command));
      return { items: answer.Items ?? [], nextToken: answer.LastEvaluatedKey?.['sk']?.S };
    });
  }

  #call<Answer>(name: string, send: () => Promise<Answer>): Promise<Answer> {
    return call(name, `the ledger ${this.#tableName}`, send);
  }
}
