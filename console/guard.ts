import type { IncomingHttpHeaders } from 'node:http';
import { isSame, type Secrets } from './secrets.ts';

/** The header that holds the key. A page of another site cannot send it: browsers ask the server first. */
export const KEY_HEADER = 'x-autopeer-console';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

export interface Refusal {
  readonly status: 401 | 403;
  readonly message: string;
}

/**
 * Why a request is refused before anybody looks at what it asks for. Other users of the machine can connect too, and so can
 * every web site that the person has open.
 *
 * @param port where the console listens
 */
export function refusalOf(asked: Asked, port: number, secrets: Secrets): Refusal | undefined {
  return strangerReason(asked, port) ?? unknownReason(asked, port, secrets);
}

/** DNS can lead any name to 127.0.0.1, so only the names count that the console itself prints. */
function strangerReason({ method, headers }: Asked, port: number): Refusal | undefined {
  const { host = '', origin } = headers;
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`)
    return forbidden('The console answers only under the address that it printed.');
  const isWrite = method !== 'GET';
  if (origin === undefined ? isWrite : origin !== `http://${host}`)
    return forbidden('The console takes requests of its own page only.');
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && (site !== 'none' || isWrite))
    return forbidden('The console takes no requests that other web pages start.');
  return undefined;
}

const forbidden = (message: string): Refusal => ({ status: 403, message });

function unknownReason({ path, headers }: Asked, port: number, secrets: Secrets): Refusal | undefined {
  const hasSession = isSame(cookieOf(headers.cookie, cookieName(port)), secrets.session);
  const key = headers[KEY_HEADER];
  const hasKey = !path.startsWith('/api/') || isSame(typeof key === 'string' ? key : undefined, secrets.key);
  if (hasSession && hasKey) return undefined;
  return {
    status: 401,
    message: 'Open the address that the console printed; it is another one after each start.',
  };
}

/** Cookies know no ports: two consoles would overwrite each other's. */
export const cookieName = (port: number): string => `autopeer-console-${port}`;

function cookieOf(header: string | undefined, name: string): string | undefined {
  const pairs = (header ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}
