import type {
  AttributeValue,
  CancellationReason,
  TransactWriteItem,
  TransactWriteItemsInput,
} from '@aws-sdk/client-dynamodb';

import { AwsError } from '../types.ts';
import type { TableDefinition, TableEngine } from './dynamodb-engine.ts';
import { loadItemActions, type ItemAction, type RunOnItem } from './dynamodb-item-actions.ts';
import { refuse } from './dynamodb-memory-table.ts';

type Item = Readonly<Record<string, AttributeValue>>;

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
const MAX_ACTIONS = 100;

/** An item after an action of a transaction. */
type After = Item | 'deleted' | 'as it was';

/** One action of a transaction. */
export interface TransactAction {
  /** As the permission that it needs is called. */
  readonly name: ItemAction | 'ConditionCheckItem';
  readonly input: {
    readonly TableName: string;
    readonly Key?: Item;
    readonly Item?: Item;
    readonly ConditionExpression?: string;
  };
}

/** @throws AwsError where an item names no action, or more than one */
export function actionsOf({
  TransactItems = [],
}: Pick<TransactWriteItemsInput, 'TransactItems'>): readonly TransactAction[] {
  if (TransactItems.length === 0 || TransactItems.length > MAX_ACTIONS) {
    return refuse(`1 validation error detected: a transaction has 1 to ${MAX_ACTIONS} actions`);
  }
  return TransactItems.map(actionOf);
}

function actionOf({ Put, Update, Delete, ConditionCheck }: TransactWriteItem): TransactAction {
  const named = [
    ['PutItem', Put],
    ['UpdateItem', Update],
    ['DeleteItem', Delete],
    ['ConditionCheckItem', ConditionCheck],
  ] as const;
  const [first, ...more] = named.flatMap(([name, input]) => (input === undefined ? [] : [{ name, input }]));
  if (first === undefined || more.length > 0) {
    return refuse('TransactItems can only contain one of Check, Put, Update or Delete');
  }
  // Sound: the wire has read it by its schema, which asks for the table.
  return first as TransactAction;
}

/**
 * An engine with TransactWriteItems: all of its conditions are looked at, then all is written. Nothing else runs on
 * the engine meanwhile.
 */
export class TransactingEngine implements TableEngine {
  readonly #engine: TableEngine;
  readonly #definitions = new Map<string, TableDefinition>();
  /** Whatever was asked for before has ended when this resolves. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(engine: TableEngine) {
    this.#engine = engine;
  }

  addTable(definition: TableDefinition): void {
    this.#definitions.set(definition.TableName, definition);
    this.#engine.addTable(definition);
  }

  hasTable(name: string): boolean {
    return this.#engine.hasTable(name);
  }

  run(action: string, input: unknown): Promise<unknown> {
    const work = this.#last.then(() =>
      // Sound: the wire has read the input by the action's own schema.
      action === 'TransactWriteItems'
        ? this.#transact(input as TransactWriteItemsInput)
        : this.#engine.run(action, input),
    );
    this.#last = work.catch(() => undefined);
    return work;
  }

  async #transact(input: TransactWriteItemsInput): Promise<object> {
    const actions = actionsOf(input);
    const keys = actions.map((action) => this.#keyOf(action));
    const places = new Set(
      actions.map((action, index) => JSON.stringify([action.input.TableName, keys[index]])),
    );
    if (places.size < actions.length) {
      refuse('Transaction request cannot include multiple operations on one item');
    }
    const run = await loadItemActions();
    const looks: { place: { TableName: string; Key: Item }; reason: CancellationReason; after: After }[] = [];
    for (const [index, action] of actions.entries()) {
      const place = { TableName: action.input.TableName, Key: action.input.Key ?? keys[index] ?? {} };
      const { Item: item } = (await this.#engine.run('GetItem', place)) as { Item?: Item };
      looks.push({ place, ...this.#dryRun(run, action, item) });
    }
    const reasons = looks.map(({ reason }) => reason);
    if (reasons.some(({ Code }) => Code !== 'None')) throw cancelled(reasons);
    for (const { place, after } of looks) {
      if (after === 'deleted') await this.#engine.run('DeleteItem', place);
      else if (after !== 'as it was')
        await this.#engine.run('PutItem', { TableName: place.TableName, Item: after });
    }
    return {};
  }

  /** What an action would do to its item, and what stops it. */
  #dryRun(
    run: RunOnItem,
    { name, input }: TransactAction,
    item: Item | undefined,
  ): { reason: CancellationReason; after: After } {
    let after: After = 'as it was';
    const slot = {
      get: () => item,
      put: (written: Item) => {
        after = written;
      },
      delete: () => {
        after = 'deleted';
      },
    };
    try {
      // A check is what comes before a deletion.
      run(
        name === 'ConditionCheckItem' ? 'DeleteItem' : name,
        this.#definition(input.TableName),
        input,
        slot,
      );
      return { reason: { Code: 'None' }, after: name === 'ConditionCheckItem' ? 'as it was' : after };
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== 'ConditionalCheckFailedException') throw error;
      return { reason: { Code: 'ConditionalCheckFailed', Message: error.message }, after };
    }
  }

  /** By the table's schema, in its order. */
  #keyOf({ input: { TableName, Key, Item } }: TransactAction): Item {
    const names = this.#definition(TableName).KeySchema.map(({ AttributeName }) => AttributeName);
    const given = Key ?? Item ?? {};
    return Object.fromEntries(
      names.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]] as const])),
    );
  }

  #definition(name: string): TableDefinition {
    const definition = this.#definitions.get(name);
    if (definition === undefined)
      throw new AwsError('ResourceNotFoundException', 'Requested resource not found');
    return definition;
  }
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html#API_TransactWriteItems_Errors */
function cancelled(reasons: readonly CancellationReason[]): AwsError {
  const codes = reasons.map(({ Code }) => Code).join(', ');
  return new AwsError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    400,
    { CancellationReasons: reasons },
  );
}
