import { createHmac } from 'node:crypto';
import type { Clock } from '../../shared/domain/work/log.ts';
import { buttonsOf, faultOfBlocks, wordsOf, type WireBlock } from './slack-blocks.ts';

/** A message in a channel. */
export interface SlackMessage {
  readonly channel: string;
  readonly ts: string;
  readonly threadTs: string | undefined;
  readonly isBroadcast: boolean;
  text: string;
  blocks: readonly WireBlock[];
  /** How often it was changed. */
  edits: number;
}

/** What only one person sees. */
interface Whisper {
  readonly channel: string;
  readonly user: string;
  readonly text: string;
}

/** One call of the Web API, as it came. */
interface SlackCall {
  readonly method: string;
  readonly error: string | undefined;
}

type Input = Readonly<Record<string, string>>;
type Answer = Readonly<Record<string, unknown>>;

export interface Click {
  readonly user: string;
  readonly button: 'Approve' | 'Reject';
  readonly message: SlackMessage;
}

const MINUTE_MS = 60_000;

/**
 * Slack, as far as autopeer uses it: the Web API at slack.com/api, and clicks as Slack signs them.
 *
 * - Errors are answers with status 200 and `ok: false`; https://docs.slack.dev/apis/web-api
 * - A rate limit is status 429 with `Retry-After` in seconds; https://docs.slack.dev/apis/web-api/rate-limits
 * - A click comes signed: https://docs.slack.dev/authentication/verifying-requests-from-slack
 */
