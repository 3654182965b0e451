import type {
  DeleteRuleRequest,
  DescribeRuleRequest,
  DescribeRuleResponse,
  DisableRuleRequest,
  EnableRuleRequest,
  ListRuleNamesByTargetRequest,
  ListRuleNamesByTargetResponse,
  ListRulesRequest,
  ListRulesResponse,
  ListTargetsByRuleRequest,
  ListTargetsByRuleResponse,
  PutRuleRequest,
  PutRuleResponse,
  PutTargetsRequest,
  PutTargetsResponse,
  RemoveTargetsRequest,
  RemoveTargetsResponse,
  Rule,
  Target,
} from '@aws-sdk/client-eventbridge';

import { action, AwsError, type ActionTable, type Call } from '../types.ts';
import { busArnOf, busName, ruleArn } from './event-bus-arn.ts';
import { eventPage } from './event-pages.ts';
import type { EventRule, EventTarget } from './event-rules.ts';
import type { SimulatedEventBridge } from './eventbridge.ts';

/** @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html */
const RULE_NAME = /^[.\-_A-Za-z0-9]{1,64}$/;

interface OnRule {
  readonly Name?: string | undefined;
  readonly Rule?: string | undefined;
  readonly EventBusName?: string | undefined;
}

/** The wire actions on rules and their targets. */
export function eventRuleActions(bridge: SimulatedEventBridge): ActionTable {
  const resources = (call: Call, { Name, Rule, EventBusName }: OnRule): readonly string[] => [
    ruleArn(busArnOf(call, EventBusName), Name ?? Rule ?? ''),
  ];
  const enabling = (enabled: boolean) =>
    action<EnableRuleRequest | DisableRuleRequest, object>({
      mutates: true,
      resources,
      run: (call, { Name = '', EventBusName }) => {
        bridge.enableRule(busArnOf(call, EventBusName), Name, enabled);
        return {};
      },
    });
  return {
    PutRule: action<PutRuleRequest, PutRuleResponse>({
      mutates: true,
      resources,
      run: (call, input) => putRule(bridge, call, input),
    }),
    DescribeRule: action<DescribeRuleRequest, DescribeRuleResponse>({
      mutates: false,
      resources,
      run: (call, { Name = '', EventBusName }) => ({
        ...wireRule(bridge.requireRule(busArnOf(call, EventBusName), Name)),
        CreatedBy: call.caller.accountId,
      }),
    }),
    EnableRule: enabling(true),
    DisableRule: enabling(false),
    DeleteRule: action<DeleteRuleRequest, object>({
      mutates: true,
      resources,
      run: (call, { Name = '', EventBusName }) => {
        bridge.deleteRule(busArnOf(call, EventBusName), Name);
        return {};
      },
    }),
    ListRules: action<ListRulesRequest, ListRulesResponse>({
      mutates: false,
      run: (call, input) => {
        const rules = bridge.rulesOf(busArnOf(call, input.EventBusName));
        const found = rules.filter(({ name }) => name.startsWith(input.NamePrefix ?? ''));
        const { items, next } = eventPage(found, input);
        return { Rules: items.map(wireRule), ...next };
      },
    }),
    ...targetActions(bridge, resources),
  };
}

function targetActions(
  bridge: SimulatedEventBridge,
  resources: (call: Call, input: OnRule) => readonly string[],
): ActionTable {
  return {
    PutTargets: action<PutTargetsRequest, PutTargetsResponse>({
      mutates: true,
      resources,
      run: (call, input) => {
        const targets = (input.Targets ?? []).map(eventTarget);
        bridge.putTargets(busArnOf(call, input.EventBusName), input.Rule ?? '', targets);
        return { FailedEntryCount: 0, FailedEntries: [] };
      },
    }),
    RemoveTargets: action<RemoveTargetsRequest, RemoveTargetsResponse>({
      mutates: true,
      resources,
      run: (call, { Rule = '', EventBusName, Ids = [] }) => {
        const { targets } = bridge.requireRule(busArnOf(call, EventBusName), Rule);
        for (const id of Ids) targets.delete(id);
        return { FailedEntryCount: 0, FailedEntries: [] };
      },
    }),
    ListTargetsByRule: action<ListTargetsByRuleRequest, ListTargetsByRuleResponse>({
      mutates: false,
      resources,
      run: (call, input) => {
        const { targets } = bridge.requireRule(busArnOf(call, input.EventBusName), input.Rule ?? '');
        const { items, next } = eventPage([...targets.values()], input);
        return { Targets: items.map(wireTarget), ...next };
      },
    }),
    ListRuleNamesByTarget: action<ListRuleNamesByTargetRequest, ListRuleNamesByTargetResponse>({
      mutates: false,
      run: (call, input) => {
        const rules = bridge.rulesOf(busArnOf(call, input.EventBusName));
        const leading = rules.filter(({ targets }) =>
          [...targets.values()].some(({ arn }) => arn === input.TargetArn),
        );
        const { items, next } = eventPage(leading, input);
        return { RuleNames: items.map(({ name }) => name), ...next };
      },
    }),
  };
}

function putRule(bridge: SimulatedEventBridge, call: Call, input: PutRuleRequest): PutRuleResponse {
  const { Name: name = '', EventPattern, ScheduleExpression, Description, RoleArn } = input;
  if (!RULE_NAME.test(name)) {
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value '${name}' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+`,
    );
  }
  const rule = bridge.putRule(busArnOf(call, input.EventBusName), {
    name,
    enabled: input.State !== 'DISABLED',
    ...(EventPattern === undefined ? {} : { pattern: EventPattern }),
    ...(ScheduleExpression === undefined ? {} : { schedule: ScheduleExpression }),
    ...(Description === undefined ? {} : { description: Description }),
    ...(RoleArn === undefined ? {} : { roleArn: RoleArn }),
  });
  return { RuleArn: rule.arn };
}

const wireRule = (rule: EventRule): Rule => ({
  Name: rule.name,
  Arn: rule.arn,
  EventPattern: rule.pattern,
  ScheduleExpression: rule.schedule,
  State: rule.enabled ? 'ENABLED' : 'DISABLED',
  Description: rule.description,
  RoleArn: rule.roleArn,
  EventBusName: busName(rule.busArn),
});

function eventTarget(target: Target): EventTarget {
  return {
    id: target.Id ?? '',
    arn: target.Arn ?? '',
    ...(target.RoleArn === undefined ? {} : { roleArn: target.RoleArn }),
    ...(target.Input === undefined ? {} : { input: target.Input }),
    ...(target.InputPath === undefined ? {} : { inputPath: target.InputPath }),
    ...(target.DeadLetterConfig?.Arn === undefined ? {} : { deadLetterArn: target.DeadLetterConfig.Arn }),
    ...(target.SqsParameters?.MessageGroupId === undefined
      ? {}
      : { messageGroupId: target.SqsParameters.MessageGroupId }),
  };
}

const wireTarget = (target: EventTarget): Target => ({
  Id: target.id,
  Arn: target.arn,
  RoleArn: target.roleArn,
  Input: target.input,
  InputPath: target.inputPath,
  ...(target.deadLetterArn !== undefined && { DeadLetterConfig: { Arn: target.deadLetterArn } }),
  ...(target.messageGroupId !== undefined && { SqsParameters: { MessageGroupId: target.messageGroupId } }),
});
