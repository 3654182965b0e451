import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { streamFeed } from '../sandbox/event-stream.ts';
import { SAFE_HEADERS, sendJson, sendText } from './answer.ts';
import { cookieName, refusalOf } from './guard.ts';
import { answerCall } from './routes.ts';
import { isSame, newSecrets, type Secrets } from './secrets.ts';
import type { ConsoleSource } from './source.ts';

const HOST = '127.0.0.1';
/** A policy, and little else. */
const MAX_BODY_BYTES = 2 * 1024 * 1024;

/** What the browser loads. */
export interface ConsolePage {
  readonly html: string;
  readonly script: string;
  readonly style: string;
}

export interface ConsoleOptions {
  /** 0 for any free one. */
  readonly port: number;
  /** Asked for whenever a browser loads it. */
  readonly page: () => Promise<ConsolePage>;
  readonly source: ConsoleSource;
  /** Is told of faults of the console itself; the page gets an error 500. */
  readonly onFault: (error: unknown) => void;
}

export interface ConsoleServer {
  /** With the token: whoever has it gets in. */
  readonly url: string;
  /** Ends every connection. */
  close(): Promise<void>;
}

/**
 * Serves the console, on loopback only.
 *
 * @throws the system's error where the port cannot be had (`EADDRINUSE`, `EACCES`)
 */
export async function serveConsole(options: ConsoleOptions): Promise<ConsoleServer> {
  const secrets = newSecrets();
  const server = createServer((request, response) => {
    respond(options, { secrets, port: portOf(server) }, request, response).catch((error: unknown) => {
      // A browser that went away is not a fault of ours.
      if (request.socket.destroyed) return;
      options.onFault(error);
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, { message: 'The console has a fault; its terminal says which.' });
    });
  });
  await listen(server, options.port);
  return {
    url: `http://${HOST}:${portOf(server)}/?token=${secrets.token}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: HOST }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

interface Door {
  readonly secrets: Secrets;
  readonly port: number;
}

async function respond(
  { page, source }: ConsoleOptions,
  door: Door,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = 'GET', headers } = request;
  const url = new URL(request.url ?? '/', `http://${HOST}`);
  const path = url.pathname;
  const refusal = refusalOf({ method, path, headers }, door.port, door.secrets);
  const token = url.searchParams.get('token');
  if (method === 'GET' && path === '/' && token !== null && refusal?.status !== 403) {
    if (isSame(token, door.secrets.token)) return letIn(response, door);
    return sendText(
      response,
      401,
      'text/plain',
      'This address is of an earlier start. Open the one that the console printed last.\n',
    );
  }
  if (refusal !== undefined) {
    response.shouldKeepAlive = false;
    if (path.startsWith('/api/')) sendJson(response, refusal.status, { message: refusal.message });
    else sendText(response, refusal.status, 'text/plain', `${refusal.message}\n`);
    return;
  }
  if (method === 'GET' && PAGE_PATHS.has(path)) return sendPage(await page(), path, response);
  if (method === 'GET' && path === '/api/feed' && source.sandbox !== undefined) {
    for (const [name, value] of Object.entries(SAFE_HEADERS)) response.setHeader(name, value);
    const lastEventId = headers['last-event-id'];
    streamFeed(
      source.sandbox.feed,
      typeof lastEventId === 'string' ? { 'last-event-id': lastEventId } : {},
      response,
    );
    return;
  }
  const input = method === 'GET' ? Object.fromEntries(url.searchParams) : await bodyOf(request);
  const reply = await answerCall(`${method} ${path}`, input, source);
  if (reply === undefined) return sendJson(response, 404, { message: `There is no ${method} ${path}.` });
  sendJson(response, reply.status, reply.value);
}

/** The token leaves the address, and with it the browser's history. A fragment is sent to no server. */
function letIn(response: ServerResponse, { secrets, port }: Door): void {
  response.writeHead(303, {
    ...SAFE_HEADERS,
    location: `/#key=${secrets.key}`,
    'set-cookie': `${cookieName(port)}=${secrets.session}; HttpOnly; SameSite=Strict; Path=/`,
  });
  response.end();
}

const PAGE_PATHS: ReadonlySet<string> = new Set(['/', '/console.js', '/console.css']);

function sendPage({ html, script, style }: ConsolePage, path: string, response: ServerResponse): void {
  if (path === '/console.js') sendText(response, 200, 'text/javascript', script);
  else if (path === '/console.css') sendText(response, 200, 'text/css', style);
  else sendText(response, 200, 'text/html', html);
}

/** What was sent as JSON; nothing where it is none, or too much. */
async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError('a stream without an encoding yields bytes');
    bytes += chunk.byteLength;
    // The rest is read too: who is cut off in the middle hears no answer.
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  if (bytes > MAX_BODY_BYTES) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
}
