import { formatArn } from '../arn.ts';
import type { VirtualClock } from '../clock.ts';
import { action, AwsError, type ActionTable, type Call } from '../types.ts';
import { DynamoDbEngine, type TableDefinition, type TableEngine } from './dynamodb-engine.ts';

/** What the engine does as DynamoDB does. Tables come from stacks only. */
const ITEM_ACTIONS = [
  'BatchGetItem',
  'BatchWriteItem',
  'DeleteItem',
  'GetItem',
  'PutItem',
  'Query',
  'Scan',
  'UpdateItem',
] as const;

/** How the inputs of these actions name their tables: one, or in a batch many. */
interface TableInput {
  readonly TableName?: string;
  readonly RequestItems?: Readonly<Record<string, unknown>>;
}

const tablesOf = ({ TableName, RequestItems }: TableInput): readonly string[] =>
  TableName === undefined ? Object.keys(RequestItems ?? {}) : [TableName];

/** Simulated DynamoDB: an engine that is none of ours, behind the simulation's permissions, faults and time. */
export class SimulatedDynamoDb {
  readonly actions: ActionTable;
  readonly #clock: VirtualClock;
  /** By account and region. */
  readonly #engines = new Map<string, TableEngine>();
  readonly #newEngine: () => TableEngine;

  constructor(clock: VirtualClock, newEngine: () => TableEngine = () => new DynamoDbEngine()) {
    this.#clock = clock;
    this.#newEngine = newEngine;
    this.actions = Object.fromEntries(
      ITEM_ACTIONS.map((name) => [
        name,
        action<TableInput, unknown>({
          // CloudTrail logs reads and writes of items as data events, which never reach EventBridge.
          mutates: false,
          resources: (call, input) =>
            tablesOf(input).map((table) => tableArn(call.caller.accountId, call.region, table)),
          run: (call, input) => this.#run(name, call, input),
        }),
      ]),
    );
  }

  createTable(accountId: string, region: string, definition: TableDefinition): void {
    const engine = this.#engine(accountId, region);
    if (engine.hasTable(definition.TableName)) {
      throw new AwsError('ResourceInUseException', `Table already exists: ${definition.TableName}`);
    }
    engine.addTable(definition);
  }

  async #run(name: string, call: Call, input: TableInput): Promise<unknown> {
    const engine = this.#engine(call.caller.accountId, call.region);
    if (!tablesOf(input).every((table) => engine.hasTable(table))) {
      throw new AwsError('ResourceNotFoundException', 'Requested resource not found');
    }
    // The engine's work takes a number of turns that differs from run to run. As an entry of the clock of its own
    // it begins when all else of this instant has come to rest, and nothing else runs until it ends.
    await this.#clock.sleep(0);
    return this.#clock.hold(engine.run(name, input));
  }

  #engine(accountId: string, region: string): TableEngine {
    const place = `${accountId}/${region}`;
    const engine = this.#engines.get(place) ?? this.#newEngine();
    this.#engines.set(place, engine);
    return engine;
  }
}

const tableArn = (accountId: string, region: string, name: string): string =>
  formatArn('dynamodb', region, accountId, `table/${name}`);