export class SimulatedSlack {
  readonly token = 'xoxb-simulated-token';
  readonly signingSecret = '8f742231b10e8888abcd99yyyzzz85a5';
  readonly teamId = 'T0000SIML';
  readonly channel = 'C0000NETS';
  /** Whom the bot may see in its channel. */
  readonly present = new Set<string>();
  readonly groups = new Map<string, readonly string[]>();
  readonly messages: SlackMessage[] = [];
  readonly whispers: Whisper[] = [];
  readonly calls: SlackCall[] = [];
  /** So many calls are refused first: with Slack's word for it, or with a status. */
  readonly refusals: (
    | { readonly error: string }
    | { readonly status: number; readonly retryAfter?: number }
    | { readonly hangs: true }
  )[] = [];
  readonly #clock: Pick<Clock, 'now'>;
  #count = 0;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** As `fetch`: answers what goes to Slack's API, and nothing else. */
  async fetch(url: string, request: RequestInit | undefined): Promise<Response> {
    const [, method] = /^https:\/\/slack\.com\/api\/([\w.]+)$/.exec(url) ?? [];
    if (method === undefined) throw new Error(`${url} is not of Slack's API`);
    const refusal = this.refusals.shift();
    if (refusal !== undefined && 'hangs' in refusal) return new Promise(() => undefined);
    if (refusal !== undefined && 'status' in refusal) {
      this.calls.push({ method, error: String(refusal.status) });
      const headers = refusal.retryAfter === undefined ? {} : { 'retry-after': String(refusal.retryAfter) };
      return new Response('', { status: refusal.status, headers });
    }
    const isKnown = new Headers(request?.headers).get('authorization') === `Bearer ${this.token}`;
    const input = Object.fromEntries(new URLSearchParams(await new Response(request?.body ?? '').text()));
    const answer = refusal ?? (isKnown ? this.#answer(method, input) : { error: 'invalid_auth' });
    const error = 'error' in answer ? String(answer.error) : undefined;
    this.calls.push({ method, error });
    return Response.json({ ok: error === undefined, ...answer });
  }

  /** The messages that the channel shows. */
  shown(): readonly SlackMessage[] {
    return this.messages.filter(({ threadTs, isBroadcast }) => threadTs === undefined || isBroadcast);
  }

  words(message: SlackMessage | undefined): string {
    return message === undefined ? '' : wordsOf(message.blocks);
  }

  buttons(message: SlackMessage | undefined): readonly string[] {
    return message === undefined ? [] : buttonsOf(message.blocks).map(({ text }) => text?.text ?? '');
  }

  delete(message: SlackMessage): void {
    this.messages.splice(this.messages.indexOf(message), 1);
  }

  /** The body that Slack sends when somebody uses a button. */
  clickBody({ user, button, message }: Click): string {
    const pressed = buttonsOf(message.blocks).find(({ text }) => text?.text === button);
    if (pressed === undefined) throw new Error(`the message has no button ${button}`);
    const { block_id: blockId } =
      message.blocks.find(({ elements = [] }) => elements.includes(pressed)) ?? {};
    const payload = {
      type: 'block_actions',
      team: { id: this.teamId, domain: 'simulated' },
      user: { id: user, username: 'any name', name: 'any name', team_id: this.teamId },
      api_app_id: 'A0000APP0',
      token: 'not-used',
      container: {
        type: 'message',
        message_ts: message.ts,
        channel_id: message.channel,
        is_ephemeral: false,
      },
      trigger_id: '1.2.3',
      channel: { id: message.channel, name: 'network' },
      message: { type: 'message', ts: message.ts, text: message.text, blocks: message.blocks },
      response_url: `https://hooks.slack.com/actions/${this.teamId}/1/x`,
      actions: [
        {
          action_id: pressed.action_id,
          block_id: blockId,
          text: pressed.text,
          value: pressed.value,
          type: 'button',
          action_ts: `${this.#clock.now() / 1000}`,
        },
      ],
    };
    return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  }

  /** The headers of a request that Slack signs, by default now. */
  signed(body: string, atMs = this.#clock.now()): Readonly<Record<string, string>> {
    const timestamp = String(Math.floor(atMs / 1000));
    const digest = createHmac('sha256', this.signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
    return {
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${digest}`,
    };
  }

  #answer(method: string, input: Input): Answer {
    switch (method) {
      case 'chat.postMessage':
        return this.#post(input);
      case 'chat.update':
        return this.#update(input);
      case 'chat.delete':
        return this.#delete(input);
      case 'chat.postEphemeral':
        return this.#whisper(input);
      case 'usergroups.users.list':
        return this.#members(input);
      default:
        return { error: 'unknown_method' };
    }
  }

  #post(input: Input): Answer {
    const blocks = blocksIn(input);
    if (input['channel'] !== this.channel) return { error: 'channel_not_found' };
    const fault = faultOfBlocks(blocks);
    if (fault !== undefined) return { error: fault };
    const message: SlackMessage = {
      channel: this.channel,
      ts: `${Math.floor(this.#clock.now() / 1000)}.${String(++this.#count).padStart(6, '0')}`,
      threadTs: input['thread_ts'],
      isBroadcast: input['reply_broadcast'] === 'true',
      text: input['text'] ?? '',
      blocks,
      edits: 0,
    };
    this.messages.push(message);
    return { channel: this.channel, ts: message.ts };
  }

  #update(input: Input): Answer {
    const message = this.#find(input);
    if (message === undefined) return { error: 'message_not_found' };
    const blocks = blocksIn(input);
    const fault = faultOfBlocks(blocks);
    if (fault !== undefined) return { error: fault };
    Object.assign(message, { text: input['text'] ?? '', blocks, edits: message.edits + 1 });
    return { channel: message.channel, ts: message.ts };
  }

  #delete(input: Input): Answer {
    const message = this.#find(input);
    if (message === undefined) return { error: 'message_not_found' };
    this.delete(message);
    return { channel: message.channel, ts: message.ts };
  }

  #whisper(input: Input): Answer {
    const { channel = '', user = '', text = '' } = input;
    const fault = faultOfBlocks(blocksIn(input));
    if (fault !== undefined) return { error: fault };
    if (!this.present.has(user)) return { error: 'user_not_in_channel' };
    this.whispers.push({ channel, user, text: `${text}\n${wordsOf(blocksIn(input))}` });
    return { message_ts: `${this.#clock.now() / MINUTE_MS}` };
  }

  #members({ usergroup = '' }: Input): Answer {
    const users = this.groups.get(usergroup);
    return users === undefined ? { error: 'no_such_subteam' } : { users };
  }

  #find({ channel, ts }: Input): SlackMessage | undefined {
    return this.messages.find((message) => message.channel === channel && message.ts === ts);
  }
}

function blocksIn({ blocks = 'null' }: Input): readonly WireBlock[] {
  try {
    return JSON.parse(blocks) as readonly WireBlock[];
  } catch {
    return [];
  }
}
