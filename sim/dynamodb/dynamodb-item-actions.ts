import { AwsError } from '../types.ts';
import { readJson, writeJson } from '../wire/json.ts';
import { WIRE_SERVICES } from '../wire/services.ts';
import type { TableDefinition } from './dynamodb-engine.ts';
import type { Item } from './dynamodb-memory-table.ts';

export type ItemAction = 'PutItem' | 'UpdateItem' | 'DeleteItem';

/** The place of one item. */
export interface Slot {
  get(): Item | undefined;
  put(item: Item): void;
  delete(): void;
}

/**
 * Runs an action on the item that is in the slot, as DynamoDB does: checks the input, then the condition, then writes.
 * @returns the action's answer
 * @throws AwsError and has written nothing
 */
export type RunOnItem = (action: ItemAction, table: TableDefinition, input: object, slot: Slot) => object;

/** dynalite's own: there is no limit here. */
const MAX_ITEM_BYTES = 409_600;

let loaded: RunOnItem | undefined;

/**
 * The actions of dynalite with its parsers of expressions, on items that are kept elsewhere. Loaded when the first
 * call needs it, once a process.
 */
export async function loadItemActions(): Promise<RunOnItem> {
  return (loaded ??= await load());
}

async function load(): Promise<RunOnItem> {
  const { default: validations } = await import('dynalite/validations/index.js');
  const actions = {
    PutItem: [
      (await import('dynalite/validations/putItem.js')).default,
      (await import('dynalite/actions/putItem.js')).default,
    ],
    UpdateItem: [
      (await import('dynalite/validations/updateItem.js')).default,
      (await import('dynalite/actions/updateItem.js')).default,
    ],
    DeleteItem: [
      (await import('dynalite/validations/deleteItem.js')).default,
      (await import('dynalite/actions/deleteItem.js')).default,
    ],
  } as const;
  return (action, table, input, slot) => {
    const operation = WIRE_SERVICES.get('dynamodb')?.operations.get(action);
    if (operation === undefined) throw new Error(`DynamoDB has no operation ${action}`);
    const [validation, run] = actions[action];
    const store = storeOf(table, slot);
    let outcome: Outcome | undefined;
    try {
      const data = validations.checkTypes(writeJson(operation.input, input) as object, validation.types);
      validations.checkValidations(data, validation.types, validation.custom, store);
      run(store, data, (error, answer) => {
        outcome = { error, answer };
      });
    } catch (error) {
      outcome = { error, answer: undefined };
    }
    if (outcome === undefined) throw new Error(`${action} has not answered at once`);
    if (outcome.error) throw refusalOf(outcome.error);
    return readJson(operation.output, outcome.answer ?? {}) as object;
  };
}

interface Outcome {
  readonly error: unknown;
  readonly answer: object | undefined;
}

/** A store of dynalite that has one table, and in it one item. */
function storeOf(table: TableDefinition, slot: Slot): object {
  const put = WIRE_SERVICES.get('dynamodb')?.operations.get('PutItem');
  if (put === undefined) throw new Error('DynamoDB has no operation PutItem');
  const read = (item: unknown): Item =>
    (readJson(put.input, { TableName: '', Item: item }) as { Item: Item }).Item;
  const write = (item: Item): unknown => (writeJson(put.input, { Item: item }) as { Item: unknown }).Item;
  const itemDb = {
    lock: (_key: string, work: (release: <Callback>(callback: Callback) => Callback) => void) =>
      work((callback) => callback),
    get: (_key: string, callback: (error: unknown, item?: unknown) => void) => {
      const item = slot.get();
      if (item === undefined) callback(Object.assign(new Error('not found'), { name: 'NotFoundError' }));
      else callback(null, write(item));
    },
    put: (_key: string, item: unknown, callback: (error: unknown) => void) => {
      slot.put(read(item));
      callback(null);
    },
    del: (_key: string, callback: (error: unknown) => void) => {
      slot.delete();
      callback(null);
    },
  };
  return {
    options: { maxItemSize: MAX_ITEM_BYTES },
    getTable: (_name: string, callback: (error: unknown, table: object) => void) => callback(null, table),
    getItemDb: () => itemDb,
  };
}

/** What dynalite refuses with carries the answer's body; anything else is a fault of the simulation. */
function refusalOf(error: unknown): unknown {
  const body: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'body') : undefined;
  if (typeof body !== 'object' || body === null) return error;
  const { __type: type, message } = body as { __type?: string; message?: string };
  return new AwsError(type?.split('#').at(-1) ?? '', message ?? '');
}
