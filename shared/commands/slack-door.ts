import { createHmac, timingSafeEqual } from 'node:crypto';

/** How long ago Slack may have signed a request, and how far its clock may be ahead. */
const MOST_APART_SECONDS = 5 * 60;
/** A click has the message with it: fifty blocks of 3,000 characters, each of which may take nine bytes in a form. */
const MAX_BODY_BYTES = 2 * 1024 * 1024;
/** A button's value has no more, and neither has anything else that goes on. */
const MAX_FIELD = 2000;

/** What of a click goes on to be answered. */
export interface SlackClick {
  readonly user: string;
  readonly action: string;
  readonly value: string;
  /** When the button was used, epoch milliseconds. */
  readonly at: number;
}

export type DoorAnswer =
  | { readonly kind: 'click'; readonly click: SlackClick }
  /** From Slack, and nothing that anybody needs to answer. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'refused'; readonly status: 401 | 405 | 413; readonly why: string };

export interface SlackDoor {
  readonly signingSecret: string;
  /** The workspace whose clicks count. */
  readonly teamId: string;
}

const refused = (status: 401 | 405 | 413, why: string): DoorAnswer => ({ kind: 'refused', status, why });

/**
 * Reads a click of Slack from the event of a function URL that anybody may call. Nothing of it is believed before its
 * signature is verified, over the bytes as they came. It needs no library: Slack waits for three seconds, a cold start included.
 *
 * @param now epoch milliseconds
 * @see https://docs.slack.dev/authentication/verifying-requests-from-slack
 */
export function readClick(event: unknown, { signingSecret, teamId }: SlackDoor, now: number): DoorAnswer {
  if (textAt(event, 'requestContext', 'http', 'method') !== 'POST') return refused(405, 'not-post');
  const body = bodyOf(event);
  if (body === undefined) return refused(401, 'no-body');
  if (body.byteLength > MAX_BODY_BYTES) return refused(413, 'too-large');
  const timestamp = headerOf(event, 'x-slack-request-timestamp') ?? '';
  if (!/^\d{1,12}$/.test(timestamp)) return refused(401, 'no-timestamp');
  if (Math.abs(now / 1000 - Number(timestamp)) > MOST_APART_SECONDS) return refused(401, 'not-now');
  const signature = headerOf(event, 'x-slack-signature') ?? '';
  if (!isSignedBy(signingSecret, timestamp, body, signature)) return refused(401, 'bad-signature');
  return clickIn(parsedPayload(body), teamId, Number(timestamp) * 1000);
}

/** In constant time: what differs does not show in how long it takes. */
function isSignedBy(secret: string, timestamp: string, body: Buffer, signature: string): boolean {
  // Nobody has signed anything with no secret.
  if (secret === '') return false;
  const hmac = createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex');
  const [expected, actual] = [Buffer.from(`v0=${hmac}`), Buffer.from(signature)];
  return expected.byteLength === actual.byteLength && timingSafeEqual(expected, actual);
}

function clickIn(payload: unknown, teamId: string, signedAt: number): DoorAnswer {
  if (textAt(payload, 'team', 'id') !== teamId) return refused(401, 'other-workspace');
  if (textAt(payload, 'type') !== 'block_actions') return { kind: 'nothing' };
  const [action, ...others] = listAt(payload, 'actions');
  const user = textAt(payload, 'user', 'id');
  const [id, value] = [textAt(action, 'action_id'), textAt(action, 'value')];
  const isWhole = user !== undefined && id !== undefined && value !== undefined && others.length === 0;
  if (!isWhole || [user, id, value].some((text) => text.length > MAX_FIELD)) return { kind: 'nothing' };
  return { kind: 'click', click: { user, action: id, value, at: signedAt } };
}

function bodyOf(event: unknown): Buffer | undefined {
  const body = textAt(event, 'body');
  if (body === undefined) return undefined;
  return Buffer.from(body, memberOf(event, 'isBase64Encoded') === true ? 'base64' : 'utf8');
}

/** Lambda writes the names of headers in small letters; HTTP does not care. */
function headerOf(event: unknown, name: string): string | undefined {
  const headers = memberOf(event, 'headers');
  if (typeof headers !== 'object' || headers === null) return undefined;
  const found: unknown = Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  return typeof found === 'string' ? found : undefined;
}

function parsedPayload(body: Buffer): unknown {
  try {
    return JSON.parse(new URLSearchParams(body.toString('utf8')).get('payload') ?? '');
  } catch {
    return undefined;
  }
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  const member: unknown = Reflect.get(value, name);
  return member;
}

function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = path.reduce<unknown>(memberOf, value);
  return typeof found === 'string' ? found : undefined;
}

function listAt(value: unknown, name: string): readonly unknown[] {
  const found = memberOf(value, name);
  return Array.isArray(found) ? found : [];
}
