import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { IncomingWebhook } from '@slack/webhook';
import type { HubEvent } from '../domain/words/hub-event.ts';
import type { Channel } from '../notices/notify.ts';
import { slackMessage } from '../notices/slack-message.ts';
import { call, errorCode } from './calls.ts';

/** A webhook that does not answer must not use up the function's time. */
const TIMEOUT_MS = 5000;

/** Notices to a Slack channel's incoming webhook, whose URL is a secret in SSM. */
export class SlackChannel implements Channel {
  readonly name = 'slack';
  readonly #ssm: SSMClient;
  readonly #parameterName: string;
  readonly #fetch: typeof globalThis.fetch;
  #webhook: Promise<IncomingWebhook | undefined> | undefined;

  constructor(ssm: SSMClient, parameterName: string, fetch: typeof globalThis.fetch) {
    this.#ssm = ssm;
    this.#parameterName = parameterName;
    this.#fetch = fetch;
  }

  /** Without the parameter there is no Slack, and nothing is sent. */
  async send(event: HubEvent): Promise<void> {
    this.#webhook ??= this.#connect();
    try {
      const webhook = await this.#webhook;
      await webhook?.send(slackMessage(event));
    } catch (error) {
      // The URL may have been renewed: read it again next time.
      this.#webhook = undefined;
      throw error;
    }
  }

  async #connect(): Promise<IncomingWebhook | undefined> {
    const command = new GetParameterCommand({ Name: this.#parameterName, WithDecryption: true });
    try {
      const answer = await this.#ssm.send(command);
      const url = answer.Parameter?.Value;
      return url === undefined
        ? undefined
        : new IncomingWebhook(url, { fetch: this.#fetch, timeout: TIMEOUT_MS });
    } catch (error) {
      if (errorCode(error) === 'ParameterNotFound') return undefined;
      return call('GetParameter', 'the hub', () => Promise.reject(error));
    }
  }
}
