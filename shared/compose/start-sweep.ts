import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDbCharts } from '../aws/dynamodb-charts.ts';
import { DynamoDbExpiries } from '../aws/dynamodb-expiries.ts';
import { DynamoDbSuspensions } from '../aws/dynamodb-suspensions.ts';
import { DynamoDbPlaces } from '../aws/dynamodb-places.ts';
import { HubBus } from '../aws/hub-bus.ts';
import { readChart } from '../aws/organization-tree.ts';
import { SqsSweepQueue } from '../aws/queues.ts';
import type { Platform } from '../platform.ts';
import type { StartSweepDeps } from '../reconcile/start-sweep.ts';
import { readSettings, startSweepSettings } from '../settings.ts';
import { clientConfig, withPolicy } from './core.ts';

export function composeStartSweep(platform: Platform): () => StartSweepDeps {
  const settings = readSettings(startSweepSettings, platform.env);
  const hub = clientConfig(platform, settings.AWS_REGION);
  const organizations = new OrganizationsClient(hub);
  const dynamoDb = new DynamoDBClient(hub);
  return withPolicy<Omit<StartSweepDeps, 'policy'>>(platform, settings.POLICY_FILE, {
    readChart: (readAt) =>
      readChart(organizations, readAt, (reason) => {
        platform.log.write({ code: 'organization.odd-answer', reason });
        platform.metrics.count('OddAnswer', {});
      }),
    charts: new DynamoDbCharts(dynamoDb, settings.LEDGER_TABLE),
    suspensions: new DynamoDbSuspensions(dynamoDb, settings.LEDGER_TABLE, platform.clock),
    expiries: new DynamoDbExpiries(dynamoDb, settings.LEDGER_TABLE),
    placeBook: new DynamoDbPlaces(dynamoDb, settings.LEDGER_TABLE, platform.clock),
    bus: new HubBus(new EventBridgeClient(hub), settings.HUB_BUS_NAME),
    clock: platform.clock,
    sweeps: new SqsSweepQueue(new SQSClient(hub), settings.SWEEP_QUEUE_URL),
    log: platform.log,
    metrics: platform.metrics,
  });
}
