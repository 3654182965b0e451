import type {
  BatchWriteItemInput,
  DeleteItemInput,
  GetItemInput,
  PutItemInput,
  QueryInput,
  UpdateItemInput,
} from '@aws-sdk/client-dynamodb';

import { AwsError } from '../types.ts';
import type { TableDefinition, TableEngine } from './dynamodb-engine.ts';
import { loadItemActions, type ItemAction } from './dynamodb-item-actions.ts';
import { MemoryTable, refuse } from './dynamodb-memory-table.ts';

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html */
const MAX_BATCH = 25;

/**
 * The DynamoDB of one account and region for the direct wire, where dynalite takes an eighth of a run's time: the
 * calls that the shipped code makes, on tables whose keys are texts. Any other call ends the run. Sizes have no limits,
 * so that a query is one page. Updates, and whatever has a condition, are rare: dynalite's own code does them on the
 * items here. test/sim/dynamodb/dynamodb-memory-laws.test.ts holds it against dynalite.
 */
export class DynamoDbMemory implements TableEngine {
  readonly #tables = new Map<string, MemoryTable>();
  readonly #definitions = new Map<string, TableDefinition>();

  addTable(definition: TableDefinition): void {
    this.#definitions.set(definition.TableName, definition);
    this.#tables.set(definition.TableName, new MemoryTable(definition));
  }

  hasTable(name: string): boolean {
    return this.#tables.has(name);
  }

  async run(action: string, input: unknown): Promise<object> {
    // Sound: the wire has read the input by the action's own schema.
    switch (action) {
      case 'GetItem':
        return this.#get(input as GetItemInput);
      case 'PutItem':
        return this.#put(input as PutItemInput);
      case 'DeleteItem':
        return this.#delete(input as DeleteItemInput);
      case 'UpdateItem':
        return this.#write(action, input as UpdateItemInput);
      case 'Query':
        return this.#query(input as QueryInput);
      case 'BatchWriteItem':
        return this.#writeBatch(input as BatchWriteItemInput);
      default:
        throw new Error(`${action} is not modelled on the direct wire`);
    }
  }

  #get({ TableName, Key, ConsistentRead: _alwaysSo, ...rest }: GetItemInput): object {
    assertNone(rest);
    const Item = this.#table(TableName).get(Key);
    return Item === undefined ? {} : { Item };
  }

  #put(input: PutItemInput): object | Promise<object> {
    const { TableName, Item, ...rest } = input;
    if (Object.keys(rest).length > 0) return this.#write('PutItem', input);
    this.#table(TableName).put(Item);
    return {};
  }

  #delete(input: DeleteItemInput): object | Promise<object> {
    const { TableName, Key, ...rest } = input;
    if (Object.keys(rest).length > 0) return this.#write('DeleteItem', input);
    this.#table(TableName).delete(Key);
    return {};
  }

  async #write(action: ItemAction, input: PutItemInput | DeleteItemInput | UpdateItemInput): Promise<object> {
    const table = this.#table(input.TableName);
    const definition = this.#definitions.get(input.TableName ?? '');
    if (definition === undefined) throw new Error('every table has a definition');
    const run = await loadItemActions();
    // From here on at once: nothing comes between the look and the write.
    const key = table.keyOf('Item' in input ? input.Item : 'Key' in input ? input.Key : undefined);
    return run(action, definition, input, {
      get: () => table.get(key),
      put: (item) => table.put(item),
      delete: () => table.delete(key),
    });
  }

  #query({ TableName, ConsistentRead: _alwaysSo, ...input }: QueryInput): object {
    const { KeyConditionExpression = '', ExpressionAttributeValues = {}, ...paged } = input;
    const { Limit, ExclusiveStartKey, ScanIndexForward = true, ...rest } = paged;
    assertNone(rest);
    const table = this.#table(TableName);
    const found = table.query(KeyConditionExpression, ExpressionAttributeValues);
    const ordered = ScanIndexForward ? found : found.toReversed();
    const left =
      ExclusiveStartKey === undefined
        ? ordered
        : ordered.filter((item) => table.isBehind(item, ExclusiveStartKey, ScanIndexForward));
    const Items = left.slice(0, Limit);
    // Also where nothing is left behind the last one: DynamoDB has not looked.
    const last = Limit !== undefined && Items.length === Limit ? Items.at(-1) : undefined;
    const LastEvaluatedKey = last === undefined ? {} : { LastEvaluatedKey: table.keyOf(last) };
    return { Items, Count: Items.length, ScannedCount: Items.length, ...LastEvaluatedKey };
  }

  /** Nothing is written where anything is wrong. */
  #writeBatch({ RequestItems = {}, ...rest }: BatchWriteItemInput): object {
    assertNone(rest);
    const writes = Object.entries(RequestItems).flatMap(([name, requests]) => {
      const table = this.#table(name);
      return requests.map(({ PutRequest, DeleteRequest }) =>
        PutRequest === undefined
          ? {
              at: [name, table.placeOfKey(DeleteRequest?.Key)],
              write: () => table.delete(DeleteRequest?.Key),
            }
          : { at: [name, table.placeOf(PutRequest.Item)], write: () => table.put(PutRequest.Item) },
      );
    });
    if (writes.length > MAX_BATCH) refuse('too many items requested for the BatchWriteItem call');
    const places = new Set(writes.map(({ at }) => JSON.stringify(at)));
    if (places.size < writes.length) refuse('the list of item keys contains duplicates');
    for (const { write } of writes) write();
    return { UnprocessedItems: {} };
  }

  #table(name: string | undefined): MemoryTable {
    const table = this.#tables.get(name ?? '');
    if (table === undefined) throw new AwsError('ResourceNotFoundException', 'Requested resource not found');
    return table;
  }
}

function assertNone(rest: object): void {
  const [name] = Object.keys(rest);
  if (name !== undefined) throw new Error(`${name} is not modelled on the direct wire`);
}
