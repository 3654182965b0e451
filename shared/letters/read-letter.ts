import * as z from 'zod';
import { NO_ANSWER, thrownNote, type FailureNote } from '../domain/work/failure-note.ts';
import { parseAccountId, parsePeeringId, parseRegion } from '../domain/facts/ids.ts';
import { causeOf, type Letter, type LetterCause, type LetterSource } from '../domain/work/letter.ts';
import { EVENT_SOURCE } from '../domain/words/notice.ts';
import { HUB_EVENT_TYPES } from '../domain/words/hub-event.ts';
import { readSweepItem, readWorkItem } from '../domain/work/work-item.ts';
import { readEventName } from '../events/cloudtrail.ts';

/** A message of a dead-letter queue, as Lambda hands it over. */
const recordSchema = z.object({
  messageId: z.string(),
  body: z.string(),
  attributes: z.object({
    MessageGroupId: z.string().optional(),
    DeadLetterQueueSourceArn: z.string().optional(),
  }),
  messageAttributes: z.record(z.string(), z.object({ stringValue: z.string().optional() })).optional(),
});
export type DeadRecord = z.infer<typeof recordSchema>;

/** @throws ZodError for an event that is not from SQS */
export const readRecords = (event: unknown): readonly DeadRecord[] =>
  z.object({ Records: z.array(recordSchema) }).parse(event).Records;

/** The queues that give up on messages, by their ARNs. */
export type SourceQueues = Readonly<Record<Exclude<LetterSource, 'events'>, string>>;

/** The function behind each queue, as serverless.yml names it. */
const FUNCTIONS = {
  work: 'reconcilePeering',
  sweep: 'sweepAccount',
  recheck: 'recheck',
  slack: 'tellSlack',
} as const;

export interface ReadLetter {
  readonly letter: Letter;
  /** Which function failed, and how, as far as the letter itself says. */
  readonly functionName: string | undefined;
  readonly reason: FailureNote | undefined;
}

export function readLetter(record: DeadRecord, queues: SourceQueues, hubName: string): ReadLetter {
  const { messageId, body, attributes } = record;
  const source = sourceOf(record, queues);
  const base = { source, groupId: attributes.MessageGroupId, messageId, body };
  if (source === 'events') {
    const { functionName, reason, event } = readEvent(record, hubName);
    return { letter: { ...base, ...aboutEvent(event, messageId) }, functionName, reason };
  }
  const about =
    source === 'slack' ? aboutEvent(eventOf(body), messageId) : (aboutItem(body) ?? aboutMessage(messageId));
  const letter = { ...base, ...about };
  return { letter, functionName: FUNCTIONS[source], reason: undefined };
}

/** @param note what the failing function wrote down */
export const causeOfLetter = (
  { letter, functionName, reason }: ReadLetter,
  note: FailureNote | undefined,
): LetterCause => causeOf({ source: letter.source, functionName }, note ?? reason ?? NO_ANSWER);

/** AWS says it with a message that it moved; of one that somebody sent on by hand the form says it. */
function sourceOf({ attributes, body }: DeadRecord, queues: SourceQueues): LetterSource {
  const { DeadLetterQueueSourceArn: arn } = attributes;
  if (arn === queues.work) return 'work';
  if (arn === queues.sweep) return 'sweep';
  if (arn === queues.recheck) return 'recheck';
  if (arn === queues.slack) return 'slack';
  if (read(readSweepItem, body) !== undefined) return 'sweep';
  return read(readWorkItem, body) === undefined ? 'events' : 'work';
}

type Subject = Pick<Letter, 'id' | 'about'>;

function aboutItem(body: string): Subject | undefined {
  const key = read(readWorkItem, body)?.key;
  if (key !== undefined) {
    const { peeringId, accountId, region } = key;
    return { id: peeringId, about: `peering ${peeringId}, hint from account ${accountId}, ${region}` };
  }
  const place = read(readSweepItem, body)?.place;
  if (place === undefined) return undefined;
  const { accountId, region } = place;
  return { id: `${accountId}.${region}`, about: `account ${accountId}, ${region}` };
}

