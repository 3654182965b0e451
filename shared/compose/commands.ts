import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDbApprovals } from '../aws/dynamodb-approvals.ts';
import { DynamoDbBrake } from '../aws/dynamodb-brake.ts';
import { DynamoDbCharts } from '../aws/dynamodb-charts.ts';
import { DynamoDbContests } from '../aws/dynamodb-contests.ts';
import { DynamoDbHistory } from '../aws/dynamodb-history.ts';
import { DynamoDbLedger } from '../aws/dynamodb-ledger.ts';
import { DynamoDbLetters } from '../aws/dynamodb-letters.ts';
import { DynamoDbPlaces } from '../aws/dynamodb-places.ts';
import { DynamoDbSuspensions } from '../aws/dynamodb-suspensions.ts';
import { HubBus } from '../aws/hub-bus.ts';
import { SqsLetterQueues } from '../aws/letter-queues.ts';
import { SqsWorkQueue } from '../aws/queues.ts';
import type { CommandDeps } from '../commands/answer.ts';
import type { Platform } from '../platform.ts';
import { commandsSettings, readSettings } from '../settings.ts';
import { clientConfig } from './core.ts';
import { intakeOf } from './intake.ts';

export function composeCommands(platform: Platform): CommandDeps {
  const settings = readSettings(commandsSettings, platform.env);
  const hub = clientConfig(platform, settings.AWS_REGION);
  const dynamoDb = new DynamoDBClient(hub);
  const sqs = new SQSClient(hub);
  const bus = new HubBus(new EventBridgeClient(hub), settings.HUB_BUS_NAME);
  return {
    brake: new DynamoDbBrake(dynamoDb, settings.LEDGER_TABLE, platform.clock),
    letters: new DynamoDbLetters(dynamoDb, settings.LEDGER_TABLE, platform.clock),
    suspensions: new DynamoDbSuspensions(dynamoDb, settings.LEDGER_TABLE, platform.clock),
    contests: new DynamoDbContests(dynamoDb, settings.LEDGER_TABLE),
    approvals: new DynamoDbApprovals(dynamoDb, settings.LEDGER_TABLE),
    charts: new DynamoDbCharts(dynamoDb, settings.LEDGER_TABLE),
    placeBook: new DynamoDbPlaces(dynamoDb, settings.LEDGER_TABLE, platform.clock),
    ledger: new DynamoDbLedger(dynamoDb, settings.LEDGER_TABLE),
    history: new DynamoDbHistory(dynamoDb, settings.LEDGER_TABLE, platform.clock),
    version: settings.AUTOPEER_VERSION,
    queue: new SqsWorkQueue(sqs, settings.WORK_QUEUE_URL),
    bus,
    resend: {
      queues: new SqsLetterQueues(sqs, {
        work: settings.WORK_QUEUE_URL,
        sweep: settings.SWEEP_QUEUE_URL,
        recheck: settings.RECHECK_QUEUE_URL,
        slack: settings.SLACK_QUEUE_URL,
      }),
      bus,
      intake: intakeOf(platform, sqs, settings),
    },
    callers: settings.COMMAND_CALLERS,
    hubAccountId: settings.HUB_ACCOUNT_ID,
    clock: platform.clock,
    log: platform.log,
  };
}
