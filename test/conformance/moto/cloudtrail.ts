import type { EC2Client } from '@aws-sdk/client-ec2';
import { trailRecord } from '../../../sim/cloudtrail/cloudtrail.ts';
import type { Call } from '../../../sim/types.ts';
import { peoplesRole } from './clients.ts';

/** Receives an event as EventBridge's default bus has it. */
type Receive = (event: Record<string, unknown>) => Promise<void>;

/**
 * Gives `receive` an event for each mutating call of the client, as CloudTrail would. moto writes none.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
 */
export function emitCloudTrail(client: EC2Client, accountId: string, region: string, receive: Receive): void {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const result = await next(args);
      const action = (context.commandName ?? '').replace(/Command$/, '');
      if (!action.startsWith('Describe')) {
        await receive(envelope({ action, accountId, region }, args.input, result.output));
      }
      return result;
    },
    { name: 'cloudTrail', step: 'initialize' },
  );
}

function envelope(
  { action, accountId, region }: { action: string; accountId: string; region: string },
  input: unknown,
  output: unknown,
): Record<string, unknown> {
  const eventId = crypto.randomUUID();
  const timeMs = Date.now();
  const roleArn = peoplesRole(accountId);
  const call: Call = {
    service: 'ec2',
    action,
    region,
    caller: { accountId, roleArn, arn: `arn:aws:sts::${accountId}:assumed-role/people/somebody` },
    requestId: crypto.randomUUID(),
    userAgent: 'conformance',
  };
  return {
    version: '0',
    id: eventId,
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.ec2',
    account: accountId,
    time: new Date(timeMs).toISOString().replace(/\.\d{3}Z$/, 'Z'),
    region,
    resources: [],
    detail: trailRecord(call, input, { output }, { eventId, timeMs }),
  };
}
