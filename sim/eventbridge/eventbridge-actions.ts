import type {
  PutEventsRequest,
  PutEventsRequestEntry,
  PutEventsResponse,
  PutEventsResultEntry,
  TestEventPatternRequest,
  TestEventPatternResponse,
} from '@aws-sdk/client-eventbridge';

import { parseArn } from '../arn.ts';
import { compilePattern } from './pattern/compile.ts';
import { isObject } from './pattern/scalar.ts';
import { action, AwsError, type ActionTable, type Call } from '../types.ts';
import { busArnOf } from './event-bus-arn.ts';
import type { SimulatedEventBridge } from './eventbridge.ts';

const ENTRIES_LIMIT = 10;
/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html */
const REQUEST_BYTES_LIMIT = 1_048_576;

/** The wire actions of EventBridge that concern events; those on rules are in `eventbridge-rule-actions.ts`. */
export function eventBridgeActions(bridge: SimulatedEventBridge): ActionTable {
  return {
    PutEvents: action<PutEventsRequest, PutEventsResponse>({
      mutates: false, // a data event
      resources: (call, input) => [
        ...new Set((input.Entries ?? []).map((entry) => busArnOf(call, entry.EventBusName))),
      ],
      run: (call, input) => putEvents(bridge, call, input.Entries ?? []),
    }),
    TestEventPattern: action<TestEventPatternRequest, TestEventPatternResponse>({
      mutates: false,
      run: (_call, input) => ({
        Result: compilePattern(input.EventPattern ?? '')(testEvent(input.Event ?? '')),
      }),
    }),
  };
}

function putEvents(
  bridge: SimulatedEventBridge,
  call: Call,
  entries: readonly PutEventsRequestEntry[],
): PutEventsResponse {
  if (entries.length === 0 || entries.length > ENTRIES_LIMIT) {
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length between 1 and ${ENTRIES_LIMIT}`,
    );
  }
  const bytes = entries.reduce((sum, entry) => sum + Buffer.byteLength(entry.Detail ?? '', 'utf8'), 0);
  if (bytes >= REQUEST_BYTES_LIMIT) {
    throw new AwsError('ValidationException', `Total size of the entries in the request is over the limit.`);
  }
  const results = entries.map((entry) => putEvent(bridge, call, entry));
  return {
    FailedEntryCount: results.filter((result) => result.ErrorCode !== undefined).length,
    Entries: results,
  };
}

/** One entry; a refused entry does not fail the request. A bus that does not exist is no error, as on AWS. */
function putEvent(
  bridge: SimulatedEventBridge,
  call: Call,
  entry: PutEventsRequestEntry,
): PutEventsResultEntry {
  const refusal = entryRefusal(entry);
  if (refusal !== undefined) return refusal;
  const bus = busArnOf(call, entry.EventBusName);
  const event = bridge.envelope({
    source: entry.Source ?? '',
    'detail-type': entry.DetailType ?? '',
    account: call.caller.accountId,
    region: parseArn(bus)?.region ?? call.region,
    resources: entry.Resources ?? [],
    detail: JSON.parse(entry.Detail ?? '{}'),
    ...(entry.Time === undefined ? {} : { timeMs: entry.Time.getTime() }),
  });
  bridge.receive(bus, event);
  return { EventId: event.id };
}

function entryRefusal(entry: PutEventsRequestEntry): PutEventsResultEntry | undefined {
  for (const name of ['Source', 'DetailType', 'Detail'] as const) {
    if ((entry[name] ?? '') !== '') continue;
    return {
      ErrorCode: 'InvalidArgument',
      ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
    };
  }
  // Only AWS's services send as `aws.…`, so nobody can forge an API call's event.
  if (entry.Source?.startsWith('aws.') === true) {
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
  }
  if (parsedObject(entry.Detail ?? '') === undefined)
    return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  return undefined;
}

function parsedObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The documentation names `resources` too, but EventBridge does not ask for it.
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_TestEventPattern.html
 */
const TEST_EVENT_FIELDS = ['id', 'account', 'source', 'time', 'region', 'detail-type'];

/** RFC 3339. */
const EVENT_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

function testEvent(text: string): Readonly<Record<string, unknown>> {
  const event = parsedObject(text);
  if (event === undefined || !TEST_EVENT_FIELDS.every((name) => Object.hasOwn(event, name))) {
    throw new AwsError('ValidationException', 'Parameter Event is not valid.');
  }
  const { time } = event;
  if (typeof time !== 'string' || !EVENT_TIME.test(time) || Number.isNaN(Date.parse(time))) {
    throw new AwsError('ValidationException', 'Parameter Event is not valid. Reason: Invalid time.');
  }
  return event;
}
