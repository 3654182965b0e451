import type {
  AssumeRoleRequest,
  AssumeRoleResponse,
  GetCallerIdentityRequest,
  GetCallerIdentityResponse,
} from '@aws-sdk/client-sts';

import type { CredentialStore } from './credentials.ts';
import type { SimulatedIam } from '../iam/iam.ts';
import { action, AwsError, type ActionTable } from '../types.ts';

const DEFAULT_SECONDS = 3600;
const SHORTEST_SECONDS = 900;
const LONGEST_SECONDS = 43_200;
/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_terms-and-concepts.html role chaining */
const CHAINED_LONGEST_SECONDS = 3600;

/** Simulated STS. */
export function stsActions(deps: { iam: SimulatedIam; credentials: CredentialStore }): ActionTable {
  return {
    AssumeRole: action<AssumeRoleRequest, AssumeRoleResponse>({
      mutates: false, // CloudTrail logs it as a read
      resources: (_call, input) => [input.RoleArn ?? ''],
      run: (call, input) => {
        const seconds = input.DurationSeconds ?? DEFAULT_SECONDS;
        assertDuration(seconds, call.caller.roleArn !== undefined);
        const sessionName = input.RoleSessionName ?? '';
        if (!/^[\w+=,.@-]{2,64}$/.test(sessionName)) {
          throw new AwsError(
            'ValidationError',
            `1 validation error detected: Value '${sessionName}' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*`,
          );
        }
        const role = deps.iam.role(input.RoleArn ?? '');
        if (role === undefined) throw new Error('IAM allowed a role that does not exist');
        if (seconds > role.maxSessionSeconds) {
          throw new AwsError(
            'ValidationError',
            'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
          );
        }
        const session = deps.credentials.startSession(role, sessionName, seconds);
        return {
          Credentials: {
            AccessKeyId: session.accessKeyId,
            SecretAccessKey: session.secretAccessKey,
            SessionToken: session.sessionToken,
            Expiration: new Date(session.expiresAtMs),
          },
          AssumedRoleUser: { AssumedRoleId: `AROA:${sessionName}`, Arn: session.caller.arn },
        };
      },
    }),
    GetCallerIdentity: action<GetCallerIdentityRequest, GetCallerIdentityResponse>({
      mutates: false,
      // Nobody needs a permission for this one, and no policy can take it away.
      resources: () => [],
      run: (call) => ({
        Account: call.caller.accountId,
        Arn: call.caller.arn,
        UserId: call.caller.arn.split('/').at(-1),
      }),
    }),
  };
}

function assertDuration(seconds: number, isChained: boolean): void {
  if (seconds < SHORTEST_SECONDS || seconds > LONGEST_SECONDS) {
    throw new AwsError(
      'ValidationError',
      `1 validation error detected: Value '${seconds}' at 'durationSeconds' failed to satisfy constraint: Member must have value between ${SHORTEST_SECONDS} and ${LONGEST_SECONDS}`,
    );
  }
  if (isChained && seconds > CHAINED_LONGEST_SECONDS) {
    throw new AwsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    );
  }
}
