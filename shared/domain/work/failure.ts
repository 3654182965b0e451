import { plainWords } from '../words/foreign-text.ts';

/**
 * What an AWS error code means for autopeer. Codes are matched, never messages.
 * - `not-found`: the thing is not there (any more, or not yet)
 * - `stale`: the world has moved on since it was read; look again
 * - `exists`: somebody else was faster
 * - `throttled`, `transient`: the same call may work later
 * - `denied`: permissions are missing, and only a person can give them
 * - `limit`: a quota is full
 * - `vpc-dns`: the VPC lacks DNS support or DNS hostnames
 * - `unknown`: never seen; treated as a failure that a person looks at
 */
export type FailureClass =
  'not-found' | 'stale' | 'exists' | 'throttled' | 'transient' | 'denied' | 'limit' | 'vpc-dns' | 'unknown';

// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
const CLASSES: ReadonlyMap<string, FailureClass> = new Map([
  ['InvalidVpcPeeringConnectionID.NotFound', 'not-found'],
  ['InvalidVpcID.NotFound', 'not-found'],
  ['InvalidRouteTableID.NotFound', 'not-found'],
  ['InvalidRoute.NotFound', 'not-found'],
  ['InvalidPrefixListID.NotFound', 'not-found'],
  ['InvalidPrefixListId.NotFound', 'not-found'],
  ['InvalidStateTransition', 'stale'],
  ['VpcPeeringConnectionAlreadyExists', 'exists'],
  ['RouteAlreadyExists', 'exists'],
  ['InvalidVpcPeeringConnectionState.DnsHostnamesDisabled', 'vpc-dns'],
  ['ActiveVpcPeeringConnectionPerVpcLimitExceeded', 'limit'],
  ['OutstandingVpcPeeringConnectionLimitExceeded', 'limit'],
  ['PendingVpcPeeringConnectionLimitExceeded', 'limit'],
  ['VpcPeeringConnectionsPerVpcLimitExceeded', 'limit'],
  ['RouteLimitExceeded', 'limit'],
  ['ResourceCountLimitExceeded', 'limit'],
  ['TagLimitExceeded', 'limit'],
  ['RequestLimitExceeded', 'throttled'],
  ['Throttling', 'throttled'],
  ['ThrottlingException', 'throttled'],
  ['TooManyRequestsException', 'throttled'],
  ['ProvisionedThroughputExceededException', 'throttled'],
  ['InternalError', 'transient'],
  ['InternalServerError', 'transient'],
  ['InternalFailure', 'transient'],
  ['Unavailable', 'transient'],
  ['ServiceUnavailable', 'transient'],
  ['TimeoutError', 'transient'],
  ['UnauthorizedOperation', 'denied'],
  ['OperationNotPermitted', 'denied'],
  ['AccessDenied', 'denied'],
  ['AccessDeniedException', 'denied'],
  ['AuthFailure', 'denied'],
  ['OptInRequired', 'denied'],
]);

/** Every error code that autopeer knows. */
export const KNOWN_CODES: readonly string[] = [...CLASSES.keys()];

export const classify = (code: string): FailureClass => CLASSES.get(code) ?? 'unknown';

/** Longer than any code of AWS; what stands in its place may have come from anywhere. */
const CODE_CHARACTERS = 100;

/** A call that AWS refused, with what a person needs to find the cause: the call, the account, the region. */
export class AwsFailure extends Error {
  readonly failureClass: FailureClass;
  readonly code: string;
  readonly call: string;
  /** How often the SDK sent the call: more than once, and an earlier answer may have been lost. */
  readonly attempts: number;

  /** @param where for people: `"account 111122223333, eu-west-1"` */
  constructor(call: string, where: string, code: string, cause: unknown, attempts = 1) {
    super(`${call} in ${where} failed: ${plainWords(code, CODE_CHARACTERS)}`, { cause });
    this.name = 'AwsFailure';
    this.failureClass = classify(code);
    this.code = code;
    this.call = call;
    this.attempts = attempts;
  }
}

/** The member role of an account could not be assumed. */
export class RoleNotAssumable extends Error {
  readonly roleArn: string;
  readonly code: string;

  /** @param code AWS's error code; a denial means that the account has no such role, or it does not trust the hub */
  constructor(roleArn: string, code: string, cause: unknown) {
    const advice = classify(code) === 'denied' ? '; is deploy/member.yaml deployed to that account?' : '';
    super(`cannot assume ${roleArn}: ${plainWords(code, CODE_CHARACTERS)}${advice}`, { cause });
    this.name = 'RoleNotAssumable';
    this.roleArn = roleArn;
    this.code = code;
  }
}
