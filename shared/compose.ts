import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import type * as z from 'zod';
import { DynamoDbBrake } from './aws/dynamodb-brake.ts';
import { DynamoDbCharts } from './aws/dynamodb-charts.ts';
import { DynamoDbFailureNotes } from './aws/dynamodb-failure-notes.ts';
import { DynamoDbLedger } from './aws/dynamodb-ledger.ts';
import { DynamoDbLetters } from './aws/dynamodb-letters.ts';
import { DynamoDbPlaces } from './aws/dynamodb-places.ts';
import { DynamoDbReservations } from './aws/dynamodb-reservations.ts';
import { SdkEc2Directory } from './aws/ec2.ts';
import { HubBus } from './aws/hub-bus.ts';
import { TimedHttp } from './aws/http.ts';
import { SqsLetterQueues } from './aws/letter-queues.ts';
import { MemberSessions } from './aws/member-credentials.ts';
import { SdkOrganization } from './aws/organization.ts';
import { readChart } from './aws/organization-tree.ts';
import { SqsRecheckQueue, SqsReturns, SqsSweepQueue, SqsWorkQueue } from './aws/queues.ts';
import { SlackChannel } from './aws/slack.ts';
import { SnsChannel } from './aws/sns.ts';
import type { CommandDeps } from './commands/answer.ts';
import { loadPolicy } from './domain/policy/language/load.ts';
import type { CompiledPolicy } from './domain/policy/decision/compile.ts';
import type { IntakeDeps } from './events/intake.ts';
import type { LettersDeps } from './letters/take-letters.ts';
import type { NotifyDeps } from './notices/notify.ts';
import { partitionOf } from './domain/facts/partition.ts';
import type { Platform } from './platform.ts';
import type { ReconcileDeps } from './reconcile/ports.ts';
import type { StartSweepDeps } from './reconcile/start-sweep.ts';
import { ChartedOrganization } from './reconcile/charts.ts';
import type { NotingDeps } from './reconcile/failure-notes.ts';
import type { Ledger } from './reconcile/ledger.ts';
import { RememberedPlaces } from './reconcile/places.ts';
import type { RecheckDeps, SweepBatchDeps, WorkBatchDeps } from './reconcile/work-batch.ts';
import {
  commandsSettings,
  intakeSettings,
  letterSettings,
  notifySettings,
  readSettings,
  recheckSettings,
  startSweepSettings,
  sweepSettings,
  reconcileSettings,
} from './settings.ts';

/**
 * The only place that wires. Each function builds its dependencies once per cold start; each `compose…` uses
 * just the clients that its function needs, so that a bundle holds no others.
 */

/** The SDK's own retries, with its client-side rate limiter, are the only ones. */
const MAX_ATTEMPTS = 5;

