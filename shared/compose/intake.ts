import { SQSClient } from '@aws-sdk/client-sqs';
import type * as z from 'zod';
import { SqsSweepQueue, SqsWorkQueue } from '../aws/queues.ts';
import type { IntakeDeps } from '../events/intake.ts';
import type { Platform } from '../platform.ts';
import { intakeSettings, readSettings } from '../settings.ts';
import { clientConfig } from './core.ts';

export function composeIntake(platform: Platform): IntakeDeps {
  const settings = readSettings(intakeSettings, platform.env);
  return intakeOf(platform, new SQSClient(clientConfig(platform, settings.AWS_REGION)), settings);
}

export const intakeOf = (
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
