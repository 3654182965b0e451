import type { SimulatedCloudWatch } from '../../cloudwatch/cloudwatch.ts';
import type { VirtualClock } from '../../clock.ts';
import type { StackResource } from '../cloudformation.ts';
import type { SimulatedIam } from '../../iam/iam.ts';
import type { FunctionPackage } from '../../lambda/function.ts';
import type { FunctionUrls } from '../../lambda/function-urls.ts';
import type { SimulatedLambda } from '../../lambda/lambda.ts';
import type { SimulatedDynamoDb } from '../../dynamodb/dynamodb.ts';
import type { SimulatedEventBridge } from '../../eventbridge/eventbridge.ts';
import type { EventRule } from '../../eventbridge/event-rules.ts';
import type { SimulatedSns } from '../../sns/sns.ts';
import type { SimulatedSqs } from '../../sqs/sqs.ts';
import type { SimulatedSsm } from '../../ssm/ssm.ts';
import type { Alarm } from './alarm.ts';
import type { Properties } from './properties.ts';

/** The services that resources are created in. */
export interface StackServices {
  readonly clock: VirtualClock;
  readonly iam: SimulatedIam;
  readonly sqs: SimulatedSqs;
  readonly sns: SimulatedSns;
  readonly ssm: SimulatedSsm;
  readonly dynamodb: SimulatedDynamoDb;
  readonly events: SimulatedEventBridge;
  readonly cloudwatch: SimulatedCloudWatch;
  readonly lambda: SimulatedLambda;
  readonly functionUrls: FunctionUrls;
}

/** Where and for which stack a resource is created. */
export interface ResourceContext {
  readonly services: StackServices;
  readonly accountId: string;
  readonly region: string;
  /** The code of the stack's functions; a stack without it can have none. */
  readonly code: FunctionPackage | undefined;
  readonly rules: EventRule[];
  readonly alarms: Alarm[];
}

/** Creates one resource. */
export type Create = (properties: Properties, context: ResourceContext, resource: StackResource) => void;
