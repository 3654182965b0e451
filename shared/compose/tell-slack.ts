import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SSMClient } from '@aws-sdk/client-ssm';
import { DynamoDbApprovals } from '../aws/dynamodb-approvals.ts';
import { DynamoDbSlackPosts } from '../aws/dynamodb-slack-posts.ts';
import { SlackChannel } from '../aws/slack.ts';
import type { NotifyBatchDeps } from '../notices/notify-batch.ts';
import type { Platform } from '../platform.ts';
import { readSettings, tellSlackSettings } from '../settings.ts';
import { clientConfig, noting, returns } from './core.ts';

export function composeTellSlack(platform: Platform): NotifyBatchDeps {
  const settings = readSettings(tellSlackSettings, platform.env);
  const hub = clientConfig(platform, settings.AWS_REGION);
  const dynamoDb = new DynamoDBClient(hub);
  const slack = new SlackChannel({
    ssm: new SSMClient(hub),
    names: {
      webhook: settings.SLACK_WEBHOOK_PARAMETER,
      token: settings.SLACK_TOKEN_PARAMETER,
      channel: settings.SLACK_CHANNEL_PARAMETER,
    },
    fetch: platform.fetch,
    clock: platform.clock,
    posts: new DynamoDbSlackPosts(dynamoDb, settings.LEDGER_TABLE),
    approvals: new DynamoDbApprovals(dynamoDb, settings.LEDGER_TABLE),
    hasButtons: settings.SLACK_BUTTONS === 'on',
  });
  return {
    channels: [slack],
    metrics: platform.metrics,
    returns: returns(platform, settings.AWS_REGION, settings.SLACK_QUEUE_URL),
    ...noting(platform, settings),
  };
}
