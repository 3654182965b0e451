import type { Stack } from '@aws-sdk/client-cloudformation';
import { printable } from '../policy/files.ts';
import { outputOf } from './words.ts';

/** What was made, and the first three things to do. */
export function nextSteps(
  hub: Stack,
  {
    region,
    isDryRun,
    members,
  }: { readonly region: string; readonly isDryRun: boolean; readonly members: 'deployed' | 'manual' },
): string {
  const bus = outputOf(hub, 'HubBusArn');
  const topic = outputOf(hub, 'NoticeTopicArn');
  const alarms = outputOf(hub, 'AlarmTopicArn');
  const lines = [
    `the hub ${hub.StackName} is in ${region}`,
    ...(bus === undefined ? [] : [`  bus of the member stacks  ${bus}`]),
    ...(topic === undefined ? [] : [`  topic of the notices      ${topic}`]),
    ...(alarms === undefined ? [] : [`  topic of the alarms       ${alarms}`]),
    'Next:',
    `  1. Subscribe yourself to the notices: aws sns subscribe --region ${region} --topic-arn ${topic ?? 'TOPIC'} \\`,
    '       --protocol email --notification-endpoint YOU@EXAMPLE.COM',
    '     The same for the alarms, with whoever is to be woken. autopeer doctor --fix-hints says what is still missing.',
    members === 'deployed'
      ? '  2. The management account gets no stack from a stack set. If its VPCs are to be peered: autopeer deploy member --profile NAME'
      : '  2. Give the accounts the member stack: autopeer deploy --members auto, or deploy/member.yaml of the package with HubBusArn as above.',
    isDryRun
      ? '  3. Ask for a peering, and read what the dry run tells. Then take dryRun out of the policy and deploy again.'
      : '  3. Ask for a peering that the policy allows; autopeer status says whether autopeer writes.',
  ];
  return lines.map((line) => `${printable(line)}\n`).join('');
}
