import type { AwsFailure } from '../work/failure.ts';

/** Where EC2 says what its error codes mean. */
export const EC2_ERRORS_URL = 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html';

const ROLE_MAY_NOT =
  'the member role may not do this. Update the member stack (deploy/member.yaml), or let the service control policy that ' +
  'denies it except the member role';
const FULL_VPC =
  'the VPC has as many active peerings as its quota lets. Raise "Active VPC peering connections per VPC" in Service Quotas, ' +
  'or delete a peering';
const MANY_REQUESTS =
  'the account has as many open requests as its quota lets. Accept, reject or delete old ones, or raise "Outstanding VPC ' +
  'peering connection requests" in Service Quotas';
const GONE = 'it is not there any more, or not yet. If it was deleted, nothing needs to be done';
const THROTTLED = 'AWS takes only so many calls in a second. Nothing needs to be mended: try again later';
const AWS_FAULT = 'a fault at AWS. Look at AWS Health for the region, and try again later';

/**
 * What each error code that autopeer knows means, and what a person does about it. A code that is not here is explained at
 * {@link EC2_ERRORS_URL}. What autopeer itself does about a code is in failure.ts.
 */
const ADVICE: ReadonlyMap<string, string> = new Map([
  ['UnauthorizedOperation', ROLE_MAY_NOT],
  ['AccessDenied', ROLE_MAY_NOT],
  ['AccessDeniedException', ROLE_MAY_NOT],
  [
    'OperationNotPermitted',
    'EC2 lets nobody do this here: the VPC or the route table belongs to somebody else, or AWS manages it. Ask its owner',
  ],
  [
    'AuthFailure',
    'AWS does not take the member role’s session there. Turn the region on for the account, or ask the owner of the VPC',
  ],
  [
    'OptInRequired',
    'the region is not turned on for the account. Turn it on, or take it out of the policy’s regions',
  ],
  [
    'InvalidVpcPeeringConnectionState.DnsHostnamesDisabled',
    'the VPC lacks DNS support or DNS hostnames. Turn both on for the VPC, or say `dns: leave` in the rule',
  ],
  ['ActiveVpcPeeringConnectionPerVpcLimitExceeded', FULL_VPC],
  ['VpcPeeringConnectionsPerVpcLimitExceeded', FULL_VPC],
  ['OutstandingVpcPeeringConnectionLimitExceeded', MANY_REQUESTS],
  ['PendingVpcPeeringConnectionLimitExceeded', MANY_REQUESTS],
  [
    'RouteLimitExceeded',
    'the route table is full. Raise "Routes per route table" in Service Quotas, remove routes, or have the rule write fewer ' +
      'of them (`destinations`, `tables`)',
  ],
  [
    'ResourceCountLimitExceeded',
    'a quota of the account is full. Service Quotas shows which; raise it, or delete what is not needed',
  ],
  ['TagLimitExceeded', 'the peering has 50 tags, and takes no more. Remove one'],
  [
    'VpcPeeringConnectionAlreadyExists',
    'the two VPCs are peered already, or asked to be. Use that peering, or delete it',
  ],
  ['RouteAlreadyExists', 'somebody else wrote a route to the same destination. Keep it, or remove it'],
  ['InvalidStateTransition', 'the peering is in another state by now. autopeer looks at it again by itself'],
  ['InvalidVpcPeeringConnectionID.NotFound', GONE],
  ['InvalidVpcID.NotFound', GONE],
  ['InvalidRouteTableID.NotFound', GONE],
  ['InvalidRoute.NotFound', GONE],
  ['InvalidPrefixListID.NotFound', GONE],
  ['InvalidPrefixListId.NotFound', GONE],
  ['RequestLimitExceeded', THROTTLED],
  ['Throttling', THROTTLED],
  ['ThrottlingException', THROTTLED],
  ['TooManyRequestsException', THROTTLED],
  ['ProvisionedThroughputExceededException', THROTTLED],
  ['InternalError', AWS_FAULT],
  ['InternalServerError', AWS_FAULT],
  ['InternalFailure', AWS_FAULT],
  ['Unavailable', AWS_FAULT],
  ['ServiceUnavailable', AWS_FAULT],
  ['TimeoutError', 'AWS did not answer in time. Look at AWS Health for the region, and try again later'],
]);

/** What a code means and what to do, for the end of a sentence; nothing for a code that autopeer does not know. */
export const adviceOn = (code: string): string | undefined => ADVICE.get(code);

/** The failure in words, with what to do about it where that is known. */
export function explained(failure: AwsFailure): string {
  const advice = adviceOn(failure.code);
  return advice === undefined ? failure.message : `${failure.message}: ${advice}`;
}
