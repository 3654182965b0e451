import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbApprovals } from '../aws/dynamodb-approvals.ts';
import { DynamoDbLedger } from '../aws/dynamodb-ledger.ts';
import type { CompiledPolicy } from '../domain/policy/decision/compile.ts';
import type { Platform } from '../platform.ts';
import type { Approvals } from '../reconcile/approvals.ts';
import type { Ledger } from '../reconcile/ledger.ts';
import type { ReconcileDeps } from '../reconcile/ports.ts';
import { clientConfig, readers } from './core.ts';

/** What the command line reads to plan without doing. */
export function composePlanning(
  platform: Pick<Platform, 'transport' | 'clock'>,
  options: {
    readonly policy: CompiledPolicy;
    readonly memberRoleName: string;
    readonly hubRegion: string;
    readonly ledgerTable: string | undefined;
  },
): Pick<ReconcileDeps, 'policy' | 'ec2' | 'organization' | 'clock'> & {
  readonly ledger?: Ledger;
  readonly approvals?: Pick<Approvals, 'givenTo'>;
} {
  const { policy, memberRoleName, hubRegion, ledgerTable } = options;
  const dynamoDb = new DynamoDBClient(clientConfig(platform, hubRegion));
  return {
    policy,
    ...readers(platform, { AWS_REGION: hubRegion, MEMBER_ROLE_NAME: memberRoleName }),
    ...(ledgerTable === undefined
      ? {}
      : {
          ledger: new DynamoDbLedger(dynamoDb, ledgerTable),
          approvals: new DynamoDbApprovals(dynamoDb, ledgerTable),
        }),
    clock: platform.clock,
  };
}
