import type { SSMClient } from '@aws-sdk/client-ssm';
import { IncomingWebhook } from '@slack/webhook';
import type { HubEvent } from '../domain/words/hub-event.ts';
import type { Clock } from '../domain/work/log.ts';
import type { Channel } from '../notices/notify.ts';
import { slackMessage } from '../notices/slack-message.ts';
import type { SlackApprovals, SlackPosts } from '../notices/slack-ports.ts';
import { tellSlack } from '../notices/tell-slack.ts';
import { readSlackParameters, type SlackParameterNames } from './slack-parameters.ts';
import { SlackBot } from './slack-web.ts';

/** A webhook that does not answer must not use up the function's time. */
const TIMEOUT_MS = 5000;

export interface SlackChannelDeps {
  readonly ssm: SSMClient;
  readonly names: SlackParameterNames;
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  readonly posts: SlackPosts;
  readonly approvals: SlackApprovals;
  readonly hasButtons: boolean;
}

type Send = (event: HubEvent, at: number) => Promise<unknown>;

/** Notices to a Slack channel: by a bot, with a message a peering, or by an incoming webhook, which knows words only. */
export class SlackChannel implements Channel {
  readonly name = 'slack';
  readonly #deps: SlackChannelDeps;
  #send: Promise<Send | undefined> | undefined;

  constructor(deps: SlackChannelDeps) {
    this.#deps = deps;
  }

  /** Without the parameters there is no Slack, and nothing is sent. */
  async send(event: HubEvent, at: number): Promise<void> {
    this.#send ??= this.#connect();
    try {
      const send = await this.#send;
      await send?.(event, at);
    } catch (error) {
      // The secret may have been renewed: read it again next time.
      this.#send = undefined;
      throw error;
    }
  }

  async #connect(): Promise<Send | undefined> {
    const { ssm, names, fetch, clock, ...deps } = this.#deps;
    const { webhook: url, token, channel } = await readSlackParameters(ssm, { ...names });
    if (token !== undefined && channel !== undefined) {
      const web = new SlackBot(token, fetch, clock);
      return (event, at) => tellSlack(event, at, { ...deps, web, channel });
    }
    if (token !== undefined) {
      throw new Error(`Slack's bot does not know its channel: put the channel's id into ${names.channel}`);
    }
    if (url === undefined) return undefined;
    const webhook = new IncomingWebhook(url, { fetch, timeout: TIMEOUT_MS });
    return (event) => webhook.send(slackMessage(event));
  }
}
