import { recordToEvent } from '../../../shared/events/record.ts';
import { parseEvent } from '../../../shared/events/registry.ts';
import { aRecord, aRecordedCall } from '../../support/recorded-calls.ts';

test("a bare record parses as the same record in EventBridge's envelope", () => {
  const expected = parseEvent(aRecordedCall());
  expect(expected.kind).toBe('key');
  expect(parseEvent(recordToEvent(aRecord()))).toEqual(expected);
});

test('a record of another service has the source of that service', () => {
  const record = aRecord({ detail: { eventSource: 'sqs.amazonaws.com' } });
  expect(recordToEvent(record)).toMatchObject({ source: 'aws.sqs' });
});

test.each([
  ['AwsApiCall', 'AWS API Call via CloudTrail'],
  ['AwsServiceEvent', 'AWS Service Event via CloudTrail'],
  ['AwsConsoleSignIn', 'AWS Console Sign In via CloudTrail'],
  ['SomethingNew', 'Unknown via CloudTrail'],
  [undefined, 'AWS API Call via CloudTrail'],
])('a record of type %s is of detail type %s', (eventType, detailType) => {
  expect(recordToEvent(aRecord({ detail: { eventType } }))).toMatchObject({ 'detail-type': detailType });
});

test('a record without an account is malformed, not guessed', () => {
  const record = aRecord({ detail: { recipientAccountId: undefined } });
  expect(parseEvent(recordToEvent(record))).toMatchObject({
    kind: 'malformed',
    reason: 'account: is missing',
  });
});

test('a record without a source is malformed', () => {
  const record = aRecord({ detail: { eventSource: undefined } });
  expect(parseEvent(recordToEvent(record))).toMatchObject({
    kind: 'malformed',
    reason: 'source: is missing',
  });
});

test.each([null, 5, 'text', [aRecord()]])('%j is no record', (value) => {
  expect(recordToEvent(value)).toBe(value);
});
