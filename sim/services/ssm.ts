import type {
  GetParameterRequest,
  GetParameterResult,
  GetParametersRequest,
  GetParametersResult,
  Parameter,
} from '@aws-sdk/client-ssm';

import { formatArn } from '../arn.ts';
import type { VirtualClock } from '../clock.ts';
import { action, AwsError, type ActionTable, type Call } from '../types.ts';

export interface StoredParameter {
  readonly type: 'String' | 'StringList' | 'SecureString';
  readonly value: string;
  readonly version: number;
  readonly modifiedAtMs: number;
}

/** Simulated SSM Parameter Store. */
export class SimulatedSsm {
  readonly actions: ActionTable;
  readonly #clock: VirtualClock;
  readonly #parameters = new Map<string, StoredParameter>();

  constructor(clock: VirtualClock) {
    this.#clock = clock;
    this.actions = {
      GetParameter: action<GetParameterRequest, GetParameterResult>({
        mutates: false,
        resources: (call, input) => [parameterArn(call.caller.accountId, call.region, input.Name ?? '')],
        run: (call, input) => {
          const name = input.Name ?? '';
          const found = this.#read(call, name, input.WithDecryption === true);
          if (found === undefined) throw new AwsError('ParameterNotFound', `Parameter ${name} not found.`);
          return { Parameter: found };
        },
      }),
      GetParameters: action<GetParametersRequest, GetParametersResult>({
        mutates: false,
        resources: (call, input) =>
          (input.Names ?? []).map((name) => parameterArn(call.caller.accountId, call.region, name)),
        run: (call, input) => {
          const names = input.Names ?? [];
          const found = names.map((name) => this.#read(call, name, input.WithDecryption === true));
          return {
            Parameters: found.filter((parameter) => parameter !== undefined),
            InvalidParameters: names.filter((_name, index) => found[index] === undefined),
          };
        },
      }),
    };
  }

  /** Writes a parameter, as `PutParameter` with `Overwrite` does. */
  put(
    accountId: string,
    region: string,
    name: string,
    value: string,
    type: StoredParameter['type'] = 'String',
  ): void {
    const arn = parameterArn(accountId, region, name);
    const version = (this.#parameters.get(arn)?.version ?? 0) + 1;
    this.#parameters.set(arn, { type, value, version, modifiedAtMs: this.#clock.now() });
  }

  /** The parameter's value, decrypted, or undefined when there is none. */
  value(accountId: string, region: string, name: string): string | undefined {
    return this.#parameters.get(parameterArn(accountId, region, name))?.value;
  }

  #read(call: Call, name: string, decrypt: boolean): Parameter | undefined {
    const arn = parameterArn(call.caller.accountId, call.region, name);
    const stored = this.#parameters.get(arn);
    if (stored === undefined) return undefined;
    const isCipher = stored.type === 'SecureString' && !decrypt;
    return {
      ARN: arn,
      Name: name,
      Type: stored.type,
      Value: isCipher ? Buffer.from(`encrypted:${stored.value}`).toString('base64') : stored.value,
      Version: stored.version,
      LastModifiedDate: new Date(stored.modifiedAtMs),
      DataType: 'text',
    };
  }
}

/** In an ARN the slash that begins a path is not repeated. */
export const parameterArn = (accountId: string, region: string, name: string): string =>
  formatArn('ssm', region, accountId, `parameter${name.startsWith('/') ? '' : '/'}${name}`);
