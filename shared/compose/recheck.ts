import { SQSClient } from '@aws-sdk/client-sqs';
import { SqsWorkQueue } from '../aws/queues.ts';
import type { Platform } from '../platform.ts';
import type { RecheckDeps } from '../reconcile/work-batch.ts';
import { readSettings, recheckSettings } from '../settings.ts';
import { clientConfig, noting } from './core.ts';

export function composeRecheck(platform: Platform): RecheckDeps {
  const settings = readSettings(recheckSettings, platform.env);
  const hub = clientConfig(platform, settings.AWS_REGION);
  return {
    queue: new SqsWorkQueue(new SQSClient(hub), settings.WORK_QUEUE_URL),
    ...noting(platform, settings),
  };
}
