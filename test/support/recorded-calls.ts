/** Calls to EC2 as EventBridge delivers them, with what a test needs overridden. */

export const PEERING = 'pcx-0a1b2c3d4e5f60711';
export const REQUESTER = '111122223333';
export const ACCEPTER = '444455556666';

export interface CallOverrides {
  readonly eventName?: string;
  readonly accountId?: string;
  readonly region?: string;
  readonly requestParameters?: unknown;
  readonly responseElements?: unknown;
  /** Members of the CloudTrail record that replace or join the others. */
  readonly detail?: Readonly<Record<string, unknown>>;
  /** Members of the envelope that replace or join the others. */
  readonly envelope?: Readonly<Record<string, unknown>>;
}

/** A successful DeleteVpcPeeringConnection by the requester's account, unless overridden. */
export function aRecordedCall(overrides: CallOverrides = {}): Record<string, unknown> {
  const { accountId = REQUESTER, region = 'eu-west-1' } = overrides;
  return {
    version: '0',
    id: '6f1c4f2e-2f0c-4c46-9f7a-0d6f1c1b7a10',
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.ec2',
    account: accountId,
    time: '2026-11-02T08:15:03Z',
    region,
    resources: [],
    detail: aRecord(overrides),
    ...overrides.envelope,
  };
}

/** The same as the bare CloudTrail record that a trail's log files have. */
export function aRecord(overrides: CallOverrides = {}): Record<string, unknown> {
  const { accountId = REQUESTER, region = 'eu-west-1' } = overrides;
  return {
    eventVersion: '1.11',
    userIdentity: { type: 'Root', accountId },
    eventTime: '2026-11-02T08:15:03Z',
    eventSource: 'ec2.amazonaws.com',
    eventName: overrides.eventName ?? 'DeleteVpcPeeringConnection',
    awsRegion: region,
    requestParameters:
      'requestParameters' in overrides ? overrides.requestParameters : { vpcPeeringConnectionId: PEERING },
    responseElements:
      'responseElements' in overrides ? overrides.responseElements : { requestId: 'r-1', _return: true },
    eventID: '0c0f7a52-6a54-4c1c-8b8a-7f4f0a3a1d11',
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: accountId,
    eventCategory: 'Management',
    ...overrides.detail,
  };
}
