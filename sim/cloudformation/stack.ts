import { evaluateStack, type StackResource } from './cloudformation.ts';
import { parseTemplate } from './cloudformation-parse.ts';
import type { FunctionPackage } from '../lambda/function.ts';
import { createPolicy, createRole } from './resources/access.ts';
import type { Alarm } from './resources/alarm.ts';
import { createAlarm } from './resources/alarms.ts';
import type { Create, ResourceContext, StackServices } from './resources/context.ts';
import { createEventBus, createEventBusPolicy, createRule } from './resources/events.ts';
import {
  createEventInvokeConfig,
  createEventSourceMapping,
  createFunction,
  createFunctionUrl,
  createPermission,
} from './resources/functions.ts';
import {
  createParameter,
  createQueue,
  createQueuePolicy,
  createSubscription,
  createTopic,
  createTopicPolicy,
} from './resources/messaging.ts';
import { Properties } from './resources/properties.ts';
import { createTable } from './resources/tables.ts';
import type { EventRule } from '../eventbridge/event-rules.ts';

export interface StackDeployment {
  /** The template's text (JSON or YAML), or what it parses to. */
  readonly template: unknown;
  readonly stackName: string;
  readonly accountId: string;
  readonly region: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly code?: FunctionPackage;
}

/** A resource that is kept in the stack's list and does nothing. */
const record: Create = () => undefined;

/**
 * How each type is created, in the order of creation: what comes later may need what comes before.
 * A type that is not here does not deploy, so that a template cannot hold what the simulation ignores.
 */
const CREATORS: ReadonlyMap<string, Create> = new Map<string, Create>([
  ['AWS::SSM::Parameter', createParameter],
  ['AWS::DynamoDB::Table', createTable],
  ['AWS::IAM::Role', createRole],
  ['AWS::IAM::Policy', createPolicy],
  ['AWS::SQS::Queue', createQueue],
  ['AWS::SQS::QueuePolicy', createQueuePolicy],
  ['AWS::SNS::Topic', createTopic],
  ['AWS::SNS::TopicPolicy', createTopicPolicy],
  ['AWS::Events::EventBus', createEventBus],
  ['AWS::Events::EventBusPolicy', createEventBusPolicy],
  ['AWS::Lambda::Function', createFunction],
  ['AWS::Lambda::Url', createFunctionUrl],
  ['AWS::Lambda::EventInvokeConfig', createEventInvokeConfig],
  ['AWS::Lambda::Permission', createPermission],
  ['AWS::SNS::Subscription', createSubscription],
  ['AWS::Events::Rule', createRule],
  ['AWS::Lambda::EventSourceMapping', createEventSourceMapping],
  ['AWS::CloudWatch::Alarm', createAlarm],
  // One version of the code runs; logs are recorded whatever group they go to; the package is not uploaded.
  ['AWS::Lambda::Version', record],
  ['AWS::Lambda::Alias', record],
  ['AWS::Logs::LogGroup', record],
  ['AWS::Logs::QueryDefinition', record],
  ['AWS::CloudWatch::Dashboard', record],
  ['AWS::S3::Bucket', record],
  ['AWS::S3::BucketPolicy', record],
]);

/** A stack in an account and region. */
export class DeployedStack {
  readonly stackName: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly rules: readonly EventRule[];
  readonly alarms: readonly Alarm[];
  readonly #resources: ReadonlyMap<string, StackResource>;
  readonly #services: StackServices;

  constructor(services: StackServices, deployment: StackDeployment) {
    const { accountId, region, stackName, parameters, template } = deployment;
    const { resources, outputs } = evaluateStack({
      template: typeof template === 'string' ? parseTemplate(template) : template,
      stackName,
      accountId,
      region,
      ssmValue: (name) => services.ssm.value(accountId, region, name),
      functionUrl: (functionArn) => services.functionUrls.addressOf(functionArn),
      ...(parameters === undefined ? {} : { parameters }),
    });
    const rules: EventRule[] = [];
    const alarms: Alarm[] = [];
    createAll(resources, { services, accountId, region, code: deployment.code, rules, alarms });
    this.stackName = stackName;
    this.outputs = outputs;
    this.rules = rules;
    this.alarms = alarms;
    this.#resources = new Map(resources.map((resource) => [resource.logicalId, resource]));
    this.#services = services;
  }

  /** What `Ref` gives for a resource: a queue's URL, a topic's ARN, a function's name. */
  ref(logicalId: string): string {
    return this.#require(logicalId).identity.ref;
  }

  /** A resource's ARN. */
  arn(logicalId: string): string {
    const { attributes, ref } = this.#require(logicalId).identity;
    return attributes['Arn'] ?? attributes['TopicArn'] ?? ref;
  }

  /** The logical ids of the stack's resources, of one type or of all. */
  logicalIds(type?: string): readonly string[] {
    const resources = [...this.#resources.values()];
    return resources
      .filter((resource) => type === undefined || resource.type === type)
      .map(({ logicalId }) => logicalId);
  }

  /** Names of the alarms that ring now. */
  ringing(): readonly string[] {
    return this.alarms.filter((alarm) => alarm.state() === 'ALARM').map((alarm) => alarm.name);
  }

  /**
   * Fires the stack's schedules once, now. They never fire by themselves: a schedule has no end, and a run to
   * rest would have none either.
   *
   * @param isMeant by the rule's name; all of them when left out
   */
  fireSchedules(isMeant: (name: string) => boolean = () => true): void {
    for (const rule of this.rules) {
      if (rule.schedule !== undefined && isMeant(rule.name)) this.#services.events.fireSchedule(rule);
    }
  }

  #require(logicalId: string): StackResource {
    const resource = this.#resources.get(logicalId);
    if (resource === undefined) throw new Error(`the stack ${this.stackName} has no resource ${logicalId}`);
    return resource;
  }
}

function createAll(resources: readonly StackResource[], context: ResourceContext): void {
  const unknown = resources.find(({ type }) => !CREATORS.has(type));
  if (unknown !== undefined) {
    throw new Error(`${unknown.logicalId}: the resource type ${unknown.type} is not modelled`);
  }
  for (const [type, create] of CREATORS) {
    for (const resource of resources) {
      if (resource.type !== type) continue;
      const properties = new Properties(resource.properties, resource.logicalId);
      create(properties, context, resource);
      if (create !== record) properties.done();
    }
  }
  assertDeadLetterQueues(resources, context);
}

/** A queue whose dead-letter queue does not exist cannot be created. */
function assertDeadLetterQueues(resources: readonly StackResource[], { services }: ResourceContext): void {
  for (const { type, identity, logicalId } of resources) {
    if (type !== 'AWS::SQS::Queue') continue;
    const target = services.sqs.queue(identity.attributes['Arn'] ?? '')?.settings.redrive
      ?.deadLetterTargetArn;
    if (target !== undefined && services.sqs.queue(target) === undefined) {
      throw new Error(`${logicalId}: the dead-letter queue ${target} does not exist`);
    }
  }
}
