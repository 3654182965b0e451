import type { RecordedCall } from '../sim/aws.ts';
import type { Invocation, LogLine } from '../sim/lambda/function.ts';
import type { Delivery } from '../sim/eventbridge/event-rules.ts';
import type { Publication } from '../sim/sns/sns-messages.ts';
import type { TrailDelivery } from '../sim/cloudtrail/trail.ts';
import type { Caller } from '../sim/types.ts';
import { NAME, type World } from '../sim/world/world.ts';

/** What a simulated AWS has recorded; a timeline is made of nothing else. */
export interface Records {
  /** The names of autopeer's functions and roles start with this. */
  readonly name: string;
  readonly hubBusArn: string;
  readonly calls: readonly RecordedCall[];
  readonly trail: readonly TrailDelivery[];
  readonly busDeliveries: readonly Delivery[];
  readonly invocations: readonly Invocation[];
  readonly logs: readonly LogLine[];
  readonly published: readonly Publication[];
}

/** All that a world has recorded until now. */
export function recordsOf({ aws, hub }: World): Records {
  return {
    name: NAME,
    hubBusArn: hub.arn('HubBus'),
    calls: aws.calls,
    trail: aws.trail.delivered,
    busDeliveries: aws.events.delivered,
    invocations: aws.lambda.invocations,
    logs: aws.lambda.logs,
    published: aws.sns.published,
  };
}

/** Whether one of autopeer's own roles made the call: a function's in the hub, or a member's that it assumed. */
export function isAutopeer({ roleArn }: Caller, name: string): boolean {
  return roleArn?.split('/').at(-1)?.startsWith(`${name}-`) === true;
}