const aboutMessage = (messageId: string): Subject => ({ id: messageId, about: `message ${messageId}` });

function read<Item>(reader: (body: string) => Item, body: string): Item | undefined {
  try {
    return reader(body);
  } catch {
    return undefined;
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
const invocationSchema = z.object({
  requestContext: z.object({ functionArn: z.string() }),
  requestPayload: z.unknown(),
  responsePayload: z
    .object({ errorType: z.string().optional(), errorMessage: z.string().optional() })
    .nullish(),
});

/** What Lambda itself says of a function that ended before it could say anything. */
const WITHOUT_ANSWER = /^(Sandbox|Runtime|Extension)\./;

/** An event that a function failed at, or one that EventBridge could not hand over. */
function readEvent({ body, messageAttributes = {} }: DeadRecord, hubName: string) {
  const json = read((text): unknown => JSON.parse(text), body);
  const invocation = invocationSchema.safeParse(json).data;
  if (invocation === undefined) {
    const target = messageAttributes['TARGET_ARN']?.stringValue;
    const code = messageAttributes['ERROR_CODE']?.stringValue;
    const text = messageAttributes['ERROR_MESSAGE']?.stringValue ?? 'EventBridge could not hand it over';
    const reason = code === undefined ? undefined : { code, text };
    return { event: json, functionName: functionNameOf(target, hubName), reason };
  }
  const { errorType, errorMessage = '' } = invocation.responsePayload ?? {};
  const reason =
    errorType === undefined || WITHOUT_ANSWER.test(errorType)
      ? { code: NO_ANSWER.code, text: `${NO_ANSWER.text}. ${errorMessage}` }
      : thrownNote(errorType, errorMessage);
  const functionName = functionNameOf(invocation.requestContext.functionArn, hubName);
  return { event: invocation.requestPayload, functionName, reason };
}

function functionNameOf(arn: string | undefined, hubName: string): string | undefined {
  const name = arn?.split(':')[6];
  return name?.startsWith(`${hubName}-`) === true ? name.slice(hubName.length + 1) : undefined;
}

/** Every event that was meant for a function, whether it failed or could not be handed over. */
export function eventOf(body: string): unknown {
  const json = read((text): unknown => JSON.parse(text), body);
  const invocation = invocationSchema.safeParse(json).data;
  return invocation === undefined ? json : invocation.requestPayload;
}

const envelopeSchema = z.object({
  id: z.string().regex(/^[A-Za-z0-9-]{1,60}$/),
  source: z.string(),
  'detail-type': z.string(),
  account: z.string().optional(),
  region: z.string().optional(),
  detail: z.unknown(),
});

/** Of an event's text only what has the form of a name or an id is shown: a member may have written the rest. */
function aboutEvent(event: unknown, messageId: string): Subject {
  const envelope = envelopeSchema.safeParse(event).data;
  if (envelope === undefined) return aboutMessage(messageId);
  const { id, source, 'detail-type': detailType, account, region } = envelope;
  if (source === EVENT_SOURCE) return { id, about: `notice ${noticeWords(detailType, envelope.detail)}` };
  if (detailType === 'Scheduled Event') return { id, about: 'the start of a sweep' };
  const where = [parseAccountId(account), parseRegion(region)].filter((part) => part !== undefined);
  return { id, about: ['event', readEventName(event), 'of account', ...where].join(' ') };
}

function noticeWords(detailType: string, detail: unknown): string {
  const type = HUB_EVENT_TYPES.find((known) => known === detailType) ?? 'of another form';
  const peeringId = parsePeeringId(z.object({ peeringId: z.string() }).safeParse(detail).data?.peeringId);
  return peeringId === undefined ? type : `${type} of ${peeringId}`;
}
