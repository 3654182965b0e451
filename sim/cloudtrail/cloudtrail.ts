import { createHash } from 'node:crypto';
import * as ec2 from '@aws-sdk/client-ec2';
import { flatRequest, flatResponse, wrappedRequest, wrappedResponse } from './cloudtrail-shapes.ts';
import type { AwsError, Call, Caller } from '../types.ts';
import { operationsOf, type Operation } from '../wire/schema.ts';

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html */
const EVENT_VERSION = '1.11';
/** An address of TEST-NET-2 (RFC 5737): callers of the simulation have none. */
const SOURCE_IP_ADDRESS = '198.51.100.10';
const SERVER_ERROR_STATUS = 500;

/**
 * The actions of the model that CloudTrail writes in the wrapped shape. They are the newer ones, whose `DryRun` the
 * SDK's model gives no name of its own for the wire; CreateNatGateway, of which records are public, is another.
 */
const WRAPPED_ACTIONS: ReadonlySet<string> = new Set([
  'CreateDefaultSubnet',
  'CreateDefaultVpc',
  'CreateManagedPrefixList',
  'DeleteManagedPrefixList',
  'ModifyManagedPrefixList',
  'ModifySecurityGroupRules',
  'ModifyVpcPeeringConnectionOptions',
  'RestoreManagedPrefixListVersion',
  'UpdateSecurityGroupRuleDescriptionsEgress',
  'UpdateSecurityGroupRuleDescriptionsIngress',
]);

const OPERATIONS = operationsOf(ec2);

/**
 * The CloudTrail record of a mutating EC2 call, as EventBridge has it in an event's `detail`.
 * @param result what the action answered, or the error that it threw
 * @param meta.timeMs when the call was made, in epoch milliseconds
 */
export function trailRecord(
  call: Call,
  input: unknown,
  result: { output: unknown } | { error: AwsError },
  meta: { eventId: string; timeMs: number },
): Record<string, unknown> {
  const operation = OPERATIONS.get(call.action);
  if (call.service !== 'ec2' || operation === undefined) {
    throw new Error(`no CloudTrail record for ${call.service}:${call.action}`);
  }
  const isWrapped = WRAPPED_ACTIONS.has(call.action);
  const eventTime = isoSeconds(meta.timeMs);
  return {
    eventVersion: EVENT_VERSION,
    userIdentity: userIdentity(call.caller, eventTime),
    eventTime,
    eventSource: 'ec2.amazonaws.com',
    eventName: call.action,
    awsRegion: call.region,
    sourceIPAddress: SOURCE_IP_ADDRESS,
    userAgent: call.userAgent,
    ...('error' in result && errorMembers(result.error)),
    requestParameters: isWrapped
      ? wrappedRequest(call.action, operation.input, input)
      : flatRequest(operation.input, input),
    responseElements: 'error' in result ? null : responseElements(call, operation, isWrapped, result.output),
    requestID: call.requestId,
    eventID: meta.eventId,
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: call.caller.accountId,
    eventCategory: 'Management',
  };
}

function responseElements(
  call: Call,
  { output: schema }: Operation,
  isWrapped: boolean,
  output: unknown,
): object {
  return isWrapped
    ? wrappedResponse(call.action, schema, output, call.requestId)
    : flatResponse(schema, output, call.requestId);
}

const isoSeconds = (timeMs: number): string => new Date(timeMs).toISOString().replace(/\.\d{3}Z$/, 'Z');

/** EC2 says whose fault it is in front of the code. A dry run is the client's. */
function errorMembers({ code, message, httpStatus }: AwsError): { errorCode: string; errorMessage: string } {
  const fault = httpStatus >= SERVER_ERROR_STATUS ? 'Server' : 'Client';
  return { errorCode: `${fault}.${code}`, errorMessage: message };
}

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html */
function userIdentity(caller: Caller, eventTime: string): Record<string, unknown> {
  const { accountId, arn, roleArn } = caller;
  if (roleArn !== undefined) return assumedRole(caller, roleArn, eventTime);
  if (arn.endsWith(':root')) {
    return { type: 'Root', principalId: accountId, arn, accountId, accessKeyId: idFrom('AKIA', arn, 16) };
  }
  return {
    type: 'IAMUser',
    principalId: idFrom('AIDA', arn, 17),
    arn,
    accountId,
    accessKeyId: idFrom('AKIA', arn, 16),
    userName: lastSegment(arn),
  };
}

function assumedRole(
  { accountId, arn }: Caller,
  roleArn: string,
  eventTime: string,
): Record<string, unknown> {
  const roleId = idFrom('AROA', roleArn, 17);
  return {
    type: 'AssumedRole',
    principalId: `${roleId}:${lastSegment(arn)}`,
    arn,
    accountId,
    accessKeyId: idFrom('ASIA', arn, 16),
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: roleId,
        arn: roleArn,
        accountId: roleArn.split(':')[4] ?? accountId,
        userName: lastSegment(roleArn),
      },
      webIdFederationData: {},
      attributes: { creationDate: eventTime, mfaAuthenticated: 'false' },
    },
  };
}

const lastSegment = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

/** An id in the form of IAM's, the same for the same ARN. */
function idFrom(prefix: string, arn: string, length: number): string {
  return prefix + createHash('sha256').update(arn).digest('hex').slice(0, length).toUpperCase();
}
