import type {
  DescribeContinuousBackupsInput,
  DescribeContinuousBackupsOutput,
  DescribeTableInput,
  DescribeTableOutput,
  TransactWriteItem,
  TransactWriteItemsInput,
} from '@aws-sdk/client-dynamodb';

import { formatArn } from '../arn.ts';
import type { VirtualClock } from '../clock.ts';
import { action, AwsError, type Action, type ActionTable, type Call } from '../types.ts';
import { DynamoDbEngine, type TableDefinition, type TableEngine } from './dynamodb-engine.ts';
import { RequestTokens } from './dynamodb-tokens.ts';
import { actionsOf, TransactingEngine } from './dynamodb-transactions.ts';

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

/** How the inputs of these actions name their tables: one, or in a batch or transaction many. */
interface TableInput {
  readonly TableName?: string;
  readonly RequestItems?: Readonly<Record<string, unknown>>;
  readonly TransactItems?: TransactWriteItem[] | undefined;
}

function tablesOf({ TableName, RequestItems, TransactItems }: TableInput): readonly string[] {
  if (TransactItems !== undefined) return actionsOf({ TransactItems }).map(({ input }) => input.TableName);
  return TableName === undefined ? Object.keys(RequestItems ?? {}) : [TableName];
}

/** What keeps a table from being lost. It is told, and changes nothing. */
export interface TableProtection {
  readonly deletion: boolean;
  readonly pointInTime: boolean;
}

/** Simulated DynamoDB: an engine that is none of ours, behind the simulation's permissions, faults and time. */
export class SimulatedDynamoDb {
  readonly actions: ActionTable;
  readonly #clock: VirtualClock;
  /** By account and region. */
  readonly #engines = new Map<string, TableEngine>();
  readonly #newEngine: () => TableEngine;
  readonly #tokens: RequestTokens;
  /** By the table's ARN. */
  readonly #protections = new Map<string, TableProtection>();

  constructor(clock: VirtualClock, newEngine: () => TableEngine = () => new DynamoDbEngine()) {
    this.#clock = clock;
    this.#newEngine = newEngine;
    this.#tokens = new RequestTokens(clock);
    const byName = Object.fromEntries(
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
    this.actions = { ...byName, ...this.#describing(), TransactWriteItems: this.#transactWriteItems() };
  }

  /** Needs the permission of each of its actions on that action's table. */
  #transactWriteItems(): Action {
    return action<TransactWriteItemsInput, unknown>({
      mutates: false,
      permissions: ({ caller, region }, input) =>
        actionsOf(input).map(({ name, input: part }) => ({
          action: name,
          resource: tableArn(caller.accountId, region, part.TableName),
          input: part,
        })),
      run: (call, input) =>
        this.#tokens.once(placeOf(call), input, () => this.#run('TransactWriteItems', call, input)),
    });
  }

  /** Sets how a table is protected. */
  protect(accountId: string, region: string, table: string, protection: TableProtection): void {
    this.#protections.set(tableArn(accountId, region, table), protection);
  }

  #describing(): ActionTable {
    const resources = ({ caller, region }: Call, { TableName = '' }: { TableName?: string | undefined }) => [
      tableArn(caller.accountId, region, TableName),
    ];
    const protectionOf = (call: Call, { TableName = '' }: { TableName?: string | undefined }) => {
      if (!this.#engine(placeOf(call)).hasTable(TableName)) {
        throw new AwsError(
          'ResourceNotFoundException',
          `Requested resource not found: Table: ${TableName} not found`,
        );
      }
      return this.#protections.get(tableArn(call.caller.accountId, call.region, TableName));
    };
    return {
      DescribeTable: action<DescribeTableInput, DescribeTableOutput>({
        mutates: false,
        resources,
        run: (call, input) => ({
          Table: {
            TableName: input.TableName,
            TableStatus: 'ACTIVE',
            DeletionProtectionEnabled: protectionOf(call, input)?.deletion ?? false,
          },
        }),
      }),
      DescribeContinuousBackups: action<DescribeContinuousBackupsInput, DescribeContinuousBackupsOutput>({
        mutates: false,
        resources,
        run: (call, input) => ({
          ContinuousBackupsDescription: {
            ContinuousBackupsStatus: 'ENABLED',
            PointInTimeRecoveryDescription: {
              PointInTimeRecoveryStatus:
                protectionOf(call, input)?.pointInTime === true ? 'ENABLED' : 'DISABLED',
            },
          },
        }),
      }),
    };
  }

  createTable(accountId: string, region: string, definition: TableDefinition): void {
    const engine = this.#engine(`${accountId}/${region}`);
    if (engine.hasTable(definition.TableName)) {
      throw new AwsError('ResourceInUseException', `Table already exists: ${definition.TableName}`);
    }
    engine.addTable(definition);
  }

  async #run(name: string, call: Call, input: TableInput): Promise<unknown> {
    const engine = this.#engine(placeOf(call));
    if (!tablesOf(input).every((table) => engine.hasTable(table))) {
      throw new AwsError('ResourceNotFoundException', 'Requested resource not found');
    }
    // The engine's work takes a number of turns that differs from run to run. As an entry of the clock of its own
    // it begins when all else of this instant has come to rest, and nothing else runs until it ends.
    await this.#clock.sleep(0);
    return this.#clock.hold(engine.run(name, input));
  }

  #engine(place: string): TableEngine {
    const engine = this.#engines.get(place) ?? new TransactingEngine(this.#newEngine());
    this.#engines.set(place, engine);
    return engine;
  }
}

const placeOf = ({ caller, region }: Call): string => `${caller.accountId}/${region}`;

const tableArn = (accountId: string, region: string, name: string): string =>
  formatArn('dynamodb', region, accountId, `table/${name}`);
