import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { DynamoDbApprovals } from '../aws/dynamodb-approvals.ts';
import { DynamoDbSlackPosts } from '../aws/dynamodb-slack-posts.ts';
import { SqsWorkQueue } from '../aws/queues.ts';
import { readSlackParameters } from '../aws/slack-parameters.ts';
import { SlackBot } from '../aws/slack-web.ts';
import type { AnswerClickDeps } from '../commands/answer-clicks.ts';
import type { Platform } from '../platform.ts';
import { answerSlackSettings, readSettings } from '../settings.ts';
import { clientConfig, noting, returns } from './core.ts';

export function composeAnswerSlack(platform: Platform): AnswerClickDeps {
  const settings = readSettings(answerSlackSettings, platform.env);
  const hub = clientConfig(platform, settings.AWS_REGION);
  const dynamoDb = new DynamoDBClient(hub);
  const ssm = new SSMClient(hub);
  const approvals = new DynamoDbApprovals(dynamoDb, settings.LEDGER_TABLE);
  const posts = new DynamoDbSlackPosts(dynamoDb, settings.LEDGER_TABLE);
  const queue = new SqsWorkQueue(new SQSClient(hub), settings.WORK_QUEUE_URL);
  const names = { token: settings.SLACK_TOKEN_PARAMETER, channel: settings.SLACK_CHANNEL_PARAMETER };
  return {
    tools: { approvals, queue, clock: platform.clock },
    // Each time anew: people seldom click, and the token may have been renewed.
    slack: async () => {
      const { token, channel } = await readSlackParameters(ssm, names);
      if (token === undefined || channel === undefined) return undefined;
      const web = new SlackBot(token, platform.fetch, platform.clock);
      return { web, channel, posts, approvals, hasButtons: true };
    },
    returns: returns(platform, settings.AWS_REGION, settings.SLACK_ANSWERS_QUEUE_URL),
    ...noting(platform, settings),
  };
}
