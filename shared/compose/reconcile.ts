import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDbApprovals } from '../aws/dynamodb-approvals.ts';
import { DynamoDbBrake } from '../aws/dynamodb-brake.ts';
import { DynamoDbLedger } from '../aws/dynamodb-ledger.ts';
import { DynamoDbContests } from '../aws/dynamodb-contests.ts';
import { DynamoDbSuspensions } from '../aws/dynamodb-suspensions.ts';
import { DynamoDbReservations } from '../aws/dynamodb-reservations.ts';
import { HubBus } from '../aws/hub-bus.ts';
import { SqsRecheckQueue, SqsSweepQueue } from '../aws/queues.ts';
import type { Platform } from '../platform.ts';
import type { WorkBatchDeps } from '../reconcile/work-batch.ts';
import { readSettings, reconcileSettings } from '../settings.ts';
import { clientConfig, noting, places, withPolicy, readers, returns } from './core.ts';

export function composeReconcile(platform: Platform): () => WorkBatchDeps {
  const settings = readSettings(reconcileSettings, platform.env);
  const hub = clientConfig(platform, settings.AWS_REGION);
  const dynamoDb = new DynamoDBClient(hub);
  const sqs = new SQSClient(hub);
  return withPolicy(platform, settings.POLICY_FILE, {
    ...readers(platform, settings),
    ledger: new DynamoDbLedger(dynamoDb, settings.LEDGER_TABLE),
    brake: new DynamoDbBrake(dynamoDb, settings.LEDGER_TABLE, platform.clock),
    reservations: new DynamoDbReservations(dynamoDb, settings.LEDGER_TABLE, platform.clock),
    suspensions: new DynamoDbSuspensions(dynamoDb, settings.LEDGER_TABLE, platform.clock),
    contests: new DynamoDbContests(dynamoDb, settings.LEDGER_TABLE),
    approvals: new DynamoDbApprovals(dynamoDb, settings.LEDGER_TABLE),
    places: places(platform, dynamoDb, settings),
    bus: new HubBus(new EventBridgeClient(hub), settings.HUB_BUS_NAME),
    recheck: new SqsRecheckQueue(sqs, settings.RECHECK_QUEUE_URL),
    sweeps: new SqsSweepQueue(sqs, settings.SWEEP_QUEUE_URL),
    returns: returns(platform, settings.AWS_REGION, settings.WORK_QUEUE_URL),
    ...noting(platform, settings),
    clock: platform.clock,
    metrics: platform.metrics,
  });
}
