import { Agent, request } from 'node:http';
import type { SendHttp, SnsHttpRequest } from '../sim/sns/sns-http.ts';

/** This machine, as `URL` writes it. */
const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);
/** As long as SNS waits. @see https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.prepare.html */
const TIMEOUT_MS = 15_000;
/** Connections to one subscriber at a time; further messages wait for one, within their timeout. */
const MAX_CONNECTIONS = 64;

/**
 * Sends by real HTTP, to this machine only: any other host is refused before there is a connection, and redirects
 * are not followed.
 *
 * @param ended gives up what is under way
 * @param timeoutMs real milliseconds for a whole request
 */
export function loopbackHttp(ended: AbortSignal, timeoutMs = TIMEOUT_MS): SendHttp {
  const agent = new Agent({ maxSockets: MAX_CONNECTIONS });
  return async (message) => {
    const url = new URL(message.url);
    if (url.protocol !== 'http:' || !LOOPBACK_HOSTS.has(url.hostname)) {
      throw new Error('the sandbox sends to http://127.0.0.1, http://localhost and http://[::1] only');
    }
    return post(url, message, { agent, signal: AbortSignal.any([ended, AbortSignal.timeout(timeoutMs)]) });
  };
}

function post(
  url: URL,
  { headers, body }: SnsHttpRequest,
  { agent, signal }: { readonly agent: Agent; readonly signal: AbortSignal },
): Promise<{ readonly status: number }> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => reject(signal.aborted ? signal.reason : error);
    const sent = request(url, { method: 'POST', headers, agent, signal }, (response) => {
      // The text of the answer says nothing to SNS.
      response.resume();
      response.once('error', fail);
      response.once('end', () => resolve({ status: response.statusCode ?? 0 }));
    });
    sent.once('error', fail);
    sent.end(body);
  });
}
