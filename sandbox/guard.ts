import type { IncomingHttpHeaders } from 'node:http';

/** Names that mean this machine. `*.localhost` too: RFC 6761 keeps it for loopback, so nobody can point it elsewhere. */
const LOOPBACK_HOST = /^(localhost|[a-z0-9.-]+\.localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i;

/**
 * Why a request is refused although it came over loopback: a page in a browser on this machine can send requests
 * here, under the name of any host that it can make resolve to 127.0.0.1.
 */
export function strangerReason(headers: IncomingHttpHeaders): string | undefined {
  const { host = '', origin } = headers;
  if (!LOOPBACK_HOST.test(host))
    return `The sandbox serves localhost only, not the host '${printable(host)}'.`;
  if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`) {
    return 'The sandbox takes no requests from web pages of other origins.';
  }
  const site = headers['sec-fetch-site'];
  if (site === 'cross-site' || site === 'same-site') {
    return 'The sandbox takes no requests that other web pages start.';
  }
  return undefined;
}

const printable = (text: string): string => text.slice(0, 100).replace(/[^\x20-\x7e]/g, '?');
