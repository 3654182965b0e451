import * as z from 'zod';
import { parseAccountId, parseRegion } from '../domain/facts/ids.ts';
import type { AccountId, Region } from '../domain/facts/ids.ts';

/** EventBridge's `detail-type` of a call that CloudTrail recorded. */
export const API_CALL = 'AWS API Call via CloudTrail';

/** Stands in where an event has no name, or one that no AWS action could have. */
export const UNNAMED = '(unnamed)';

/**
 * What EventBridge says about a recorded call. Account and region are the envelope's, which AWS sets; what the
 * caller could influence is only in `requestParameters` and `responseElements`, and those are unread yet.
 */
export interface ApiCall {
  readonly accountId: AccountId;
  readonly region: Region;
  /** Epoch milliseconds, from the envelope's `time`. */
  readonly at: number;
  readonly eventName: string;
  /** CloudTrail's `eventID`: the same when EventBridge delivers an event twice. */
  readonly eventId: string;
  /** As CloudTrail wrote it, for example `"Client.DryRunOperation"`; `undefined` where the call succeeded. */
  readonly errorCode: string | undefined;
  /** The role behind an assumed-role session; `undefined` for every other caller. */
  readonly callerRoleArn: string | undefined;
  /** Who made the call, for people: the ARN of a user or session. */
  readonly callerArn: string | undefined;
  readonly requestParameters: unknown;
  readonly responseElements: unknown;
}

/** Names no value of the event, only paths, so that a reason may be logged and shown. */
export interface Fault {
  readonly kind: 'malformed';
  readonly reason: string;
}

const EVENT_NAME = /^[A-Za-z][A-Za-z0-9]{0,127}$/;
// SQS allows 128 characters in a deduplication id, which this becomes a part of.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
const EVENT_ID = /^[A-Za-z0-9-]{1,100}$/;
/** Longer than a role's ARN can be. */
const MAX_ARN_CHARS = 700;
/** Long enough for an ISO 8601 time with nanoseconds. */
const MAX_TIME_CHARS = 40;

const fault = (otherwise: string) => (issue: { readonly input?: unknown }) =>
  issue.input === undefined ? 'is missing' : otherwise;

const text = (otherwise: string) => z.string({ error: fault(otherwise) });
const object = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.object(shape, { error: fault('is not an object') });

const accountId = z.custom<AccountId>((value) => parseAccountId(value) !== undefined, {
  error: fault('is not text of twelve digits'),
});
const region = z.custom<Region>((value) => parseRegion(value) !== undefined, {
  error: fault('is not the code of a region'),
});
const time = text('is not text')
  .max(MAX_TIME_CHARS, { error: 'is too long', abort: true })
  .pipe(z.iso.datetime({ error: 'is not an ISO 8601 time in UTC' }))
  .transform((iso) => Date.parse(iso))
  .refine((ms) => Number.isFinite(ms), { error: 'is not a point in time' });

const SessionIdentity = z.object({
  type: z.literal('AssumedRole'),
  sessionContext: z.object({ sessionIssuer: z.object({ arn: z.string().max(MAX_ARN_CHARS) }) }),
});

/** An ARN and nothing else: it is shown to people. */
const CALLER_ARN = /^arn:[\w+=,.@:/-]{1,300}$/;
const CallerIdentity = z.object({ arn: z.string().regex(CALLER_ARN) });

const Named = z.object({ detail: z.object({ eventName: z.string().regex(EVENT_NAME) }) });

const Address = object({ source: text('is not text'), 'detail-type': text('is not text') });

// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
const Envelope = object({
  account: accountId,
  region,
  time,
  detail: object({
    eventName: text('is not text').regex(EVENT_NAME, { error: 'is not the name of an action' }),
    eventID: text('is not text').regex(EVENT_ID, { error: 'is not an event id' }),
    // What these three say is never used; they may be absent, but not say something else than the envelope.
    eventSource: text('is not text').optional(),
    awsRegion: region.optional(),
    recipientAccountId: accountId.optional(),
    errorCode: text('is not text').nullish(),
    // Of use, but not needed: whatever form it has, it makes no event malformed.
    userIdentity: z.unknown().optional(),
    requestParameters: z.unknown().optional(),
    responseElements: z.unknown().optional(),
  }),
});

/**
 * EventBridge's `source` of a CloudTrail `eventSource`: `"ec2.amazonaws.com"` gives `"aws.ec2"`. Some services of the
 * China regions have names of their own there, which end in `.com.cn`; which ones is nowhere documented.
 */
export function sourceOf(eventSource: string): string {
  return `aws.${eventSource.replace(/\.amazonaws\.com(\.cn)?$/, '')}`;
}

/** The two members that say what the rest of an event looks like. */
export function readAddress(
  event: unknown,
): { readonly kind: 'address'; readonly source: string; readonly detailType: string } | Fault {
  const address = Address.safeParse(event);
  if (!address.success) return malformed(address.error);
  return { kind: 'address', source: address.data.source, detailType: address.data['detail-type'] };
}

/**
 * Reads the envelope and the head of the record of an "AWS API Call via CloudTrail".
 * A record that contradicts its envelope is malformed: AWS sets both, so one of them is not AWS's.
 */
export function readApiCall(
  event: unknown,
  source: string,
): { readonly kind: 'call'; readonly call: ApiCall } | Fault {
  const envelope = Envelope.safeParse(event);
  if (!envelope.success) return malformed(envelope.error);
  const { account, region: envelopeRegion, time: at, detail } = envelope.data;
  const contradictions: string[] = [];
  if (detail.eventSource !== undefined && sourceOf(detail.eventSource) !== source)
    contradictions.push("detail.eventSource: is not the envelope's source");
  if (detail.awsRegion !== undefined && detail.awsRegion !== envelopeRegion)
    contradictions.push("detail.awsRegion: is not the envelope's region");
  if (detail.recipientAccountId !== undefined && detail.recipientAccountId !== account)
    contradictions.push("detail.recipientAccountId: is not the envelope's account");
  if (contradictions.length > 0) return { kind: 'malformed', reason: contradictions.join('; ') };
  const call: ApiCall = {
    accountId: account,
    region: envelopeRegion,
    at,
    eventName: detail.eventName,
    eventId: detail.eventID,
    // The wrapped shape writes what is empty as "".
    errorCode: detail.errorCode || undefined,
    callerRoleArn: SessionIdentity.safeParse(detail.userIdentity).data?.sessionContext.sessionIssuer.arn,
    callerArn: CallerIdentity.safeParse(detail.userIdentity).data?.arn,
    requestParameters: detail.requestParameters,
    responseElements: detail.responseElements,
  };
  return { kind: 'call', call };
}

/** The event's name where it has one that can be shown and counted, whatever else is wrong with it. */
export function readEventName(event: unknown): string {
  const named = Named.safeParse(event);
  return named.success ? named.data.detail.eventName : UNNAMED;
}

function malformed(error: z.ZodError): Fault {
  // Safe to show: each path consists of names from the schemas above, each message of text from above.
  const faults = error.issues.map(({ path, message }) => `${path.join('.') || 'the event'}: ${message}`);
  return { kind: 'malformed', reason: faults.join('; ') };
}
