import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { lawRuns } from '../../support/law-runs.ts';
import { readClick, type DoorAnswer } from '../../../shared/commands/slack-door.ts';

/** From https://docs.slack.dev/authentication/verifying-requests-from-slack */
const PUBLISHED = {
  secret: '8f742231b10e8888abcd99yyyzzz85a5',
  timestamp: 1_531_420_618,
  signature: 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
  body:
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar' +
    '&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=' +
    '&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN' +
    '&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
};
const SECRET = 'a-secret-of-the-test';
const TEAM = 'T0000SIML';
const NOW = 1_800_000_000_000;

const sign = (body: string, timestamp: string, secret = SECRET): string =>
  `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;

const payloadOf = (more: object = {}) => ({
  type: 'block_actions',
  team: { id: TEAM },
  user: { id: 'U0000ANNA' },
  actions: [{ action_id: 'autopeer.approve', value: 'pcx-1 sha256:0' }],
  ...more,
});
const formOf = (payload: unknown): string =>
  new URLSearchParams({ payload: JSON.stringify(payload) }).toString();

interface Given {
  readonly body?: string;
  readonly timestamp?: string;
  readonly signature?: string;
  readonly method?: string;
  readonly isBase64?: boolean;
}

const BODY = formOf(payloadOf());
const SIGNED_AT = String(NOW / 1000);

function eventOf({ body = BODY, timestamp = SIGNED_AT, method = 'POST', ...more }: Given = {}) {
  const { signature = sign(body, timestamp), isBase64 = true } = more;
  return {
    requestContext: { http: { method } },
    headers: { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': signature },
    body: isBase64 ? Buffer.from(body).toString('base64') : body,
    isBase64Encoded: isBase64,
  };
}

const read = (event: unknown, now = NOW): DoorAnswer =>
  readClick(event, { signingSecret: SECRET, teamId: TEAM }, now);
const CLICK = {
  kind: 'click',
  click: { user: 'U0000ANNA', action: 'autopeer.approve', value: 'pcx-1 sha256:0', at: NOW },
};

it('Slack’s published example is genuine, and a changed one is not', () => {
  const { secret, timestamp, signature, body } = PUBLISHED;
  const event = eventOf({ body, timestamp: String(timestamp), signature, isBase64: false });
  const door = { signingSecret: secret, teamId: 'T1DC2JH3J' };
  // It is a slash command: verified, and of no workspace that its payload would name.
  expect(readClick(event, door, timestamp * 1000)).toEqual({
    kind: 'refused',
    status: 401,
    why: 'other-workspace',
  });
  const changed = { ...event, body: body.replace('roadrunner', 'coyote') };
  expect(readClick(changed, door, timestamp * 1000)).toMatchObject({ why: 'bad-signature' });
});

it.each([true, false])('a click that Slack signed is read (base64: %s)', (isBase64) => {
  expect(read(eventOf({ isBase64 }))).toEqual(CLICK);
});

it('headers are found whatever their case', () => {
  const { headers, ...rest } = eventOf();
  const loud = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]),
  );
  expect(read({ ...rest, headers: loud })).toEqual(CLICK);
});

it.each([
  ['five minutes late', 300_000, 'click'],
  ['later', 301_000, 'refused'],
  ['five minutes early', -300_000, 'click'],
  ['earlier', -301_000, 'refused'],
])('%s', (_, ms, kind) => {
  expect(read(eventOf(), NOW + ms).kind).toBe(kind);
});

it.each([
  [
    'another workspace',
    eventOf({ body: formOf(payloadOf({ team: { id: 'T0000EVIL' } })) }),
    'other-workspace',
  ],
  ['no workspace', eventOf({ body: formOf(payloadOf({ team: null })) }), 'other-workspace'],
  ['a body that is no form', eventOf({ body: '{"payload": 1}' }), 'other-workspace'],
  ['another secret', eventOf({ signature: sign(BODY, SIGNED_AT, 'other') }), 'bad-signature'],
  ['no secret', eventOf({ signature: sign(BODY, SIGNED_AT, '') }), 'bad-signature'],
  [
    'a signature of another version',
    eventOf({ signature: sign(BODY, SIGNED_AT).replace('v0', 'v1') }),
    'bad-signature',
  ],
  ['a signature that is longer', eventOf({ signature: `${sign(BODY, SIGNED_AT)}0` }), 'bad-signature'],
  ['no timestamp', eventOf({ timestamp: '' }), 'no-timestamp'],
  ['a timestamp that is no number', eventOf({ timestamp: 'Infinity' }), 'no-timestamp'],
  ['another method', eventOf({ method: 'GET' }), 'not-post'],
  ['a body of three megabytes', eventOf({ body: 'x'.repeat(3 * 1024 * 1024) }), 'too-large'],
  ['no body', { ...eventOf(), body: undefined }, 'no-body'],
  ['no headers', { ...eventOf(), headers: null }, 'no-timestamp'],
])('%s is refused', (_, event, why) => {
  expect(read(event)).toMatchObject({ kind: 'refused', why });
});

it('a door without a secret lets nothing in, not even what is signed with none', () => {
  const event = eventOf({ signature: sign(BODY, SIGNED_AT, '') });
  expect(readClick(event, { signingSecret: '', teamId: TEAM }, NOW)).toMatchObject({ why: 'bad-signature' });
});

it.each([
  ['of another kind', payloadOf({ type: 'view_submission' })],
  ['of two buttons', payloadOf({ actions: [payloadOf().actions[0], payloadOf().actions[0]] })],
  ['of nobody', payloadOf({ user: {} })],
  [
    'with a value longer than Slack lets one be',
    payloadOf({ actions: [{ action_id: 'a', value: 'x'.repeat(2001) }] }),
  ],
])('what Slack signed %s is no click, and no fault', (_, payload) => {
  expect(read(eventOf({ body: formOf(payload) }))).toEqual({ kind: 'nothing' });
});

const CASES = lawRuns(100_000);

it('100,000 forged, changed, late and malformed clicks let nothing in', () => {
  const genuine = eventOf();
  const bytes = Buffer.from(BODY);
  for (let index = 0; index < CASES; index++) {
    // One bit of the body, of the signature, or the timestamp by some seconds: what was signed is not what came.
    const turn = index % 3;
    const changed = Buffer.from(bytes);
    const at = index % bytes.byteLength;
    changed.writeUInt8(changed.readUInt8(at) ^ (1 << (index % 8)), at);
    const digit = (index % 64) + 'v0='.length;
    const signature = genuine.headers['x-slack-signature'];
    const other = signature[digit] === '0' ? '1' : '0';
    const event =
      turn === 0
        ? { ...genuine, body: changed.toString('base64') }
        : {
            ...genuine,
            headers:
              turn === 1
                ? {
                    ...genuine.headers,
                    'x-slack-signature': signature.slice(0, digit) + other + signature.slice(digit + 1),
                  }
                : { ...genuine.headers, 'x-slack-request-timestamp': String(NOW / 1000 + 1 + (index % 600)) },
          };
    if (read(event).kind !== 'refused') throw new Error(`let in: ${JSON.stringify(event)}`);
  }
  expect(read(genuine)).toEqual(CLICK);
});

it('an event of any form is answered, and never thrown at', () => {
  fc.assert(
    fc.property(fc.anything(), fc.string(), fc.string(), (anything, one, other) => {
      for (const event of [
        anything,
        { ...eventOf(), headers: anything },
        { ...eventOf(), body: anything },
        eventOf({ body: one }),
        eventOf({ timestamp: other }),
        eventOf({ body: formOf(anything === undefined ? null : one) }),
      ]) {
        expect(read(event).kind).toBe('refused');
      }
    }),
    { numRuns: 200 },
  );
});
