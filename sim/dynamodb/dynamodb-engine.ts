import { EventEmitter } from 'node:events';
import type { Server } from 'node:http';

import { AwsError } from '../types.ts';
import { readJson, writeJson } from '../wire/json.ts';
import { WIRE_SERVICES } from '../wire/services.ts';

/** What a table is made of, as `CreateTable` takes it. */
export interface TableDefinition {
  readonly TableName: string;
  readonly KeySchema: readonly { readonly AttributeName: string; readonly KeyType: string }[];
  readonly AttributeDefinitions: readonly {
    readonly AttributeName: string;
    readonly AttributeType: string;
  }[];
}

/** What keeps the tables of one account and region, and knows nothing of permissions, faults and time. */
export interface TableEngine {
  addTable(definition: TableDefinition): void;
  hasTable(name: string): boolean;
  /**
   * Runs one action.
   * @throws AwsError that DynamoDB answers with
   */
  run(action: string, input: unknown): Promise<unknown>;
}

/** A table is made within a millisecond or two; each look takes some turns of the event loop. */
const MAX_LOOKS_AT_TABLE = 10_000;

/**
 * The DynamoDB of one account and region: the engine dynalite, in this process and without a socket. It is loaded
 * when the first call comes, since it takes longer to load than most simulations take to run.
 */
export class DynamoDbEngine implements TableEngine {
  #server: Server | undefined;
  /** Tables that the stacks have and the engine has not yet. */
  readonly #pending = new Map<string, TableDefinition>();
  readonly #tables = new Set<string>();

  /** Takes no time: the engine makes the table when it is first used. */
  addTable(definition: TableDefinition): void {
    this.#pending.set(definition.TableName, definition);
    this.#tables.add(definition.TableName);
  }

  hasTable(name: string): boolean {
    return this.#tables.has(name);
  }

  async run(action: string, input: unknown): Promise<unknown> {
    const operation = WIRE_SERVICES.get('dynamodb')?.operations.get(action);
    if (operation === undefined) throw new Error(`DynamoDB has no operation ${action}`);
    this.#server ??= await newServer();
    for (const [name, definition] of this.#pending) {
      await makeTable(this.#server, definition);
      this.#pending.delete(name);
    }
    return readJson(operation.output, await ask(this.#server, action, writeJson(operation.input, input)));
  }
}

async function newServer(): Promise<Server> {
  const { default: dynalite } = await import('dynalite');
  return dynalite({ createTableMs: 0 });
}

async function makeTable(server: Server, definition: TableDefinition): Promise<void> {
  await ask(server, 'CreateTable', { ...definition, BillingMode: 'PAY_PER_REQUEST' });
  for (let look = 0; look < MAX_LOOKS_AT_TABLE; look++) {
    const answer = await ask(server, 'DescribeTable', { TableName: definition.TableName });
    if (memberOf(memberOf(answer, 'Table'), 'TableStatus') === 'ACTIVE') return;
  }
  throw new Error(`the engine does not come to an end with the table ${definition.TableName}`);
}

async function ask(server: Server, action: string, input: unknown): Promise<unknown> {
  const { status, body } = await exchange(server, action, JSON.stringify(input));
  const answer: unknown = JSON.parse(body);
  if (status === 200) return answer;
  const type = String(memberOf(answer, '__type'));
  const message = memberOf(answer, 'message') ?? memberOf(answer, 'Message');
  throw new AwsError(type.split('#').at(-1) ?? type, typeof message === 'string' ? message : '', status);
}

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

/** Hands a request to the server's listener, which uses no more of request and response than is here. */
function exchange(server: Server, action: string, body: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve) => {
    const request = Object.assign(new EventEmitter(), {
      method: 'POST',
      url: '/',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `DynamoDB_20120810.${action}`,
        // Who calls, and whether that is allowed, was settled before; the engine wants only the form.
        'x-amz-date': '20260101T000000Z',
        authorization: 'AWS4-HMAC-SHA256 Credential=none, SignedHeaders=none, Signature=none',
      },
    });
    const response = {
      statusCode: 200,
      setHeader: () => undefined,
      end: (text: string) => resolve({ status: response.statusCode, body: text }),
    };
    server.emit('request', request, response);
    request.emit('data', Buffer.from(body));
    request.emit('end');
  });
}
