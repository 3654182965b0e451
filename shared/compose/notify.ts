import { SNSClient } from '@aws-sdk/client-sns';
import { SnsChannel } from '../aws/sns.ts';
import type { NotifyDeps } from '../notices/notify.ts';
import type { Platform } from '../platform.ts';
import { notifySettings, readSettings } from '../settings.ts';
import { clientConfig } from './core.ts';

export function composeNotify(platform: Platform): NotifyDeps {
  const settings = readSettings(notifySettings, platform.env);
  const hub = clientConfig(platform, settings.AWS_REGION);
  return {
    channels: [new SnsChannel(new SNSClient(hub), settings.NOTICE_TOPIC_ARN)],
    log: platform.log,
    metrics: platform.metrics,
  };
}
