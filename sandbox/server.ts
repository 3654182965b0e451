import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { BodyReader } from './body.ts';
import { control } from './control.ts';
import { strangerReason } from './guard.ts';
import type { Sandbox } from './sandbox.ts';
import { send, sendJson } from './send.ts';

const HOST = '127.0.0.1';
/** Connections that wait to be accepted; the system may allow fewer. */
const BACKLOG = 16_384;
/** Longer than clients keep idle connections, so that it is they who close them. */
const KEEP_ALIVE_MS = 65_000;

export interface ServeOptions {
  /** 0 for any free one. */
  readonly port: number;
  /** Is told of faults of the simulation itself; the client gets an error 500. */
  readonly onFault: (error: unknown) => void;
}

/** A sandbox on a socket. */
export interface SandboxServer {
  readonly url: string;
  readonly sandbox: Sandbox;
  /** Ends every connection. */
  close(): Promise<void>;
}

/**
 * Serves a sandbox over HTTP, on loopback only. It has its socket before it starts: what is in it names its address.
 *
 * @param start makes the sandbox that is reached at this URL; what it throws is thrown, without a socket left
 * @throws the system's error where the port cannot be had (`EADDRINUSE`, `EACCES`)
 */
export async function serve(
  start: (publicUrl: string) => Promise<Sandbox>,
  { port, onFault }: ServeOptions,
): Promise<SandboxServer> {
  const bodies = new BodyReader();
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    starting
      .then((sandbox) =>
        respond(sandbox, bodies, request, response).catch((error: unknown) => {
          // A client that went away is not a fault of ours.
          if (request.socket.destroyed) return;
          onFault(error);
          send(response, sandbox.refuse(headersOf(request), INTERNAL_ERROR));
        }),
      )
      // Told by whoever awaits it below.
      .catch(() => request.socket.destroy());
  });
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const starting = listen(server, port).then(() => start(urlOf(server)));
  try {
    const sandbox = await starting;
    return { url: urlOf(server), sandbox, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return `http://${HOST}:${address.port}`;
}

async function respond(
  sandbox: Sandbox,
  bodies: BodyReader,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const stranger = strangerReason(request.headers);
  if (stranger !== undefined) {
    response.shouldKeepAlive = false;
    sendJson(response, 403, { message: stranger });
    return;
  }
  const body = await bodies.read(request);
  const headers = headersOf(request);
  if (body.kind !== 'read') {
    send(response, sandbox.refuse(headers, body.kind === 'busy' ? BUSY : TOO_LARGE));
    return;
  }
  const [path = '/', ...query] = (request.url ?? '/').split('?');
  const method = request.method ?? 'GET';
  if (await control(sandbox, { method, path, headers, body: body.text }, response)) return;
  const host = request.headers.host ?? '';
  send(
    response,
    await sandbox.answer({ method, host, path, query: query.join('?'), headers, body: body.text }),
  );
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: HOST, backlog: BACKLOG }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** A header that comes several times is joined, as HTTP allows. */
function headersOf({ headers }: IncomingMessage): Readonly<Record<string, string>> {
  const entries = Object.entries(headers).map(([name, value]): [string, string] => [
    name,
    Array.isArray(value) ? value.join(', ') : (value ?? ''),
  ]);
  return Object.fromEntries(entries);
}

const TOO_LARGE = {
  codes: { query: 'RequestEntityTooLarge', json: 'RequestEntityTooLargeException' },
  message: 'The request is larger than any service here takes.',
  status: 413,
};
const BUSY = {
  codes: { query: 'Unavailable', json: 'ServiceUnavailable' },
  message: 'The sandbox is reading as many requests as it can hold.',
  status: 503,
};
const INTERNAL_ERROR = {
  codes: { query: 'InternalError', json: 'InternalFailure' },
  message: 'The simulation has a fault; the sandbox printed it.',
  status: 500,
};
