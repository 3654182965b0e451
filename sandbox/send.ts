import type { ServerResponse } from 'node:http';
import type { WireResponse } from '../sim/wire/http.ts';

export function send(response: ServerResponse, { status, headers, body }: WireResponse): void {
  const bytes = Buffer.from(body, 'utf8');
  response.writeHead(status, { ...headers, 'content-length': bytes.byteLength });
  response.end(bytes);
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const headers = { 'content-type': 'application/json' };
  send(response, { status, headers, body: `${JSON.stringify(body)}\n` });
}
