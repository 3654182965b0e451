import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';
import { DynamoDbFailureNotes } from '../aws/dynamodb-failure-notes.ts';
import { DynamoDbPlaces } from '../aws/dynamodb-places.ts';
import { SdkEc2Directory } from '../aws/ec2.ts';
import { TimedHttp } from '../aws/http.ts';
import { MemberSessions } from '../aws/member-credentials.ts';
import { SdkOrganization } from '../aws/organization.ts';
import { SqsReturns } from '../aws/queues.ts';
import { partitionOf } from '../domain/facts/partition.ts';
import type { CompiledPolicy } from '../domain/policy/decision/compile.ts';
import type { PolicyInTime } from '../domain/policy/decision/policy-in-time.ts';
import { loadPolicy } from '../domain/policy/language/load.ts';
import type { Platform } from '../platform.ts';
import type { NotingDeps } from '../reconcile/failure-notes.ts';
import { RememberedPlaces } from '../reconcile/places.ts';
import type { ReconcileDeps } from '../reconcile/ports.ts';

/**
 * Only this folder wires. Each function of the hub builds its dependencies once per cold start, in a file of its own, with
 * just the clients that it needs, so that its bundle holds no others.
 */

/** The SDK's own retries, with its client-side rate limiter, are the only ones. */
const MAX_ATTEMPTS = 5;

/** @param region the hub's own for what has one endpoint in all of its partition: the SDK knows which */
export function clientConfig({ transport }: Pick<Platform, 'transport'>, region: string) {
  const requestHandler = new TimedHttp(transport.requestHandler);
  return { ...transport, requestHandler, region, maxAttempts: MAX_ATTEMPTS, retryMode: 'adaptive' };
}

/**
 * For what is left to do when the work is over: the answer must still be in time, or what was done does not count. See
 * in-time.ts for how long that may take.
 */
function closingConfig({ transport }: Pick<Platform, 'transport'>, region: string) {
  const requestHandler = new TimedHttp(transport.requestHandler, { connectionMs: 1_000, answerMs: 2_000 });
  return { ...transport, requestHandler, region, maxAttempts: 2 };
}

/** @throws Error that lists every fault of the file: a function with a broken policy must not start */
function readPolicies(platform: Platform, path: string): PolicyInTime {
  const loaded = loadPolicy(platform.readFile(path));
  if (loaded.kind === 'loaded') return loaded.policies;
  const faults = loaded.faults.map(({ line, column, message }) => `${path}:${line}:${column} ${message}`);
  throw new Error(`the policy is broken:\n${faults.join('\n')}`);
}

/**
 * What a function needs, with the policy of the moment at which it is invoked: all that one invocation does rests on the
 * same policy, whatever rule expires meanwhile.
 *
 * @throws Error that lists every fault of the file
 */
export function withPolicy<Deps extends object>(
  platform: Platform,
  path: string,
  deps: Deps,
): () => Deps & { readonly policy: CompiledPolicy } {
  const policies = readPolicies(platform, path);
  const now = (): CompiledPolicy => policies.at(platform.clock.now());
  // Compiled in the cold start, and not while the first message waits.
  now();
  return () => ({ ...deps, policy: now() });
}

/** What a function needs that fails at messages of a queue. */
export function noting(
  platform: Platform,
  settings: { readonly AWS_REGION: string; readonly LEDGER_TABLE: string; readonly MAX_DELIVERIES: number },
): NotingDeps {
  const dynamoDb = new DynamoDBClient(closingConfig(platform, settings.AWS_REGION));
  return {
    notes: new DynamoDbFailureNotes(dynamoDb, settings.LEDGER_TABLE, platform.clock),
    maxDeliveries: settings.MAX_DELIVERIES,
    log: platform.log,
  };
}

export const returns = (platform: Platform, region: string, queueUrl: string): SqsReturns =>
  new SqsReturns(new SQSClient(closingConfig(platform, region)), queueUrl);

export const places = (
  { clock }: Pick<Platform, 'clock'>,
  dynamoDb: DynamoDBClient,
  { LEDGER_TABLE }: { readonly LEDGER_TABLE: string },
): RememberedPlaces => new RememberedPlaces(new DynamoDbPlaces(dynamoDb, LEDGER_TABLE, clock), clock);

/** EC2 of every member account, and the organization. */
export function readers(
  platform: Pick<Platform, 'transport' | 'clock'> & Partial<Pick<Platform, 'log' | 'metrics'>>,
  settings: { readonly AWS_REGION: string; readonly MEMBER_ROLE_NAME: string },
): Pick<ReconcileDeps, 'ec2' | 'organization'> {
  const sts = new STSClient(clientConfig(platform, settings.AWS_REGION));
  const sessions = new MemberSessions(
    sts,
    settings.MEMBER_ROLE_NAME,
    platform.clock,
    partitionOf(settings.AWS_REGION),
  );
  const organizations = new OrganizationsClient(clientConfig(platform, settings.AWS_REGION));
  return {
    ec2: new SdkEc2Directory(
      sessions,
      (region) => clientConfig(platform, region),
      (reason, where) => {
        platform.log?.write({ code: 'ec2.odd-answer', where, reason });
        platform.metrics?.count('OddAnswer', {});
      },
    ),
    organization: new SdkOrganization(organizations, platform.clock),
  };
}
