import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { NodeHttpHandler } from '@smithy/node-http-handler';
import { InvalidArgumentError } from 'commander';
import type { RequestHandler } from '../shared/aws/http.ts';
import type { AwsTransport } from '../shared/platform.ts';
import { processEnv } from '../shared/settings.ts';

/** The variables that name a proxy, in small letters too. `NO_PROXY` names what goes without one. */
const VARIABLES = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY'] as const;
/** A proxy may take its time to reach AWS. */
const CONNECTION_MS = 10_000;
/** Between two parts of an answer. */
const SOCKET_MS = 60_000;
/** A sandbox on this machine is never behind a proxy, whatever `NO_PROXY` says. */
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * How a command reaches AWS: through the proxy that the environment names, if it names one. The SDK by itself looks at no
 * such variable. The functions on Lambda do not use this.
 *
 * @throws InvalidArgumentError where a variable holds no address of an HTTP proxy; it may hold a password, and is not repeated
 */
export function realTransport(): AwsTransport {
  const env = processEnv();
  const named = VARIABLES.flatMap((name) => [name, name.toLowerCase()]).filter(
    (name) => (env[name] ?? '') !== '',
  );
  for (const name of named) {
    if (isProxy(env[name] ?? '')) continue;
    throw new InvalidArgumentError(
      `${name} is no address of an HTTP proxy: write one such as http://proxy.example.com:3128.`,
    );
  }
  return named.length === 0 ? {} : { requestHandler: new ProxiedHttp() };
}

const isProxy = (text: string): boolean =>
  URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);

type Request = Parameters<RequestHandler['handle']>[0];
type Options = Parameters<RequestHandler['handle']>[1];

/** HTTP through the proxy of each address, or directly where it has none. */
class ProxiedHttp implements RequestHandler {
  /** By the proxy's address; '' is direct. */
  readonly #handlers = new Map<string, Promise<NodeHttpHandler>>();

  async handle(request: Request, options?: Options): ReturnType<RequestHandler['handle']> {
    const proxy = await proxyFor(request);
    const handler = this.#handlers.get(proxy) ?? handlerFor(proxy);
    this.#handlers.set(proxy, handler);
    const answer = await (await handler).handle(request, options);
    if (answer.response.statusCode === PROXY_REFUSES) throw new ProxyAuthenticationRequired();
    return answer;
  }
}

/** https://www.rfc-editor.org/rfc/rfc9110#name-407-proxy-authentication-re: no server says this, only a proxy. */
const PROXY_REFUSES = 407;

/** People read its name, as they read an error code of AWS. */
class ProxyAuthenticationRequired extends Error {
  override readonly name = 'ProxyAuthenticationRequired';
}

async function proxyFor({ protocol, hostname, port }: Request): Promise<string> {
  if (LOOPBACK.has(hostname)) return '';
  const { getProxyForUrl } = await import('proxy-from-env');
  return getProxyForUrl(`${protocol}//${hostname}${port === undefined ? '' : `:${port}`}/`);
}

/** Loaded only here, so that a command that asks no AWS does without. */
async function handlerFor(proxy: string): Promise<NodeHttpHandler> {
  const { NodeHttpHandler: Handler } = await import('@smithy/node-http-handler');
  const times = { connectionTimeout: CONNECTION_MS, socketTimeout: SOCKET_MS, throwOnRequestTimeout: true };
  if (proxy === '') return new Handler(times);
  const { HttpsProxyAgent } = await import('https-proxy-agent');
  const agent = new HttpsProxyAgent(proxy, { keepAlive: true });
  return new Handler({ ...times, httpAgent: agent, httpsAgent: agent });
}

/** What `post` of hub-command.ts asks of `fetch`. */
export type Post = (
  url: URL,
  request: {
    readonly method: string;
    readonly headers: Record<string, string>;
    readonly body: string;
    readonly signal: AbortSignal;
    readonly redirect: 'error';
  },
) => Promise<Pick<Response, 'ok' | 'status' | 'text'>>;

/** The same as `fetch`, through the proxy if there is one. */
export const realPost: Post = async (url, request) => {
  const { requestHandler } = realTransport();
  if (requestHandler === undefined) return fetch(url, request);
  const { HttpRequest } = await import('@smithy/core/protocols');
  const { method, headers, body, signal } = request;
  const sent = new HttpRequest({
    method,
    headers,
    body,
    protocol: url.protocol,
    hostname: url.hostname,
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    path: url.pathname,
  });
  const { response } = await requestHandler.handle(sent, { abortSignal: signal });
  const { statusCode: status } = response;
  const answer: unknown = response.body;
  return {
    ok: status >= 200 && status < 300,
    status,
    text: () => (answer instanceof Readable ? text(answer) : Promise.resolve('')),
  };
};