/** @param region the hub's own for what has one endpoint in all of its partition: the SDK knows which */
function clientConfig({ transport }: Pick<Platform, 'transport'>, region: string) {
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

export function composeIntake(platform: Platform): IntakeDeps {
  const settings = readSettings(intakeSettings, platform.env);
  return intakeOf(platform, new SQSClient(clientConfig(platform, settings.AWS_REGION)), settings);
}

const intakeOf = (
  platform: Platform,
  sqs: SQSClient,
  settings: Pick<z.infer<typeof intakeSettings>, 'WORK_QUEUE_URL' | 'SWEEP_QUEUE_URL' | 'MEMBER_ROLE_NAME'>,
): IntakeDeps => ({
  queue: new SqsWorkQueue(sqs, settings.WORK_QUEUE_URL),
  sweeps: new SqsSweepQueue(sqs, settings.SWEEP_QUEUE_URL),
  memberRoleName: settings.MEMBER_ROLE_NAME,
  log: platform.log,
  metrics: platform.metrics,
});

export function composeRecheck(platform: Platform): RecheckDeps {
  const settings = readSettings(recheckSettings, platform.env);
  const hub = clientConfig(platform, settings.AWS_REGION);
  return {
    queue: new SqsWorkQueue(new SQSClient(hub), settings.WORK_QUEUE_URL),
    ...noting(platform, settings),
  };
}

const places = (
  { clock }: Pick<Platform, 'clock'>,
  dynamoDb: DynamoDBClient,
  { LEDGER_TABLE }: { readonly LEDGER_TABLE: string },
): RememberedPlaces => new RememberedPlaces(new DynamoDbPlaces(dynamoDb, LEDGER_TABLE, clock), clock);

/** What a function needs that fails at messages of a queue. */
function noting(
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

const returns = (platform: Platform, region: string, queueUrl: string): SqsReturns =>
  new SqsReturns(new SQSClient(closingConfig(platform, region)), queueUrl);

export function composeLetters(platform: Platform): LettersDeps {
  const settings = readSettings(letterSettings, platform.env);
  const hub = clientConfig(platform, settings.AWS_REGION);
  return {
    book: new DynamoDbLetters(new DynamoDBClient(hub), settings.LEDGER_TABLE, platform.clock),
    bus: new HubBus(new EventBridgeClient(hub), settings.HUB_BUS_NAME),
    queues: {
      work: settings.WORK_QUEUE_ARN,
      sweep: settings.SWEEP_QUEUE_ARN,
      recheck: settings.RECHECK_QUEUE_ARN,
    },
    hubName: settings.HUB_NAME,
    clock: platform.clock,
    log: platform.log,
    metrics: platform.metrics,
  };
}

export function composeReconcile(platform: Platform): WorkBatchDeps {
  const settings = readSettings(reconcileSettings, platform.env);
  const hub = clientConfig(platform, settings.AWS_REGION);
  const dynamoDb = new DynamoDBClient(hub);
  const sqs = new SQSClient(hub);
  return {
    policy: readPolicy(platform, settings.POLICY_FILE),
    ...readers(platform, settings),
    ledger: new DynamoDbLedger(dynamoDb, settings.LEDGER_TABLE),
    brake: new DynamoDbBrake(dynamoDb, settings.LEDGER_TABLE, platform.clock),
    reservations: new DynamoDbReservations(dynamoDb, settings.LEDGER_TABLE, platform.clock),
    places: places(platform, dynamoDb, settings),
    bus: new HubBus(new EventBridgeClient(hub), settings.HUB_BUS_NAME),
    recheck: new SqsRecheckQueue(sqs, settings.RECHECK_QUEUE_URL),
    sweeps: new SqsSweepQueue(sqs, settings.SWEEP_QUEUE_URL),
    returns: returns(platform, settings.AWS_REGION, settings.WORK_QUEUE_URL),
    ...noting(platform, settings),
    clock: platform.clock,
    metrics: platform.metrics,
  };
}

export function composeStartSweep(platform: Platform): StartSweepDeps {
  const settings = readSettings(startSweepSettings, platform.env);
  const hub = clientConfig(platform, settings.AWS_REGION);
  const organizations = new OrganizationsClient(hub);
  const dynamoDb = new DynamoDBClient(hub);
  return {
    policy: readPolicy(platform, settings.POLICY_FILE),
    readChart: (readAt) =>
      readChart(organizations, readAt, (reason) => {
        platform.log.write({ code: 'organization.odd-answer', reason });
        platform.metrics.count('OddAnswer', {});
      }),
    charts: new DynamoDbCharts(dynamoDb, settings.LEDGER_TABLE),
    placeBook: new DynamoDbPlaces(dynamoDb, settings.LEDGER_TABLE, platform.clock),
    bus: new HubBus(new EventBridgeClient(hub), settings.HUB_BUS_NAME),
    clock: platform.clock,
    sweeps: new SqsSweepQueue(new SQSClient(hub), settings.SWEEP_QUEUE_URL),
    log: platform.log,
  };
}

export function composeSweep(platform: Platform): SweepBatchDeps {
  const settings = readSettings(sweepSettings, platform.env);
  const sqs = new SQSClient(clientConfig(platform, settings.AWS_REGION));
  const dynamoDb = new DynamoDBClient(clientConfig(platform, settings.AWS_REGION));
  const { ec2, organization } = readers(platform, settings);
  const charts = new DynamoDbCharts(dynamoDb, settings.LEDGER_TABLE);
  return {
    policy: readPolicy(platform, settings.POLICY_FILE),
    ec2,
    organization: new ChartedOrganization(charts, organization, platform.clock),
    places: places(platform, dynamoDb, settings),
    queue: new SqsWorkQueue(sqs, settings.WORK_QUEUE_URL),
    sweeps: new SqsSweepQueue(sqs, settings.SWEEP_QUEUE_URL),
    returns: returns(platform, settings.AWS_REGION, settings.SWEEP_QUEUE_URL),
    ...noting(platform, settings),
    clock: platform.clock,
    metrics: platform.metrics,
  };
}

/** What the command line reads to plan without doing. */
export function composePlanning(
  platform: Pick<Platform, 'transport' | 'clock'>,
  options: {
    readonly policy: CompiledPolicy;
    readonly memberRoleName: string;
    readonly hubRegion: string;
    readonly ledgerTable: string | undefined;
  },
): Pick<ReconcileDeps, 'policy' | 'ec2' | 'organization' | 'clock'> & { readonly ledger?: Ledger } {
  const { policy, memberRoleName, hubRegion, ledgerTable } = options;
  const dynamoDb = new DynamoDBClient(clientConfig(platform, hubRegion));
  return {
    policy,
    ...readers(platform, { AWS_REGION: hubRegion, MEMBER_ROLE_NAME: memberRoleName }),
    ...(ledgerTable === undefined ? {} : { ledger: new DynamoDbLedger(dynamoDb, ledgerTable) }),
    clock: platform.clock,
  };
}

/** EC2 of every member account, and the organization. */
function readers(
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

export function composeNotify(platform: Platform): NotifyDeps {
  const settings = readSettings(notifySettings, platform.env);
  const hub = clientConfig(platform, settings.AWS_REGION);
  return {
    channels: [
      new SnsChannel(new SNSClient(hub), settings.NOTICE_TOPIC_ARN),
      new SlackChannel(new SSMClient(hub), settings.SLACK_WEBHOOK_PARAMETER, platform.fetch),
    ],
    log: platform.log,
    metrics: platform.metrics,
  };
}

export function composeCommands(platform: Platform): CommandDeps {
  const settings = readSettings(commandsSettings, platform.env);
  const hub = clientConfig(platform, settings.AWS_REGION);
  const dynamoDb = new DynamoDBClient(hub);
  const sqs = new SQSClient(hub);
  return {
    brake: new DynamoDbBrake(dynamoDb, settings.LEDGER_TABLE, platform.clock),
    letters: new DynamoDbLetters(dynamoDb, settings.LEDGER_TABLE, platform.clock),
    resend: {
      queues: new SqsLetterQueues(sqs, {
        work: settings.WORK_QUEUE_URL,
        sweep: settings.SWEEP_QUEUE_URL,
        recheck: settings.RECHECK_QUEUE_URL,
      }),
      bus: new HubBus(new EventBridgeClient(hub), settings.HUB_BUS_NAME),
      intake: intakeOf(platform, sqs, settings),
    },
    callers: settings.COMMAND_CALLERS,
    hubAccountId: settings.HUB_ACCOUNT_ID,
    clock: platform.clock,
    log: platform.log,
  };
}

/** @throws Error that lists every fault of the file: a function with a broken policy must not start */
function readPolicy(platform: Platform, path: string): CompiledPolicy {
  const loaded = loadPolicy(platform.readFile(path));
  if (loaded.kind === 'loaded') return loaded.policy;
  const faults = loaded.faults.map(({ line, column, message }) => `${path}:${line}:${column} ${message}`);
  throw new Error(`the policy is broken:\n${faults.join('\n')}`);
}
