import { API_CALL, sourceOf } from './cloudtrail.ts';

/**
 * EventBridge's `detail-type` by CloudTrail's `eventType`.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
 */
const DETAIL_TYPES: ReadonlyMap<unknown, string> = new Map([
  ['AwsApiCall', API_CALL],
  ['AwsServiceEvent', 'AWS Service Event via CloudTrail'],
  ['AwsConsoleAction', 'AWS Console Action via CloudTrail'],
  ['AwsConsoleSignIn', 'AWS Console Sign In via CloudTrail'],
  ['AwsCloudTrailInsight', 'AWS Insight via CloudTrail'],
]);

/**
 * Puts a bare CloudTrail record, as a trail's log files have them, into the envelope that EventBridge would give
 * it, for `parseEvent`. Members that the record lacks are absent in the envelope. Only for records that their
 * reader trusts, such as files on a command line: here account and region come out of the record itself.
 *
 * @returns the envelope, or `record` itself where it is no object, which `parseEvent` then calls malformed.
 */
export function recordToEvent(record: unknown): unknown {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) return record;
  const member = (name: string): unknown =>
    Object.hasOwn(record, name) ? Reflect.get(record, name) : undefined;
  const eventSource = member('eventSource');
  return {
    version: '0',
    id: member('eventID'),
    'detail-type': DETAIL_TYPES.get(member('eventType') ?? 'AwsApiCall') ?? 'Unknown via CloudTrail',
    source: typeof eventSource === 'string' ? sourceOf(eventSource) : eventSource,
    account: member('recipientAccountId'),
    time: member('eventTime'),
    region: member('awsRegion'),
    resources: [],
    detail: record,
  };
}
