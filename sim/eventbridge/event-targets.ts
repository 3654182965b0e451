import { formatArn, parseArn, requireArn } from '../arn.ts';
import type { SimulatedIam } from '../iam/iam.ts';
import { AwsError } from '../types.ts';
import type { EventEnvelope, EventRule, EventTarget, FailedInvocation } from './event-rules.ts';

/** The services that rules hand events to. */
export interface TargetServices {
  readonly iam: SimulatedIam;
  /** Another bus receives the event. */
  receive(busArn: string, event: EventEnvelope): void;
  /** Whether a Lambda permission lets the rule invoke the function. */
  mayInvoke(functionArn: string, ruleArn: string): boolean;
  /** Queues an asynchronous invocation. */
  invoke(functionArn: string, event: unknown): void;
  sendMessage(queueArn: string, body: string, groupId: string | undefined): void;
  publish(topicArn: string, message: string): void;
  /** Puts an undeliverable event into the target's dead-letter queue, if it has one. */
  deadLetter(rule: EventRule, target: EventTarget, failure: FailedInvocation): void;
}

const EVENTS = 'events.amazonaws.com';

/** Hands an event to one target, or throws the {@link AwsError} that keeps EventBridge from it. */
export function sendToTarget(
  services: TargetServices,
  rule: EventRule,
  target: EventTarget,
  event: EventEnvelope,
): void {
  const payload = targetPayload(target, event);
  switch (requireArn(target.arn).service) {
    case 'lambda':
      if (!services.mayInvoke(target.arn, rule.arn)) throw noPermissions(rule, target);
      services.invoke(target.arn, payload);
      return;
    case 'events':
      assertMayPutEvents(services.iam, rule, target, event);
      services.receive(target.arn, event);
      return;
    case 'sqs':
      assertMay(services.iam, rule, target, 'sqs:SendMessage');
      services.sendMessage(target.arn, JSON.stringify(payload), target.messageGroupId);
      return;
    case 'sns':
      assertMay(services.iam, rule, target, 'sns:Publish');
      services.publish(target.arn, JSON.stringify(payload));
      return;
    default:
      throw new Error(
        `${rule.arn}: the target ${target.arn} is of a service that the simulation does not model`,
      );
  }
}

function targetPayload(target: EventTarget, event: EventEnvelope): unknown {
  if (target.input !== undefined) return JSON.parse(target.input);
  if (target.inputPath === undefined || target.inputPath === '$') return event;
  if (!/^\$(\.[\w-]+)+$/.test(target.inputPath)) {
    throw new Error(`the input path ${target.inputPath} is not modelled`);
  }
  let value: unknown = event;
  for (const step of target.inputPath.split('.').slice(1)) {
    value = typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined;
  }
  return value ?? null;
}

/** The rule's role needs the permission, or without a role the resource must let EventBridge in. */
function assertMay(iam: SimulatedIam, rule: EventRule, target: EventTarget, action: string): void {
  const { region } = requireArn(rule.arn);
  const request = { action, resource: target.arn, region };
  const isAllowed =
    target.roleArn === undefined
      ? iam.allowsService(EVENTS, { ...request, sourceArn: rule.arn })
      : iam.decide({ ...request, caller: ruleCaller(iam, rule, target.roleArn) }).allowed;
  if (!isAllowed) throw noPermissions(rule, target);
}

/** Another bus asks its own policy too when it belongs to another account. */
function assertMayPutEvents(
  iam: SimulatedIam,
  rule: EventRule,
  target: EventTarget,
  event: EventEnvelope,
): void {
  const { accountId, region, partition } = requireArn(rule.arn);
  const caller =
    target.roleArn === undefined
      ? { accountId, arn: formatArn('iam', '', accountId, 'root', partition) }
      : ruleCaller(iam, rule, target.roleArn);
  const input = { Entries: [{ Source: event.source, DetailType: event['detail-type'] }] };
  const verdict = iam.decide({ action: 'events:PutEvents', resource: target.arn, region, caller, input });
  if (!verdict.allowed) throw noPermissions(rule, target);
}

function ruleCaller(
  iam: SimulatedIam,
  rule: EventRule,
  roleArn: string,
): { accountId: string; arn: string; roleArn: string } {
  const { accountId, region, partition } = requireArn(rule.arn);
  const mayAssume = iam.allowsService(EVENTS, {
    action: 'sts:AssumeRole',
    resource: roleArn,
    sourceArn: rule.arn,
    region,
  });
  if (!mayAssume) {
    throw new AwsError('NO_PERMISSIONS', `EventBridge cannot assume ${roleArn} for ${rule.arn}`);
  }
  const roleName = parseArn(roleArn)?.resource.split('/').at(-1) ?? '';
  const session = `assumed-role/${roleName}/events`;
  return { accountId, arn: formatArn('sts', '', accountId, session, partition), roleArn };
}

const noPermissions = (rule: EventRule, target: EventTarget): AwsError =>
  new AwsError('NO_PERMISSIONS', `${rule.arn} is not authorized to send events to ${target.arn}`);
