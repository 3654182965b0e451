import { requireArn } from '../arn.ts';
import type { SimulatedIam } from '../iam/iam.ts';
import type { EventRule, EventTarget, FailedInvocation } from './event-rules.ts';
import type { MessageAttribute } from '../sqs/sqs-queue.ts';
import type { SimulatedSqs } from '../sqs/sqs.ts';

const EVENTS = 'events.amazonaws.com';

/**
 * Puts an event that a rule could not hand over into the target's dead-letter queue, with the reason in the
 * message's attributes. The queue's policy must let EventBridge in; otherwise the event is gone.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
export function deadLetterRuleEvent(
  services: { iam: SimulatedIam; sqs: SimulatedSqs },
  rule: EventRule,
  target: EventTarget,
  failure: FailedInvocation,
): void {
  if (target.deadLetterArn === undefined) return;
  const isAllowed = services.iam.allowsService(EVENTS, {
    action: 'sqs:SendMessage',
    resource: target.deadLetterArn,
    sourceArn: rule.arn,
    region: requireArn(rule.arn).region,
  });
  if (!isAllowed) return;
  const text = (StringValue: string): MessageAttribute => ({ DataType: 'String', StringValue });
  services.sqs.queue(target.deadLetterArn)?.send({
    body: JSON.stringify(failure.event),
    senderId: EVENTS,
    attributes: {
      ERROR_CODE: text(failure.code),
      ERROR_MESSAGE: text(failure.message),
      EXHAUSTED_RETRY_CONDITION: text('NonRetryableError'),
      RULE_ARN: text(rule.arn),
      TARGET_ARN: text(target.arn),
    },
  });
}
