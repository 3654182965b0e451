import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { DynamoDbLetters } from '../aws/dynamodb-letters.ts';
import { HubBus } from '../aws/hub-bus.ts';
import type { LettersDeps } from '../letters/take-letters.ts';
import type { Platform } from '../platform.ts';
import { letterSettings, readSettings } from '../settings.ts';
import { clientConfig } from './core.ts';

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
      slack: settings.SLACK_QUEUE_ARN,
    },
    hubName: settings.HUB_NAME,
    clock: platform.clock,
    log: platform.log,
    metrics: platform.metrics,
  };
}
