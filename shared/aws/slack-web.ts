import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebClient,
  type Logger,
  LogLevel,
} from '@slack/web-api';
import { parseSlackUserId, type SlackGroupId, type SlackUserId } from '../domain/facts/slack-ids.ts';
import type { Clock } from '../domain/work/log.ts';
import type { SlackMessage } from '../notices/slack-blocks.ts';
import type { SlackThread, SlackWeb } from '../notices/slack-ports.ts';

/** What does not answer must not use up the function's time. */
const TIMEOUT_MS = 5000;
/** Longer than that the queue waits better: https://docs.slack.dev/apis/web-api/rate-limits */
const PATIENCE_SECONDS = 5;
const MAX_WAITS = 2;

/** What Slack says where a message is not there any more. */
const GONE: ReadonlySet<string> = new Set(['message_not_found', 'cant_update_message', 'channel_not_found']);
/** Who is not there cannot be told, and nobody can mend that. */
const AWAY: ReadonlySet<string> = new Set(['user_not_in_channel', 'cannot_find_user', 'user_not_found']);

const NO_GROUP: ReadonlySet<string> = new Set(['no_such_subteam']);

/** Slack refused a call. Its code is Slack's own word: `not_in_channel`. */
class SlackRefused extends Error {
  readonly code: string;

  constructor(method: string, code: string) {
    super(`Slack refused ${method}: ${code}`);
    this.code = code;
  }
}

/** Its own lines would be the only ones that are not of autopeer's closed list. */
const SILENT: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setName: () => undefined,
};

/** Slack's Web API, as the bot whose token this is. The queue tries again, and nothing else does. */
export class SlackBot implements SlackWeb {
  readonly #client: WebClient;
  readonly #clock: Clock;

  constructor(token: string, fetch: typeof globalThis.fetch, clock: Clock) {
    this.#clock = clock;
    this.#client = new WebClient(token, {
      fetch,
      timeout: TIMEOUT_MS,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      logger: SILENT,
    });
  }

  async post(channel: string, message: SlackMessage, thread?: SlackThread): Promise<string> {
    const where = thread === undefined ? {} : { thread_ts: thread.ts, reply_broadcast: thread.isBroadcast };
    const answer = await this.#call('chat.postMessage', { channel, ...message, ...where });
    const ts = answer['ts'];
    if (typeof ts !== 'string') throw new SlackRefused('chat.postMessage', 'no_ts');
    return ts;
  }

  async update(channel: string, ts: string, { text, blocks }: SlackMessage): Promise<boolean> {
    try {
      await this.#call('chat.update', { channel, ts, text, blocks, link_names: false });
      return true;
    } catch (error) {
      if (error instanceof SlackRefused && GONE.has(error.code)) return false;
      throw error;
    }
  }

  async remove(channel: string, ts: string): Promise<void> {
    try {
      await this.#call('chat.delete', { channel, ts });
    } catch (error) {
      if (!(error instanceof SlackRefused && GONE.has(error.code))) throw error;
    }
  }

  async whisper(channel: string, user: SlackUserId, { text, blocks }: SlackMessage): Promise<void> {
    try {
      await this.#call('chat.postEphemeral', { channel, user, text, blocks, link_names: false });
    } catch (error) {
      if (!(error instanceof SlackRefused && AWAY.has(error.code))) throw error;
    }
  }

  async membersOf(group: SlackGroupId): Promise<readonly SlackUserId[]> {
    try {
      const { users } = await this.#call('usergroups.users.list', { usergroup: group });
      if (!Array.isArray(users)) return [];
      return users.map(parseSlackUserId).filter((user) => user !== undefined);
    } catch (error) {
      // A group that is not there has no members; the others of the rule still count.
      if (error instanceof SlackRefused && NO_GROUP.has(error.code)) return [];
      throw error;
    }
  }

  /** Waits as long as Slack asks for, where that is short. */
  async #call(
    method: string,
    input: Readonly<Record<string, unknown>>,
  ): Promise<Readonly<Record<string, unknown>>> {
    for (let wait = 0; ; wait++) {
      try {
        return { ...(await this.#client.apiCall(method, { ...input })) };
      } catch (error) {
        const isShort = error instanceof WebAPIRateLimitedError && error.retryAfter <= PATIENCE_SECONDS;
        if (!isShort || wait >= MAX_WAITS) throw plainError(method, error);
        await this.#clock.sleep(error.retryAfter * 1000);
      }
    }
  }
}

/** Of the library's errors only what tells no secret and no text of a message. */
function plainError(method: string, error: unknown): Error {
  if (error instanceof WebAPIPlatformError) {
    return new SlackRefused(method, error.data.error.replaceAll(/[^a-z_]/g, '').slice(0, 60));
  }
  if (error instanceof WebAPIRateLimitedError) return new SlackRefused(method, 'ratelimited');
  if (error instanceof WebAPIHTTPError) return new SlackRefused(method, `http_${error.statusCode}`);
  return new SlackRefused(method, 'no_answer');
}
