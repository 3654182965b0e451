import type { Parameter } from '@aws-sdk/client-ssm';

import { formatArn } from '../arn.ts';
import type { Call } from '../types.ts';

export interface StoredParameter {
  readonly name: string;
  readonly type: 'String' | 'StringList' | 'SecureString';
  readonly value: string;
  readonly version: number;
  readonly modifiedAtMs: number;
}

/** A parameter as a call sees it: what is secret it sees as a cipher unless it asks for decryption. */
export function wireParameter(call: Call, stored: StoredParameter, decrypt: boolean): Parameter {
  const isCipher = stored.type === 'SecureString' && !decrypt;
  return {
    ARN: parameterArn(call.caller.accountId, call.region, stored.name),
    Name: stored.name,
    Type: stored.type,
    Value: isCipher ? Buffer.from(`encrypted:${stored.value}`).toString('base64') : stored.value,
    Version: stored.version,
    LastModifiedDate: new Date(stored.modifiedAtMs),
    DataType: 'text',
  };
}

/** In an ARN the slash that begins a path is not repeated. */
export const parameterArn = (accountId: string, region: string, name: string): string =>
  formatArn('ssm', region, accountId, `parameter${name.startsWith('/') ? '' : '/'}${name}`);
