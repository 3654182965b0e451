import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDbApprovals } from '../aws/dynamodb-approvals.ts';
import { DynamoDbLedger } from '../aws/dynamodb-ledger.ts';
import { DynamoDbCharts } from '../aws/dynamodb-charts.ts';
import { SqsSweepQueue, SqsWorkQueue } from '../aws/queues.ts';
import type { Platform } from '../platform.ts';
import { ChartedOrganization } from '../reconcile/charts.ts';
import type { SweepBatchDeps } from '../reconcile/work-batch.ts';
import { readSettings, sweepSettings } from '../settings.ts';
import { clientConfig, noting, places, withPolicy, readers, returns } from './core.ts';

export function composeSweep(platform: Platform): () => SweepBatchDeps {
  const settings = readSettings(sweepSettings, platform.env);
  const sqs = new SQSClient(clientConfig(platform, settings.AWS_REGION));
  const dynamoDb = new DynamoDBClient(clientConfig(platform, settings.AWS_REGION));
  const { ec2, organization } = readers(platform, settings);
  const charts = new DynamoDbCharts(dynamoDb, settings.LEDGER_TABLE);
  return withPolicy(platform, settings.POLICY_FILE, {
    ec2,
    organization: new ChartedOrganization(charts, organization, platform.clock),
    ledger: new DynamoDbLedger(dynamoDb, settings.LEDGER_TABLE),
    places: places(platform, dynamoDb, settings),
    approvals: new DynamoDbApprovals(dynamoDb, settings.LEDGER_TABLE),
    queue: new SqsWorkQueue(sqs, settings.WORK_QUEUE_URL),
    sweeps: new SqsSweepQueue(sqs, settings.SWEEP_QUEUE_URL),
    returns: returns(platform, settings.AWS_REGION, settings.SWEEP_QUEUE_URL),
    ...noting(platform, settings),
    clock: platform.clock,
    metrics: platform.metrics,
  });
}
